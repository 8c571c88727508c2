#!/usr/bin/env python3
"""Measure platen beside its peers in one run and print the README's table.

Every figure that has a peer is measured in pairs, A B A B, and quoted as the median of the ratios, so that a machine
whose speed drifts does not decide. CPU is what the kernel charged to the server's processes, never the client's.
`bench.py WORD` runs the rows whose name holds WORD; `bench.py floor` alone prints what an answer costs here at least.
"""
import concurrent.futures
import os
import pathlib
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from cards import BENCHES as CARDS
from histograms import BENCHES as HISTOGRAMS
from pages import BENCHES as PAGES
from table import BENCH, cpu_seconds, print_table, row, skipped
from platen import Client, Server, root_file, rss_anon  # noqa: E402  (table.py has set the path)


# --- hits beside nginx ---------------------------------------------------------------------------
class Nginx:
    def __init__(self, files):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="platen-nginx-"))
        www = self.folder / "www"
        www.mkdir()
        for name, data in files.items():
            (www / name).write_bytes(data)
        os.chmod(self.folder, 0o755)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        (self.folder / "nginx.conf").write_text(f"""
worker_processes 2; daemon off; pid {self.folder}/pid; error_log {self.folder}/error.log;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; types {{ image/png png; }}
  open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s; etag on;
  client_body_temp_path {self.folder}/b; proxy_temp_path {self.folder}/p; fastcgi_temp_path {self.folder}/f;
  uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
  server {{ listen 127.0.0.1:{self.port} backlog=4096; root {www}; }} }}
""")
        self.process = subprocess.Popen(["nginx", "-c", str(self.folder / "nginx.conf"), "-p", str(self.folder)],
                                        stderr=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            time.sleep(0.02)

    def pids(self):
        return [int(p) for p in pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
                .read_text().split()]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def wrk(url, connections, seconds):
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url], capture_output=True, text=True,
                         check=True).stdout
    assert "Non-2xx" not in out and "Socket errors" not in out, out
    return int(re.search(r"(\d+) requests in", out).group(1))


def cpu_per_request(pids, url, connections, seconds):
    before = cpu_seconds(pids)
    n = wrk(url, connections, seconds)
    return (cpu_seconds(pids) - before) / n * 1e6


def pictures_of(server):
    """Three cached pictures of about 4, 30 and 300 KB: (target, bytes)."""
    server.put("h.root", root_file("h=TH1F,bins=100,seed=1", "c=TH2F,bins=200,binsy=200,seed=2,flat=1"))
    out = {}
    for name, goal, selector, sizes in (("4 KB", 4096, "h", [(w, w * 2 // 3) for w in range(200, 700, 20)]),
                                        ("30 KB", 30000, "c", [(w, w * 2 // 3) for w in range(150, 900, 30)]),
                                        ("300 KB", 300000, "c", [(w, w * 2 // 3) for w in range(700, 2499, 60)])):
        best = None
        for w, h in sizes:
            target = f"/v1/images/h.root/{selector}.png?w={w}&h={h}"
            body = server.get(target).body
            if best is None or abs(len(body) - goal) < abs(len(best[1]) - goal):
                best = (target, body)
        out[name] = best
    return out


def bench_hits():
    with Server("workers.front=2") as server:
        pictures = pictures_of(server)
        nginx = Nginx({f"{name.split()[0]}.png": body for name, (_, body) in pictures.items()})
        try:
            fronts = server.children("front")
            for name, (target, body) in pictures.items():
                reach = 2.0 if name == "300 KB" else 0.9
                for connections in (16, 64):
                    ours_url = f"http://{server.address}{target}"
                    peer_url = f"http://127.0.0.1:{nginx.port}/{name.split()[0]}.png"
                    pairs = []
                    for i in range(6):
                        ours = cpu_per_request(fronts, ours_url, connections, 1)
                        peer = cpu_per_request(nginx.pids(), peer_url, connections, 1)
                        if i:
                            pairs.append((ours, peer))
                    ratio = statistics.median(a / b for a, b in pairs)
                    ours, peer = (statistics.median(p[i] for p in pairs) for i in (0, 1))
                    row(f"CPU per hit, {len(body) / 1000:.1f} KB, {connections} connections", f"<= {reach} x nginx",
                        f"{ratio:.2f} x", ratio <= reach, f"{ours:.1f} us, nginx {peer:.1f} us")
        finally:
            nginx.stop()


class Floor:
    """tests/bench/floor.c in one of its modes, repeating the answer of a running server."""
    def __init__(self, mode, address, target):
        host, port = address.rsplit(":", 1)
        self.process = subprocess.Popen([BENCH / "floor", mode, host, port, target, "600"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port, *self.children = (int(word) for word in self.process.stdout.readline().split())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def bench_floor(rounds=7):
    """No reach belongs to these rows: they say how much of a hit is the kernel's and the HTTP library's."""
    modes = {"plain": "no parsing", "library": "libmicrohttpd", "answer": "+ response", "copy": "+ copy and checksum"}
    with Server("workers.front=2") as server:
        pictures = pictures_of(server)
        nginx = Nginx({f"{name.split()[0]}.png": body for name, (_, body) in pictures.items()})
        fronts = server.children("front")
        try:
            for name, (target, body) in pictures.items():
                floors = {mode: Floor(mode, server.address, target) for mode in modes}
                lanes = {"platen": (fronts, f"http://{server.address}{target}"),
                         "nginx": (nginx.pids(), f"http://127.0.0.1:{nginx.port}/{name.split()[0]}.png")}
                lanes.update({m: (f.children, f"http://127.0.0.1:{f.port}{target}") for m, f in floors.items()})
                for connections in (16, 64):
                    samples = [{lane: cpu_per_request(pids, url, connections, 1)
                                for lane, (pids, url) in lanes.items()} for _ in range(rounds + 1)][1:]
                    median = {lane: statistics.median(s[lane] for s in samples) for lane in lanes}
                    ratio = {lane: statistics.median(s[lane] / s["nginx"] for s in samples) for lane in lanes}
                    figures = ", ".join(f"{text} {median[m]:.1f} us ({ratio[m]:.2f} x)" for m, text in modes.items())
                    row(f"floor, {len(body) / 1000:.1f} KB, {connections} connections", "none",
                        f"{ratio['platen']:.2f} x", True,
                        f"{median['platen']:.1f} us, nginx {median['nginx']:.1f} us; {figures}")
                for floor in floors.values():
                    floor.stop()
        finally:
            nginx.stop()


def bench_isolation():
    slow = root_file("s=TH2D,bins=1500,binsy=1000,seed=1,slow=1", options=("--compress=xz",))
    with Server("workers.front=2", "workers.render=2") as server:
        server.put("h.root", root_file("h=TH1F,bins=100,seed=1"))
        server.put("s.root", slow)
        assert server.image("h.root", "h").status == 200
        host, port = server.address.rsplit(":", 1)

        def paced():
            out = subprocess.run([BENCH / "paced", host, port, "/v1/images/h.root/h.png", "4000", "1000"],
                                 capture_output=True, text=True, check=True).stdout
            return [float(x) for x in out.split()]
        idle, busy, stop, number = [], [], [False], [0]

        def burn(lane):
            client = Client(server.address)
            while not stop[0]:
                number[0] += 1
                client.request("GET", f"/v1/images/s.root/s.png?w={300 + number[0] % 2000}&h={300 + lane}")
        paced()
        for _ in range(3):
            idle.append(paced())
            stop[0] = False
            with concurrent.futures.ThreadPoolExecutor(3) as pool:
                for lane in range(3):
                    pool.submit(burn, lane)
                time.sleep(0.3)
                busy.append(paced())
                stop[0] = True
        ratio = statistics.median(b[1] / i[1] for b, i in zip(busy, idle))
        p99 = statistics.median(b[1] for b in busy), statistics.median(i[1] for i in idle)
        row("p99 of hits, all render workers busy / idle", "<= 2 x", f"{ratio:.2f} x", ratio <= 2,
            f"{p99[0]:.0f} us / {p99[1]:.0f} us; p50 {statistics.median(b[0] for b in busy):.0f} / "
            f"{statistics.median(i[0] for i in idle):.0f} us")


# --- memory ------------------------------------------------------------------------------------------
def bench_memory():
    with Server("workers.front=2", "workers.render=2", "workers.memory=auto", "http.connections=11000") as server:
        server.put("h.root", root_file("h=TH1F,bins=100,seed=1"))
        server.image("h.root", "h")
        time.sleep(1)
        idle = server.private_bytes()
        parts = ", ".join(f"{rss_anon(p) / 1e6:.1f}" for p in [server.process.pid, *server.children()])
        row("private memory (RssAnon), idle, 2 fronts + 2 workers + keeper + master", "<= 10 MB",
            f"{idle / 1e6:.1f} MB", idle <= 10e6, f"master and children: {parts} MB")
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 10100
        if hard != resource.RLIM_INFINITY and hard < wanted:
            skipped("the same with 10,000 idle keep-alive connections", "<= 60 MB",
                    f"only {hard} descriptors allowed")
            return
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
        host, port = server.address.rsplit(":", 1)
        connections = []
        request = b"GET /v1/images/h.root/h.png HTTP/1.1\r\nHost: x\r\n\r\n"
        for _ in range(10000):
            connection = socket.create_connection((host, int(port)))
            connection.sendall(request)
            body, need = b"", None
            while need is None or len(body) < need:
                body += connection.recv(65536)
                if need is None and b"\r\n\r\n" in body:
                    head = body[:body.index(b"\r\n\r\n") + 4]
                    need = len(head) + int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
            connections.append(connection)
        time.sleep(0.5)
        full = server.private_bytes()
        row("the same with 10,000 idle keep-alive connections", "<= 60 MB", f"{full / 1e6:.1f} MB", full <= 60e6)
        for connection in connections:
            connection.close()


def bench_growth(count=100000):
    with Server("workers.front=2", "workers.render=2", "workers.recycle_jobs=0", "limits.queue=256") as server:
        kinds = ["h1=TH1F,bins=100,seed=1", "h2=TH2F,bins=60,binsy=60,seed=2", "p=TProfile,bins=80,seed=3",
                 "l=TH1D,bins=12,seed=4,labels=1", "v=TH1I,bins=500,seed=5"]
        server.put("m.root", root_file(*kinds))
        selectors = [k.split("=")[0] for k in kinds]
        sizes = [(200, 150), (300, 200), (600, 400), (240, 180)]

        def target(i):
            w, h = sizes[i % 4]
            return (f"/v1/images/m.root/{selectors[i % 5]}.{'jpg' if i % 17 == 0 else 'png'}?w={w}&h={h}"
                    f"&xmin={-1 - (i % 100000) / 100000}" + ("&ytype=log" if i % 7 == 0 else ""))

        def lane(first, last):
            client = Client(server.address)
            for i in range(first, last, 4):
                answer = client.request("GET", target(i))
                assert answer.status == 200, answer

        def span(first, last):
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                for future in [pool.submit(lane, first + k, last) for k in range(4)]:
                    future.result()
        warm = count // 10
        span(0, warm)
        pids = {p: rss_anon(p) for p in [server.process.pid, *server.children()]}
        span(warm, warm + count)
        time.sleep(0.5)
        growth = {p: rss_anon(p) - before for p, before in pids.items()}
        drawn = server.stats()["renders_drawn"]
        assert set(server.children()) <= set(pids), "a process was replaced"
        worst = max(growth.values())
        row(f"growth of any process over {count:,} mixed renders, recycling off", "<= 1 MB", f"{worst / 1e6:.2f} MB",
            worst <= 1e6, f"{drawn:,} drawn; all processes: " +
            ", ".join(f"{g / 1e3:+.0f}" for g in growth.values()) + " kB")


def bench_index():
    source = root_file(options=("--many=10000", "--compress=zlib"))
    took = []
    with Server() as server:
        for i in range(5):
            began = time.monotonic()
            answer = server.put(f"many{i}.root", source)
            took.append(time.monotonic() - began)
            assert answer.status == 201 and answer.json()["items"] == 10000, answer
    median = statistics.median(took)
    row(f"index a ROOT file of 10,000 histograms ({len(source) / 1e6:.1f} MB), upload to answer", "<= 1 s",
        f"{median:.2f} s", median <= 1)


def main():
    wanted = sys.argv[1:]
    benches = [bench_hits, bench_isolation, *HISTOGRAMS, *CARDS, *PAGES, bench_memory, bench_index, bench_growth]
    if "floor" in wanted:
        benches = [bench_floor]
    for bench in benches:
        if not wanted or any(word in bench.__name__ for word in wanted):
            bench()
    print_table()


if __name__ == "__main__":
    main()
