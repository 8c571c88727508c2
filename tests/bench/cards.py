"""Figures of reference cards: CPU of one card beside programs that compose the same, many in one upload, memory.

Pack and binding files are made here (card_files.py).
"""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import threading
import time

import card_files
from table import BENCH, cpu_seconds, row, skipped, waited_seconds
from platen import BIN, Server  # noqa: E402  (table.py has set the path)

PEERS = pathlib.Path(__file__).resolve().parent / "peers"
FONT = "/usr/share/fonts/opentype/yanone-kaffeesatz/YanoneKaffeesatz-Regular.otf"
LIMIT = 128 << 20
CGROUPS = (("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.failcnt"),
           ("/sys/fs/cgroup", "memory.max", "memory.peak", "memory.events"))


class Pack:
    """Built once for all figures."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="platen-cards-"))
        os.chmod(self.folder, 0o755)
        self.file = self.folder / "bench.pack"
        card_files.make_pack(self.folder / "source", FONT)
        subprocess.run([BIN / "platenctl", "pack", "build", self.folder / "source", "-o", self.file], check=True,
                       stdout=subprocess.DEVNULL)
        self.bindings = self.folder / "bindings.xml"
        self.bindings.write_bytes(card_files.bindings(0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)


# --- one card --------------------------------------------------------------------------------------
def card(pack, *words, text=True):
    """tests/bench/card.c"""
    command = [BENCH / "card", pack.file, "fs2020", *words]
    return subprocess.run(command, capture_output=True, text=text, check=True).stdout


def card_ms(pack, quality):
    out = card(pack, "200", pack.bindings, f"q={quality}").split()
    return float(out[0]), int(out[1])


def composition(pack):
    """The same picture and texts for programs that cannot fit text into boxes: they are told where and how large."""
    (pack.folder / "base.png").write_bytes(card(pack, "base", pack.bindings, text=False))
    labels, colours = [], ("#2780e3", "#ff0039", "#ff7518")
    for cell in json.loads(card(pack, "json", pack.bindings))["cards"][0]["cells"]:
        x, y, w, h = (units // 2 for units in cell["rect"])
        size = int(min(h - 4, w / (0.4 * sum(len(label["text"]) + 1 for label in cell["labels"]))))
        for label in cell["labels"]:
            width = int(0.4 * size * (len(label["text"]) + 1))
            colour = colours[card_files.CONTEXTS.index(label["context"])]
            labels.append({"x": x + 4, "y": y + (h - size) // 2, "w": width, "size": size, "text": label["text"],
                           "colour": colour})
            x += width + 2
    path = pack.folder / "composition.json"
    path.write_text(json.dumps({"base": str(pack.folder / "base.png"), "font": FONT, "family": "Yanone Kaffeesatz",
                                "labels": labels}))
    return path


def pillow(path):
    return float(subprocess.run(["/usr/bin/python3", PEERS / "compose_pillow.py", path, "20"], capture_output=True,
                                text=True, check=True).stdout)


def vips(path):
    return float(subprocess.run(["ruby", PEERS / "compose_vips.rb", path, "5"], capture_output=True, text=True,
                                check=True).stdout)


def magick(path):
    """(a run of six cards - a run of one) / 5."""
    what = json.loads(path.read_text())
    draw = " ".join(
        f"fill '{one['colour']}' roundrectangle {one['x']},{one['y']} {one['x'] + one['w']},{one['y'] + one['size']} "
        f"6,6 fill white font-size {one['size']} text {one['x'] + 2},{one['y'] + one['size'] * 0.78:.0f} "
        f"'{one['text']}'"
        for one in what["labels"])
    start = ["convert", what["base"], "-font", what["font"], "-quality", "90", "-sampling-factor", "4:2:0", "-write",
             "mpr:base", "+delete"]
    one_card = ["(", "mpr:base", "-draw", draw, "-write", "jpeg:/dev/null", "+delete", ")"]

    def run(n):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*start, *one_card * n, "xc:black", "null:"], check=True,
                       env=dict(os.environ, MAGICK_THREAD_LIMIT="1"))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (run(6) - run(1)) / 5 * 1000


def peers():
    have = {}
    for name, function, probe in (("Pillow", pillow, ["/usr/bin/python3", "-c", "import PIL"]),
                                  ("ImageMagick", magick, ["convert", "-version"]),
                                  ("libvips", vips, ["ruby", "-e", "require 'vips'"])):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            subprocess.run(probe, check=True, capture_output=True)
            have[name] = function
            continue
        print(f"skip {name}: not installed", flush=True)
    return have


def bench_cards_drawing(rounds=5):
    with Pack() as pack:
        others, path = peers(), composition(pack)
        taken = [(card_ms(pack, 90), card_ms(pack, 89), {name: f(path) for name, f in others.items()})
                 for _ in range(rounds)]
    spliced, plain = (statistics.median(one[i][0] for one in taken) for i in (0, 1))
    beside = ", ".join(f"{name} {statistics.median(one[2][name] for one in taken):.1f} ms" for name in others)
    row("card 1920x1080 q90, 35 boxes, bindings to JPEG, CPU: all encoded", "<= 15 ms", f"{plain:.2f} ms", plain <= 15,
        beside)
    row("the same, spliced", "<= 5 ms", f"{spliced:.2f} ms", spliced <= 5,
        f"{taken[0][0][1] / 1000:.0f} KB")
    ratio = statistics.median(one[0][0] / one[1][0] for one in taken)
    row("spliced / all encoded", "<= 0.5 x", f"{ratio:.2f} x", ratio <= 0.5)


# --- the service -----------------------------------------------------------------------------------
def form(files):
    """multipart/form-data with one part a file, and its content type."""
    line = "platen-bench-1c8e"
    parts = [f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{i}.xml"\r\n\r\n'.encode() + data +
             b"\r\n" for i, data in enumerate(files)]
    return b"".join(parts) + f"--{line}--\r\n".encode(), f"multipart/form-data; boundary={line}"


def upload(client, files):
    """The answer's cards, when all of them are drawn."""
    body, kind = form(files)
    answer = client.request("POST", "/cards/fs2020", body, {"Content-Type": kind, "Accept": "application/json"})
    assert answer.status == 200, answer
    return answer.json()["cards"]


def fifteen(profile):
    return [card_files.bindings(device, profile=profile) for device in range(15)]


def fetch(client, cards):
    sizes = []
    for one in cards:
        picture = client.request("GET", one["url"])
        assert picture.status == 200 and picture.body[:2] == b"\xff\xd8", picture
        sizes.append(len(picture.body))
    return sizes


def bench_cards_upload(rounds=7):
    with Pack() as pack, Server(f"cards.pack={pack.file}", "workers.render=2", cache_size="64MiB") as server:
        client = server.client()
        took, again, cpu, waited = [], [], [], []
        processes, workers = server.children(), server.children("worker")
        for number in range(rounds + 1):
            files = fifteen(f"Bench {number}")
            used, waits = cpu_seconds(processes), waited_seconds(workers)
            began = time.monotonic()
            cards = upload(client, files)
            took.append(time.monotonic() - began)
            cpu.append(cpu_seconds(processes) - used)
            waited.append(max(now - then for now, then in zip(waited_seconds(workers), waits)))
            assert len(cards) == 15, cards
            sizes = fetch(client, cards)
            before = server.stats()
            began = time.monotonic()
            upload(client, files)
            again.append(time.monotonic() - began)
            fetch(client, cards)
            after = server.stats()
            work = {name: after[name] - before[name] for name in after
                    if isinstance(after[name], int) and re.match(r"renders_drawn|cards_built|cards_found", name)}
        median = statistics.median(took[1:])
        row("15 cards of one upload, 2 workers, wall", "<= 0.15 s", f"{median:.3f} s", median <= 0.15,
            f"{statistics.median(cpu) * 1000:.0f} ms of CPU; a worker waited {statistics.median(waited) * 1000:.0f} ms "
            f"for a processor; {sum(sizes) / 1e6:.1f} MB of JPEG")
        row("the same upload again", "no parse, no drawing", f"{statistics.median(again) * 1000:.1f} ms",
            work["renders_drawn"] == work["cards_built"] == 0, ", ".join(f"{name} +{n}" for name, n in work.items()))


class Limited(Server):
    """A server in a memory cgroup of its own."""

    def __init__(self, *settings, **more):
        self.group = None
        for root, limit, peak, failed in CGROUPS:
            group = pathlib.Path(root) / f"platen-bench-{os.getpid()}"
            with contextlib.suppress(OSError):
                group.mkdir()
                (group / limit).write_text(str(LIMIT))
                self.group, self.peak, self.failed = group, group / peak, group / failed
                break
            with contextlib.suppress(OSError):
                group.rmdir()
        if self.group is None:
            raise OSError("no memory cgroup can be made here")
        super().__init__(*settings, **more)

    def command(self):
        return ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self.group / "cgroup.procs"), *super().command()]

    def clean(self):
        super().clean()
        for _ in range(100):
            with contextlib.suppress(OSError):
                self.group.rmdir()
                return
            time.sleep(0.05)


def memory_once(pids):
    """Private memory of all processes and what they share, each shared page once (proportional set size)."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", text, re.M).group(1)) * 1024
    return total


class Peak:
    """The most of memory_once while it lasts."""

    def __init__(self, server):
        self.server, self.most, self.done = server, 0, threading.Event()

    def run(self):
        while not self.done.wait(0.02):
            self.most = max(self.most, memory_once([self.server.process.pid, *self.server.children()]))

    def __enter__(self):
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


def burst(name, requests, reach=110e6):
    """All requests at once; every one is answered with 200 and all its pictures."""
    settings = ["workers.memory=auto", "workers.render=2", "workers.front=1", "http.connections=256"]
    try:
        with Pack() as pack, Limited(f"cards.pack={pack.file}", *settings, cache_size="32MiB") as server:
            def one(files):
                client = server.client(timeout=120)
                sizes = fetch(client, upload(client, files))
                client.close()
                return len(sizes)
            began = time.monotonic()
            with Peak(server) as peak, concurrent.futures.ThreadPoolExecutor(len(requests)) as pool:
                drawn = sum(pool.map(one, requests))
            took = time.monotonic() - began
            group = int(server.peak.read_text())
            row(name, "all 200, <= 110 MB", f"{peak.most / 1e6:.1f} MB", peak.most <= reach and drawn > 0,
                f"{drawn} pictures in {took:.2f} s; of the group, page cache included, {group / 1e6:.1f} MB of "
                f"{LIMIT / 1e6:.0f} MB")
    except OSError as error:
        skipped(name, "all 200, <= 110 MB", str(error))


def bench_cards_memory():
    burst("50 concurrent one-card requests, limit 128 MiB with a cache of 32 MiB: memory, private + shared once",
          [[card_files.bindings(i % 15, profile=f"Bench {i}")] for i in range(50)])
    burst("25 concurrent requests of 15 cards: the same", [fifteen(f"Bench {i}") for i in range(25)])


BENCHES = [bench_cards_drawing, bench_cards_upload, bench_cards_memory]
