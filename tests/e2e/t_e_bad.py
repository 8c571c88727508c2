"""Bad input gets a 4xx that names what is wrong; nothing is kept and nobody else notices."""
import concurrent.futures
import contextlib
import random
import socket
import time

from platen import Server, root_file, small_disk

H = root_file("h=TH1F,bins=100,seed=1", "g=TH2F,bins=30,binsy=30,seed=2")


def kept(server):
    return [p for p in (server.folder / "store" / "blobs").rglob("*") if p.is_file()] + \
        list((server.folder / "store" / "spool").iterdir())


def test_parameters_are_named():
    with Server() as server:
        server.put("a.root", H)
        for query, param in (("w=0", "w"), ("w=-5", "w"), ("w=2500", "w"), ("w=x", "w"), ("h=1e3", "h"), ("w=", "w"),
                             ("xmin=nan", "xmin"), ("xmax=inf", "xmax"), ("bogus=1", "bogus"), ("w=5&w=6", "w"),
                             ("xtype=cubic", "xtype"), ("drawopts=%3Cb%3E", "drawopts"), ("showstats=x", "showstats"),
                             ("w=99999999999999999999", "w"), ("%00=1", None), ("w=%zz", None)):
            answer = server.image("a.root", "h", query)
            if query == "w=" and answer.status == 200:
                continue  # an empty value means the default
            assert answer.status == 400, (query, answer)
            assert answer.header("Content-Type") == "application/problem+json"
            problem = answer.json()
            assert problem["status"] == 400 and problem["title"] and problem["detail"], problem
            assert problem["instance"] == answer.header("X-Request-Id")
            if param:
                assert problem["param"] == param, (query, problem)
        assert server.stats()["renders_drawn"] == 0
        assert server.image("a.root", "h", "", "gif").status in (400, 404)
        assert server.image("a.root", "nothing").status == 404


def test_not_a_root_file_or_cut_at_any_byte():
    with Server() as server:
        cuts = sorted(random.Random(1).sample(range(4, len(H)), 60)) + [len(H) - 1]
        for cut in cuts:
            began = time.monotonic()
            answer = server.put("cut.root", H[:cut])
            assert answer.status == 422, (cut, answer)
            assert answer.json()["detail"], answer
            assert time.monotonic() - began < 5
        server.wait(lambda: not list((server.folder / "store" / "spool").iterdir()), 5, "an empty spool")
        assert server.get("/v1/objects/cut.root").status in (404, 410)
        assert server.put("ok.root", H).status == 201


def test_flipped_bytes_never_hurt():
    with Server() as server:
        dice = random.Random(2)
        for i in range(150):
            data = bytearray(H)
            for _ in range(dice.choice((1, 1, 4, 16))):
                data[dice.randrange(4, len(data))] = dice.randrange(256)
            answer = server.put("flip.root", bytes(data))
            assert answer.status in (200, 201, 422, 413), answer
            if answer.status < 300:
                for item in server.get("/v1/items/flip.root").json()["items"]:
                    if item.get("trouble"):
                        continue
                    import urllib.parse
                    picture = server.get("/v1/images/flip.root/" + urllib.parse.quote(item["path"]) + ".png")
                    assert picture.status in (200, 422, 413), (item, picture)
        stats = server.stats()
        assert stats["worker_crashes"] == 0, stats


def test_one_unreadable_object_does_not_hide_the_others():
    data = bytearray(root_file("good1=TH1F,bins=100,seed=1", "bad=TH1F,bins=100,seed=2,corrupt=1",
                               "good2=TH1F,bins=100,seed=3"))
    with Server() as server:
        answer = server.put("a.root", bytes(data))
        assert answer.status == 201, answer
        assert answer.json()["troubled"] == 1, answer.json()
        assert server.image("a.root", "good1").status == 200
        assert server.image("a.root", "good2").status == 200
        bad = server.image("a.root", "bad")
        assert bad.status == 422 and bad.json()["detail"], bad


def test_a_body_cut_off_leaves_nothing():
    with Server() as server:
        for sent in (0, 1, 1000, len(H) - 1):
            with server.connect() as sock:
                sock.sendall(f"PUT /v1/objects/cut HTTP/1.1\r\nHost: x\r\nContent-Length: {len(H)}\r\n\r\n".encode())
                sock.sendall(H[:sent])
                time.sleep(0.05)
        server.wait(lambda: not kept(server), 10, "an empty spool")
        assert server.get("/v1/objects/cut").status == 404
        server.wait(lambda: server.stats()["uploads_cut"] >= 3, 5, "the count of cut uploads")


def test_too_large_a_body():
    with Server("limits.body=1MiB", "store.plain_bytes=on") as server:
        answer = server.put("big", b"x" * (1 << 20))
        assert answer.status == 201
        with contextlib.suppress(ConnectionError, BrokenPipeError):
            answer = server.put("big2", b"x" * ((1 << 20) + 1))
            assert answer.status == 413 and "limits.body" in answer.body.decode(), answer
        with server.connect() as sock:  # the same without a length
            sock.sendall(b"PUT /v1/objects/big3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            with contextlib.suppress(ConnectionError, socket.timeout):
                for _ in range(40):
                    sock.sendall(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")
                sock.sendall(b"0\r\n\r\n")
                assert b" 413 " in sock.recv(4096).split(b"\r\n")[0]
        assert server.get("/v1/objects/big2").status == 404
        assert server.get("/v1/objects/big3").status == 404
        server.wait(lambda: not list((server.folder / "store" / "spool").iterdir()), 5, "an empty spool")


def test_full_disk_is_507_and_nothing_half_kept():
    import os
    with small_disk(24) as folder, Server("store.plain_bytes=on", folder=folder, cache_size="16MiB") as server:
        server.put("a.root", H)
        statuses = [server.put(f"fill{i}", os.urandom(3 << 20)).status for i in range(10)]
        assert 507 in statuses and set(statuses) <= {201, 507}, statuses
        for i, status in enumerate(statuses):
            answer = server.get(f"/v1/objects/fill{i}")
            assert answer.status == (200 if status == 201 else 404)
        assert server.get("/v1/objects/a.root").body == H
        server.wait(lambda: not list((server.folder / "store" / "spool").iterdir()), 5, "an empty spool")
        for i, status in enumerate(statuses):
            if status == 201:
                assert server.delete(f"fill{i}").status == 204
        server.wait(lambda: server.put("after", os.urandom(3 << 20)).status == 201, 30, "room again")


def test_hostile_framing():
    with Server() as server:
        server.put("a.root", H)
        for request in (b"GARBAGE\r\n\r\n", b"GET\r\n\r\n", b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                        b"GET / HTTP/1.1\r\n" + b"X: " + b"y" * 100000 + b"\r\n\r\n",
                        b"GET /" + b"a" * 100000 + b" HTTP/1.1\r\n\r\n",
                        b"PUT /v1/objects/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                        b"PUT /v1/objects/x HTTP/1.1\r\nHost: x\r\nContent-Length: zz\r\n\r\n",
                        b"PUT /v1/objects/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"):
            answer = server.raw(request, timeout=2)
            assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4", b"HTTP/1.1 5")), answer[:100]
        assert server.image("a.root", "h").status == 200
        assert server.get("/v1/objects/x").status == 404


def test_memory_stays_flat_under_bad_uploads():
    with Server() as server:
        def one(i):
            data = bytearray(H)
            data[100 + i % (len(H) - 100)] ^= 0xff
            return server.put(f"m{i % 4}", bytes(data)).status
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(one, range(100)))
            before = server.private_bytes()
            list(pool.map(one, range(100, 400)))
        after = server.private_bytes()
        import platen
        if not platen.SANITIZED:
            assert after - before < 2 << 20, (before, after)
