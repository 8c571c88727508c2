#!/usr/bin/env python3
"""Compare every histogram of the corpus, value by value, with what an independent reader wrote about it.

The corpus is a folder of NAME.root with NAME.root.json beside it ($PLATEN_CORPUS/root). Everything the JSON says of
an object of the classes that platen draws must be what root_dump reads: texts, integers and cell contents exactly,
sums to 1e-9. Objects of other classes must be listed under their class."""
import json
import math
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get("PLATEN_CORPUS", ROOT.parent / "shared" / "data")) / "root"
DUMP = ROOT / os.environ.get("PLATEN_TOOLS", "build/release") / "root_dump"
DRAWN = re.compile(r"TH[12][CSIFD]|TProfile")
EXACT = ("class", "name", "title", "option", "entries", "dim", "ncells", "fTsumw", "fTsumw2", "fTsumwx", "fTsumwx2",
         "fTsumwy", "fTsumwy2", "fTsumwxy", "minimum", "maximum", "norm_factor", "content_len", "content",
         "sumw2_len", "bin_entries_len", "bin_entries", "bin_sumw2_len", "error_mode", "profile_ymin",
         "profile_ymax", "functions", "bits", "style", "xaxis", "yaxis")
CLOSE = ("content_sum", "content_wsum", "sumw2_sum", "bin_entries_sum")
# means and deviations are computed from the sums, the key is not part of the object
NOT_COMPARED = ("path", "cycle", "key", "mean_x", "mean_y", "stddev_x", "stddev_y")


def same(expected, found):
    if isinstance(expected, dict):
        return all(same(value, found.get(name)) for name, value in expected.items()) and \
            all(name in expected for name in found if name in ("edges", "labels"))
    if isinstance(expected, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, (int, float)) and isinstance(found, (int, float)):
        return expected == found or (math.isnan(expected) and math.isnan(found))
    return expected == found


def close(expected, found):
    return math.isclose(expected, found, rel_tol=1e-9, abs_tol=1e-9)


def compare(expected, found):
    """The names of what differs."""
    if "trouble" in found:
        return ["trouble: " + found["trouble"]]
    unknown = [name for name in expected if name not in EXACT + CLOSE + NOT_COMPARED]
    differs = [name for name in EXACT if name in expected and not same(expected[name], found.get(name))]
    differs += [name for name in CLOSE if name in expected and not close(expected[name], found.get(name))]
    differs += [name for name in ("title", "entries") if found["listed_" + name] != expected[name]]
    return differs + [f"{name} (not known to this comparison)" for name in unknown]


def latest(objects):
    """Of several cycles of a path the highest counts."""
    chosen = {}
    for item in objects:
        if item["path"] not in chosen or chosen[item["path"]]["cycle"] < item["cycle"]:
            chosen[item["path"]] = item
    return chosen


def compare_file(path):
    """(objects compared, list of failures)"""
    expected = latest(json.loads(pathlib.Path(f"{path}.json").read_text())["objects"])
    run = subprocess.run([DUMP, path], capture_output=True, text=True, timeout=120)
    if run.returncode != 0:
        return len(expected), [f"{path.name}: root_dump ended with {run.returncode}: {run.stderr[-500:]}"] * len(expected)
    dump = json.loads(run.stdout)
    found = {item["path"]: item for item in dump["objects"]}
    failures = []
    for name, item in expected.items():
        if name not in found:
            failures.append(f"{path.name}: {name}: not listed")
        elif DRAWN.fullmatch(item["class"]):
            differs = compare(item, found[name])
            if differs:
                failures.append(f"{path.name}: {name}: {', '.join(differs)}")
        elif found[name]["kind"] != item["class"] or not found[name].get("trouble"):
            failures.append(f"{path.name}: {name}: listed as {found[name]['kind']}, is {item['class']}")
    return len(expected), failures


def main():
    files = [path for path in sorted(CORPUS.glob("*.root")) if pathlib.Path(f"{path}.json").exists()]
    if not files:
        print("corpus: not run (no data)")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    compared, failures = 0, []
    for path in files:
        n, bad = compare_file(path)
        compared += n
        failures += bad
    for line in failures:
        print("FAIL", line)
    print(f"{compared} objects compared, {len(failures)} failed")
    print(f"{compared - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
