"""Writes what follows from the code: whole pages of docs/, and what commands are shown to print.

    python docs/generate.py                  write the pages that are made of the code
    python docs/generate.py --transcripts    run the commands of README and tutorial as well
    python docs/generate.py --real-model     run `make tune-llm`, for its stored transcript
    python docs/generate.py --check ...      write nothing; exit 1 and show what is stale

A new page is a module in docs/pages with a function `page() -> str`, and a line in PAGES.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from pages import command_line, ledger_schema, power, transcripts

DOCS = Path(__file__).parent
PAGES: dict[str, Callable[[], str]] = {
    "command-line.md": command_line.page,
    "ledger-schema.md": ledger_schema.page,
    "power.md": power.page,
}
"""What makes each generated page."""
TRANSCRIPTS: dict[Path, Callable[[Path], str]] = {
    DOCS.parent / "README.md": transcripts.readme,
    DOCS / "tutorial.md": transcripts.tutorial,
}
"""What brings the output shown in a page up to date."""

MARK = "<!-- Written by docs/generate.py: change the code it tells of, then `make docs`. -->\n\n"


def made(*, with_transcripts: bool) -> Iterator[tuple[Path, str]]:
    """Each page and what it should say."""
    for name, page in PAGES.items():
        yield DOCS / name, MARK + page()
    if with_transcripts:
        for path, refresh in TRANSCRIPTS.items():
            yield path, refresh(path)


def main(*, check: bool, with_transcripts: bool) -> int:
    """Write the pages, or show which of them are stale."""
    stale = 0
    for path, text in made(with_transcripts=with_transcripts):
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        if before == text:
            continue
        stale += 1
        if check:
            print(f"{path.name} is stale; run `python docs/generate.py --transcripts`")
            lines = difflib.unified_diff(before.splitlines(), text.splitlines(), lineterm="", n=0)
            print("\n".join(lines))
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.name}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    given = set(sys.argv[1:])
    if "--real-model" in given:
        transcripts.REAL_MODEL.write_text(transcripts.run_alone("tune-llm"), encoding="utf-8")
    sys.exit(main(check="--check" in given, with_transcripts="--transcripts" in given))
