#!/usr/bin/env python3
"""Run the unit tests of a sanitized build, a process a suite, two suites at once.

The test runner forks from a process with threads. The sanitizer's allocator takes no lock across fork, so a child now
and then finds one held by a thread that does not exist in it and waits for ever, before its test has begun. A suite that
is not done in time is therefore run again, three times at most: what hangs by itself hangs each time and fails.
A suite that failed is shown with how it ended, each failing test by name with what it said, and its last lines."""
import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SECONDS, TRIES = 120, 3
COUNT = re.compile(r"Tested: .*?(\d+).*?Passing: .*?(\d+).*?Failing: .*?(\d+).*?Crashing: .*?(\d+)")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
ENDED_BADLY = re.compile(r"^\[(?:FAIL|CRASH|TIMEOUT|ERR |ERROR)\s*\]|^\[----\].*(?:crashed|timed out|exited)")
SHOWN = 4000  # characters of the last lines of a suite that failed


def suites():
    names = set()
    for path in HERE.glob("*.c"):
        names.update(re.findall(r"^(?:Parameterized)?Test\((\w+),", path.read_text(), re.M))
    return sorted(names)


def attempt(unit, suite):
    process = subprocess.Popen([unit, f"--filter={suite}/*", "--jobs=1"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                               start_new_session=True)
    try:
        out = process.communicate(timeout=SECONDS)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return None, process.communicate()[0]
    return process.returncode, out


def obituary(suite, status, out):
    """How the suite ended, and every test that failed with its messages. Criterion writes those before the verdict,
    on lines that begin with [----]."""
    how = ("it was still running" if status is None else f"signal {signal.Signals(-status).name}" if status < 0
           else f"exit status {status}")
    told, said = [], []
    for line in ANSI.sub("", out).splitlines():
        if ENDED_BADLY.search(line):
            told += [*said, line]
            said = []
        elif line.startswith("[----]"):
            said.append(line)
        elif line.startswith("["):
            said = []
    return "\n".join([f"{suite}: {how}", *told, *said, "the last lines:", out[-SHOWN:]])


def run(unit, suite):
    notes = ""
    for _ in range(TRIES):
        status, out = attempt(unit, suite)
        if status is not None:
            break
        notes += f"{suite}: not done in {SECONDS} s, run again\n"
    found = COUNT.search(ANSI.sub("", out))
    _, passing, failing, crashing = map(int, found.groups()) if found and status is not None else (0, 0, 0, 0)
    failed = failing + crashing
    if status is None or not found or (status != 0 and failed == 0):
        failed += 1
    return suite, passing, failed, notes + (obituary(suite, status, out) if failed else "")


def main():
    unit = sys.argv[1]
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for suite, good, bad, text in pool.map(lambda name: run(unit, name), suites()):
            print(f"{'FAIL' if bad else 'ok  '} {suite}: {good} tests")
            if text:
                print(text)
            passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
