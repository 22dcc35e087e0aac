from __future__ import annotations

import pytest

from skillopt.core.importing.fields import Unreadable
from skillopt.core.importing.files import OF_SKILL, UNREAD, files_of
from skillopt.core.importing.values import Tally


def test_files_are_texts_and_places() -> None:
    files = {"a.csv": "x,y\n", "b.bin": {"from": "files/b.bin"}}
    assert files_of({"files": files}, Tally()) == files
    assert files_of({"files": []}, Tally()) == files_of({}, Tally()) == {}


def test_one_that_cannot_be_had_is_the_records_end() -> None:
    with pytest.raises(Unreadable, match="its `files`: gone"):
        files_of({"files": {"a": "x", "b": {UNREAD: "gone"}}}, Tally())
    with pytest.raises(Unreadable, match="no paths of files"):
        files_of({"files": "a.csv"}, Tally())


def test_the_skills_own_are_left_to_the_skill() -> None:
    tally = Tally()
    assert files_of({"files": {"SKILL.md": {OF_SKILL: True}, "a": "x"}}, tally) == {"a": "x"}
    assert list(tally.notes) == [
        "`files` of the skill itself are not copied: the target has the skill"
    ]
