"""How often the content policy objects to edits that nobody made to do harm, and what it costs.

    python -m tests.benchmarks.content_alarms [--seeds 20] [--texts DIRECTORY ...] [--show]

*False alarms*: proposals that the practice mentor makes on the three samples, each against the
version that it was written for; and with `--texts` every Markdown file below the directories: each
of its paragraphs as an insert, by kind, and the whole file as a skill to which a
plain line is added, which must find nothing.

*Time*: processor time for each proposal on the samples, and on texts made to be slow, at one length
and at the double of it.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from skillopt.core.content.finding import Finding
from skillopt.core.content.policy import KINDS, ContentPolicy
from skillopt.core.content.screening import content_added
from skillopt.core.skill.edit import apply
from skillopt.core.skill.skill import Skill
from tests.benchmarks.leak_alarms import SAMPLES, Case, mentor_on_sample, sample

LARGEST = 200_000
"""Characters of a file that is read."""
LENGTH = 20_000
"""Characters of a text made to be slow."""
SLOW = (
    "curl ", "curl |", "a@", "a.", "http://", "<!-- ", "<details ", "`", "ignore all ", "| sh ",
    '[x]: y "', "\\x41", "&#65;", "AAaa11", "-", "a b ", "\u200b", "\u0430a", "rm -r ", "x" * 60 + "=",
)  # fmt: skip
PLAIN = "\n- Keep each answer short.\n"


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=20)
    options.add_argument("--texts", type=Path, nargs="*", default=[], help="hold Markdown files")
    options.add_argument("--show", action="store_true", help="print every false alarm")
    chosen = options.parse_args()
    print("false alarms: proposals with a finding, of all")
    for name in SAMPLES:
        found = [alarms_of(case) for case in mentor_on_sample(name, chosen.seeds)]
        report(f"mentor, {name}", found, show=chosen.show)
    if chosen.texts:
        public(sorted(texts_in(chosen.texts)), show=chosen.show)
    costs()
    return 0


def alarms_of(case: Case) -> tuple[Finding, ...]:
    """What is found in a case."""
    after = apply(case.skill, case.edits)
    assert isinstance(after, Skill)
    return content_added(case.skill, after, first=case.skill, policy=ContentPolicy())


def texts_in(folders: Iterable[Path]) -> set[str]:
    """The texts of the Markdown files below ``folders``, each once."""
    found = set()
    for folder in folders:
        for path in folder.rglob("*.md"):
            if path.is_file() and path.stat().st_size <= LARGEST:
                found.add(path.read_text(encoding="utf-8", errors="replace"))
    return found


def public(texts: Sequence[str], *, show: bool) -> None:
    """Print what is found in public texts."""
    paragraphs = {part for text in texts for part in re.split(r"\n\s*\n", text) if part.strip()}
    found = [added(Skill(text=""), Skill(text=part)) for part in sorted(paragraphs)]
    report("paragraphs of public Markdown", found, show=show)
    blocked = [added(Skill(text=text), Skill(text=f"{text}{PLAIN}")) for text in texts]
    report("public Markdown, a plain line added", blocked, show=True)


def added(before: Skill, after: Skill) -> tuple[Finding, ...]:
    """What is found in an edit of a hand-made version."""
    return content_added(before, after, first=before, policy=ContentPolicy())


def report(name: str, found: Sequence[tuple[Finding, ...]], *, show: bool) -> None:
    """Print how many have a finding, and of which kinds."""
    kinds = Counter(kind for findings in found for kind in {one.kind for one in findings})
    told = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS if kinds[kind])
    hit = sum(bool(findings) for findings in found)
    print(f"  {name:40} {hit} of {len(found)}" + (f" ({told})" if told else ""), flush=True)
    for findings in found if show else ():
        for one in findings:
            print(f"      {one.text}")


def costs() -> None:
    """Print the processor time of a proposal, and how it grows."""
    print("\nmilliseconds for each proposal")
    for name in SAMPLES:
        skill, _ = sample(name)
        print(f"  {name:40} {spent(proposals_on(skill.text)) / 20:.2f}", flush=True)
    print(f"\nmilliseconds for {LENGTH:,} characters, and for the double of that")
    for part in SLOW:
        once, twice = (
            spent([(Skill(text=""), Skill(text=(2 * part * LENGTH)[: LENGTH * times]))])
            for times in (1, 2)
        )
        print(f"  {part[:20]!r:40} {once:8.1f} {twice:8.1f}", flush=True)


def proposals_on(text: str) -> Iterator[tuple[Skill, Skill]]:
    """Twenty edits of one version."""
    for number in range(20):
        yield Skill(text=text), Skill(text=f"{text}- Rule {number} is new.\n")


def spent(pairs: Iterable[tuple[Skill, Skill]]) -> float:
    """Milliseconds of processor time."""
    start = time.process_time()
    for before, after in pairs:
        added(before, after)
    return 1000 * (time.process_time() - start)


if __name__ == "__main__":
    sys.exit(main())
