"""Fault injection: every I/O call of a small run goes wrong once, in every way.

    python -m tests.faults [--run callable|command] [--faults NAME ...] [--every N] [--lasting]

After each the ledger must verify, and the same command must go on and end with the same skill. One
line for each point that breaks this, and one at the end. With --lasting all calls after it fail
too, as on a full disk. Needs Linux and a C compiler.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.faults.injector import Fault, built, under_shim
from tests.faults.judging import Judge


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--run", choices=("callable", "command"), default="callable")
    names = [fault.name for fault in Fault if fault is not Fault.NONE]
    parser.add_argument("--faults", nargs="+", choices=names, default=names)
    parser.add_argument("--every", type=int, default=1, help="try every N-th call")
    parser.add_argument("--first", type=int, default=1, help="start at this call")
    parser.add_argument("--lasting", action="store_true", help="all later calls fail too")
    asked = vars(parser.parse_args())
    judge = Judge()
    with tempfile.TemporaryDirectory() as name:
        asked["folder"] = name
        with under_shim("tests.faults.points", built(Path(name)), json.dumps(asked)) as running:
            assert running.stdout
            for line in running.stdout:
                for each in judge.complaints(line):
                    print(each, flush=True)
    print(f"{judge.calls} I/O calls, {judge.points} faults, {judge.broken} broke something")
    return 1 if judge.broken or running.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
