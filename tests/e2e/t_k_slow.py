"""Clients that take their time: what they may hold, and for how long. One byte at a time never earns more of it."""
import contextlib
import os
import socket
import threading
import time

from platen import SLOW, Server, root_file

H = root_file("h=TH1F,bins=100,seed=1")
IDLE = "http.idle_timeout=1s"
PATIENCE = 5 * SLOW  # the timeout, one more second of the clock that looks, and a loaded machine


def trickle(server, beginning, drop, every=0.1, most=30):
    """Send the beginning, then drop after drop until the server ends the connection: (seconds, what it said)."""
    said = b""
    with server.connect() as sock:
        sock.sendall(beginning)
        began = time.monotonic()
        sock.settimeout(every)
        while time.monotonic() - began < most:
            try:
                sock.sendall(drop)
                chunk = sock.recv(65536)
                if not chunk:
                    break
                said += chunk
            except socket.timeout:
                continue
            except OSError:
                break
        return time.monotonic() - began, said


def check_cut(server, beginning, drop, counted):
    before = server.stats()["slow_clients"]
    took, said = trickle(server, beginning, drop)
    assert 0.9 < took < PATIENCE, f"{took:.1f} s"
    assert not said or said.startswith(b"HTTP/1.1 408"), said
    server.wait(lambda: server.stats()["slow_clients"] == before + counted, 3, f"{counted} more counted")
    assert server.image("a.root", "h").status == 200


def test_a_connection_without_a_request_is_closed():
    with Server(IDLE) as server:
        server.put("a.root", H)
        check_cut(server, b"", b"", 0)


def test_a_slow_request_line_is_cut_off():
    with Server(IDLE) as server:
        server.put("a.root", H)
        check_cut(server, b"GET /v1/", b"a", 0)


def test_slow_headers_are_cut_off_and_counted():
    with Server(IDLE) as server:
        server.put("a.root", H)
        check_cut(server, b"GET /v1/images/a.root/h.png HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"a", 1)


def test_a_slow_body_is_cut_off_counted_and_leaves_nothing():
    with Server(IDLE) as server:
        server.put("a.root", H)
        check_cut(server, b"PUT /v1/objects/b.root HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nroot", b"a", 1)
        assert server.get("/v1/objects/b.root").status == 404
        spool = server.folder / "store" / "spool"
        server.wait(lambda: not list(spool.iterdir()), 5, "an empty spool")


def test_a_body_that_is_slow_but_steady_arrives():
    with Server(IDLE) as server:
        with server.connect() as sock:
            sock.settimeout(10 * SLOW)
            sock.sendall(f"PUT /v1/objects/b.root HTTP/1.1\r\nHost: x\r\nContent-Length: {len(H)}\r\n\r\n".encode())
            began, steps = time.monotonic(), 12
            for i in range(steps):  # longer than the timeout, several times the slowest that is let through
                sock.sendall(H[len(H) * i // steps:len(H) * (i + 1) // steps])
                time.sleep(0.25)
            assert time.monotonic() - began > 2.5 and len(H) / 3 > 600, len(H)
            assert sock.recv(65536).startswith(b"HTTP/1.1 201")
        assert server.stats()["slow_clients"] == 0
        assert server.image("b.root", "h").status == 200


def test_many_slow_clients_do_not_keep_others_waiting():
    with Server(IDLE, "workers.front=1") as server:
        server.put("a.root", H)
        server.image("a.root", "h")
        with contextlib.ExitStack() as stack:
            socks = []
            for i in range(200):
                socks.append(stack.enter_context(server.connect(timeout=PATIENCE)))
                socks[i].sendall(b"GET /v1/images/a.root/h.png HTTP/1.1\r\nX-Slow: " if i % 2 else
                                 b"PUT /v1/objects/b.root HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nroot")
            for _ in range(20):
                answer = server.image("a.root", "h")
                assert answer.status == 200 and "hit" in answer.header("Cache-Status"), answer
            for sock in socks:  # all are ended
                with contextlib.suppress(ConnectionError):
                    said = sock.recv(65536)
                    assert not said or said.startswith(b"HTTP/1.1 408"), said
        spool = server.folder / "store" / "spool"
        server.wait(lambda: not list(spool.iterdir()), 5, "an empty spool")


def test_past_the_cap_of_waiting_requests_the_answer_is_503_at_once():
    with Server("workers.front=1", "workers.render=1", "http.suspended=3", "limits.render=2s",
                "limits.queue_wait=20s") as server:
        server.put("a.root", H)
        hit = server.image("a.root", "h").body
        for blob in [path for path in (server.folder / "store" / "blobs").rglob("*") if path.is_file()]:
            blob.unlink()
            os.mkfifo(blob)  # a render that does not end until it is ended
        statuses = []
        threads = [threading.Thread(target=lambda n=n: statuses.append(server.image("a.root", "h", f"w={n}").status))
                   for n in (301, 302, 303)]
        for thread in threads:
            thread.start()
        server.wait(lambda: server.stats()["jobs_running"] == 1 and server.stats()["queue_length"] == 2, 5, "three waiting")
        for n in range(5):
            began = time.monotonic()
            answer = server.image("a.root", "h", f"w={400 + n}")
            assert answer.status == 503 and int(answer.header("Retry-After")) >= 1, answer
            assert "waiting" in answer.json()["detail"], answer
            assert time.monotonic() - began < 10, "it waited itself"
        assert server.image("a.root", "h").body == hit, "hits wait for nobody"
        stats = server.stats()
        assert stats["shed_suspended"] == 5 and stats["shed_board"] == 0, stats
        for thread in threads:
            thread.join()
        assert set(statuses) <= {422, 503, 504} and 504 in statuses, statuses
        server.wait(lambda: server.stats()["jobs_running"] == 0, 5, "the end of the jobs")
        assert server.image("a.root", "h").body == hit
