"""The laws of the readers over inputs that hypothesis makes: structured ones, and plain bytes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillopt.core.proposals.proposal import Draft
from skillopt.core.replies import BadReply, read_reply
from tests.core.texts import skills as skill_texts
from tests.fuzz import targets
from tests.fuzz.fields import written
from tests.fuzz.ledger_target import an_export, ledger_import
from tests.fuzz.registry import DRAFT, seeds, words

Bytes = st.SearchStrategy[bytes]


def spliced(name: str) -> Bytes:
    """A well-formed input with stretches of it cut out, repeated, or replaced by telling words."""
    word = st.sampled_from([each.encode("utf-8", "surrogatepass") for each in words(name)])
    piece = st.one_of(word, st.binary(max_size=6), st.just(b""))
    cut = st.tuples(st.integers(0, 400), st.integers(0, 40), piece)

    def cuts(seed: bytes, places: list[tuple[int, int, bytes]]) -> bytes:
        for start, size, put in places:
            at = start % (len(seed) + 1)
            seed = seed[:at] + put + seed[at + size :]
        return seed

    return st.builds(cuts, st.sampled_from(seeds(name)), st.lists(cut, max_size=4))


def law(target: targets.Target, name: str) -> Callable[[], None]:
    """A test of a target over spliced inputs."""

    @given(spliced(name))
    @settings(max_examples=150)
    def holds(data: bytes) -> None:
        target(data)

    return holds


test_skills = law(targets.skills, "skills")
test_edits = law(targets.edits, "edits")
test_validation_sets = law(targets.validation_sets, "validation_sets")
test_replies = law(targets.replies, "replies")

EDIT = st.tuples(
    st.sampled_from("ibrd"),
    st.one_of(
        st.builds("@{}+{}".format, st.integers(0, 120), st.integers(0, 60)),
        st.text(max_size=12),
    ),
    st.text(st.characters(blacklist_characters="\0"), max_size=30),
    st.sampled_from(("", "Top", "Rules", "Top>Rules", "Setext")),
)


@given(skill_texts, st.lists(EDIT, max_size=4))
@settings(max_examples=150)
def test_edits_of_any_skill(skill: targets.Skill, edits: list[tuple[str, str, str, str]]) -> None:
    targets.edits(written(skill.text, *edits))


VALUE = st.one_of(
    st.sampled_from(("", "null", "[]", "{}", "-1", "1e400", "NaN", "true", '"\\ud800"', "7.5")),
    st.text(max_size=8).map(json.dumps),
    st.integers().map(str),
)
ROWS = [json.loads(line) for line in an_export().splitlines()]


def paths(row: int) -> st.SearchStrategy[str]:
    """Ways into a row: its columns, and what is in its documents."""
    found = list(ROWS[row])
    for column, text in ROWS[row].items():
        if isinstance(text, str) and text.startswith(("{", "[")):
            found += [f"{column}/{inner}" for inner in json.loads(text)]
    return st.sampled_from([*found, "copy", "drop"])


PATCH = st.integers(0, len(ROWS) - 1).flatmap(
    lambda row: st.tuples(st.just(str(row)), paths(row), VALUE).map(" ".join)
)


@given(st.lists(PATCH, min_size=1, max_size=3))
@settings(max_examples=25)
def test_exports_that_anyone_can_write(patches: list[str]) -> None:
    ledger_import("\n".join(patches).encode("utf-8", "surrogatepass"))


STORABLE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
AROUND = st.sampled_from(
    (
        "{}",
        "```json\n{}\n```",
        "Here:\n{}\nDone.",
        "<think>hm {{</think>{}",
        "[{}]",
        '{{"reply": {}}}',
    )
)


@given(AROUND, st.builds(lambda idea: {**DRAFT, "idea": idea}, STORABLE))
def test_a_whole_draft_is_read_as_it_is_wherever_it_stands(around: str, draft: dict) -> None:  # type: ignore[type-arg]
    wanted = Draft.model_validate(draft)
    assert read_reply(around.format(json.dumps(draft)), shape=Draft).content == wanted


@given(st.integers(1, len(json.dumps(DRAFT)) - 1))
def test_a_draft_that_is_cut_off_is_never_taken_for_a_whole_one(end: int) -> None:
    with pytest.raises(BadReply):
        read_reply(json.dumps(DRAFT)[:end], shape=Draft)


@given(st.binary(max_size=200))
def test_plain_bytes(data: bytes) -> None:
    for target in (targets.skills, targets.edits, targets.validation_sets, targets.replies):
        target(data)
