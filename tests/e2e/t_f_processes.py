"""Four roles: what happens when one is killed, stopped, reloaded, overrun."""
import contextlib
import os
import pathlib
import signal
import threading
import time

from platen import Client, Server, root_file

H = root_file("h=TH1F,bins=100,seed=1")
SLOW = root_file("s=TH2D,bins=2500,binsy=1500,seed=1,slow=1", options=("--compress=xz",))


def test_each_role_is_there_and_sandboxed():
    with Server("workers.front=2", "workers.render=2") as server:
        def all_idle():  # ready means that the first worker is
            processes = server.ctl_json("status")["processes"]
            return len(processes) == 6 and all(p["state"] == "idle" for p in processes)
        server.wait(all_idle, 5, "the sandbox of the last child")
        assert len(server.children("front")) == 2
        assert len(server.children("worker")) == 2
        assert len(server.children("keeper")) == 1
        for pid in server.children():
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
            assert fields["NoNewPrivs"].strip() == "1", fields
            assert fields["Seccomp"].strip() == "2", fields
            for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb"):
                assert int(fields[name], 16) == 0, (name, fields[name])
        assert "landlock" in server.ctl("status", check=0).stdout
        for process in server.ctl_json("status")["processes"]:
            if process["role"] != "master":
                assert "seccomp" in process["sandbox"] and "rlimits" in process["sandbox"], process


def test_term_finishes_and_exits_0():
    server = Server("limits.render=60s", "limits.shutdown=60s")
    try:
        server.put("s.root", SLOW)
        got = []
        thread = threading.Thread(target=lambda: got.append(server.image("s.root", "s", "w=2000&h=2000")))
        thread.start()
        time.sleep(0.03)
        assert server.stop() == 0
        thread.join()
        assert got[0].status == 200, got
    finally:
        server.clean()


def test_int_exits_0_and_frees_the_port():
    with Server() as server:
        address = server.address
        assert server.stop(signal.SIGINT) == 0
        server.settings = [s for s in server.settings if not s.startswith("http.listen")]
        server.settings.append(f"http.listen={address}")
        server.start()
        assert server.get("/readyz").status == 200


def test_a_killed_child_is_replaced():
    with Server() as server:
        server.put("a.root", H)
        for role, n in (("worker", 2), ("front", 2), ("keeper", 1)):
            before = set(server.children(role))
            victim = min(before)
            began = time.monotonic()
            os.kill(victim, signal.SIGKILL)
            server.wait(lambda: victim not in server.children() and len(server.children(role)) == n, 5,
                        f"a new {role}")
            assert server.image("a.root", "h", f"w={300 + n}").status == 200
            assert server.put("b.root", H).status in (200, 201)
        assert server.stats()["worker_crashes"] >= 3
        assert any("signal" in line and "worker" in line for line in server.lines)


def test_killed_workers_harm_nobody():
    with Server("workers.render=2") as server:
        server.put("s.root", SLOW)
        bad, stop, done = [], threading.Event(), [0]

        def draw(n):
            client = Client(server.address)
            i = 0
            while not stop.is_set():
                i += 1
                answer = client.request("GET", f"/v1/images/s.root/s.png?w={200 + n + 4 * (i // 2000)}&h={200 + i % 2000}")
                done[0] += 1
                if answer.status != 200 and answer.status not in (422, 500):
                    bad.append(answer)
        threads = [threading.Thread(target=draw, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(20):
            time.sleep(0.15)
            for pid in server.children("worker")[:1]:
                os.kill(pid, signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join()
        assert not bad, bad[:2]
        assert done[0] > 10
        server.wait(lambda: len(server.children("worker")) == 2, 5, "two workers")


def test_a_job_that_kills_twice_is_refused_until_a_new_upload():
    with Server("workers.render=2", "limits.render=60s", "limits.queue_wait=60s") as server:
        server.put("s.root", SLOW)
        got = []
        thread = threading.Thread(target=lambda: got.append(server.image("s.root", "s", "w=2400&h=2400")))
        deaths, deadline = 0, time.monotonic() + 30
        thread.start()
        while deaths < 2 and time.monotonic() < deadline and thread.is_alive():
            for process in server.ctl_json("status")["processes"]:
                if process["role"] == "worker" and process["state"] == "busy":
                    os.kill(process["pid"], signal.SIGKILL)
                    deaths += 1
                    time.sleep(0.02)
        thread.join()
        assert deaths == 2, "the render was over before it could be killed twice"
        assert got[0].status in (500, 422), got
        again = server.image("s.root", "s", "w=2399&h=2399")
        assert again.status == 422, again
        assert "upload" in again.json()["detail"].lower(), again.json()
        server.put("a.root", H)
        assert server.image("a.root", "h").status == 200, "others are not affected"
        server.delete("s.root")
        server.put("s.root", SLOW)
        answer = server.image("s.root", "s", "w=500")
        assert answer.status == 200, answer


def test_a_render_past_its_deadline_is_ended():
    with Server("limits.render=20ms") as server:
        server.put("s.root", SLOW)
        server.put("a.root", H)
        answer = server.image("s.root", "s", "w=2400&h=2400")
        assert answer.status == 504, answer
        server.wait(lambda: len(server.children("worker")) == 2, 5, "a new worker")
        assert server.stats()["worker_late"] >= 1
        server.wait(lambda: server.image("a.root", "h").status == 200, 5, "an ordinary picture")


def test_a_full_board_answers_at_once():
    with Server("workers.render=1", "limits.queue=8", "limits.queue_wait=300s", "limits.render=60s") as server:
        server.put("s.root", SLOW)
        statuses, times = [], []

        def one(n):
            began = time.monotonic()
            answer = server.image("s.root", "s", f"w={1000 + n}&h=1000")
            statuses.append(answer.status)
            if answer.status == 503:
                times.append(time.monotonic() - began)
                assert answer.header("Retry-After")
        threads = [threading.Thread(target=one, args=(n,)) for n in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(statuses) == {200, 503}, statuses
        assert statuses.count(200) >= 8


def test_clients_that_hang_up_free_their_place():
    with Server("workers.render=1") as server:
        server.put("s.root", SLOW)
        for n in range(12):
            sock = server.connect()
            sock.sendall(f"GET /v1/images/s.root/s.png?w={1200 + n}&h=1200 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            sock.close()
        server.wait(lambda: server.stats()["hangups"] > 0, 10, "a noticed hang-up")
        server.wait(lambda: server.stats()["queue_length"] == 0, 20, "an empty queue")
        assert server.stats()["renders_drawn"] < 12


def test_hup_takes_a_new_configuration_and_refuses_a_bad_one():
    with Server(start=False) as server:
        server.folder.mkdir(exist_ok=True)
        conf = server.folder / "platen.conf"
        conf.write_text("workers {\n  recycle_jobs = 0\n}\nhttp {\n  metrics = off\n}\n")
        server.arguments = ["-c", str(conf)]
        server.start()
        server.put("a.root", H)
        before = set(server.children())
        assert server.get("/metrics").status == 404
        conf.write_text("http {\n  metrics = on\n}\n")
        server.send(signal.SIGHUP)
        server.wait(lambda: server.get("/metrics").status == 200, 10, "the new configuration")
        server.wait(lambda: not before & set(server.children()), 10, "new children")
        assert server.image("a.root", "h").status == 200
        now = set(server.children())
        conf.write_text("http {\n  metrics = perhaps\n}\n")
        server.send(signal.SIGHUP)
        server.wait(lambda: any("reload_refused" in line for line in server.lines), 10, "a refusal in the log")
        assert set(server.children()) == now
        assert server.get("/metrics").status == 200
        refused = server.ctl("reload")
        assert refused.returncode == 1, refused
        conf.write_text("")
        server.ctl("reload", check=0)


def test_reloads_under_load_lose_nothing():
    with Server() as server:
        server.put("a.root", H)
        bad, stop, count = [], threading.Event(), [0]

        def load():
            client = Client(server.address)
            while not stop.is_set():
                try:
                    answer = client.request("GET", "/v1/images/a.root/h.png")
                    if answer.status != 200:
                        bad.append(answer)
                    if answer.header("Connection") == "close":
                        client.close()
                    count[0] += 1
                except OSError as problem:
                    bad.append(problem)
                except Exception as problem:  # a keep-alive connection closed between two requests is no loss
                    if "RemoteDisconnected" not in type(problem).__name__:
                        bad.append(problem)
        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(5):
            server.send(signal.SIGHUP)
            time.sleep(0.4)
        stop.set()
        for thread in threads:
            thread.join()
        resets = [b for b in bad if isinstance(b, ConnectionResetError)]
        assert len(bad) == len(resets) <= 20, bad[:3]
        assert count[0] > 50


def test_the_death_of_the_master_ends_all():
    with Server() as server:
        children = server.children()
        server.kill()
        assert not any(os.path.exists(f"/proc/{pid}") for pid in children)
        server.start()
        assert server.get("/readyz").status == 200


def test_the_death_of_the_master_ends_a_worker_in_the_middle_of_a_render():
    with Server("limits.render=60s", "workers.render=1") as server:
        server.put("e.root", H)
        for blob in [path for path in (server.folder / "store" / "blobs").rglob("*") if path.is_file()]:
            blob.unlink()
            os.mkfifo(blob)  # a job without an end: nobody will ever write to it
        client = server.connect()
        client.sendall(b"GET /v1/images/e.root/h.png HTTP/1.1\r\nHost: x\r\n\r\n")

        def drawing():
            return [p for p in server.ctl_json("status")["processes"] if p["role"] == "worker" and p["state"] == "busy"]
        worker = server.wait(drawing, 10, "a worker that draws")[0]["pid"]
        children = server.children()
        assert worker in children
        server.process.kill()
        server.process.wait()
        server.process = None
        began = time.monotonic()
        while alive(children) and time.monotonic() - began < 10:
            time.sleep(0.005)
        took = time.monotonic() - began
        client.close()
        assert not alive(children), f"{alive(children)} lived on for {took:.1f} s"


def alive(pids):
    """Those that still run: without a master that buries them the dead may stay zombies for a while."""
    left = []
    for pid in pids:
        with contextlib.suppress(OSError):
            if pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] not in "ZX":
                left.append(pid)
    return left
