"""No answer is ever older than an acknowledged upload: cases C1 to C4 and C9."""
import re
import threading

from platen import Client, Server, png_pixels, root_file

A = root_file("h=TH1F,bins=40,seed=1,scale=1")
B = root_file("h=TH1F,bins=40,seed=1,scale=1,spike=20")  # one bin differs
BIG = root_file("h=TH2D,bins=900,binsy=900,seed=1,slow=1", options=("--compress=xz",))
BIG2 = root_file("h=TH2D,bins=900,binsy=900,seed=2,slow=1", options=("--compress=xz",))


def test_c1_get_after_upload_is_new():
    with Server() as server:
        server.put("x.root", A)
        one = server.image("x.root", "h")
        answer = server.put("x.root", B)
        assert answer.status == 200, answer
        two = server.image("x.root", "h")
        assert png_pixels(one.body)[2] != png_pixels(two.body)[2]
        assert one.header("ETag") != two.header("ETag")
        stats = server.stats()
        assert stats["renders_drawn"] == 2 and stats["cache_hits"] == 0, stats


def test_c1_with_eight_clients_hammering():
    with Server() as server:
        sources = [A, B]
        server.put("x.root", A)
        pictures = [server.image("x.root", "h").body, None]
        server.put("x.root", B)
        pictures[1] = server.image("x.root", "h").body
        assert pictures[0] != pictures[1]
        acknowledged = [1]  # version that a request begun from now on must at least show
        wrong, count, stop = [], [0] * 8, threading.Event()

        def hammer(number):
            client = Client(server.address)
            while not stop.is_set():
                least = acknowledged[0]
                answer = client.request("GET", "/v1/images/x.root/h.png")
                most = started[0]
                if answer.status != 200:
                    wrong.append(answer)
                elif answer.body not in [pictures[v % 2] for v in range(least, most + 1)]:
                    wrong.append(("stale", number, least, most))
                count[number] += 1
        started = [1]
        threads = [threading.Thread(target=hammer, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for version in range(2, 42):
            started[0] = version
            assert server.put("x.root", sources[version % 2]).status == 200
            acknowledged[0] = version
        stop.set()
        for thread in threads:
            thread.join()
        assert not wrong, wrong[:3]
        assert min(count) > 0, count


def test_c2_a_render_that_ends_after_the_commit_is_never_found():
    with Server("workers.render=2") as server:
        for i in range(6):
            first, second = (BIG, BIG2) if i % 2 == 0 else (BIG2, BIG)
            server.put("x.root", first)
            got = []
            thread = threading.Thread(target=lambda: got.append(server.image("x.root", "h", f"w={700 + i}")))
            thread.start()
            assert server.put("x.root", second).status == 200
            after = server.image("x.root", "h", f"w={700 + i}")
            thread.join()
            again = server.image("x.root", "h", f"w={700 + i}")
            assert after.body == again.body
            assert got[0].status == 200
            if got[0].header("ETag") != after.header("ETag"):
                assert got[0].body != after.body
        reference = server.image("x.root", "h")
        with Server() as other:
            other.put("x.root", second)
            assert other.image("x.root", "h").body == reference.body


def test_c4_the_same_bytes_again_are_found_under_a_new_key():
    with Server() as server:
        server.put("x.root", A)
        one = server.image("x.root", "h")
        server.put("x.root", B)
        server.put("x.root", A)
        three = server.image("x.root", "h")
        assert three.body == one.body
        assert three.header("ETag") != one.header("ETag")
        assert server.stats()["renders_drawn"] == 2


def test_identical_upload_changes_nothing():
    with Server() as server:
        one = server.put("x.root", A).json()
        server.image("x.root", "h")
        again = server.put("x.root", A)
        assert again.status == 200 and again.json()["stamp"] == one["stamp"], again
        assert "hit" in server.image("x.root", "h").header("Cache-Status")
        assert server.stats()["uploads_unchanged"] == 1


def test_stamps_are_never_reused():
    with Server() as server:
        seen = set()
        for i in range(12):
            seen.add(server.put("x.root", (A, B)[i % 2]).json()["stamp"])
            if i % 3 == 0:
                server.delete("x.root")
            if i == 6:
                server.stop()
                server.start()
        assert len(seen) == 12


def test_preconditions():
    with Server() as server:
        tag = server.put("x.root", A).header("ETag")
        assert re.fullmatch(r'"[0-9a-f]+"', tag)
        assert server.put("x.root", B, If_None_Match="*").status == 412
        assert server.put("x.root", B, If_Match='"' + "0" * 32 + '"').status == 412
        assert server.put("x.root", B, If_Match=tag).status == 200
        assert server.put("x.root", A, If_Match=tag).status == 412
        assert server.delete("x.root", If_Match=tag).status == 412
        assert server.put("new.root", A, If_None_Match="*").status == 201
        assert server.put("nobody.root", A, If_Match=tag).status == 412


def test_an_upload_survives_a_kill_right_after_its_answer():
    with Server() as server:
        for i in range(5):
            stamp = server.put(f"k{i}.root", (A, B)[i % 2]).json()["stamp"]
            server.kill()
            server.start()
            answer = server.request("HEAD", f"/v1/objects/k{i}.root")
            assert answer.status == 200 and stamp in answer.header("ETag")
            assert server.get(f"/v1/objects/k{i}.root").body == (A, B)[i % 2]
