#!/usr/bin/env python3
"""Bend every file of the corpus ($PLATEN_CORPUS/root/*.root) $FUZZ_INPUTS times, and its unpacked twin as often.

A finding ends the run; its input is in build/fuzz/found/corpus, as fuzz_file takes it (tests/fuzz/crashers/file)."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get("PLATEN_CORPUS", ROOT.parent / "shared" / "data")) / "root"
FOUND = ROOT / "build" / "fuzz" / "found" / "corpus"


def main():
    files = sorted(CORPUS.glob("*.root"))
    if not files:
        print("fuzz-corpus: not run (no data)")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    FOUND.mkdir(parents=True, exist_ok=True)
    inputs = os.environ.get("FUZZ_INPUTS", "200")
    return subprocess.run([ROOT / "build" / "asan" / "fuzz-corpus", "-n", inputs, "-o", FOUND, *files]).returncode


if __name__ == "__main__":
    sys.exit(main())
