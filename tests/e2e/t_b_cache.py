"""What a cache must do: draw once, answer many times, say so in headers and counters."""
import concurrent.futures
import os
import re
import subprocess
import threading
import time

from platen import TOOLS, Server, root_file

H = root_file("h=TH1F,bins=100,seed=1", "g=TH1F,bins=50,seed=2")


def test_second_request_is_a_hit():
    with Server() as server:
        server.put("a.root", H)
        first = server.image("a.root", "h")
        assert "fwd=uri-miss" in first.header("Cache-Status"), first
        second = server.image("a.root", "h")
        assert re.match(r"platen; hit", second.header("Cache-Status")), second
        assert first.body == second.body
        stats = server.stats()
        assert (stats["cache_misses"], stats["cache_hits"], stats["renders_drawn"]) == (1, 1, 1), stats


def test_equal_pictures_share_one_key():
    with Server() as server:
        server.put("a.root", H)
        one = server.image("a.root", "h", "w=600&h=400")
        two = server.image("a.root", "h")
        three = server.image("a.root", "h", "h=400&w=600&xmin=")
        assert one.header("ETag") == two.header("ETag")
        if three.status == 200:
            assert three.header("ETag") == two.header("ETag")
        four = server.image("a.root", "h", "xmin=1.0")
        five = server.image("a.root", "h", "xmin=1")
        assert four.header("ETag") == five.header("ETag") != two.header("ETag")
        assert server.stats()["renders_drawn"] == 2


def test_validators():
    with Server() as server:
        server.put("a.root", H)
        answer = server.image("a.root", "h")
        tag = answer.header("ETag")
        assert re.fullmatch(r'"[0-9a-f]{32,}"', tag), tag
        assert answer.header("Last-Modified")
        assert answer.header("X-Content-Type-Options") == "nosniff"
        assert "no-cache" in answer.header("Cache-Control")
        assert "render" in answer.header("Server-Timing")
        before = server.stats()["renders_drawn"]
        for value in (tag, f'"other", {tag}', "*", f"W/{tag}"):
            again = server.image("a.root", "h", If_None_Match=value)
            assert again.status == 304 and again.body == b"", (value, again)
            assert again.header("ETag") == tag
        assert server.image("a.root", "h", If_None_Match='"other"').status == 200
        head = server.request("HEAD", "/v1/images/a.root/h.png")
        assert head.status == 200 and head.body == b""
        assert int(head.header("Content-Length")) == len(answer.body)
        assert server.stats()["renders_drawn"] == before


def test_pinned_and_unpinned():
    with Server() as server:
        stamp = server.put("a.root", H).json()["stamp"]
        pinned = server.image("a.root", "h", f"v={stamp}")
        assert pinned.status == 200
        assert "immutable" in pinned.header("Cache-Control") and "max-age=31536000" in pinned.header("Cache-Control")
        location = pinned.header("Content-Location")
        assert stamp in location
        assert server.get(location).body == pinned.body
        other = server.image("a.root", "h", "v=" + "0" * 32)
        assert other.status == 200 and "no-cache" in other.header("Cache-Control")
        assert other.body == pinned.body
        assert server.image("a.root", "h", "v=xyz").status == 400
        assert server.stats()["renders_drawn"] == 1


def test_twenty_equal_requests_at_once_render_once():
    with Server() as server:
        server.put("a.root", H)
        gate = threading.Barrier(20)

        def one(_):
            gate.wait()
            return server.image("a.root", "h", "w=1700&h=1300")
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(one, range(20)))
        assert {a.status for a in answers} == {200}
        assert len({a.body for a in answers}) == 1
        stats = server.stats()
        assert stats["renders_drawn"] == 1, stats
        assert stats["cache_hits"] + stats["cache_misses"] + stats["cache_waits"] == 20, stats


def test_the_map_is_a_bound():
    with Server(cache_size="16MiB") as server:
        server.put("a.root", H)
        client = server.client()
        for width in range(300, 1500, 4):
            answer = client.request("GET", f"/v1/images/a.root/h.jpg?w={width}&h=900")
            assert answer.status == 200, answer
        stats = server.stats()
        assert stats["cache_evictions"] > 0, stats
        assert stats["cache_bytes_used"] <= 16 << 20, stats
        files = [os.stat(p) for p in (server.folder / "store" / "cache").glob("data.mdb")]
        assert files and all(f.st_size <= 16 << 20 for f in files), files


def test_a_restart_keeps_the_cache_and_a_crash_discards_it():
    with Server() as server:
        server.put("a.root", H)
        body = server.image("a.root", "h").body
        assert server.stop() == 0
        server.start()
        again = server.image("a.root", "h")
        assert again.body == body and "hit" in again.header("Cache-Status"), again
        server.kill()
        server.start()
        again = server.image("a.root", "h")
        assert again.body == body and "fwd=" in again.header("Cache-Status"), again


def test_a_hit_needs_no_source():
    with Server() as server:
        server.put("a.root", H)
        body = server.image("a.root", "h").body
        for path in (server.folder / "store" / "blobs").rglob("*"):
            if path.is_file():
                path.unlink()
        assert server.image("a.root", "h").body == body
        assert server.image("a.root", "g").status >= 400


def test_damage_is_a_miss_and_never_served():
    with Server() as server:
        server.put("a.root", H)
        body = server.image("a.root", "h").body
        assert server.stop() == 0
        path = server.folder / "store" / "cache" / "data.mdb"
        data = bytearray(path.read_bytes())
        at = data.find(body[40:200])
        assert at > 0
        while at > 0:  # every copy: LMDB leaves old pages behind
            data[at + 60] ^= 0x55
            at = data.find(body[40:200], at + 1)
        path.write_bytes(data)
        server.start()
        again = server.image("a.root", "h")
        assert again.status == 200 and again.body == body
        assert server.stats()["renders_drawn"] == 1


def test_a_map_held_from_outside_is_begun_anew():
    with Server(cache_size="16MiB") as server:
        server.put("a.root", H)
        client, stop, statuses, bad = server.client(), threading.Event(), set(), []
        first = server.image("a.root", "h").body

        def hit():  # one picture, over and over: its bytes are right whatever becomes of the map
            while not stop.is_set():
                answer = server.image("a.root", "h")
                if answer.status == 200 and answer.body != first or answer.status not in (200, 503):
                    bad.append(answer)
        thread = threading.Thread(target=hit)
        thread.start()
        children = set(server.children())
        with subprocess.Popen([TOOLS / "map_hold", server.folder / "store" / "cache"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout.readline() == "held\n"
            renewed = None
            for width in range(300, 2300):
                answer = server.image("a.root", "h", f"w={width}&h=900", kind="jpg")
                statuses.add(answer.status)
                if answer.status == 503:
                    assert answer.header("Retry-After") and "ask again" in answer.json()["detail"], answer
                    renewed = renewed or width
                    time.sleep(0.1)
                if renewed and width > renewed + 400:
                    break
            stats = server.stats()
            holder.stdin.close()
        stop.set()
        thread.join()
        assert statuses == {200, 503} and not bad, (statuses, bad[:2])
        assert stats["cache_renewals"] == 1, stats
        assert stats["worker_crashes"] == 0 and stats["config_reloads"] == 0, stats
        server.wait(lambda: not children & set(server.children()), 10, "new children")
        assert server.image("a.root", "h", f"w={width}&h=900", kind="jpg").status == 200
        assert stats["cache_bytes_used"] <= 16 << 20, stats
        assert sum("cache_reader_stuck" in line for line in server.lines) >= 1
        client.close()
