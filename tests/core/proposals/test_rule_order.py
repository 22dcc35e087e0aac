"""The order of deletions: by what is known of the rules, not by their place."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.checks import Exact
from skillopt.core.evaluation.task import Task
from skillopt.core.proposals.rule_order import Known, RuleRecord, by_evidence
from skillopt.core.proposals.shrinking import deletions
from skillopt.core.skill.skill import Skill

WORDS = ("bread", "roses", "saw", "drill", "lawn", "cake", "soil", "rolls")
CHECKS = (Exact(type="exact", criterion="desk"),)
TASKS = tuple(
    Task(id=word, split="train", input=f"Where is {word}?", expected="x", checks=CHECKS)
    for word in WORDS
)


def order(text: str, record: RuleRecord | None = None, tasks: tuple[Task, ...] = ()) -> list[str]:
    skill = Skill(text=text)
    known = Known(record or RuleRecord(), tasks)
    return [edit.anchor.strip() for edit in by_evidence(deletions(skill), skill, known)]


RULES = "- bread: bakery\n- roses: garden\n- saws: tools, they say\n"


def test_of_equals_the_longest_goes_first() -> None:
    assert order(RULES) == ["- saws: tools, they say", "- bread: bakery", "- roses: garden"]


def test_what_was_accepted_for_a_gain_comes_later_and_what_was_missed_last() -> None:
    record = RuleRecord(
        gained={"saws: tools, they say": 0.05, "bread: bakery": 0.01},
        lost={"roses: garden": 0.02},
    )
    assert order(RULES, record) == [
        "- bread: bakery",
        "- saws: tools, they say",
        "- roses: garden",
    ]


def test_a_section_is_as_precious_as_its_most_precious_rule() -> None:
    text = f"# Words\n\n{RULES}\n# More\n\nBe kind.\n"
    assert order(text)[0].startswith("# Words")
    record = RuleRecord(lost={"roses: garden": 0.02})
    assert [one.splitlines()[0] for one in order(text, record)][-2:] == [
        "# Words",
        "- roses: garden",
    ]


def test_of_two_rules_that_say_the_same_one_goes_first_whatever_it_gained() -> None:
    text = (
        f"{RULES}- lawn: garden\n\nPut down the word bread.\n\n## End\n\nPut down the word bread!\n"
    )
    said = {"Put down the word bread.": 0.3, "Put down the word bread!": 0.3}
    found = order(text, RuleRecord(gained=said))
    assert set(found[:2]) <= {
        "Put down the word bread.",
        "Put down the word bread!",
        "## End\n\nPut down the word bread!",
    }
    once = text.replace("Put down the word bread!", "Put down the word cake!")
    assert order(once, RuleRecord(gained=said))[-1] == "Put down the word bread."


def test_rules_that_no_train_task_touches_go_before_others_of_their_size() -> None:
    text = "- roses: garden\n- tulip: garden\n- bread: bakery\n- crumb: bakery\n"
    assert order(text, tasks=TASKS) == [
        "- tulip: garden",
        "- crumb: bakery",
        "- roses: garden",
        "- bread: bakery",
    ]


@given(st.lists(st.sampled_from(["- bread: a", "- bread: a.", "Be kind. Be short.", "# A", ""])))
def test_it_is_an_order_of_all_pieces(lines: list[str]) -> None:
    skill = Skill(text="\n".join(lines))
    pieces = deletions(skill)
    found = by_evidence(pieces, skill, Known(tasks=TASKS))
    assert sorted(map(repr, found)) == sorted(map(repr, pieces))
