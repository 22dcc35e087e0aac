"""Coverage-guided fuzzing of a reader; what breaks it is kept as a small file.

    python -m tests.fuzz NAME [--seconds N] [--corpus FOLDER]

NAME is one of skills, edits, validation_sets, replies, ledger_import. It stops at the first find,
which is then in tests/fuzz/cases/NAME, and is replayed by tests/fuzz/test_cases.py from then on.
Inputs that reach new code are kept in FOLDER (by default a temporary one), and are where the next
run starts if it gets the same one. Needs the extra `fuzz`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["skillopt"]):
    from tests.fuzz.registry import CASES, TARGETS, seeds, words
    from tests.fuzz.targets import Target

LONGEST = 8_192
"""Bytes of an input; an export of a small ledger is longer, and has a limit of its own."""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__.splitlines()[0]
    )
    parser.add_argument("name", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="when to stop (default: 60)")
    parser.add_argument("--corpus", type=Path, help="where inputs that reach new code are kept")
    arguments = parser.parse_args()
    if Path("/dev/shm").is_dir():
        tempfile.tempdir = "/dev/shm"  # memory: nothing here has to last
    kept = CASES / arguments.name
    kept.mkdir(parents=True, exist_ok=True)
    corpus = arguments.corpus or Path(tempfile.mkdtemp(prefix="skillopt-fuzz-"))
    corpus.mkdir(parents=True, exist_ok=True)
    longest = LONGEST
    for number, seed in enumerate(seeds(arguments.name)):
        (corpus / f"seed-{number}").write_bytes(seed)
        longest = max(longest, 2 * len(seed))
    dictionary = corpus.with_name(f"{corpus.name}.words")
    dictionary.write_text("".join(map(_quoted, words(arguments.name))), encoding="ascii")
    options = [
        f"-dict={dictionary}",
        "-len_control=10",
        f"-max_total_time={arguments.seconds}",
        f"-max_len={longest}",
        f"-artifact_prefix={kept}/",
        "-timeout=120",
        "-report_slow_units=120",
        "-print_final_stats=1",
    ]
    atheris.Setup(
        [sys.argv[0], *options, str(corpus), str(kept)], partial(_tried, TARGETS[arguments.name])
    )
    atheris.Fuzz()


def _tried(target: Target, data: bytes) -> None:
    target(data)


def _quoted(word: str) -> str:
    """A line of libFuzzer's dictionary."""
    said = "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass"))
    return f'"{said}"\n'


if __name__ == "__main__":
    main()
