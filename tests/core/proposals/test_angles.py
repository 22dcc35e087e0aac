"""Which angles a round's proposals come from."""

from __future__ import annotations

from typing import get_args

import pytest

from skillopt.core.proposals.angles import MOST_CANDIDATES, Angle, AngleName, angles
from skillopt.core.proposals.proposal import Draft

ALL = set(get_args(AngleName))


def test_one_proposal_has_no_angle() -> None:
    assert angles(1, number=3, refused=True) == ()


@pytest.mark.parametrize("candidates", range(2, MOST_CANDIDATES + 1))
def test_no_two_of_a_round_are_alike_and_all_take_their_turn(candidates: int) -> None:
    rounds = [angles(candidates, number=number, refused=True) for number in range(1, 7)]
    assert all(len(set(found)) == len(found) == candidates - 1 for found in rounds)
    assert {name for found in rounds for name in found} == ALL


def test_nothing_is_repaired_where_nothing_was_refused() -> None:
    names = {n for number in range(1, 9) for n in angles(3, number=number, refused=False)}
    assert names == ALL - {"repaired_refusal"}


def test_the_optimizer_is_shown_the_angle_and_what_was_proposed() -> None:
    draft = Draft.model_validate({"idea": "x", "edits": [{"kind": "delete", "anchor": "a line"}]})
    told = Angle(name="deletion", proposed=(draft,)).told()
    assert told["angle"] == "deletion"
    assert told["proposed"] == [
        {"idea": "x", "edits": [{"kind": "delete", "anchor": "a line", "section": []}]}
    ]
