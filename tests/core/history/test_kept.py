"""Whose verdict an entry is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.history.kept import kept_by, kept_fingerprint


@given(st.text(), st.text(), st.text())
def test_a_run_is_kept_only_for_the_loop_and_skill_it_was_entered_for(
    source: str, skill: str, other: str
) -> None:
    mark = kept_fingerprint(source, skill)
    assert kept_by(fingerprint=mark, target=source, skill_id=skill) == source
    if other != source:
        assert kept_by(fingerprint=mark, target=other, skill_id=skill) is None
    if other != skill:
        assert kept_by(fingerprint=mark, target=source, skill_id=other) is None
