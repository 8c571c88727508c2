"""DQMGUI's upload client, listings and picture addresses; no answer older than an acknowledged upload (C1 to C9)."""
import contextlib
import functools
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import threading
import time
import urllib.parse
import zlib

from platen import SANITIZED, SLOW, Server, png_pixels, root_file, small_disk

BOUNDARY = "----------=_DQM_FILE_BOUNDARY_=-----------"
RUN = 123456
NAME = f"DQM_V0001_R000{RUN}__Muon__Early-v1__DQMIO.root"
SAMPLE = f"{RUN}/Muon/Early-v1/DQMIO"


def inside(run, path, rest):
    """SUB/a/b -> where a DQM file keeps it."""
    first, _, tail = path.partition("/")
    return f"DQMData/Run {run}/{first}/Run summary/{tail}={rest}"


def sample_file(*specifications, run=RUN, options=()):
    return root_file(*[inside(run, *text.split("=", 1)) for text in specifications], options=options)


A = sample_file("Tracker/hits=TH1F,bins=40,seed=1,scale=1", "Tracker/map=TH2F,bins=10,binsy=10,seed=1")
B = sample_file("Tracker/hits=TH1F,bins=40,seed=1,scale=1,spike=20")  # one bin differs


def form(body, name=NAME, order=("size", "checksum", "file"), fields=None, close=True, boundary=BOUNDARY):
    """A request body as the classic client makes it."""
    values = {"size": str(len(body)), "checksum": "md5:" + hashlib.md5(body).hexdigest()}
    values.update(fields or {})
    out = b""
    for key in order:
        out += f"--{boundary}\r\n".encode()
        if key == "file":
            out += (f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
                    f"Content-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n\r\n").encode()
            out += body + b"\r\n"
        elif values.get(key) is not None:
            out += f'Content-Disposition: form-data; name="{key}"\r\n\r\n{values[key]}\r\n'.encode()
        else:
            out = out[:-len(f"--{boundary}\r\n")]
    return out + (f"--{boundary}--\r\n\r\n".encode() if close else b"")


def post(server, payload, boundary=BOUNDARY, headers=None):
    return server.request("POST", "/data/put", body=payload,
                          headers={"Content-Type": f"multipart/form-data; boundary={boundary}",
                                   "User-Agent": "visDQMUpload DQMGUI/6.1 python/2.6", **(headers or {})})


def put(server, body, name=NAME, **more):
    answer = post(server, form(body, name, **more))
    assert answer.status == 200, answer
    return answer


def code(answer):
    return answer.status, answer.header("DQM-Status-Code")


def spooled(server):
    return [p for p in (server.folder / "store" / "spool").iterdir()]


def listing(server, what=SAMPLE, query=""):
    answer = server.get(f"/data/json/archive/{what}" + (f"?{query}" if query else ""))
    return answer.status, answer.json()["contents"]


def plot(server, path="Tracker/hits", query="", sample=SAMPLE, **headers):
    return server.get(f"/plotfairy/archive/{sample}/{urllib.parse.quote(path)}" + (f"?{query}" if query else ""),
                      **headers)


def pixels(answer):
    assert answer.status == 200, answer
    return png_pixels(answer.body)


# --- uploads ------------------------------------------------------------------------------------------------------

def test_a7_the_classic_client_works_unchanged_twice():
    with Server() as server:
        for order in (("size", "checksum", "file"), ("file", "size", "checksum"), ("checksum", "file", "size")):
            payload = form(A, order=order)
            said = server.raw((f"POST /data/put HTTP/1.1\r\nHost: localhost\r\nAccept-encoding: gzip\r\n"
                               f"Content-length: {len(payload)}\r\nContent-type: multipart/form-data; "
                               f"boundary={BOUNDARY}\r\nUser-agent: visDQMUpload DQMGUI/unknown python/2.7\r\n"
                               "Connection: close\r\n\r\n").encode() + payload).decode()
            head, _, text = said.partition("\r\n\r\n")
            assert head.startswith("HTTP/1.1 200 "), said
            assert "DQM-Status-Code: 100" in head and "DQM-Status-Message: Thanks." in head, said
            assert text.startswith("Thanks."), said
            detail = f"Wrote {len(A)} bytes" if order[0] == "size" else "Already stored"
            assert f"DQM-Status-Detail: {detail}" in head, said
        stats = server.stats()
        assert stats["uploads_stored"] == 1 and stats["uploads_unchanged"] == 2, stats
        status, contents = listing(server, SAMPLE + "/Tracker")
        assert status == 200 and [c["obj"] for c in contents] == ["hits", "map"], contents
        assert not spooled(server)


def test_checksums_and_fields_in_every_order():
    with Server() as server:
        crc = {"checksum": f"crc32:{zlib.crc32(A)}"}
        for number, order in enumerate([("size", "checksum", "file"), ("file", "checksum", "size"),
                                        ("checksum", "size", "file"), ("size", "file", "checksum")]):
            for fields in (None, crc):
                name = f"DQM_V0001_Sub{number}{'c' if fields else 'm'}_R000{RUN}.root"
                answer = put(server, A, name, order=order, fields=fields)
                assert answer.header("DQM-Status-Detail") == f"Wrote {len(A)} bytes", answer
        answer = put(server, A, f"DQM_V0001_X_R000{RUN}.root", order=("size", "checksum", "producer", "file"),
                     fields={"producer": "x" * 60000})
        assert code(answer) == (200, "100")


def test_every_refusal_says_why_and_keeps_nothing():
    with Server("limits.body=1MiB", "workers.front=1") as server:
        md5 = "md5:" + hashlib.md5(A).hexdigest()
        cut = A[:len(A) // 2]
        cases = [
            ("size missing", form(A, fields={"size": None}), 400, "200"),
            ("checksum missing", form(A, fields={"checksum": None}), 400, "200"),
            ("file missing", form(A, order=("size", "checksum")), 400, "200"),
            ("size no number", form(A, fields={"size": "12x"}), 400, "200"),
            ("size negative", form(A, fields={"size": "-1"}), 400, "200"),
            ("size huge", form(A, fields={"size": "9" * 30}), 400, "200"),
            ("checksum short", form(A, fields={"checksum": md5[:-1]}), 400, "200"),
            ("checksum of another kind", form(A, fields={"checksum": "sha1:" + "0" * 40}), 400, "200"),
            ("crc no number", form(A, fields={"checksum": "crc32:"}), 400, "200"),
            ("crc too large", form(A, fields={"checksum": "crc32:4294967296"}), 400, "200"),
            ("a field twice", form(A, order=("size", "size", "checksum", "file")), 400, "200"),
            ("two files", form(A, order=("size", "checksum", "file", "file")), 400, "200"),
            ("no file name", form(A, name=""), 400, "200"),
            ("a field of 70 KB", form(A, fields={"size": "1" * 70000}), 400, "200"),
            ("another field of 70 KB", form(A, order=("x", "size", "checksum", "file"),
                                            fields={"x": "1" * 70000}), 400, "200"),
            ("40 parts", form(A, order=[f"p{i}" for i in range(40)] + ["size", "checksum", "file"],
                              fields={f"p{i}": "x" for i in range(40)}), 400, "200"),
            ("no last boundary", form(A, close=False), 400, "200"),
            ("no form", b"hello", 400, "200"),
            ("empty", b"", 400, "200"),
            ("bad name", form(A, "run7.root"), 422, "300"),
            ("name with a slash", form(A, "../" + NAME), 422, "300"),
            ("subsystem and dataset", form(A, NAME.replace("_R", "_SUB_R")), 422, "300"),
            ("no dataset of three", form(A, NAME.replace("__DQMIO", "")), 422, "300"),
            ("run of 8 digits", form(A, "DQM_V0001_R00012345.root"), 422, "300"),
            ("not ROOT", form(b"hello" * 100), 422, "300"),
            ("empty file", form(b""), 422, "300"),
            ("size wrong", form(A, fields={"size": str(len(A) + 1)}), 422, "300"),
            ("md5 wrong", form(A, fields={"checksum": "md5:" + "0" * 32}), 422, "300"),
            ("crc wrong", form(A, fields={"checksum": "crc32:1"}), 422, "300"),
            ("truncated", form(cut), 422, "300"),
        ]
        for what, payload, status, number in cases:
            answer = post(server, payload)
            assert code(answer) == (status, number), (what, answer)
            assert answer.header("DQM-Status-Message") and answer.header("DQM-Status-Detail"), (what, answer)
            assert not spooled(server), (what, spooled(server))
        wrong = post(server, form(A), boundary="another")
        assert code(wrong) == (400, "200"), wrong
        none = server.request("POST", "/data/put", body=form(A), headers={"Content-Type": "multipart/form-data"})
        assert code(none) == (400, "200"), none
        long = post(server, form(A, boundary="b" * 71), boundary="b" * 71)
        assert code(long) == (400, "200"), long
        assert server.get("/data/json/samples").json() == {"samples": []}
        assert server.request("GET", "/data/put").status == 405
        stats = server.stats()
        assert stats["uploads_stored"] == 0, stats


def test_a_full_disk_is_507_and_leaves_nothing():
    large = [sample_file(f"Own{i}/big=TH2D,bins=600,binsy=600,seed={i}", run=1000 + i, options=("--compress=plain",))
             for i in range(9)]
    names = [f"DQM_V0001_R{1000 + i:09d}__Muon__Early-v1__DQMIO.root" for i in range(9)]
    with small_disk(24) as folder, Server(folder=folder, cache_size="16MiB") as server:
        put(server, A)
        answers = [post(server, form(body, name)) for body, name in zip(large, names)]
        assert {code(answer) for answer in answers} == {(200, "100"), (507, "400")}, answers
        for answer in answers:
            assert answer.header("DQM-Status-Message") and answer.header("DQM-Status-Detail"), answer
        kept = [1000 + i for i, answer in enumerate(answers) if answer.status == 200]
        shown = {int(item["run"]) for group in server.get("/data/json/samples").json()["samples"]
                 for item in group["items"]}
        assert shown == {RUN, *kept}, (shown, kept)
        assert not spooled(server), spooled(server)
        blobs = [p for p in (server.folder / "store" / "blobs").rglob("*") if p.is_file()]
        assert len(blobs) == 1 + len(kept), (blobs, kept)
        assert plot(server).status == 200  # what was there is still served


def test_too_large_a_file_is_413_announced_or_not():
    with Server("limits.body=128KiB", "workers.front=1") as server:
        large = b"root" + bytes(300000)
        assert code(post(server, form(large))) == (413, "300")

        def pieces():
            data = form(large)
            for at in range(0, len(data), 10000):
                yield data[at:at + 10000]
        with contextlib.suppress(OSError):
            answer = server.request("POST", "/data/put", body=pieces(),
                                    headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
            assert code(answer) == (413, "300"), answer
        assert not spooled(server)


def test_uploads_switched_off_are_404_and_legacy_status_is_500():
    with Server("dqm.uploads=off") as server:
        assert post(server, form(A)).status == 404
    with Server("dqm.legacy_status=on") as server:
        answer = post(server, form(A, "bad.root"))
        assert code(answer) == (500, "300"), answer
        assert code(post(server, form(A, fields={"size": "x"}))) == (500, "200")
        put(server, A)


def test_a8_a_wrong_checksum_is_refused_and_nothing_is_listed():
    with Server() as server:
        put(server, A)
        before = server.get("/data/json/samples").body, listing(server, SAMPLE + "/Tracker")
        answer = post(server, form(B, fields={"checksum": "md5:" + "1" * 32}))
        assert code(answer) == (422, "300"), answer
        assert before == (server.get("/data/json/samples").body, listing(server, SAMPLE + "/Tracker"))


def test_a9_a_file_cut_at_every_kilobyte_is_refused_or_served_in_part():
    with Server("workers.front=1") as server:
        for n in range(0, len(A), 1024):
            answer = post(server, form(A[:n]))
            assert code(answer) in ((422, "300"), (200, "100")), (n, answer)
            assert not spooled(server)
        put(server, A)
        assert plot(server).status == 200


def test_a_body_that_is_cut_leaves_nothing():
    with Server() as server:
        payload = form(A)
        for n in (10, 300, len(payload) // 2, len(payload) - 5):
            with server.connect() as sock:
                sock.sendall((f"POST /data/put HTTP/1.1\r\nHost: x\r\nContent-Length: {len(payload)}\r\n"
                              f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n").encode() + payload[:n])
                time.sleep(0.1)
        server.wait(lambda: not spooled(server), 5, "an empty spool")
        assert server.get("/data/json/samples").json() == {"samples": []}


def test_a_body_that_stalls_is_408():
    with Server("http.idle_timeout=1s") as server:
        payload = form(A)
        began = time.monotonic()
        said = server.raw((f"POST /data/put HTTP/1.1\r\nHost: x\r\nContent-Length: {len(payload)}\r\n"
                           f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n").encode()
                          + payload[:3000], timeout=30)
        assert said.startswith(b"HTTP/1.1 408 ") and b"DQM-Status-Code: 400" in said, said
        assert time.monotonic() - began < 8 * SLOW
        server.wait(lambda: not spooled(server), 10, "an empty spool")
        assert server.stats()["uploads_cut"] == 1


def test_two_uploads_at_once_both_succeed():
    with Server() as server:
        bodies = [sample_file(f"Tracker/hits=TH1F,bins=40,seed={i}", f"Own{i}/x=TH1F,bins=5") for i in range(6)]
        answers = [None] * 6

        def send(i):
            answers[i] = post(server, form(bodies[i]))
        threads = [threading.Thread(target=send, args=(i,)) for i in range(6)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        assert [a.status for a in answers] == [200] * 6, answers
        status, contents = listing(server)
        assert [c["subdir"] for c in contents] == [f"Own{i}" for i in range(6)] + ["Tracker"], contents


# --- listings -----------------------------------------------------------------------------------------------------

def report(name, test, status, message="as it is"):
    """A quality test's result beside the histogram `name`."""
    text = f"<{name}.{test}>qr=st:{status}:0.5:Chi2:{message}</{name}.{test}>"
    return f"Tracker/{name}.{test}=TObjString,text=" + urllib.parse.quote(text, safe="")


def scalar(name, code):
    text = f"<{name}>{code}</{name}>"
    return f"Tracker/{name}=TObjString,text=" + urllib.parse.quote(text, safe="")


def test_samples_by_type_newest_first_and_searched():
    with Server() as server:
        for run in (7, 100, 20):
            put(server, sample_file("T/x=TH1F,bins=4", run=run), f"DQM_V0001_R{run:09}.root")
        for name in ("R000000001__Mu__Sum-v1__DQMIO", "R000000001__Mu__CMSSW_1-v1__DQMIO", "R000000300__Mu__Run3__RAW"):
            put(server, sample_file("T/x=TH1F,bins=4", run=int(name[1:10])), f"DQM_V0001_{name}.root")
        answer = server.get("/data/json/samples")
        assert answer.header("Content-Type") == "application/json"
        samples = answer.json()["samples"]
        assert {s["type"]: [i["run"] for i in s["items"]] for s in samples} == {
            "offline_data": ["300"], "offline_mc": ["1"], "offline_relval": ["1"], "online_data": ["100", "20", "7"]}
        assert samples[0]["items"][0] == {"type": "offline_data", "run": "300", "dataset": "/Mu/Run3/RAW",
                                          "version": "", "importversion": 1}

        def runs(query):
            return [i["run"] for s in server.get("/data/json/samples?" + query).json()["samples"] for i in s["items"]]
        assert runs("match=^/mu/") == ["300", "1", "1"]
        assert runs("match=online;run=^(7|20)$") == ["20", "7"]
        assert runs("match=online&run=0") == ["100", "20"]
        assert runs("match=nothing") == []
        for bad in ("match=(", "run=[", "match=" + "a" * 257, "match=(a)%5C1", "run=a%2B%2B%2B%2B%2B%2B", "match=%GG"):
            assert server.get("/data/json/samples?" + bad).status == 400, bad
        assert server.request("HEAD", "/data/json/samples").status == 200
        assert server.request("POST", "/data/json/samples").status == 405


def test_a_pattern_that_takes_too_long_is_no_empty_answer():
    with Server() as server:
        for run in (1, 2):
            put(server, sample_file("T/x=TH1F,bins=4", scalar("events", "i=1"), run=run),
                f"DQM_V0001_R{run:09}__{'a' * 60}__E__DQMIO.root")
        endless = "match=(a|aa)%2B$"
        began = time.monotonic()
        try:
            answer = server.get("/data/json/samples?" + endless)
        except http.client.IncompleteRead:
            answer = None
        assert answer is None or answer.status == 400, f"a listing without what was not matched: {answer}"
        trend = server.get("/plotfairy/stripchart/Tracker/events?trend=value;" + endless, Accept="application/json")
        assert trend.status == 400 and trend.json()["param"] == "match", trend
        assert time.monotonic() - began < 5 * SLOW
        served = server.get("/data/json/samples?match=(a|aa)%2B/E").json()["samples"]
        assert [i["run"] for s in served for i in s["items"]] == ["2", "1"], "what can be matched still is"


def test_listing_of_a_sample():
    with Server() as server:
        assert listing(server) == (404, [])
        put(server, sample_file("Tracker/hits=TH1F,bins=40,seed=1", "Tracker/map=TH2F,bins=5,binsy=5",
                                "Tracker/Sub/deep=TProfile,bins=5", scalar("events", "i=42"),
                                report("hits", "Test", 300, 'too "low"'), report("hits", "Other", 100)))
        assert listing(server) == (200, [{"subdir": "Tracker"}])
        status, contents = listing(server, SAMPLE + "/Tracker", "rootcontent=1")
        assert status == 200
        assert [c.get("subdir") or c["obj"] for c in contents] == ["Sub", "events", "hits", "map"], contents
        hits, table, events = contents[2], contents[3], contents[1]
        assert hits["path"] == "Tracker/hits" and hits["properties"]["type"] == "TH1F", hits
        assert hits["nentries"] == 2000 and abs(hits["stats"]["x"]["mean"]) < 0.2, hits
        assert abs(hits["stats"]["x"]["rms"] - 1) < 0.2 and list(hits["stats"]) == ["x"], hits
        assert list(table["stats"]) == ["x", "y"], table
        reports = hits["properties"]["reports"]
        assert reports["status"] == "error", reports
        assert {(t["name"], t["status"], t["message"]) for t in reports["tests"]} == {
            ("Test", 300, 'too "low"'), ("Other", 100, "as it is")}, reports
        assert re.fullmatch(r"[0-9a-f]{32}-4", hits["stamp"]) and re.fullmatch(r"[0-9a-f]{32}", table["stamp"]), contents
        assert events["properties"]["title"] == "42", events
        status, contents = listing(server, SAMPLE, "search=d[e]EP$")
        assert [c["path"] for c in contents] == ["Tracker/Sub/deep"], contents
        assert listing(server, SAMPLE + "/Tracker/Sub", "search=hits") == (200, [])
        assert listing(server, SAMPLE + "/Nothing") == (200, [])
        assert listing(server, SAMPLE + "/Tracker/")[1] == listing(server, SAMPLE + "/Tracker")[1]
        for unknown in ("1/Muon/Early-v1/DQMIO", f"{RUN}/Muon/Early-v1", f"{RUN}/Muon/Early!/DQMIO", "x"):
            assert listing(server, unknown) == (404, []), unknown
        assert server.get(f"/data/json/archive/{SAMPLE}?search=(").status == 400


def test_an_unreadable_object_is_listed_as_other_and_the_rest_served():
    with Server() as server:
        put(server, root_file("T/good=TH1F,bins=40", "T/bad=TH1F,bins=40,corrupt=1"))
        _, contents = listing(server, SAMPLE + "/T")
        assert [(c["obj"], c["properties"]["type"]) for c in contents] == [("bad", "OTHER"), ("good", "TH1F")], contents
        assert plot(server, "T/good").status == 200
        answer = plot(server, "T/bad", "w=300;h=200")
        assert answer.status == 422 and png_pixels(answer.body)[:2] == (300, 200), answer


def test_a_newer_file_replaces_what_it_holds_and_nothing_else():
    with Server() as server:
        put(server, sample_file("T/a=TH1F,bins=4", "T/b=TH1F,bins=4"))
        put(server, sample_file("T/b=TH1F,bins=9,seed=2", "T/c=TH1F,bins=4"))
        before = {c["obj"]: c["stamp"] for c in listing(server, SAMPLE + "/T")[1]}
        assert set(before) == {"a", "b", "c"} and before["a"] != before["b"] == before["c"], before
        assert plot(server, "T/a").status == 200


def test_100000_objects_are_listed_in_slices():
    many = 10000 if SANITIZED else 100000
    body = root_file(options=(f"--many={many}", "--parts=1"))
    with Server("workers.front=1", "limits.inspect=300s", "workers.memory=256MiB") as server:
        put(server, body)
        front = server.children("front")[0]
        listing(server, SAMPLE, "search=h00001$")

        def peak():
            return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{front}/status").read()).group(1))
        before = peak()
        with server.connect(60) as sock:
            began = time.monotonic()
            sock.sendall(f"GET /data/json/archive/{SAMPLE}/part0?rootcontent=1 HTTP/1.0\r\n\r\n".encode())
            out = [sock.recv(65536)]
            while out[-1].endswith(b"\r\n\r\n"):
                out.append(sock.recv(65536))
            first = time.monotonic() - began
            while chunk := sock.recv(1 << 20):
                out.append(chunk)
            took = time.monotonic() - began
        contents = json.loads(b"".join(out).split(b"\r\n\r\n", 1)[1])["contents"]
        assert len(contents) == many and contents[0]["obj"] == "h00000", len(contents)
        print(f"     first byte {first * 1000:.1f} ms, {took:.2f} s, front +{peak() - before} kB")
        # a sanitizer keeps what was freed for a while
        assert peak() - before < (32768 if SANITIZED else 4096), (before, peak())


# --- pictures -----------------------------------------------------------------------------------------------------

def test_pictures_by_both_separators_share_one_entry():
    with Server() as server:
        put(server, A)
        one = plot(server, query="w=500;h=300;ytype=log;nonsense=1;w=400")
        assert one.header("Content-Type") == "image/png" and pixels(one)[:2] == (400, 300)
        for query in ("w=400&h=300&ytype=log", "h=300;ytype=log&xtype=;xmin=;w=400", "ytype=log;w=400;h=300;v=12;fmt=png"):
            other = plot(server, query=query)
            assert other.body == one.body and other.header("ETag") == one.header("ETag"), query
        assert server.get(f"/plotfairy/overlay?obj=archive/{SAMPLE}/Tracker%2Fhits;h=300;w=400;ytype=log").body == one.body
        stats = server.stats()
        assert stats["renders_drawn"] == 1 and stats["cache_misses"] == 1 and stats["cache_hits"] == 4, stats
        again = server.get(f"/plotfairy/archive/{SAMPLE}/Tracker/hits?w=400;h=300;ytype=log", If_None_Match=one.header("ETag"))
        assert again.status == 304 and again.header("ETag") == one.header("ETag"), again
        head = server.request("HEAD", f"/plotfairy/archive/{SAMPLE}/Tracker/hits?w=400;h=300;ytype=log")
        assert head.status == 200 and not head.body and int(head.header("Content-Length")) == len(one.body), head
        assert plot(server, query="fmt=jpg").header("Content-Type") == "image/jpeg"


def test_versions_and_caching():
    with Server() as server:
        put(server, A)
        stamp = {c["obj"]: c["stamp"] for c in listing(server, SAMPLE + "/Tracker")[1]}["hits"]
        assert plot(server).header("Cache-Control") == "no-cache"
        pinned = plot(server, query=f"v={stamp}")
        assert pinned.header("Cache-Control") == "private, max-age=31536000, immutable", pinned
        put(server, B)
        late = plot(server, query=f"v={stamp}")
        assert late.header("Cache-Control") == "no-cache" and pixels(late) != pixels(pinned)
        assert plot(server, query="v=1").status == 200
        location = late.header("Content-Location")
        assert server.get(location).body == late.body
        assert server.get(location).header("Cache-Control") == "private, max-age=31536000, immutable"


def test_every_refusal_is_a_picture_when_images_are_wanted():
    with Server() as server:
        put(server, A)
        cases = [
            (400, f"archive/{SAMPLE}/Tracker/hits?w=0"), (400, f"archive/{SAMPLE}/Tracker/hits?w=-5"),
            (400, f"archive/{SAMPLE}/Tracker/hits?w=2500"), (400, f"archive/{SAMPLE}/Tracker/hits?xmin=abc"),
            (400, f"archive/{SAMPLE}/Tracker/hits?fmt=gif"), (400, f"archive/{SAMPLE}/Tracker/hits?ytype=x"),
            (404, f"archive/{SAMPLE}/Tracker/nothing"), (404, "archive/1/Muon/Early-v1/DQMIO/Tracker/hits"),
            (404, f"archive/{SAMPLE}"), (404, "archive/x"), (404, "unknown/a/b"), (404, "nothing"),
            (400, "overlay"), (400, "overlay?obj=x"),
            (400, "overlay?" + ";".join([f"obj=archive/{SAMPLE}/Tracker/hits"] * 6)),
            (404, f"overlay?obj=archive/{SAMPLE}/Tracker/hits;obj=archive/{SAMPLE}/Tracker/nothing"),
            (404, "stripchart/Tracker/nothing"), (400, "stripchart/Tracker/hits?trend=nonsense"),
            (400, "stripchart/Tracker/hits?match=("),
        ]
        for status, target in cases:
            more = ("&" if "?" in target else "?") + "h=200"
            answer = server.get("/plotfairy/" + target + more, Accept="text/html,image/webp,*/*;q=0.8")
            assert answer.status == status, (target, answer)
            assert answer.header("Content-Type") == "image/png" and answer.header("Cache-Control") == "no-store", answer
            assert png_pixels(answer.body)[1] == 200, target
            plain = server.get("/plotfairy/" + target + more, Accept="application/json")
            assert plain.status == status and plain.header("Content-Type") == "application/problem+json", plain
        stats = server.stats()
        assert stats["renders_drawn"] == 0, stats
        named = server.get(f"/plotfairy/archive/{SAMPLE}/Tracker/hits?xmin=abc", Accept="application/json").json()
        assert named["param"] == "xmin", named


def test_legacy_missing_answers_200():
    with Server("dqm.legacy_missing=on") as server:
        put(server, A)
        answer = plot(server, "Tracker/nothing", "w=250;h=100")
        assert answer.status == 200 and answer.header("Cache-Control") == "no-store", answer
        assert pixels(answer)[:2] == (250, 100)
        assert plot(server, "Tracker/nothing", Accept="application/json").status == 404


def test_a5_sizes():
    with Server() as server:
        put(server, A)
        for query, size in (("w=1;h=1", (1, 1)), ("w=2499;h=2499", (2499, 2499)), ("w=300", (300, 400)), ("", (600, 400))):
            assert pixels(plot(server, query=query))[:2] == size
    with Server("limits.pixels=100000") as server:
        put(server, A)
        answer = plot(server)
        assert answer.status == 413 and png_pixels(answer.body)[:2] == (600, 400), answer


def test_a6_json_of_hostile_titles():
    with Server() as server:
        title = "a \"b' <script>alert(1)</script> \\ é"
        put(server, sample_file("Tracker/hits=TH1F,bins=4,title=" + title))
        answer = server.get(f"/jsonfairy/archive/{SAMPLE}/Tracker/hits")
        assert answer.status == 200 and answer.header("Content-Type") == "application/json", answer
        assert answer.header("X-Content-Type-Options") == "nosniff"
        assert answer.json()["hist"]["title"] == title, answer.json()
        assert title in [c["properties"].get("title") for c in listing(server, SAMPLE + "/Tracker")[1]]
        again = server.get(f"/jsonfairy/archive/{SAMPLE}/Tracker/hits", If_None_Match=answer.header("ETag"))
        assert again.status == 304
        missing = server.get(f"/jsonfairy/archive/{SAMPLE}/Tracker/nothing")
        assert missing.status == 404 and missing.header("Content-Type") == "application/problem+json"
        server.put("x.root", root_file("h=TH1F,bins=4"))
        native = server.get("/v1/images/x.root/h.json")
        assert native.status == 200 and native.json()["hist"]["stats"]["name"] == "h", native


def test_a11_odd_directories():
    with Server() as server:
        names = ["a b/x", "semi;colon/x", "per%cent/x", "quo\"te/x", "plus+minus/x", "deep/er/x/y", "amp&er/x=1?#"]
        put(server, root_file(*[urllib.parse.quote("D/" + n, safe="/") + f"=TH1F,bins=4,seed={i}"
                                for i, n in enumerate(names)], options=("--escaped",)))
        bodies = set()
        for name in names:
            path = "D/" + name
            one = plot(server, path)
            other = server.get(f"/plotfairy/overlay?obj=archive/{SAMPLE}/" + urllib.parse.quote(path, safe=""))
            assert one.status == 200 and one.body == other.body, (name, one)
            bodies.add(one.body)
            folder, _, _ = path.rpartition("/")
            status, contents = listing(server, SAMPLE + "/" + urllib.parse.quote(folder))
            assert path in [c.get("path") for c in contents], (name, contents)
        assert len(bodies) == len(names)


def test_overlay_of_two_runs():
    with Server() as server:
        put(server, A)
        put(server, sample_file("Tracker/hits=TH1F,bins=40,seed=5", "Tracker/map=TH2F,bins=10,binsy=10", run=5),
            f"DQM_V0001_R000000005__Muon__Early-v1__DQMIO.root")
        other = "5/Muon/Early-v1/DQMIO"
        base = f"/plotfairy/overlay?obj=archive/{SAMPLE}/Tracker/hits;obj=archive/{other}/Tracker/hits"
        one, two = plot(server), server.get(base + ";reflabel=Before")
        assert pixels(two) != pixels(one)
        assert pixels(server.get(base + ";reflabel=After")) != pixels(two)
        assert two.header("Cache-Control") == "no-cache"
        mixed = server.get(f"/plotfairy/overlay?obj=archive/{SAMPLE}/Tracker/hits;obj=archive/{other}/Tracker/map",
                           Accept="application/json")
        assert mixed.status == 400 and mixed.json()["param"] == "obj", mixed
        versions = [{c["obj"]: c["stamp"] for c in listing(server, s + "/Tracker")[1]}["hits"] for s in (SAMPLE, other)]
        pinned = server.get(base + ";v=" + ",".join(versions))
        assert pinned.header("Cache-Control") == "private, max-age=31536000, immutable", pinned


def test_stripchart_over_runs():
    with Server() as server:
        for run in (3, 1, 2):
            put(server, sample_file(f"Tracker/hits=TH1F,bins=40,seed={run}", scalar("events", f"i={run * 10}"), run=run),
                f"DQM_V0001_R{run:09}.root")
        pictures = {t: pixels(server.get(f"/plotfairy/stripchart/Tracker/hits?trend={t};w=500;h=300"))
                    for t in ("mean", "rms", "entries", "num-entries", "x-mean-rms")}
        assert all(p[:2] == (500, 300) for p in pictures.values())
        assert pictures["mean"] != pictures["rms"] != pictures["entries"] == pictures["num-entries"]
        assert pictures["x-mean-rms"] not in (pictures["mean"], pictures["rms"]), "bars as long as the deviation"
        value = server.get("/plotfairy/stripchart/Tracker/events?trend=value")
        assert value.status == 200, value
        drawn = server.stats()["renders_drawn"]
        assert server.get("/plotfairy/stripchart/Tracker/events?trend=value;match=online").body == value.body
        assert server.stats()["renders_drawn"] == drawn
        assert server.get("/plotfairy/stripchart/Tracker/events?trend=value;match=nothing").status == 404
        put(server, sample_file(scalar("events", "i=70"), run=4), "DQM_V0001_R000000004.root")
        assert pixels(server.get("/plotfairy/stripchart/Tracker/events?trend=value")) != pixels(value)


def test_a_note_comes_with_the_picture_however_often_it_is_found():
    with Server() as server:
        put(server, A)
        maps = "/plotfairy/overlay?" + ";".join([f"obj=archive/{SAMPLE}/Tracker/map"] * 2)
        notes = [server.get(maps).header("X-Render-Note") for _ in range(3)]
        assert notes[0] and len(set(notes)) == 1, notes
        assert plot(server, "Tracker/map").header("X-Render-Note") is None
        assert server.stats()["renders_drawn"] == 2


# --- freshness ----------------------------------------------------------------------------------------------------

def test_c1_get_after_upload_is_new():
    with Server() as server:
        put(server, A)
        one = pixels(plot(server))
        put(server, B)
        assert pixels(plot(server)) != one
        stats = server.stats()
        assert stats["renders_drawn"] == 2 and stats["cache_hits"] == 0, stats


def test_c1_with_eight_clients_hammering():
    with Server() as server:
        bodies = [A, sample_file("Tracker/hits=TH1F,bins=40,seed=1,scale=1,spike=20")]
        known = []
        for body in bodies:
            put(server, body)
            known.append(plot(server).body)
        assert known[0] != known[1]
        started, acknowledged, stop = [1], [1], threading.Event()
        wrong, count = [], [0] * 8

        def hammer(number):
            client = server.client()
            while not stop.is_set():
                least = acknowledged[0]
                answer = client.request("GET", f"/plotfairy/archive/{SAMPLE}/Tracker/hits")
                most = started[0]
                if answer.status != 200 or answer.body not in [known[v % 2] for v in range(least, most + 1)]:
                    wrong.append((number, least, most, answer.status))
                count[number] += 1
            client.close()
        threads = [threading.Thread(target=hammer, args=(n,)) for n in range(8)]
        [t.start() for t in threads]
        for version in range(2, 32):
            started[0] = version
            put(server, bodies[version % 2])
            acknowledged[0] = version
        stop.set()
        [t.join() for t in threads]
        assert not wrong, wrong[:3]
        assert min(count) > 0, count


@functools.lru_cache
def slow(name, seed=1):
    """A file whose Tracker/NAME takes a while to draw."""
    return sample_file(f"Tracker/{name}=TH2D,bins=700,binsy=700,seed={seed},slow=1", options=("--compress=xz",))


def test_c2_a_render_that_ends_after_the_commit_is_never_found():
    big = [slow("big", seed) for seed in (1, 2)]
    with Server("workers.render=2") as server:
        for i in range(4):
            put(server, big[i % 2])
            got = []
            thread = threading.Thread(target=lambda: got.append(plot(server, "Tracker/big", f"w={700 + i}")))
            thread.start()
            put(server, big[(i + 1) % 2])
            after = plot(server, "Tracker/big", f"w={700 + i}")
            thread.join()
            assert plot(server, "Tracker/big", f"w={700 + i}").body == after.body
            assert got[0].status == 200
            if got[0].header("ETag") != after.header("ETag"):
                assert got[0].body != after.body
        last, reference = big[(i + 1) % 2], plot(server, "Tracker/big")
    with Server() as other:
        put(other, last)
        assert pixels(plot(other, "Tracker/big")) == pixels(reference)


def test_c3_one_bin_the_reference_or_the_quality_alone_change_the_picture():
    with Server() as server:
        put(server, A)
        put(server, sample_file("Tracker/hits=TH1F,bins=40,seed=7", run=5), "DQM_V0001_R000000005.root")
        overlay = f"/plotfairy/overlay?obj=archive/{SAMPLE}/Tracker/hits;obj=archive/5/Global/Online/ALL/Tracker/hits"
        plain, both = pixels(plot(server)), pixels(server.get(overlay))
        put(server, sample_file("Tracker/hits=TH1F,bins=40,seed=7,spike=12", run=5), "DQM_V0001_R000000005.root")
        assert pixels(server.get(overlay)) != both
        assert plot(server).body and pixels(plot(server)) == plain
        put(server, B)
        one_bin = plot(server)
        assert pixels(one_bin) != plain
        put(server, sample_file(report("hits", "Test", 300)), f"DQM_V0002_R{RUN:09}__Muon__Early-v1__DQMIO.root")
        bad = plot(server)
        assert pixels(bad) != pixels(one_bin) and bad.header("ETag") != one_bin.header("ETag")
        frame = {pixel for row in pixels(bad)[2] for pixel in row} - {pixel for row in pixels(one_bin)[2] for pixel in row}
        assert frame, "a failed test is framed in a colour of its own"
        put(server, sample_file(report("hits", "Test", 100)), f"DQM_V0002_R{RUN:09}__Muon__Early-v1__DQMIO.root")
        assert pixels(plot(server)) != pixels(bad)
        _, contents = listing(server, SAMPLE + "/Tracker")
        assert contents[0]["properties"]["reports"]["status"] == "ok", contents


def test_c4_the_same_bytes_again_are_found_under_a_new_key():
    with Server() as server:
        put(server, A)
        one = plot(server)
        put(server, B)
        two = plot(server)
        assert put(server, A).header("DQM-Status-Detail") == f"Wrote {len(A)} bytes"
        three = plot(server)
        assert three.body == one.body and len({a.header("ETag") for a in (one, two, three)}) == 3
        assert server.stats()["renders_drawn"] == 3


def test_c5_restart_crash_and_full_map_leave_nothing_stale_or_torn():
    with Server(cache_size="16MiB") as server:
        put(server, A)
        known = {w: pixels(plot(server, query=f"w={w}")) for w in (300, 500)}
        server.stop()
        server.start()
        assert all(pixels(plot(server, query=f"w={w}")) == known[w] for w in known)
        put(server, B)
        fresh = pixels(plot(server, query="w=300"))
        assert fresh != known[300]
        server.kill()
        server.start()
        assert pixels(plot(server, query="w=300")) == fresh
        stop = threading.Event()

        def kill_workers():
            while not stop.is_set():
                for pid in server.children("worker"):
                    with contextlib.suppress(OSError):
                        os.kill(pid, signal.SIGSEGV)
                time.sleep(0.15)
        killer = threading.Thread(target=kill_workers)
        killer.start()
        try:
            for w in range(320, 350):
                answer = plot(server, query=f"w={w}")
                assert answer.status in (200, 422, 500, 503), answer
                if answer.status == 200:
                    assert pixels(answer)[0] == w
        finally:
            stop.set()
            killer.join()
        server.ctl("purge", "--all", "--yes", check=0)
        put(server, A)
        assert pixels(plot(server, query="w=300")) == known[300]


def test_c6_a_hit_reads_no_root_file():
    with Server() as server:
        put(server, A)
        one = plot(server)
        blob = next(p for p in (server.folder / "store" / "blobs").rglob("*") if p.is_file())
        away = server.folder / "away"
        blob.rename(away)  # root may read any file, whatever its mode
        two = plot(server)
        assert two.status == 200 and two.body == one.body and "hit" in two.header("Cache-Status"), two
        assert plot(server, query="w=601").status >= 500
        away.rename(blob)
        assert plot(server, query="w=601").status == 200


def test_c7_the_cache_stays_within_its_map():
    body = sample_file("Tracker/noise=TH2D,bins=1000,binsy=1000,seed=1,flat=1")
    with Server(cache_size="16MiB") as server:
        put(server, body)
        kept = plot(server, "Tracker/noise", "w=400;h=300")
        total = 0
        for w in range(60):
            answer = plot(server, "Tracker/noise", f"w={900 + w};h=900")
            total += len(answer.body)
            assert "hit" in plot(server, "Tracker/noise", "w=400;h=300").header("Cache-Status"), w
        assert total > 20 << 20, total
        size = sum(p.stat().st_size for p in (server.folder / "store" / "cache").iterdir() if p.name.startswith("data"))
        assert 0 < size <= 16 << 20, size
        assert "hit" not in plot(server, "Tracker/noise", "w=900;h=900").header("Cache-Status")
        assert plot(server, "Tracker/noise", "w=400;h=300").body == kept.body


def test_c8_failures_are_not_kept():
    with Server("limits.render=20ms", "limits.inspect=60s") as server:
        put(server, slow("hits"))
        answer = plot(server)
        assert answer.status == 504 and answer.header("Cache-Control") == "no-store", answer
        assert png_pixels(answer.body)[:2] == (600, 400)
        put(server, A)
        assert server.wait(lambda: plot(server).status == 200, 5, "a picture of the new upload")
    with Server() as server:
        put(server, root_file("Tracker/hits=TH1F,bins=40,corrupt=1"))
        assert plot(server).status == 422
        put(server, root_file("Tracker/hits=TH1F,bins=40"))
        assert plot(server).status == 200


def test_c9_twenty_equal_requests_draw_once():
    with Server() as server:
        put(server, slow("big"))
        answers = [None] * 20

        def ask(i):
            answers[i] = plot(server, "Tracker/big", ("w=700;h=500", "h=500&w=700&xmin=")[i % 2])
        threads = [threading.Thread(target=ask, args=(i,)) for i in range(20)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        assert {a.status for a in answers} == {200} and len({a.body for a in answers}) == 1
        stats = server.stats()
        assert stats["renders_drawn"] == 1, stats


def test_a10_equal_bytes_across_workers_and_restarts():
    with Server("workers.recycle_jobs=1") as server:
        put(server, A)
        bodies = set()
        for i in range(4):
            bodies.add(plot(server).body)
            server.ctl("purge", "--all", "--yes", check=0)
            if i == 1:
                server.stop()
                server.start()
        assert len(bodies) == 1 and server.stats()["renders_drawn"] >= 1


def test_a_full_queue_is_503_with_retry_after_and_a_picture():
    with Server("limits.queue=8", "workers.render=1", "limits.queue_wait=200ms") as server:
        put(server, slow("big"))
        answers = [None] * 24

        def ask(i):
            answers[i] = plot(server, "Tracker/big", f"w={700 + i};h=500")
        threads = [threading.Thread(target=ask, args=(i,)) for i in range(24)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        busy = [a for a in answers if a.status == 503]
        assert busy and {a.status for a in answers} <= {200, 503}, [a.status for a in answers]
        assert all(a.header("Retry-After") and a.header("Content-Type") == "image/png" for a in busy), busy[0]


def test_a4_a_huge_map_is_drawn_or_refused_and_others_do_not_notice():
    body = sample_file("Tracker/huge=TH2D,bins=10954,binsy=10954,seed=1", "Tracker/hits=TH1F,bins=40")
    with Server("limits.inspect=300s", "limits.render=60s") as server:
        put(server, body)
        base = server.private_bytes()
        got = []
        thread = threading.Thread(target=lambda: got.append(plot(server, "Tracker/huge")))
        thread.start()
        assert plot(server).status == 200
        thread.join()
        assert got[0].status in (200, 413), got
        server.wait(lambda: server.private_bytes() < base + (24 << 20), 15, "memory at its base")
