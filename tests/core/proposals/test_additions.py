"""What an edited version says that the one before does not."""

from __future__ import annotations

from skillopt.core.proposals.additions import Added, Before
from skillopt.core.skill.skill import Skill

OLD = Skill(text="# Desks\n\nCakes go to the bakery desk.\n")
NEW = Skill(text=OLD.text + "Cakes go to the bakery desk, and 12 tulips to *garden*.\n")


def test_only_lines_that_are_new_count() -> None:
    added = Added.of(OLD, NEW)
    assert added.lines == ["Cakes go to the bakery desk, and 12 tulips to *garden*."]
    assert Added.of(NEW, NEW).lines == []
    assert Added.of(OLD, OLD).plain == ""


def test_runs_of_words_that_were_there_are_no_addition() -> None:
    added = Added.of(OLD, NEW)
    assert ("bakery", "desk", "and") in added.places
    assert ("to", "the", "bakery") not in added.places


def test_a_passage_is_quoted_as_it_is_written() -> None:
    added = Added.of(OLD, NEW)
    assert added.passage(len(added.words) - 2, len(added.words) - 1) == "to *garden*."


def test_the_old_version_is_read_in_every_form() -> None:
    before = Before(OLD)
    assert "cakes" in before.words
    assert "bakery desk" in before.plain
    assert before.pattern
