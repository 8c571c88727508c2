"""The same histograms drawn by other programs: CPU a picture, start-up not counted.

A peer that cannot be had here is left out, and the reason is printed once.
"""
import json
import math
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import tempfile

from table import BENCH, ROOT

HERE = pathlib.Path(__file__).resolve().parent / "peers"
NPM_SECONDS = 180


class Sample:
    """One kind of picture as a ROOT file and as the plain numbers for programs that do not read ROOT files."""

    def __init__(self, kind, folder):
        self.kind = kind
        self.file = pathlib.Path(folder) / f"{kind}.root"
        self.json = pathlib.Path(folder) / f"{kind}.json"
        names = ["o1", "o2", "o3", "o4", "o5"] if kind == "overlay" else ["o"]
        self.selector = "|".join(names)
        what = {"1d": "TH1F,bins=100", "overlay": "TH1F,bins=100", "2d": "TH2F,bins=200,binsy=200",
                "poly": "TH2Poly,bins=50,binsy=40"}[kind]
        specifications = [f"{name}={what},seed={i + 1}" for i, name in enumerate(names)]
        make = str(ROOT / "build" / "release" / "root_make")
        subprocess.run([make, "--compress=zlib", str(self.file), *specifications], check=True)
        self.data = {"polygons": hexagons(50, 40), "contents": [i * 7919 % 1000 for i in range(2000)]} \
            if kind == "poly" else {}
        if kind == "2d":
            cells = self.stored(make, folder, specifications[0], 202 * 202)
            self.data = {"map": [cells[202 * y + 1:202 * y + 201] for y in range(1, 201)]}
        elif kind != "poly":
            self.data = {"series": [self.stored(make, folder, one, 102)[1:101] for one in specifications]}
        self.json.write_text(json.dumps(self.data))

    @staticmethod
    def stored(make, folder, specification, cells):
        """The contents end the object, which is the first record of a file that has nothing else."""
        path = pathlib.Path(folder) / "plain.root"
        subprocess.run([make, "--compress=plain", str(path), specification], check=True)
        data = path.read_bytes()
        first = 100 + struct.unpack_from(">I", data, 100)[0]
        end = first + struct.unpack_from(">I", data, first)[0]
        return list(struct.unpack_from(f">{cells}f", data, end - 4 * cells))


def hexagons(columns, rows):
    """As tests/tools/root_make.c places them."""
    dx, dy = (1, 1, 0, -1, -1, 0, 1), (1, 3, 4, 3, 1, 0, 1)
    return [[(2.0 * c + r % 2 + 1 + dx[i], (3.0 * r + dy[i]) / math.sqrt(3)) for i in range(7)]
            for r in range(rows) for c in range(columns)]


def children_cpu(command, script=None):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, input=script, text=True, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Gnuplot:
    name = "gnuplot"

    def missing(self):
        return None if shutil.which("gnuplot") else "gnuplot is not installed"

    def plot(self, sample, path):
        if sample.kind == "2d":
            path.write_text("\n".join(f"{x} {y} {v}" + ("\n" if x == 199 else "")
                                      for y, line in enumerate(sample.data["map"]) for x, v in enumerate(line)))
            return f"set view map; plot '{path}' with image title 'h'"
        series = sample.data["series"]
        path.write_text("\n".join(f"{i} " + " ".join(str(s[i]) for s in series) for i in range(len(series[0]))))
        return "plot " + ", ".join(f"'{path}' using 1:{n + 2} with histeps title 'h{n}'" for n in range(len(series)))

    def cpu_ms(self, sample):
        """(a run of 41 plots - a run of 1) / 40. It has no polygons that a palette colours."""
        if sample.kind == "poly":
            return None
        with tempfile.TemporaryDirectory() as folder:
            plot = self.plot(sample, pathlib.Path(folder) / "data")

            def run(n):
                return children_cpu(["gnuplot"], f"set terminal pngcairo size 600,400\ndo for [i=1:{n}] "
                                    f"{{ set output '{folder}/'.i.'.png'; {plot} }}\n")
            return (run(41) - run(1)) / 40 * 1000


class Matplotlib:
    name = "matplotlib"

    def missing(self):
        found = subprocess.run(["/usr/bin/python3", "-c", "import matplotlib"], capture_output=True).returncode == 0
        return None if found else "python3-matplotlib is not installed"

    def cpu_ms(self, sample):
        command = ["/usr/bin/python3", str(HERE / "draw_matplotlib.py"), str(sample.json), sample.kind, "10"]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


class Jsroot:
    name = "JSROOT"
    option = {"1d": "hist", "overlay": "nostack", "2d": "colz", "poly": "colz"}

    def missing(self):
        """Installed below build/, from the registry that npm is set up for."""
        if not shutil.which("node") or not shutil.which("npm"):
            return "node and npm are not installed"
        self.folder = BENCH / "peers"
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", "draw_jsroot.mjs"):
            shutil.copy(HERE / name, self.folder)
        if (self.folder / "node_modules" / "jsroot").exists():
            return None
        try:
            run = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=self.folder,
                                 capture_output=True, text=True, timeout=NPM_SECONDS)
        except subprocess.TimeoutExpired:
            return f"npm could not fetch jsroot in {NPM_SECONDS} s"
        wrong = [line for line in run.stderr.splitlines() if "error" in line.lower()]
        return None if run.returncode == 0 else "npm could not fetch jsroot: " + (wrong or ["?"])[0]

    def cpu_ms(self, sample):
        command = ["node", "draw_jsroot.mjs", str(sample.file), sample.selector, self.option[sample.kind], "5"]
        out = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True).stdout.split()
        return None if out[0] == "none" else float(out[0])


def found():
    """The peers that can be had here."""
    have = []
    for peer in (Gnuplot(), Matplotlib(), Jsroot()):
        reason = peer.missing()
        if reason is None:
            have.append(peer)
        else:
            print(f"skip {peer.name}: {reason}", flush=True)
    return have


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        for peer in found():
            for kind in ("1d", "2d", "poly", "overlay"):
                print(peer.name, kind, peer.cpu_ms(Sample(kind, place)), flush=True)
