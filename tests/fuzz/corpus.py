#!/usr/bin/env python3
"""Bend the tests' own samples, and every file of the corpus ($PLATEN_CORPUS/root/*.root), $FUZZ_INPUTS times each:
every second time with its objects unpacked.

A finding ends the run; its input is in build/fuzz/found/corpus, as fuzz_file takes it (tests/fuzz/crashers/file)."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get("PLATEN_CORPUS", ROOT.parent / "shared" / "data")) / "root"
FOUND = ROOT / "build" / "fuzz" / "found" / "corpus"


def bend(files):
    inputs = os.environ.get("FUZZ_INPUTS", "300")
    sys.stdout.flush()
    return subprocess.run([ROOT / "build" / "asan" / "fuzz-corpus", "-n", inputs, "-o", FOUND, *files]).returncode


def main():
    files = sorted(CORPUS.glob("*.root"))
    FOUND.mkdir(parents=True, exist_ok=True)
    failed = int(bend([]) != 0) + int(bool(files) and bend(files) != 0)
    if not files:
        print("fuzz-corpus: no data, the samples alone")
    print(f"{1 + len(files) - failed} passed, {failed} failed" + ("" if files else ", 1 skipped"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
