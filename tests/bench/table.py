"""What every part of the benchmark shares: rows of the table, CPU of processes, private memory while something runs."""
import contextlib
import datetime
import os
import pathlib
import platform
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "e2e"))
from platen import rss_anon  # noqa: E402

BENCH = ROOT / "build" / "release" / "bench"
TICK = os.sysconf("SC_CLK_TCK")
rows = []


def row(figure, reach, value, good, peer=""):
    rows.append((figure, reach, value, "yes" if good else "**no**", peer))
    print(f"{'ok  ' if good else 'MISS'} {figure}: {value} (reach {reach}) {peer} [load {os.getloadavg()[0]:.1f}]",
          flush=True)


def skipped(figure, reach, reason):
    rows.append((figure, reach, "not run", "", reason))
    print(f"skip {figure}: {reason}", flush=True)


def print_table():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    print(f"\n{datetime.date.today()}, {os.cpu_count()} CPUs ({model}), Linux {platform.release()}, Debian "
          f"{pathlib.Path('/etc/debian_version').read_text().strip()}\n")
    print("| figure | reach | measured | reached | beside it |\n|---|---|---|---|---|")
    for values in rows:
        print("| " + " | ".join(values) + " |")


def cpu_seconds(pids):
    """User and system time, in nanosecond precision where the kernel offers it."""
    total = 0.0
    for pid in pids:
        try:
            total += int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
        except OSError:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += (int(fields[11]) + int(fields[12])) / TICK
    return total


def waited_seconds(pids):
    """Time in which they could run and no processor was free: of each, where the kernel says so."""
    waited = []
    for pid in pids:
        with contextlib.suppress(OSError):
            waited.append(int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9)
    return waited


class Watch:
    """Private memory (RssAnon) of a server's processes while it lasts: before, and the most of each and of all."""

    def __init__(self, server, every=0.002):
        self.server, self.every, self.done = server, every, threading.Event()
        self.pids = [server.process.pid, *server.children()]
        self.before = {pid: rss_anon(pid) for pid in self.pids}
        self.most, self.most_together = dict(self.before), sum(self.before.values())

    def look(self):
        now = {pid: rss_anon(pid) for pid in self.pids}
        self.most = {pid: max(self.most[pid], n) for pid, n in now.items()}
        self.most_together = max(self.most_together, sum(now.values()))

    def run(self):
        while not self.done.wait(self.every):
            self.look()

    def __enter__(self):
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()
        self.look()

    def grown(self):
        """Of all processes together, in bytes."""
        return self.most_together - sum(self.before.values())
