"""What of the content policy's kinds an edit adds.

Only what is added counts. Both versions are read as a whole, so that what edits or rounds write in
parts is found when it is whole; and what the version before the edit has, or the one that the run
started from, is not held against it, as often as it is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from skillopt.core.content.addresses import addresses
from skillopt.core.content.commands import commands
from skillopt.core.content.credentials import credentials
from skillopt.core.content.deletions import deletions
from skillopt.core.content.encoded import encoded
from skillopt.core.content.finding import MOST_NAMED, Finding, Hit
from skillopt.core.content.grants import grants
from skillopt.core.content.hidden_characters import hidden_characters
from skillopt.core.content.hidden_text import hidden_text
from skillopt.core.content.locks import lock_marks, lost_locks, voids
from skillopt.core.content.look_alikes import look_alikes
from skillopt.core.content.overrides import overrides
from skillopt.core.content.policy import KINDS, ContentPolicy, Kind
from skillopt.core.skill.edit import Edit, added_text
from skillopt.core.skill.skill import Skill

_Same = tuple[Kind, str, str]


def content_added(
    before: Skill,
    after: Skill,
    *,
    first: Skill,
    policy: ContentPolicy,
    edits: Sequence[Edit] = (),
) -> tuple[Finding, ...]:
    """What ``after`` has that neither ``before`` nor ``first`` has, by kind and rule.

    Args:
        before: the version that is edited.
        after: the edited version.
        first: the version that the run started from.
        policy: what is looked for, and what happens then.
        edits: what makes the one version of the other, to name the one at fault.
    """
    if before == after:
        return ()
    hits = [*_added(before, after, first, policy), *lost_locks(before, after)]
    hits += deletions(before, after, first)
    found = [
        _finding(kind, [hit for hit in hits if (hit.kind, hit.rule) == (kind, rule)], policy, edits)
        for kind in KINDS
        for rule in dict.fromkeys(hit.rule for hit in hits if hit.kind == kind)
        if policy.action(kind) != "allow"
    ]
    return tuple(found)


def _finding(
    kind: Kind, hits: Sequence[Hit], policy: ContentPolicy, edits: Sequence[Edit]
) -> Finding:
    passages = tuple(dict.fromkeys(hit.passage for hit in hits))[:MOST_NAMED]
    return Finding(
        kind=kind,
        rule=hits[0].rule,
        action=policy.action(kind),
        passages=passages,
        count=len(hits),
        edit=_edit_with(edits, hits[0]),
    )


def _added(before: Skill, after: Skill, first: Skill, policy: ContentPolicy) -> Iterator[Hit]:
    now = _hits(after, policy.hosts)
    if not now:
        return
    old, oldest = (Counter(map(_same, _hits(one, policy.hosts))) for one in (before, first))
    left = old | oldest
    for hit in now:
        if left[_same(hit)] > 0:
            left[_same(hit)] -= 1
        else:
            yield hit


def _same(hit: Hit) -> _Same:
    return hit.kind, hit.rule, hit.key


@lru_cache(maxsize=64)
def _hits(skill: Skill, hosts: tuple[str, ...]) -> tuple[Hit, ...]:
    """Those of all its texts, and of the names of its files, which are read as well."""
    texts = [document.text for document in skill.documents.values()]
    names = ["\n".join(skill.paths[1:])] if skill.files else []
    found = (hit for text in (*texts, *names) for hit in _hits_in(text, hosts))
    return (*found, *voids(skill))


@lru_cache(maxsize=256)
def _hits_in(text: str, hosts: tuple[str, ...]) -> tuple[Hit, ...]:
    return (
        *hidden_characters(text),
        *look_alikes(text),
        *lock_marks(text),
        *addresses(text, allowed=hosts),
        *commands(text),
        *grants(text),
        *encoded(text),
        *credentials(text),
        *overrides(text),
        *hidden_text(text),
    )


def _edit_with(edits: Sequence[Edit], hit: Hit) -> int | None:
    """The edit whose text has the hit by itself."""
    for number, edit in enumerate(edits):
        if any(_same(one) == _same(hit) for one in _hits_in(added_text(edit), ())):
            return number
    return None
