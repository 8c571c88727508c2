#!/usr/bin/env python3
"""Spliced cards of every base of a real pack against whole encodes, byte for byte.

The pack is imported from a folder with config, images, fonts and logos ($PLATEN_CORPUS/cards)."""
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CARDS = pathlib.Path(os.environ.get("PLATEN_CORPUS", ROOT.parent / "shared" / "data")) / "cards"
TOOLS = ROOT / os.environ.get("PLATEN_TOOLS", "build/release")
CTL = ROOT / os.environ.get("PLATEN_BIN", "build") / "platenctl"


def main():
    if not (CARDS / "config").is_dir():
        print("splice: not run (no data)")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([CTL, "pack", "import", CARDS, f"{folder}/source"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([CTL, "pack", "build", f"{folder}/source", "-o", f"{folder}/pack"], check=True,
                       stdout=subprocess.DEVNULL)
        return subprocess.run([TOOLS / "splice_check", f"{folder}/pack"]).returncode


if __name__ == "__main__":
    sys.exit(main())
