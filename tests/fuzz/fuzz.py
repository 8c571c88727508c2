#!/usr/bin/env python3
"""Run every libFuzzer target for FUZZ_SECONDS, two at a time, starting from its crashers and from the seeds it makes
itself (a target run with FUZZ_SEEDS=DIR writes them there and ends). A crash leaves its input in build/fuzz/found."""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build" / "fuzz"
SECONDS = int(os.environ.get("FUZZ_SECONDS", "5"))


def run(target):
    name = target.stem
    corpus, found = BUILD / "corpus" / name, BUILD / "found" / name
    corpus.mkdir(parents=True, exist_ok=True)
    found.mkdir(parents=True, exist_ok=True)
    crashers = HERE / "crashers" / name.removeprefix("fuzz_")
    dictionary = HERE / f"{name}.dict"
    command = [BUILD / name, f"-max_total_time={SECONDS}", "-timeout=10", "-rss_limit_mb=2048",
               f"-artifact_prefix={found}/", "-print_final_stats=1", "-verbosity=1"]
    if dictionary.exists():
        command.append(f"-dict={dictionary}")
    command += [corpus] + ([crashers] if crashers.is_dir() else [])
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:allocator_may_return_null=1",
                       FUZZ_SEEDS_DIR=str(corpus))
    out = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment,
                         timeout=SECONDS + 120)
    executed = re.search(r"number_of_executed_units: (\d+)", out.stderr)
    return name, out.returncode, int(executed.group(1)) if executed else 0, out.stderr[-4000:]


def main():
    targets = sorted(HERE.glob("fuzz_*.c"))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for name, status, executed, tail in pool.map(run, targets):
            ok = status == 0 and executed > 0
            print(f"{'ok  ' if ok else 'FAIL'} {name}: {executed} inputs in {SECONDS} s")
            if not ok:
                failed += 1
                print(tail)
    print(f"{len(targets) - failed} passed, {failed} failed")
    return 1 if failed or not targets else 0


if __name__ == "__main__":
    sys.exit(main())
