"""Reference cards: binding files in, cards out; errors, keys, packs, publishing, archives, memory."""
import concurrent.futures
import http.client
import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import zipfile

from bindings import corpus, ed, form, fs2020, jpeg_size, pack, pictures, post, sws, webp_size
from platen import BIN, SANITIZED, Server, png_pixels
from run import Skip

TWO = (("KEY_BRAKES", "Joystick Button 1"), ("KEY_GEAR", "Joystick Button 2"))
IMMUTABLE = "public, max-age=31536000, immutable"


def cards(*settings, **options):
    return Server(f"cards.pack={pack()}", *settings, **options)


def problem(answer, status, code):
    assert answer.status == status, answer
    body = answer.json()
    assert body["code"] == code and body["message"], body
    assert answer.header("Content-Type") == "application/problem+json"
    assert body["status"] == status
    return body


def uploads(server):
    stats = server.stats()
    return stats["cards_built"], stats["cards_found"], stats["cards_refused"]


# --- every address ------------------------------------------------------------------------------------

def test_an_upload_is_answered_with_everything_that_was_recognised():
    with cards() as server:
        answer = post(server, [("a/b/mine.xml", fs2020(bindings=TWO, profile="Kestrel 1"))], "/cards/fs2020")
        assert answer.status == 200, answer
        assert answer.header("Cache-Control") == "no-store"
        body = answer.json()
        key = body["key"]
        assert len(key) == 40 and key == key.lower() and int(key, 16)
        assert body["url"] == f"/cards/{key}" and body["game"] == "fs2020"
        assert body["zip"] == body["url"] + ".zip" and body["json"] == body["url"] + ".json"
        assert body["bindings"] == 2 and body["devices"] == 1 and body["published"] is False
        assert [one["name"] for one in body["files"]] == ["mine.xml"]
        assert body["contexts"][0]["name"] == "PLANE" and body["contexts"][0]["colour"] == "#2780e3ff"
        (card,) = body["cards"]
        assert (card["title"], card["profile"], card["image"]) == ("Test Stick (Kestrel 1)", "Kestrel 1",
                                                                    "stick")
        picture = server.get(card["url"])
        assert picture.status == 200 and picture.header("Content-Type") == "image/jpeg"
        assert jpeg_size(picture.body) == (card["w"], card["h"]) == (1920, 1080)
        assert len(picture.body) == card["bytes"]
        assert picture.header("ETag") == f'"{card["key"]}"'
        assert picture.header("Cache-Control") == IMMUTABLE
        assert picture.header("Content-Disposition") == 'inline; filename="test-stick-kestrel-1.jpg"'
        assert picture.header("X-Content-Type-Options") == "nosniff"
        small = server.get(card["thumbnail"])
        assert small.status == 200 and jpeg_size(small.body)[0] == 480, small
        document = server.get(body["json"])
        assert document.status == 200 and document.header("Content-Type") == "application/json"
        assert document.header("Cache-Control") == IMMUTABLE
        cells = document.json()["cards"][0]["cells"]
        assert sorted(one["input"] for one in cells) == ["1", "2"]
        texts = {label["text"] for cell in cells for label in cell["labels"]}
        assert texts == {"Brakes", 'Gear <up> & "down"'}
        assert document.json()["pictures"][0]["url"] == card["url"]


def test_all_forms_of_a_picture_and_its_parameters():
    with cards() as server:
        url = post(server, fs2020()).json()["cards"][0]["url"]
        base = url[:-4]
        plain = server.get(url)
        assert server.get(base + ".jpeg").body == plain.body
        png = server.get(base + ".png")
        assert png.header("Content-Type") == "image/png" and png_pixels(png.body)[:2] == (1920, 1080)
        worse = server.get(url + "?q=60")
        assert worse.status == 200 and len(worse.body) < len(plain.body)
        assert server.get(url + "?sub=444").status == 200
        assert server.get(url + "?q=90").body == plain.body
        for query in ("q=59", "q=101", "q=x", "w=17", "w=0", "sub=411", "bg=nosuch", "colour=1"):
            answer = server.get(f"{url}?{query}")
            assert answer.status == 400 and answer.json()["param"] == query.split("=")[0], (query, answer)
        for path in ("/2.jpg", "/0.jpg", "/01.jpg", "/4097.jpg", "/1.gif", "/1.json", "/1", "/1.jpg/", ".xml", "/"):
            assert server.get(base[:-2] + path).status == 404, path


def test_webp_is_as_the_other_forms():
    with cards() as server:
        url = post(server, fs2020()).json()["cards"][0]["url"]
        base = url[:-4]
        first = server.get(base + ".webp")
        assert first.status == 200 and first.header("Content-Type") == "image/webp", first
        assert first.header("Cache-Control") == IMMUTABLE and webp_size(first.body) == (1920, 1080)
        assert first.header("Content-Disposition") == 'inline; filename="test-stick.webp"'
        assert len(first.body) < len(server.get(url).body)
        assert first.header("ETag") != server.get(url).header("ETag")
        assert server.get(base + ".webp", If_None_Match=first.header("ETag")).status == 304
        head = server.request("HEAD", base + ".webp")
        assert int(head.header("Content-Length")) == len(first.body) and head.body == b""
        drawn = server.stats()["renders_drawn"]
        for query in ("", "?q=90", "?sub=444"):
            assert server.get(base + ".webp" + query).body == first.body, query
        assert server.stats()["renders_drawn"] == drawn
        sizes = [len(server.get(f"{base}.webp?q={q}").body) for q in (60, 75, 90, 100)]
        assert sizes == sorted(sizes) and len(set(sizes)) == 4, sizes
        assert webp_size(server.get(base + ".webp?w=480").body)[0] == 480
        for query in ("q=59", "q=101", "q=x", "q=", "w=17", "sub=411", "bg=nosuch", "q=80&q=80"):
            answer = server.get(f"{base}.webp?{query}")
            assert answer.status == 400 and answer.json()["param"] == query.split("=")[0], (query, answer)
        for path in ("/2.webp", "/0.webp", "/01.webp", "/.webp", "/1.webp/"):
            assert server.get(base[:-2] + path).status == 404, path
        assert webp_size(server.get("/devices/TESTSTICK.webp").body) == (1920, 1080)
        assert server.ctl("purge", "--all", "--yes").returncode == 0
        post(server, fs2020())
        assert server.get(base + ".webp").body == first.body
        assert server.stats()["renders_drawn"] > drawn


def test_pages_and_forms():
    with cards() as server:
        for path in ("/cards", "/fs2020", "/sws", "/ed", "/cards/fs2020", "/cards/sws", "/cards/ed"):
            page = server.get(path)
            assert page.status == 200 and page.header("Content-Type") == "text/html; charset=utf-8", path
            assert b"<form" in page.body and b'name="file"' in page.body
            assert server.request("HEAD", path).status == 200
        for path in ("/api/fs2020", "/api/sws", "/api/ed"):
            answer = server.get(path)
            assert answer.status == 405 and answer.header("Allow") == "POST", answer
            assert post(server, fs2020(), path).status in (200, 422)
        for path, allow in (("/cards", "GET, HEAD, POST"), ("/fs2020", "GET, HEAD"), ("/devices", "GET, HEAD")):
            answer = server.request("PUT", path, body=b"x")
            assert answer.status == 405 and answer.header("Allow") == allow, answer
        for path in ("/cards/none", "/cards/guess", "/api/guess", "/cards/" + 40 * "g", "/cards/" + 39 * "0", "/api/",
                     "/cards/" + 40 * "A"):
            assert server.get(path).status == 404, path


def test_the_older_addresses_take_what_their_clients_send():
    with cards() as server:
        for game, body in (("fs2020", fs2020()), ("sws", sws()), ("ed", ed())):
            older = post(server, body, f"/api/{game}").json()
            assert older["game"] == game and pictures(older), older
            assert older["key"] == post(server, body, f"/cards/{game}").json()["key"]
            guessed = post(server, body)
            assert guessed.status == 200 and guessed.json()["game"] == game, guessed
            chosen = post(server, body, game=game)
            assert chosen.json()["key"] == older["key"]
            raw = server.request("POST", f"/cards/{game}", body=body)
            assert raw.status == 200 and raw.json()["key"] == older["key"], raw


def test_a_browser_is_sent_to_the_page_of_its_cards():
    with cards() as server:
        files = [("<b>.xml", fs2020(device="Test Noise", bindings=TWO)), ("b.xml", fs2020(device="Nobody's", bindings=TWO))]
        answer = post(server, files, accept="text/html,application/xhtml+xml,*/*;q=0.8")
        assert answer.status == 303 and answer.body == b"", answer
        page = server.get(answer.header("Location"))
        assert page.status == 200 and page.header("Content-Type") == "text/html; charset=utf-8"
        assert "default-src 'none'" in page.header("Content-Security-Policy")
        text = page.body.decode()
        key = answer.header("Location")[len("/cards/"):]
        assert f'<img src="/cards/{key}/1.jpg"' in text and f'<img src="/cards/{key}/2.jpg"' in text
        assert f'href="/cards/{key}.zip"' in text
        assert "Test Noise &#38; &#60;Co&#62;" in text and "<Co>" not in text
        assert '<section id="result" aria-labelledby="result-title">' in text
        assert "unsupported-device" in text and "Nobody&#39;s" in text
        again = server.get(answer.header("Location"), If_None_Match=page.header("ETag"))
        assert again.status == 304
        problem_page = post(server, b"hello", accept="text/html")
        assert problem_page.status == 422 and problem_page.header("Content-Type") == "text/html; charset=utf-8"
        assert b'name="file"' in problem_page.body and b"<b>mine.xml:</b>" in problem_page.body
        missing = server.get("/cards/" + 40 * "0", Accept="text/html")
        assert missing.status == 404 and b"upload the files again" in missing.body


def test_one_card_is_answered_as_a_picture():
    with cards() as server:
        answer = post(server, fs2020(), accept="image/jpeg")
        assert answer.status == 200 and answer.header("Content-Type") == "image/jpeg", answer
        assert jpeg_size(answer.body) == (1920, 1080)
        again = post(server, fs2020(), accept="image/jpeg")
        assert again.body == answer.body
        assert server.get(answer.header("Content-Location")).body == answer.body
        webp = post(server, fs2020(), accept="image/webp")
        assert webp.header("Content-Type") == "image/webp" and webp_size(webp.body) == (1920, 1080), webp
        assert webp.header("Content-Location").endswith("/1.webp")
        kept = server.get(webp.header("Content-Location"))
        assert kept.body == webp.body and kept.header("ETag") == webp.header("ETag")
        new = post(server, fs2020(profile="new"), accept="image/webp")
        assert new.status == 200 and new.body != webp.body and webp_size(new.body) == (1920, 1080)
        two = post(server, [("a", fs2020()), ("b", fs2020(device="Test Noise"))], accept="image/webp")
        assert two.status == 200 and [one["url"][-6:] for one in two.json()["cards"]] == ["/1.jpg", "/2.jpg"]
        two = post(server, [("a", fs2020()), ("b", fs2020(device="Test Noise"))], accept="image/jpeg")
        assert two.status == 200 and len(two.json()["cards"]) == 2
        preferred = post(server, fs2020(), accept="image/jpeg;q=0.5, application/json")
        assert preferred.header("Content-Type") == "application/json"
        head = server.request("HEAD", answer.header("Content-Location"))
        assert head.status == 200 and int(head.header("Content-Length")) == len(answer.body) and head.body == b""


def test_controllers_are_listed_and_drawn():
    with cards() as server:
        answer = server.get("/devices")
        assert answer.status == 200 and "Accept" in answer.header("Vary")
        body = answer.json()
        assert [one["id"] for one in body["devices"]] == ["TESTNOISE", "TESTSTICK"]
        assert body["devices"][1]["title"] == "Test Stick" and body["packs"][0]["name"] == "Test"
        assert server.get("/devices", If_None_Match=answer.header("ETag")).status == 304
        page = server.get("/devices", Accept="text/html")
        assert page.header("Content-Type") == "text/html; charset=utf-8" and b"<html" in page.body
        assert server.get("/devices?format=json", Accept="text/html").json() == body
        assert server.get("/devices?format=xml").status == 400
        picture = server.get(body["devices"][1]["url"])
        assert picture.status == 200 and jpeg_size(picture.body) == (1920, 1080), picture
        assert server.get("/devices/TESTSTICK.png").header("Content-Type") == "image/png"
        assert server.get("/devices/TESTSTICK.jpg?w=480").status == 200
        assert server.get("/devices/TESTSTICK.jpg", If_None_Match=picture.header("ETag")).status == 304
        for path in ("/devices/NOBODY.jpg", "/devices/TESTSTICK", "/devices/.jpg", "/devices/"):
            assert server.get(path).status == 404, path
        assert server.get("/devices/TESTSTICK.jpg?q=1").status == 400


def test_conditional_requests_and_heads():
    with cards() as server:
        body = post(server, fs2020()).json()
        for url in (body["cards"][0]["url"], body["json"], body["zip"]):
            answer = server.get(url)
            assert answer.status == 200 and answer.header("ETag") and answer.header("Cache-Control") == IMMUTABLE, url
            again = server.get(url, If_None_Match=answer.header("ETag"))
            assert again.status == 304 and again.body == b"" and again.header("ETag") == answer.header("ETag"), url
            assert server.get(url, If_None_Match='"other"').status == 200
            head = server.request("HEAD", url)
            assert head.status == 200 and head.body == b"" and head.header("ETag") == answer.header("ETag"), url
        for url in (body["json"], body["zip"], body["url"]):
            assert server.get(url + "?x=1").status == 400, url


# --- what goes wrong ----------------------------------------------------------------------------------

def test_what_is_sent_wrongly():
    with cards("cards.file=10KiB", "cards.total=20KiB", "cards.files=3") as server:
        headers, body = form([], style="none")
        problem(server.request("POST", "/cards", body=body, headers=headers), 400, "no-file")
        problem(server.request("POST", "/cards"), 400, "no-file")
        headers, body = form([("", b"")])
        problem(server.request("POST", "/cards", body=body, headers=headers), 400, "no-file")
        big = fs2020() + b" " * 10240
        said = problem(post(server, [("big.xml", big)]), 413, "too-large")
        assert said["file"] == "big.xml"
        problem(server.request("POST", "/cards", body=big), 413, "too-large")
        half = fs2020() + b" " * 9000
        problem(post(server, [("a", half), ("b", half), ("c", half)]), 413, "too-large")
        problem(post(server, [(str(i), fs2020()) for i in range(4)]), 413, "too-large")
        problem(post(server, [("a", b" " * (12 << 20))]), 413, "too-large")
        problem(server.request("POST", "/cards", body=b"x", headers={"Content-Type": "multipart/form-data"}), 400,
                "bad-request")
        headers, body = form([("a", fs2020())])
        problem(server.request("POST", "/cards", body=body[:-20], headers=headers), 400, "bad-request")
        for target in ("/cards?x=1", "/cards?style=loud", "/cards?groups=nosuch", "/cards?publish=perhaps",
                       "/cards?game=pong"):
            assert post(server, fs2020(), target).status == 400, target
        assert post(server, fs2020(), publish="0", draw="yes", style="none").status == 200
        assert post(server, fs2020(), style="loud").status == 400
        assert post(server, [("a", fs2020()), ("b", half), ("c", fs2020())]).status == 200
        built, _, refused = uploads(server)
        assert built == 2 and refused >= 12, (built, refused)


def parts(*each):
    """A multipart form of (name, value), in this order; a value of bytes is a file. (headers, body)"""
    out = b""
    for name, value in each:
        file = '; filename="mine.binds"' if isinstance(value, bytes) else ""
        out += f'--edge\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        out += (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
    return {"Content-Type": "multipart/form-data; boundary=edge"}, out + b"--edge--\r\n"


def test_groups_and_colours_as_a_plain_form_sends_them():
    with cards() as server:
        def send(*each, target="/cards", **more):
            headers, body = parts(*each)
            return server.request("POST", target, body=body, headers=headers | more)
        file = ("file", ed())
        wanted = post(server, ed(), "/cards/ed?groups=SRV&style=modifier").json()["key"]
        every = post(server, ed(), "/cards/ed").json()["key"]
        assert wanted != every
        choice = [("groups", "SRV"), ("style", "modifier"), ("game", "ed")]
        for fields in (choice + [file], [file] + choice, choice[:1] + [file] + choice[1:]):
            answer = send(*fields)
            assert answer.status == 200 and answer.json()["key"] == wanted, answer
        for fields in ([("groups", "Ship"), file, ("groups", "SRV")], [("groups", "SRV,Ship"), file],
                       [file, ("groups", "ship"), ("groups", ""), ("groups", "SRV")],
                       [("groups", ""), file, ("style", ""), ("style", "group")][:3],
                       [("groups", "Ship"), ("groups", "Ship"), ("groups", "SRV"), file, ("style", "group")]):
            answer = send(("game", "ed"), *fields)
            assert answer.status == 200 and answer.json()["key"] == every, (fields, answer)
        refused = (
            ("style", [("style", "none"), file, ("style", "none")]),
            ("style", [("style", ""), file, ("style", "none")]),
            ("style", [file, ("style", "loud")]),
            ("style", [file, ("style", "none\0")]),
            ("style", [file, ("style", "n" * 600)]),
            ("game", [file, ("game", "ed"), ("game", "ed")]),
            ("publish", [("publish", "0"), ("publish", "1"), file]),
            ("groups", [("groups", "Boat"), file]),
            ("groups", [file, ("groups", "Ship"), ("groups", "Boat")]),
            ("groups", [("groups", ","), file]),
            ("groups", [("groups", "S" * 512), file]),
            ("groups", [*[("groups", "Ship")] * 45, file, *[("groups", "SRV" * 99)] * 2]),
            ("body", [*[("groups", "")] * 200, file]),
            ("body", [file, ("submit", "Go"), ("comment", "x" * 65536)]),
        )
        for name, fields in refused:
            answer = send(*fields)
            assert answer.status == 400 and answer.json()["param"] == name and answer.json()["message"], (name, answer)
        assert send(("groups", "Ship"), file, target="/cards?groups=SRV").json()["param"] == "groups"
        assert send(file, target="/cards?groups=SRV&groups=SRV").status == 400
        page = send(("groups", "Boat"), file, Accept="text/html")
        assert page.status == 400 and b"There is no group &#34;Boat&#34;." in page.body
        page = send(("groups", "<i>"), file, Accept="text/html")
        assert page.status == 400 and b"&#60;i&#62;" in page.body and b"<i>" not in page.body.split(b"<main")[1].split(b"<section")[0]
        plain, more = send(file), send(("comment", "fields of other pages"), file, ("submit", "Go"))
        assert more.status == 200 and more.json()["key"] == plain.json()["key"], more


def test_files_that_are_none():
    with cards() as server:
        for body in (b"", b"hello\n", b"\0" + fs2020(), fs2020()[:100] + b"\0" + fs2020()[100:], b"\xff\xfe",
                     b"<" * 3000, bytes(range(256))):
            answer = post(server, body)
            code = answer.json()["code"]
            assert code == "bad-file" if b"\0" in body else code in ("bad-file", "unknown-format"), (body, answer)
            assert problem(answer, 422, code)["file"] == "mine.xml", answer
        deep = b'<Device DeviceName="Test Stick">' + b"<a>" * 3000
        problem(post(server, deep), 422, "too-complex")
        many = fs2020(bindings=[(f"KEY_A{i}", "Button 1") for i in range(20001)])
        problem(post(server, many), 422, "too-complex")
        profiles = b"".join(fs2020(profile=f"p{i}") for i in range(65))
        problem(post(server, profiles), 422, "too-complex")
        assert post(server, sws(), "/cards/ed").status == 422
        problem(post(server, b"hello", "/cards/fs2020"), 422, "unknown-format")
        both = post(server, [("good.xml", fs2020()), ("bad.xml", b"\0")])
        assert both.status == 200 or problem(both, 422, "bad-file")["file"] == "bad.xml"


def test_files_that_are_odd_are_read_as_far_as_they_go():
    with cards() as server:
        def kinds(body):
            answer = post(server, body)
            assert answer.status == 200, (body, answer)
            said = answer.json()
            assert pictures(said) or said["notices"], said
            return {one["kind"] for one in said["notices"]}

        assert "truncated" in kinds(fs2020(bindings=TWO)[:-60])
        assert "misplaced-element" in kinds(b'<Device DeviceName="Test Stick"><Action ActionName="X"/></Device>')
        assert "unsupported-device" in kinds(fs2020(device="Nobody's"))
        assert "unknown-input" in kinds(fs2020(bindings=[*TWO, ("KEY_BRAKES", "Knob 7")]))
        assert "no-label" in kinds(fs2020(bindings=[("KEY_NEW_THING", "Button 1")]))
        assert "latin1" in kinds(fs2020(profile="x").replace(b"<FriendlyName>x", b"<FriendlyName>\xe9"))
        kinds(fs2020().replace(b"<Version", b'<!DOCTYPE a [<!ENTITY x SYSTEM "/etc/passwd">]><Version'))
        kinds(fs2020() + fs2020())
        kinds(fs2020().decode().encode("utf-16"))
        kinds(fs2020().replace(b"\n", b"\r\n"))
        assert "long-line" in kinds(sws() + b"GstInput.Junk " + b"x" * 70000 + b"\n")
        unknown = post(server, fs2020(device="Nobody's", bindings=TWO)).json()
        assert unknown["cards"] == [] and unknown["lists"][0]["device"] == "Nobody's"
        page = unknown["lists"][0]["pages"][0]
        assert jpeg_size(server.get(page["url"]).body) == (1920, 1080)


def test_the_bad_samples():
    if corpus("bad", "empty.xml") is None:
        raise Skip("the sample inputs are not here")
    expected = {"empty.xml": 422, "not-a-binding.txt": 422, "nul-bytes.xml": 422, "deep-nesting.xml": 422}
    with cards() as server:
        for name in ("action-without-context.xml", "deep-nesting.xml", "doctype-entity.xml", "empty-friendlyname.xml",
                     "empty.xml", "latin1-name.xml", "long-line.profile", "not-a-binding.txt", "nul-bytes.xml",
                     "truncated.xml", "utf16le.xml"):
            answer = post(server, [(name, corpus("bad", name))])
            assert answer.status == expected.get(name, 200), (name, answer)
            body = answer.json()
            if answer.status == 200:
                assert pictures(body) or body["notices"], (name, body)
                for one in pictures(body):
                    assert server.get(one["url"]).status == 200, name
            else:
                assert body["code"] in ("bad-file", "unknown-format", "too-complex") and body["message"], body


def cut_everywhere(server, game, body, step):
    client = server.client()
    for n in range(0, len(body) + 1, step):
        answer = post(server, body[:n], f"/cards/{game}?draw=no", client=client)
        assert answer.status in (200, 422), (game, n, answer)
        said = answer.json()
        if answer.status == 200:
            if not pictures(said):
                page = client.request("GET", said["url"])
                assert page.status == 200 and b'<div id="none" class="empty">' in page.body, (game, n, said)
        else:
            assert said["message"], (game, n, said)
    client.close()


def test_every_cut_of_three_files_is_answered():
    with cards() as server:
        for game, body in (("fs2020", fs2020(bindings=TWO)), ("sws", sws()), ("ed", ed())):
            cut_everywhere(server, game, body, 7 if SANITIZED else 1)
        for game, name in (("fs2020", "T.16000M.xml"), ("sws", "Gamepad.profile"), ("ed", "single_modifier.binds")):
            body = corpus(game, name)
            if body is not None:
                cut_everywhere(server, game, body, len(body) // (20 if SANITIZED else 150) + 1)
        assert server.stats()["worker_crashes"] == 0


# --- keys and the cache -------------------------------------------------------------------------------

def test_the_same_files_in_any_order_are_one_set_read_once():
    with cards() as server:
        files = [("a.xml", fs2020(bindings=TWO)), ("b.xml", fs2020(device="Test Noise")), ("c.xml", fs2020(profile="P"))]
        first = post(server, files).json()
        drawn = server.stats()["renders_drawn"]
        assert uploads(server)[:2] == (1, 0) and drawn == 3
        pictures_of = [server.get(one["url"]).body for one in first["cards"]]
        for order in ((2, 1, 0), (1, 0, 2)):
            again = post(server, [("x" + files[i][0], files[i][1]) for i in order])
            assert again.status == 200 and again.json()["key"] == first["key"]
            assert [server.get(one["url"]).body for one in again.json()["cards"]] == pictures_of
            assert sorted(one["name"] for one in again.json()["files"]) == ["xa.xml", "xb.xml", "xc.xml"]
        stats = server.stats()
        assert (stats["cards_built"], stats["cards_found"]) == (1, 2), stats
        assert stats["renders_drawn"] == drawn
        assert post(server, files[:2]).json()["key"] != first["key"]
        assert post(server, files, style="none").json()["key"] != first["key"]
        assert post(server, files, style="group").json()["key"] == first["key"]
        assert post(server, files, "/cards/fs2020").json()["key"] != first["key"]


def test_notices_name_the_file_they_are_about():
    with cards() as server:
        files = [("good.xml", fs2020()), ("odd.xml", fs2020(device="Test Noise", bindings=[*TWO, ("KEY_X", "Knob 7")]))]
        for order in (files, files[::-1]):
            said = [one for one in post(server, order).json()["notices"] if one["kind"] == "unknown-input"]
            assert said and said[0].get("file") == "odd.xml", said


def test_another_pack_has_other_keys():
    with tempfile.TemporaryDirectory() as folder:
        def serve(version):
            return Server(f"cards.pack={pack(version)}", folder=folder)

        with serve("1") as server:
            first = post(server, fs2020()).json()
            kept = post(server, fs2020(profile="Kept"), publish="1").json()
        with serve("1") as server:
            assert post(server, fs2020()).json()["key"] == first["key"]
            assert uploads(server)[:2] == (0, 1), "a cache closed cleanly is kept"
        with serve("2") as server:
            for url in (first["url"], first["json"], first["zip"], first["cards"][0]["url"]):
                assert server.get(url).status == 404, url
            second = post(server, fs2020()).json()
            assert second["key"][:32] == first["key"][:32] and second["key"][32:] != first["key"][32:]
            assert uploads(server)[0] == 1
            for tail in ("", ".json", ".zip", "/1.jpg?w=480&q=80", "/1.png"):
                answer = server.get(f"/cards/{kept['key']}{tail}")
                assert answer.status == 302, (tail, answer)
                where = answer.header("Location")
                assert where == f"/cards/{kept['key'][:32]}{second['key'][32:]}{tail}", where
                assert server.get(where).status == (400 if "png?" in tail else 200), where


def test_nothing_is_kept_of_an_upload_but_what_the_cache_has():
    with cards() as server:
        body = post(server, fs2020(bindings=TWO), draw="no").json()
        assert "bytes" not in body["cards"][0] and server.stats()["renders_drawn"] == 0
        url = body["cards"][0]["url"]
        assert server.get(url).status == 200
        assert server.ctl("purge", "--all", "--yes").returncode == 0
        for path in (url, body["json"], body["zip"], body["url"]):
            answer = server.get(path)
            assert answer.status == 404 and "again" in answer.json()["message"], (path, answer)
        assert list((server.folder / "store" / "spool").iterdir()) == []
        again = post(server, fs2020(bindings=TWO)).json()
        assert again["key"] == body["key"] and server.get(url).status == 200


def test_a_lost_document_is_written_again():
    with cards() as server:
        body = post(server, fs2020(bindings=TWO)).json()
        document = server.get(body["json"]).body
        entries = server.ctl_json("ls")
        names = [one for one in entries["entries"] if one["name"].endswith("/cards.json")]
        assert len(names) == 1, entries
        assert server.ctl("purge", "--key", names[0]["key"]).returncode == 0
        assert server.get(body["json"]).body == document
        assert uploads(server)[0] == 1


def test_operators_see_what_is_cached():
    with cards() as server:
        body = post(server, fs2020(profile="Kestrel")).json()
        key = body["key"]
        names = {one["name"] for one in server.ctl_json("ls", "cards/")["entries"]}
        assert names == {f"cards/{key}/set", f"cards/{key}/cards.json", f"cards/{key}/test-stick-kestrel"}, names
        seen = server.ctl_json("inspect", f"/cards/{key}/1.jpg")
        assert seen["verdict"] == "hit" and seen["pictures_n"] == 3, seen
        assert "other packs" in server.ctl("inspect", "/cards/" + 40 * "0").stdout
        assert "never drawn" in server.ctl("inspect", "/devices/TESTSTICK.jpg").stdout
        assert server.ctl("purge", "--prefix", f"cards/{key}").returncode == 0
        assert "never made here" in server.ctl("inspect", body["url"]).stdout
        stats = server.stats()
        assert stats["cards_spliced"] + stats["cards_plain"] == 1, stats
        assert server.ctl("status").returncode == 0


# --- archives -----------------------------------------------------------------------------------------

def opened(answer):
    assert answer.status == 200 and answer.header("Content-Type") == "application/zip", answer
    archive = zipfile.ZipFile(io.BytesIO(answer.body))
    assert archive.testzip() is None
    return archive


def test_an_archive_holds_all_pictures_as_they_are():
    with cards() as server:
        files = [("a", fs2020(profile=f"P/../{i}")) for i in range(3)] + [("b", fs2020(device="Nobody's", bindings=TWO))]
        body = post(server, files).json()
        answer = server.get(body["zip"])
        archive = opened(answer)
        assert answer.header("Content-Disposition") == 'attachment; filename="fs2020-cards.zip"'
        names = archive.namelist()
        assert names[:3] == [f"{i + 1:02}-test-stick-p-{i}.jpg" for i in range(3)] and len(names) == 4, names
        for name, one in zip(names, pictures(body)):
            assert archive.read(name) == server.get(one["url"]).body, name
            assert archive.getinfo(name).compress_type == zipfile.ZIP_STORED
        assert server.get(body["zip"]).body == answer.body
        one = post(server, fs2020(profile="Alone")).json()
        assert server.get(one["zip"]).header("Content-Disposition") == 'attachment; filename="test-stick-alone.zip"'


def test_an_archive_larger_than_the_cache():
    count = 12 if SANITIZED else 40
    with cards(cache_size="16MiB") as server:
        files = [("a", b"".join(fs2020(device="Test Noise", profile=f"P{i}") for i in range(count)))]
        body = post(server, files, "/cards?draw=no").json()
        assert len(body["cards"]) == count
        archive = opened(server.get(body["zip"]))
        assert len(archive.namelist()) == count
        sizes = [one.file_size for one in archive.infolist()]
        if not SANITIZED:
            assert sum(sizes) > 16 << 20, sizes
        for number in (1, count):
            assert server.get(f"{body['url']}/{number}.jpg").body == archive.read(archive.namelist()[number - 1])


def test_archives_sent_at_once_are_the_same():
    with cards() as server:
        body = post(server, [(str(i), fs2020(profile=f"P{i}", device="Test Noise")) for i in range(4)], draw="no").json()
        answers = at_once(server, [lambda: server.get(body["zip"]) for _ in range(24)])
        whole = [one for one in answers if one.status == 200]
        assert whole and len({one.body for one in whole}) == 1
        assert all(one.status == 503 and one.header("Retry-After") for one in answers if one not in whole), answers
        assert len(opened(whole[0]).namelist()) == 4
        assert len(opened(server.get(body["zip"])).namelist()) == 4


def test_an_archive_is_cut_off_when_a_picture_cannot_be_had():
    with cards(cache_size="16MiB") as server:
        body = post(server, b"".join(fs2020(device="Test Noise", profile=f"P{i}") for i in range(60)), draw="no").json()
        with server.connect(30) as sock:
            sock.sendall(f"GET {body['zip']} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            got = sock.recv(65536)
            assert server.ctl("purge", "--all", "--yes").returncode == 0
            while chunk := sock.recv(1 << 20):
                got += chunk
        assert got.startswith(b"HTTP/1.1 200") and not got.endswith(b"0\r\n\r\n"), "half an archive must not look whole"
        assert post(server, fs2020()).status == 200


# --- publishing ---------------------------------------------------------------------------------------

def test_what_is_published_stays_until_it_is_taken_back():
    with cards() as server:
        answer = post(server, fs2020(profile="Mine"), "/cards/fs2020?publish=1")
        assert answer.status == 201, answer
        body = answer.json()
        token, url = body["delete_token"], body["cards"][0]["url"]
        assert body["published"] is True and len(token) == 32
        picture = server.get(url).body
        assert server.ctl("purge", "--all", "--yes").returncode == 0
        assert server.get(url).body == picture, "drawn again from what was published"
        assert server.ctl("purge", "--all", "--yes").returncode == 0
        assert server.get(body["json"]).status == 200
        assert server.ctl("purge", "--all", "--yes").returncode == 0
        opened(server.get(body["zip"]))
        assert server.ctl("purge", "--all", "--yes").returncode == 0
        assert server.get(body["url"]).status == 200
        assert server.request("DELETE", body["url"]).status == 401
        wrong = server.request("DELETE", body["url"], headers={"Authorization": "Bearer " + 32 * "0"})
        assert wrong.status == 403 and wrong.json()["code"] == "token"
        assert server.request("DELETE", body["url"], headers={"Authorization": "Bearer " + token}).status == 204
        for path in (url, body["json"], body["zip"], body["url"]):
            assert server.get(path).status == 404, path
        assert server.request("DELETE", body["url"], headers={"Authorization": "Bearer " + token}).status == 404
        assert server.request("DELETE", body["json"]).status == 405


def test_two_may_publish_the_same_files():
    with cards() as server:
        one, two = (post(server, fs2020(), publish="1").json() for _ in range(2))
        assert one["key"] == two["key"] and one["delete_token"] != two["delete_token"]
        assert server.request("DELETE", f"{one['url']}?token={one['delete_token']}").status == 204
        assert server.ctl("purge", "--all", "--yes").returncode == 0
        assert server.get(one["cards"][0]["url"]).status == 200
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert server.request("DELETE", two["url"], body=f"token={two['delete_token']}", headers=headers).status == 204
        assert server.get(one["cards"][0]["url"]).status == 404


def test_options_are_published_with_the_files():
    with cards() as server:
        files = ed((("FireButton", "TESTSTICK", "Joy_1"), ("X_BUGGY", "Keyboard", "Key_J")))
        body = post(server, files, "/cards/ed?publish=1&style=none&groups=Ship").json()
        before = server.get(body["json"]).body
        assert server.ctl("purge", "--all", "--yes").returncode == 0
        assert server.get(body["json"]).body == before


def test_a_browser_publishes_and_sees_its_token_once():
    with cards() as server:
        answer = post(server, fs2020(), accept="text/html", publish="1")
        assert answer.status == 201 and answer.header("Content-Type") == "text/html; charset=utf-8", answer
        token = answer.body.split(b"<code>")[1].split(b"</code>")[0] if b"token" in answer.body else b""
        assert b"is told only now" in answer.body
        url = answer.header("Location")
        assert b"is told only now" not in server.get(url).body
        token = answer.body[answer.body.index(b"is told only now"):].split(b"<code>")[1][:32].decode()
        assert server.request("DELETE", f"{url}?token={token}").status == 204


def test_the_day_of_the_upload_is_part_of_the_address():
    def today():
        return time.strftime("%Y-%m-%d", time.gmtime())
    file = fs2020(bindings=TWO)
    with cards() as server:
        undated = post(server, file).json()
        plain = png_pixels(server.get(undated["url"] + "/1.png").body)[2]
        device = server.get("/devices/TESTSTICK.png").body
        assert "date" not in server.get(undated["json"]).json()
        server.stop()
        server.settings.append("cards.date=on")
        server.start()
        while True:  # not over midnight
            day, (built, found, _) = today(), uploads(server)
            first, second = post(server, file).json(), post(server, file).json()
            if today() == day:
                break
        assert first["key"] == second["key"] and first["key"][:32] != undated["key"][:32]
        assert first["key"][32:] == undated["key"][32:], "packs and renderer are the same"
        assert uploads(server)[:2] == (built + 1, found + 1), "the second was found"
        assert server.get(first["json"]).json()["date"] == day
        dated = png_pixels(server.get(first["url"] + "/1.png").body)[2]
        differ = [(x, y) for y in range(1080) if dated[y] != plain[y] for x in range(1920) if dated[y][x] != plain[y][x]]
        assert differ and min(y for _, y in differ) >= 68 and max(y for _, y in differ) <= 90 and len(differ) > 200, differ[:9]
        assert max(x for x, _ in differ) < 500, "in the badge behind product and pack"
        assert server.get("/devices/TESTSTICK.png").body == device, "what is no upload has no day"
        sent = post(server, file, date="2020-01-01").json()
        assert sent["key"] == first["key"] or today() != day, "no client sets the day"
        assert post(server, file, "/cards?date=2020-01-01").status == 400
        body = post(server, file, "/cards?publish=1").json()
        before = [server.get(url).body for url in (body["json"], body["cards"][0]["url"])]
        server.stop()
        server.settings.remove("cards.date=on")
        server.start()
        assert server.ctl("purge", "--all", "--yes").returncode == 0
        assert [server.get(url).body for url in (body["json"], body["cards"][0]["url"])] == before, "it keeps its day"
        assert post(server, file).json()["key"] == undated["key"]


def test_the_native_addresses_do_not_show_what_is_published():
    with cards("store.plain_bytes=on") as server:
        for name in ("a", "cards", "cards0", "d/e", "z"):
            assert server.put(name, b"x").status == 201
        keys = [post(server, fs2020(profile=f"P{i}"), publish="1").json()["key"] for i in range(3)]
        listed = server.get("/v1/objects").json()
        assert [one["name"] for one in listed["objects"]] == ["a", "cards", "cards0", "d/e", "z"], listed
        folded = server.get("/v1/objects?delimiter=/").json()
        assert folded["folders"] == ["d/"] and [o["name"] for o in folded["objects"]] == ["a", "cards", "cards0", "z"]
        seen, after = [], ""
        for _ in range(12):
            page = server.get(f"/v1/objects?limit=1&after={after}").json()
            seen += [one["name"] for one in page["objects"]]
            if "next" not in page:
                break
            assert not page["next"].startswith("cards/"), page
            after = page["next"]
        assert seen == ["a", "cards", "cards0", "d/e", "z"], seen
        assert server.get("/v1/objects?prefix=cards/").json()["objects"] == []
        (server_name,) = [one for one in [f"cards/{keys[0][:32]}"]]
        for path in (f"/v1/objects/{server_name}/x", f"/v1/items/{server_name}/x", f"/v1/images/{server_name}/x/h.png"):
            assert server.get(path).status == 404, path
        assert server.put("cards/mine", b"x").status == 400 and server.delete("cards/mine").status == 400
        resolved = server.request("POST", "/v1/resolve", body=json.dumps([server_name, "a"])).json()["objects"]
        assert resolved[0]["stamp"] is None and resolved[1]["stamp"]


def test_what_is_switched_off():
    with cards("cards.publish=off") as server:
        answer = post(server, fs2020(), publish="1")
        assert answer.status == 400 and answer.json()["param"] == "publish"
        assert post(server, fs2020()).status == 200
    with cards("cards.uploads=off") as server:
        problem(post(server, fs2020()), 404, "not-found")
        assert server.get("/devices").status == 200


# --- many at once, and accidents ----------------------------------------------------------------------

def at_once(server, jobs):
    with concurrent.futures.ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        return list(pool.map(lambda job: job(), jobs))


def test_fifty_uploads_at_once():
    with cards("limits.queue_wait=30s") as server:
        answers = at_once(server, [lambda i=i: post(server, fs2020(profile=f"P{i}", bindings=TWO)) for i in range(50)])
        assert [one.status for one in answers] == 50 * [200], [one for one in answers if one.status != 200]
        assert len({one.json()["key"] for one in answers}) == 50
        stats = server.stats()
        assert stats["cards_built"] == 50 and stats["renders_drawn"] == 50 and stats["worker_crashes"] == 0
        assert list((server.folder / "store" / "spool").iterdir()) == []


def test_the_same_upload_many_times_at_once_is_read_once():
    with cards() as server:
        files = [("a", fs2020(bindings=TWO)), ("b", fs2020(device="Test Noise"))]
        answers = at_once(server, [lambda: post(server, files) for _ in range(20)])
        assert {one.status for one in answers} == {200} and len({one.json()["key"] for one in answers}) == 1
        stats = server.stats()
        assert stats["cards_built"] == 1 and stats["renders_drawn"] == 2, stats


def test_many_cards_of_many_uploads():
    count, each = (4, 4) if SANITIZED else (12, 15)
    with cards("limits.queue_wait=30s") as server:
        def files(i):
            return b"".join(fs2020(profile=f"{i}-{k}") for k in range(each))

        answers = at_once(server, [lambda i=i: post(server, files(i)) for i in range(count)])
        assert [one.status for one in answers] == count * [200]
        assert all(len(one.json()["cards"]) == each and all(c["bytes"] for c in one.json()["cards"]) for one in answers)


def test_a_worker_dies_in_the_middle():
    with cards("limits.queue_wait=30s") as server:
        stop, statuses = threading.Event(), []

        def send(thread):
            i = 0
            while not stop.is_set():
                i += 1
                statuses.append(post(server, fs2020(profile=f"{thread}-{i}", device="Test Noise")).status)

        threads = [threading.Thread(target=send, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(4):
            time.sleep(0.3)
            workers = server.children("worker")
            if workers:
                os.kill(workers[0], signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join()
        assert statuses and set(statuses) == {200}, statuses


def test_clients_that_hang_up_leave_nothing():
    with cards() as server:
        headers, body = form([("a", fs2020(device="Test Noise", bindings=TWO))])
        for n in (0, 10, len(body) // 2, len(body) - 1, len(body)):
            with server.connect() as sock:
                head = f"POST /cards HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n" \
                       f"Content-Type: {headers['Content-Type']}\r\n\r\n"
                sock.sendall(head.encode() + body[:n])
                time.sleep(0.3)  # an end that comes with the last bytes is only seen with the next look at slow clients
        server.wait(lambda: not list((server.folder / "store" / "spool").iterdir()), 10, "an empty spool")
        assert post(server, fs2020()).status == 200


# --- starting -----------------------------------------------------------------------------------------

def refuses(*settings):
    """The last words of a server that does not start."""
    try:
        server = Server(*settings, start=False)
        try:
            server.start()
        finally:
            server.clean()
    except AssertionError as said:
        assert "did not start" in str(said), said
        return str(said)
    raise AssertionError("it started")


def test_a_pack_that_is_missing_or_damaged_is_named_and_ends_the_start():
    with tempfile.TemporaryDirectory() as folder:
        assert "nosuch.pack" in refuses(f"cards.pack={folder}/nosuch.pack")
        whole = pathlib.Path(pack()).read_bytes()
        for name, content in (("empty.pack", b""), ("cut.pack", whole[:len(whole) // 2]), ("other.pack", b"x" * 5000),
                              ("bent.pack", whole[:4000] + bytes([whole[4000] ^ 1]) + whole[4001:])):
            path = pathlib.Path(folder) / name
            path.write_bytes(content)
            assert name in refuses(f"cards.pack={path}"), name


def test_two_packs_and_none():
    with Server(f"cards.pack={pack('1')},{pack('2')}") as server:
        assert len(server.get("/devices").json()["packs"]) == 2
        assert post(server, fs2020()).json()["cards"]
    with Server() as server:
        body = server.get("/devices").json()
        assert body["packs"] == [] and body["devices"] == []
        said = problem(post(server, fs2020()), 404, "not-found")
        assert "cards.pack" in said["message"]
        assert server.get("/readyz").status == 200


def test_it_fits_the_smallest_container():
    root = pathlib.Path("/sys/fs/cgroup/memory")
    group = root / f"platen-test-{os.getpid()}"
    if SANITIZED or not root.is_dir() or not os.access(root, os.W_OK):
        raise Skip("no group of processes can be limited here")
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(128 << 20))
    except OSError as why:
        raise Skip(f"no group of processes can be limited here: {why}") from why
    folder = tempfile.mkdtemp(prefix="platen-small-")
    try:
        command = [str(BIN / "platend"), "-o", "cache.size=32MiB", "-o", f"store.dir={folder}/store", "-o",
                   f"cards.pack={pack()}"]
        enter = f"echo $$ > {group}/cgroup.procs; exec \"$@\""
        with Server(start=False, folder=folder) as server:
            server.command = lambda: ["bash", "-c", enter, "x", *command]
            server.environment = {"PORT": "0"}
            server.start()
            answers = at_once(server, [lambda i=i: post(server, fs2020(profile=f"P{i}")) for i in range(50)])
            assert [one.status for one in answers] == 50 * [200], [one for one in answers if one.status != 200]
            webps = [one.json()["cards"][0]["url"][:-4] + ".webp?q=100" for one in answers[:12]]
            for i in range(0, 12, 3):  # no more than its one worker begins with in time on a busy machine
                answers = at_once(server, [lambda url=url: server.get(url) for url in webps[i:i + 3]])
                assert [one.status for one in answers] == 3 * [200], [one for one in answers if one.status != 200]
            peak = int((group / "memory.max_usage_in_bytes").read_text())
            assert peak <= 110 << 20, peak
            assert server.stats()["worker_crashes"] == 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["rmdir", str(group)], check=False)
