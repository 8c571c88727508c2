"""Figures of histogram files: what a picture costs beside other programs, pages of plots, listings, large uploads."""
import hashlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

import peers
from table import BENCH, Watch, row
from huge import map_file  # noqa: E402  (table.py has set the path)
from platen import Server, root_file  # noqa: E402

RUN = 123456
GIGABYTE = 1000 * 1000 * 1000


# --- one picture -----------------------------------------------------------------------------------
KINDS = (("1d", "TH1F 100 bins", 1.5), ("2d", "TH2F 200x200 COLZ", 3.0), ("poly", "TH2Poly of 2,000 hexagons", 6.0),
         ("overlay", "overlay of 5 TH1F", 3.0))


def draw_ms(sample):
    out = subprocess.run([BENCH / "draw", sample.file, sample.selector, "600", "400", "200"], capture_output=True,
                         text=True, check=True).stdout.split()
    return float(out[0]), int(out[1])


def bench_drawing(rounds=3):
    others = peers.found()
    for kind, name, reach in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            sample = peers.Sample(kind, folder)
            taken = [(draw_ms(sample), [peer.cpu_ms(sample) for peer in others]) for _ in range(rounds)]
        ours = statistics.median(own[0] for own, _ in taken)
        beside = []
        for i, peer in enumerate(others):
            if taken[0][1][i] is not None:
                ms = statistics.median(theirs[i] for _, theirs in taken)
                ratio = statistics.median(theirs[i] / own[0] for own, theirs in taken)
                beside.append(f"{peer.name} {ms:.1f} ms ({ratio:.0f} x)")
        row(f"{name}, 600x400: parse + draw + PNG, CPU", f"<= {reach} ms", f"{ours:.2f} ms", ours <= reach,
            ", ".join(beside))
        if kind == "1d":
            size = taken[0][0][1]
            row("bytes of that TH1F PNG", "<= 10 KB", f"{size / 1000:.1f} KB", size <= 10000)


# --- as users of DQMGUI see it -----------------------------------------------------------------------
def put_dqm(server, path, name):
    """The upload of DQMGUI's client, by curl: seconds from the first byte to the answer."""
    with open(path, "rb") as file:
        md5 = hashlib.file_digest(file, "md5").hexdigest()
    return curl(f"http://{server.address}/data/put", "-F", f"size={os.path.getsize(path)}", "-F",
                f"checksum=md5:{md5}", "-F", f"file=@{path};filename={name}")


def curl(url, *words):
    out = subprocess.run(["curl", "-sS", "-o", "/dev/null", "-H", "Expect:", "-w", "%{http_code} %{time_total}", *words,
                          url], capture_output=True, text=True, check=True).stdout.split()
    assert out[0] in ("200", "201"), (url, out)
    return float(out[1])


def put_bytes(server, data, name):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "made.root"
        path.write_bytes(data)
        return put_dqm(server, path, name)


def fetch(server, targets, connections):
    """All targets over some connections: (seconds, seconds to the slowest first byte, bytes)."""
    host, port = server.address.rsplit(":", 1)
    out = subprocess.run([BENCH / "page", host, port, str(connections)], input="\n".join(targets) + "\n", text=True,
                         capture_output=True, check=True).stdout.split()
    assert out[3] == "0", f"{out[3]} of {len(targets)} answers were no 200"
    return float(out[0]) / 1e3, float(out[1]) / 1e3, int(out[2])


def bench_page(rounds=5):
    """50 histograms in each of four subsystems: mostly 1D, a few maps and profiles."""
    kinds = ["TH1F,bins=100"] * 32 + ["TH2F,bins=60,binsy=60"] * 12 + ["TProfile,bins=80"] * 6
    with Server("workers.front=2", "workers.render=2", "workers.memory=auto", cache_size="256MiB") as server:
        paths = []
        for part in "ABCD":
            inside = [f"DQMData/Run {RUN}/Sub{part}/Run summary/h{i:02}={kind},seed={i + 50 * ord(part)}"
                      for i, kind in enumerate(kinds)]
            put_bytes(server, root_file(*inside), f"DQM_V0001_Sub{part}_R000{RUN}.root")
            paths += [f"/plotfairy/archive/{RUN}/Global/Online/ALL/Sub{part}/h{i:02}" for i in range(50)]
        cold, warm, size = [], [], 0
        for n in range(rounds):
            targets = [f"{path}?w={600 + n};h=400" for path in paths]
            took, _, size = fetch(server, targets, 8)
            cold.append(took)
            warm.append(min(fetch(server, targets, 8)[0] for _ in range(3)))
        assert server.stats()["renders_drawn"] == 200 * rounds
        cold, warm = statistics.median(cold), statistics.median(warm)
        row("page of 200 different cold plots, 600x400, 8 connections, 2 render workers", "<= 0.6 s", f"{cold:.2f} s",
            cold <= 0.6, f"{size / 1e6:.1f} MB")
        row("the same page again, from the cache", "<= 30 ms", f"{warm * 1000:.1f} ms", warm <= 0.03)


def bench_listing(rounds=5, objects=100000):
    sample = f"{RUN}/Zero/Era-v1/DQMIO"
    with Server("workers.front=2", "workers.memory=auto") as server:
        put_bytes(server, root_file(options=(f"--many={objects}", "--parts=1")),
                  f"DQM_V0001_R000{RUN}__Zero__Era-v1__DQMIO.root")
        for name, target in ((f"listing of {objects:,} objects of a folder", f"/data/json/archive/{sample}/part0"),
                             (f"listing of {objects:,} objects that a search finds",
                              f"/data/json/archive/{sample}?search=h")):
            answer = server.get(target)
            found = [thing for thing in json.loads(answer.body)["contents"] if "obj" in thing]
            assert len(found) == objects, len(found)
            fetch(server, [target], 1)
            with Watch(server) as watch:
                took = [fetch(server, [target], 1) for _ in range(rounds)]
            whole, first = (statistics.median(t[i] for t in took) for i in (0, 1))
            row(f"{name}: first byte", "<= 10 ms", f"{first * 1000:.1f} ms", first <= 0.01)
            row(f"{name}: all", "<= 0.5 s", f"{whole:.2f} s", whole <= 0.5,
                f"{took[0][2] / 1e6:.1f} MB of JSON")
            row(f"{name}: more memory", "<= 1 MB", f"{watch.grown() / 1e6:.2f} MB", watch.grown() <= 1e6)


# --- large things ------------------------------------------------------------------------------------
def bench_map(side=4096):
    with Server("workers.render=1", "limits.render=60s") as server, tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "map.root"
        unpacked = map_file(path, side, (1000, 3000))
        curl(f"http://{server.address}/v1/objects/map.root", "-T", str(path))
        worker = server.children("worker")[0]
        time.sleep(1.5)  # a worker gives its memory back after a second without work
        with Watch(server, 0.0005) as watch:
            began = time.monotonic()
            answer = server.image("map.root", "h")
            took = time.monotonic() - began
        assert answer.status == 200, answer
        row(f"private memory of a worker that draws a TH2D of {side}x{side}", "<= 24 MB",
            f"{watch.most[worker] / 1e6:.1f} MB", watch.most[worker] <= 24e6,
            f"{unpacked / 1e6:.0f} MB unpacked, {took:.2f} s")


def gigabyte_file(path):
    """A ROOT file that is a gigabyte long: one histogram behind bytes that no record owns."""
    map_file(path, 100, gap=GIGABYTE)


def dd_seconds(folder):
    """The same amount written and synced by dd."""
    command = ["dd", "if=/dev/zero", f"of={folder}/dd", "bs=1000000", f"count={GIGABYTE // 1000000}", "conv=fsync"]
    out = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stderr
    os.unlink(f"{folder}/dd")
    return float(re.search(r"copied, ([\d.]+) s", out).group(1))


def bench_upload(rounds=3):
    with Server("workers.front=2", "limits.inspect=60s") as server, tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "big.root"
        ways = {
            "PUT /v1/objects": lambda n: curl(f"http://{server.address}/v1/objects/big{n}.root", "-T", str(path)),
            "POST /data/put": lambda n: put_dqm(server, path, f"DQM_V0001_R{n:09}__Big__Era-v1__DQMIO.root"),
        }
        for way, send in ways.items():
            rates, disk, grown = [], [], 0
            for n in range(1, rounds + 1):
                gigabyte_file(path)
                with open(path, "r+b") as file:  # equal bytes would be stored once
                    file.seek(GIGABYTE // 2)
                    file.write(f"{way} {n}".encode())
                time.sleep(1.2)
                with Watch(server) as watch:
                    rates.append(GIGABYTE / 1e6 / send(n))
                grown = max(grown, watch.grown())
                disk.append(GIGABYTE / 1e6 / dd_seconds(server.folder))
                for stored in server.get("/v1/objects").json()["objects"]:
                    server.delete(stored["name"])
            rate, peer = statistics.median(rates), statistics.median(disk)
            row(f"upload of a 1 GB file, {way}, on disk when answered", ">= 150 MB/s or the disk", f"{rate:.0f} MB/s",
                rate >= min(150.0, 0.9 * peer), f"dd with fsync {peer:.0f} MB/s")
            row(f"upload of a 1 GB file, {way}: more memory", "<= 8 MB", f"{grown / 1e6:.2f} MB", grown <= 8e6)


BENCHES = [bench_drawing, bench_page, bench_listing, bench_map, bench_upload]
