"""Whether redaction takes time in proportion to a text, on texts made to mislead its patterns.

    python -m tests.benchmarks.redaction

Each line is a text that repeats something like a key; twice the text should take twice the time.
"""

from __future__ import annotations

import time

from skillopt.core.redaction import redacted

SIZES = (250_000, 500_000, 1_000_000)
REPEATED = (
    "sk-", "eyJ-", "_eyJ", "eyJaaaaaaaaa.", "a-", "a.", "token=", "token=a-", "api_key   ", "://a:",
    "x://u:", "bearer ", "?key=", "SG.aaaaaaaaaaaaaaaaaa.", "glpat-", "xoxb-1-", "AKIA aws pw '",
    "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\nabc-", "hooks.slack.com/services/",
    "AccountKey=", "cohere.Client(", "0123456789abcdef" * 2 + "-", "MTIzMTIzMTIzMTIzMTIzMTIz.",
    "12345678:AA", "GR1348941", "[redacted]", "\\n", "%3Dsk-", "A word, and another one. ",
)  # fmt: skip


def seconds(text: str) -> float:
    began = time.process_time()
    redacted(text)
    return time.process_time() - began


def main() -> None:
    print(f"{'repeated':>32}" + "".join(f"{size:>12,}" for size in SIZES))
    for repeated in REPEATED:
        texts = [(repeated * (size // len(repeated) + 1))[:size] for size in SIZES]
        print(f"{repeated!r:>32}" + "".join(f"{seconds(text):>10.2f} s" for text in texts))


if __name__ == "__main__":
    main()
