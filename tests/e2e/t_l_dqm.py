"""DQMGUI's upload client, listings and picture addresses; no answer older than an acknowledged upload (C1 to C9)."""
import contextlib
import hashlib
import json
import os
import re
import signal
import socket
import threading
import time
import urllib.parse
import zlib

from platen import SLOW, Server, png_pixels, root_file

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
