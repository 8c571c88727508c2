#!/usr/bin/env python3
"""Run the end-to-end tests: every function `test_*` of every module `t_*.py` beside this file, in the order of their
lines, simple before complex. Modules run beside one another, one a core (E2E_JOBS); each test has a server of its own.
`run.py WORD` runs those whose name holds WORD; `run.py --module NAME [WORD]` one module in this process."""
import concurrent.futures
import importlib
import inspect
import os
import pathlib
import re
import subprocess
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
LONGEST_FIRST = ("q_cardpage", "i_page", "m_samples", "o_accept", "f_processes", "l_dqm")
COUNTS = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


class Skip(Exception):
    """Raised by a test whose means are missing here: counted as skipped, never as passed."""


def tests_of(name, words):
    """The wanted tests of a module: (full name, function)."""
    module = importlib.import_module("t_" + name)
    found = [(f.__code__.co_firstlineno, each, f) for each, f in inspect.getmembers(module, inspect.isfunction)
             if each.startswith("test_") and f.__module__ == module.__name__]
    named = [(f"{name}.{each[5:]}", f) for _, each, f in sorted(found)]
    return [(full, f) for full, f in named if not words or any(word in full for word in words)]


def summary(passed, failed, skipped):
    return f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")


def run_module(name, words):
    passed = failed = skipped = 0
    for full, test in tests_of(name, words):
        began = time.monotonic()
        try:
            test()
            passed += 1
            print(f"ok   {full} ({time.monotonic() - began:.2f} s)", flush=True)
        except Exception as problem:
            if type(problem).__name__ == "Skip":
                skipped += 1
                print(f"skip {full}: {problem}", flush=True)
                continue
            failed += 1
            print(f"FAIL {full} ({time.monotonic() - began:.2f} s)")
            traceback.print_exc(file=sys.stdout)
            sys.stdout.flush()
    print(summary(passed, failed, skipped))
    return 1 if failed else 0


def run_beside(name, words):
    """A module in a process of its own: its lines, and what they count. One that ends without a count has failed."""
    out = subprocess.run([sys.executable, __file__, "--module", name, *words], stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, errors="replace")
    *lines, last = out.stdout.rstrip("\n").split("\n")
    counted = COUNTS.match(last)
    if counted is None:
        return "\n".join([*lines, last, f"FAIL {name} ended with status {out.returncode} and no count"]), (0, 1, 0)
    return "\n".join(lines), tuple(int(number or 0) for number in counted.groups())


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["--module"]:
        return run_module(arguments[1], arguments[2:])
    names = [path.stem[2:] for path in sorted(HERE.glob("t_*.py"))]
    names = [name for name in names if tests_of(name, arguments)]
    names.sort(key=lambda name: LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST))
    totals = [0, 0, 0]
    jobs = int(os.environ.get("E2E_JOBS") or os.cpu_count() or 1)
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(run_beside, name, arguments) for name in names]):
            text, counts = done.result()
            if text:
                print(text, flush=True)
            totals = [total + count for total, count in zip(totals, counts)]
    print(summary(*totals))
    return 1 if totals[1] or not totals[0] else 0


if __name__ == "__main__":
    sys.exit(main())
