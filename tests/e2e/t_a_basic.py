"""Upload, look, list, delete: the walking product."""
import hashlib
import json

from platen import Server, png_pixels, root_file

H = root_file("h1=TH1F,bins=100,seed=1", "sub/h2=TH2F,bins=20,binsy=20,seed=2", "p=TProfile,bins=50,seed=3")


def test_upload_and_draw():
    with Server() as server:
        answer = server.put("runs/a.root", H)
        assert answer.status == 201, answer
        assert answer.header("Location") == "/v1/objects/runs/a.root"
        body = answer.json()
        assert body["items"] == 3 and body["troubled"] == 0, body
        assert body["sha256"] == hashlib.sha256(H).hexdigest()
        assert body["renderer"] == "hist"
        for selector in ("h1", "sub/h2", "p"):
            picture = server.image("runs/a.root", selector)
            assert picture.status == 200, picture
            assert picture.header("Content-Type") == "image/png"
            width, height, rows = png_pixels(picture.body)
            assert (width, height) == (600, 400)
            assert len({pixel for row in rows for pixel in row}) > 2
        stats = server.stats()
        assert stats["renders_drawn"] == 3 and stats["uploads_stored"] == 1, stats


def test_sizes_and_jpeg():
    with Server() as server:
        assert server.put("a.root", H).status == 201
        picture = server.image("a.root", "h1", "w=200&h=150")
        assert png_pixels(picture.body)[:2] == (200, 150)
        picture = server.image("a.root", "h1", "w=1200&h=800")
        assert png_pixels(picture.body)[:2] == (1200, 800)
        picture = server.image("a.root", "sub/h2", kind="jpg")
        assert picture.status == 200 and picture.header("Content-Type") == "image/jpeg"
        assert picture.body[:3] == b"\xff\xd8\xff" and picture.body[-2:] == b"\xff\xd9"
        assert server.image("a.root", "h1", "fmt=png").status == 200
        assert server.image("a.root", "h1", "fmt=jpg").status == 400
        assert server.image("a.root", "h1", "w=1&h=1").status == 200
        assert png_pixels(server.image("a.root", "h1", "w=2499&h=2499").body)[:2] == (2499, 2499)


def test_original_comes_back():
    with Server() as server:
        server.put("a.root", H)
        whole = server.get("/v1/objects/a.root")
        assert whole.status == 200 and whole.body == H
        assert whole.header("Accept-Ranges") == "bytes"
        part = server.get("/v1/objects/a.root", Range="bytes=10-19")
        assert part.status == 206 and part.body == H[10:20]
        assert part.header("Content-Range") == f"bytes 10-19/{len(H)}"
        part = server.get("/v1/objects/a.root", Range="bytes=-5")
        assert part.status == 206 and part.body == H[-5:]
        part = server.get("/v1/objects/a.root", Range=f"bytes={len(H) - 3}-")
        assert part.status == 206 and part.body == H[-3:]
        part = server.get("/v1/objects/a.root", Range=f"bytes={len(H)}-")
        assert part.status == 416 and part.header("Content-Range") == f"bytes */{len(H)}"
        head = server.request("HEAD", "/v1/objects/a.root")
        assert head.status == 200 and head.body == b"" and int(head.header("Content-Length")) == len(H)


def test_delete_leaves_a_tombstone():
    with Server() as server:
        server.put("a.root", H)
        assert server.image("a.root", "h1").status == 200
        assert server.delete("a.root").status == 204
        assert server.get("/v1/objects/a.root").status == 410
        assert server.image("a.root", "h1").status == 410
        assert server.delete("a.root").status in (404, 410)
        assert server.get("/v1/objects/never").status == 404
        assert server.delete("never").status == 404
        assert server.put("a.root", H).status == 201
        assert server.image("a.root", "h1").status == 200
        assert server.stats()["renders_drawn"] == 2, "a deleted object's picture must not come back"


def test_listing_goes_on_in_slices():
    with Server() as server:
        names = [f"d{i % 3}/f{i:03d}.root" for i in range(25)]
        for name in names:
            assert server.put(name, H).status == 201
        seen, target = [], "/v1/objects?limit=10"
        for _ in range(5):
            answer = server.get(target)
            assert answer.status == 200, answer
            body = answer.json()
            assert len(body["objects"]) <= 10
            seen += [o["name"] for o in body["objects"]]
            link = answer.header("Link")
            if not link:
                break
            assert 'rel="next"' in link
            target = link[link.index("<") + 1:link.index(">")]
        assert seen == sorted(names), seen
        only = server.get("/v1/objects?prefix=d1/").json()["objects"]
        assert [o["name"] for o in only] == sorted(n for n in names if n.startswith("d1/"))
        folded = server.get("/v1/objects?delimiter=/").json()
        assert folded["folders"] == ["d0/", "d1/", "d2/"] and folded["objects"] == []
        assert server.get("/v1/objects?limit=0").status == 400
        assert server.get("/v1/objects?limit=1001").status == 400
        assert server.get("/v1/objects?bogus=1").status == 400


def test_items_of_an_object():
    with Server() as server:
        server.put("a.root", H)
        body = server.get("/v1/items/a.root").json()
        paths = {i["path"]: i for i in body["items"]}
        assert set(paths) == {"h1", "sub/h2", "p"}
        assert paths["sub/h2"]["class"] == "TH2F"
        one = server.get("/v1/items/a.root?limit=1")
        assert len(one.json()["items"]) == 1 and 'rel="next"' in one.header("Link")


def test_bytes_that_are_nobodys_format_are_refused_by_default():
    with Server() as server:
        for body in (b"", b"roo", b"just text", b"\x89PNG\r\n\x1a\n"):
            answer = server.put("notes.txt", body)
            assert answer.status == 422 and "offset 0" in answer.json()["detail"], answer
        assert server.get("/v1/objects/notes.txt").status == 404
        assert not list((server.folder / "store" / "spool").iterdir())


def test_bytes_that_are_nobodys_format_are_kept_when_asked_for():
    with Server("store.plain_bytes=on") as server:
        answer = server.put("notes.txt", b"just text")
        assert answer.status == 201, answer
        assert server.get("/v1/objects/notes.txt").body == b"just text"
        assert server.image("notes.txt", "x").status in (404, 422)


def test_pages_and_health():
    with Server() as server:
        for path in ("/livez", "/readyz", "/startupz", "/health"):
            answer = server.get(path)
            assert answer.status == 200, answer
            json.loads(answer.body)
        page = server.get("/")
        assert page.status == 200 and page.header("Content-Type").startswith("text/html")
        assert "default-src" in page.header("Content-Security-Policy")
        assert b"http://" not in page.body and b"https://" not in page.body.replace(b"https://datatracker", b"")
        assert server.get("/metrics").status == 404
        assert server.get("/v1/stats").status == 200
        assert server.get("/nothing/here").status == 404
        assert server.request("POST", "/readyz").status == 405


def test_resolve_and_long_parameter_lists():
    with Server() as server:
        stamp = server.put("a.root", H).json()["stamp"]
        answer = server.request("POST", "/v1/resolve", json.dumps(["a.root", "b.root"]).encode(),
                                {"Content-Type": "application/json"})
        assert answer.status == 200, answer
        assert stamp in answer.body.decode()
        answer = server.request("POST", "/v1/resolve", b"[" + b'"x",' * 300 + b'"y"]')
        assert answer.status == 413 or answer.status == 400
        answer = server.request("POST", "/v1/resolve", b"{nonsense")
        assert answer.status == 400


def test_an_empty_object_and_a_large_one():
    with Server("store.plain_bytes=on") as server:
        assert server.put("empty", b"").status == 201
        assert server.get("/v1/objects/empty").body == b""
        large = bytes(range(256)) * (1 << 16)
        assert server.put("large.bin", large).status == 201
        assert server.get("/v1/objects/large.bin").body == large
