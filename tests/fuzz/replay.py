#!/usr/bin/env python3
"""Replay every file of tests/fuzz/crashers/NAME through build/asan/replay_NAME: once a crasher, always a test."""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
binaries = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/asan")
passed = failed = 0
for target in sorted(HERE.glob("fuzz_*.c")):
    name = target.stem.removeprefix("fuzz_")
    files = sorted(p for p in (HERE / "crashers" / name).glob("*") if p.is_file())
    run = subprocess.run([binaries / f"replay_{name}", *files], capture_output=True, text=True, errors="replace",
                         timeout=120)
    if run.returncode == 0:
        passed += len(files) + 1
    else:
        failed += 1
        print(f"FAIL {name}: status {run.returncode}\n{run.stdout[-500:]}\n{run.stderr[-3000:]}")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
