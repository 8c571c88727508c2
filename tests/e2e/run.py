#!/usr/bin/env python3
"""Run the end-to-end tests: every function `test_*` of every module `t_*.py` beside this file, in the order of the
modules' names and then of their lines, simple before complex. `run.py WORD` runs those whose name holds WORD."""
import importlib
import inspect
import pathlib
import sys
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


class Skip(Exception):
    """Raised by a test whose means are missing here: counted as skipped, never as passed."""


def main():
    wanted = sys.argv[1:]
    passed = failed = skipped = 0
    for path in sorted(HERE.glob("t_*.py")):
        module = importlib.import_module(path.stem)
        tests = [(f.__code__.co_firstlineno, name, f) for name, f in inspect.getmembers(module, inspect.isfunction)
                 if name.startswith("test_") and f.__module__ == path.stem]
        for _, name, test in sorted(tests):
            full = f"{path.stem[2:]}.{name[5:]}"
            if wanted and not any(word in full for word in wanted):
                continue
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
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
