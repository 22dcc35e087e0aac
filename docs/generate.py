"""Writes the pages of docs/ that follow from the code.

    python docs/generate.py            write them
    python docs/generate.py --check    write nothing; exit 1 and name the pages that are stale

A new page is a module in docs/pages with a function `page() -> str`, and a line in PAGES.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from pages import command_line

PAGES: dict[str, Callable[[], str]] = {
    "command-line.md": command_line.page,
}
"""What makes each generated page."""

DOCS = Path(__file__).parent
MARK = (
    "<!-- Written by docs/generate.py; change the code it is made from, then `make docs`. -->\n\n"
)


def main(*, check: bool) -> int:
    """Write the pages, or say which of them are stale."""
    stale = []
    for name, page in PAGES.items():
        path, text = DOCS / name, MARK + page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"docs/{name} is stale; run `make docs`" if check else f"wrote docs/{name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
