#!/usr/bin/env python3
"""Compare every object of the corpus, value by value, with what an independent reader wrote about it.

The corpus is a folder of NAME.root with NAME.root.json beside it ($PLATEN_CORPUS/root). Everything the JSON says of
an object must be what root_dump reads: texts, integers, points and cell contents exactly, sums to 1e-9. What the
listing says of it (title, entries, means and deviations) must agree as well.

The binding files of the corpus are compared by cards.py, in the same run."""
import json
import math
import os
import pathlib
import subprocess
import sys

import cards

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get("PLATEN_CORPUS", ROOT.parent / "shared" / "data")) / "root"
DUMP = ROOT / os.environ.get("PLATEN_TOOLS", "build/release") / "root_dump"
EXACT = ("class", "name", "title", "option", "entries", "dim", "ncells", "fTsumw", "fTsumw2", "fTsumwx", "fTsumwx2",
         "fTsumwy", "fTsumwy2", "fTsumwxy", "fTsumwz", "fTsumwz2", "fTsumwxz", "fTsumwyz", "minimum", "maximum",
         "norm_factor", "content_len", "content", "sumw2_len", "bin_entries_len", "bin_entries", "bin_sumw2_len",
         "error_mode", "profile_ymin", "profile_ymax", "functions", "bits", "style", "xaxis", "yaxis", "zaxis",
         "npoints", "x", "y", "fEX", "fEY", "fEXlow", "fEXhigh", "fEYlow", "fEYhigh", "has_histogram",
         "conf_level", "statistic_option", "weight", "string", "poly_bins", "poly_overflow")
CLOSE = ("content_sum", "content_wsum", "sumw2_sum", "bin_entries_sum")
PARTS = ("passed", "total")
LISTED = ("mean_x", "mean_y", "mean_z", "stddev_x", "stddev_y", "stddev_z")
# the key is not part of the object; a TH2Poly has bins instead of cells, and a grid to find them that nobody else needs
NOT_COMPARED = ("path", "cycle", "key", "cells_xy")


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


def values(expected, found):
    """The names of what differs between the object and what was read of it."""
    skipped = NOT_COMPARED + (("ncells",) if expected["class"] == "TH2Poly" else ())
    unknown = [name for name in expected if name not in EXACT + CLOSE + PARTS + LISTED + skipped]
    differs = [name for name in EXACT
               if name in expected and name not in skipped and not same(expected[name], found.get(name))]
    differs += [name for name in CLOSE if name in expected and not close(expected[name], found.get(name))]
    for part in PARTS:
        if part in expected:
            differs += [f"{part}.{name}" for name in values(expected[part], found.get(part, {}))]
    return differs + [f"{name} (not known to this comparison)" for name in unknown]


def listing(expected, found):
    """The same for what the listing says."""
    title = expected["string"] if "string" in expected else expected["title"]
    entries = expected.get("entries", expected.get("npoints", expected.get("total", {}).get("entries", 0)))
    differs = ["listed title"] if found["listed_title"] != title else []
    differs += ["listed entries"] if found["listed_entries"] != entries else []
    stats = found.get("listed_stats", [])
    for name, value in zip(LISTED, stats):
        if name in expected and not close(expected[name], value):
            differs.append("listed " + name)
    return differs + ([] if stats or "mean_x" not in expected else ["no listed stats"])


def compare(expected, found):
    if "trouble" in found:
        return ["trouble: " + found["trouble"]]
    return values(expected, found) + listing(expected, found)


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
        elif found[name]["kind"] != item["class"]:
            failures.append(f"{path.name}: {name}: listed as {found[name]['kind']}, is {item['class']}")
        else:
            differs = compare(item, found[name])
            if differs:
                failures.append(f"{path.name}: {name}: {', '.join(differs)}")
    return len(expected), failures


def histograms():
    files = [path for path in sorted(CORPUS.glob("*.root")) if pathlib.Path(f"{path}.json").exists()]
    if not files:
        print("histograms: not run (no data)")
        return 0, 0, 1
    compared, failures = 0, []
    for path in files:
        n, bad = compare_file(path)
        compared += n
        failures += bad
    for line in failures:
        print("FAIL", line)
    print(f"{compared} objects compared, {len(failures)} failed")
    return compared - len(failures), len(failures), 0


def main():
    passed, failed, skipped = map(sum, zip(histograms(), cards.run()))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
