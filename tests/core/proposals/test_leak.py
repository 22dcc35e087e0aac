"""The leak screen: texts of tasks and mechanics of checks are found, vocabulary passes."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.checks import Command, Exact, Json, Number, Python, Regex
from skillopt.core.evaluation.leak_index import LeakIndex
from skillopt.core.evaluation.task import Split, Task
from skillopt.core.proposals.leak import Leak, LeakPolicy, is_held_out, leaks, reason
from skillopt.core.skill.edit import Create, Delete, Edit, Insert, Replace, apply
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from tests.core.disguised import DISGUISES

SKILL = Skill(
    text="# Desk\n\nName the queue: `billing`, `access` or `outage`.\n\n"
    "## Rules\n\n- Money goes to `billing`.\n\n## Form\n\n- Sign with the number of the case.\n"
)
QUEUES = ("billing", "access", "outage")
LABELLED = (
    ("train", "We were charged twice for the March renewal on the same card.", "billing"),
    ("validation", "Our blue badge reader in Lisbon refuses everybody since the move.", "access"),
    ("test", "Every page shows error 5031 since nine, for all our branches.", "outage"),
    ("train", "Please send the receipt of order 48213 once more.", "billing"),
    ("validation", "The invitation for Zofia Marek went to z.marek@example.org twice.", "access"),
    ("test", "Is there a planned window for the upgrade of the northern region?", "outage"),
    ("train", "Reset my password", "access"),
    ("validation", "Where is my refund?", "billing"),
    ("test", "Nothing loads", "outage"),
    ("test", "What tolls does Ennismore owe?", "outage"),
)
OPEN = (
    ("train", "Which case did the harbour crane break?", "Case KX-7714"),
    ("validation", "Who signs for the lighthouse keeper's oil?", "Ottoline"),
    ("test", "What does the ferry clerk write on Sundays?", "nothing but the tide and the wind"),
)
CHECKS: tuple[Any, ...] = (
    Json(type="json", at="queue"),
    Regex(type="regex", pattern=r"CASE-CLOSED:\s+[A-Z]{2}\d{6}$", says="ends with the case's mark"),
    Command(type="command", argv=("python", "tools/tone_meter.py")),
    Python(type="python", call="desk_checks:polite"),
)


def tasks() -> list[Task]:
    """Labelled tasks with checks of all kinds, and tasks whose answers are texts of their own."""
    made = [
        Task(id=f"q{at}", split=split, input=text, expected={"queue": queue}, checks=CHECKS)
        for at, (split, text, queue) in enumerate(LABELLED)
    ]
    own = [
        Task(id=f"o{at}", split=split, input=text, expected=answer, checks=(Exact(type="exact"),))
        for at, (split, text, answer) in enumerate(OPEN)
    ]
    return [*made, *own]


INDEX = LeakIndex(tasks(), declared=("ends with the case's mark", "The tone is polite."))


def add(text: str, **more: Any) -> Insert:
    return Insert(anchor="", text=f"\n{text}\n", **more)


def found(*edits: Edit, policy: LeakPolicy = "strict", skill: Skill = SKILL) -> tuple[Leak, ...]:
    after = apply(skill, edits)
    assert isinstance(after, Skill), after
    return leaks(skill, after, index=INDEX, policy=policy, edits=edits)


def kinds(*edits: Edit, policy: LeakPolicy = "strict") -> set[tuple[str, Split]]:
    return {(leak.rule, leak.split) for leak in found(*edits, policy=policy)}


MARCH, BADGE, ERROR = (text for _, text, _ in LABELLED[:3])

LEAKING: dict[str, tuple[list[Edit], str, Split]] = {
    "verbatim": ([add(f"- If the input is “{MARCH}”, answer billing.")], "input", "train"),
    "of a validation task": ([add(f"- {BADGE} Beware.")], "input", "validation"),
    "of a test task": ([add(f"E.g.: {ERROR}")], "input", "test"),
    "other case and marks": (
        [add("- " + BADGE.upper().replace(" ", " - "))],
        "input",
        "validation",
    ),
    "emphasis": ([add(" ".join(f"**{word}**" for word in BADGE.split()))], "input", "validation"),
    "invisible characters": ([add("\u200b".join(BADGE))], "input", "validation"),
    "decomposed and wide": (
        [
            add(
                unicodedata.normalize("NFD", BADGE).translate(
                    {at: at + 0xFEE0 for at in range(ord("a"), ord("z") + 1)}
                )
            )
        ],
        "input",
        "validation",
    ),
    "over lines": (
        [add("- Our blue badge reader in\n- Lisbon refuses everybody\n- since the move")],
        "input",
        "validation",
    ),
    "over numbered lines": (
        [add("1. Our blue badge reader\n2. in Lisbon refuses everybody\n3. since the move")],
        "input",
        "validation",
    ),
    "over two edits": (
        [
            Insert(anchor="- Money", where="before", text="- Our blue badge reader in Lisbon\n"),
            add("refuses everybody since the move"),
        ],
        "input",
        "validation",
    ),
    "in a replace": (
        [Replace(anchor="Money goes", text=f"Money ({MARCH.lower()}) goes")],
        "input",
        "train",
    ),
    "half of it with the answer": (
        [add("- Charged twice for the March renewal on something: `billing`")],
        "input",
        "train",
    ),
    "a short input, quoted": (
        [add('- On "what tolls does Ennismore owe" answer `outage`.')],
        "input",
        "test",
    ),
    "a JSON lookup": ([add(f'```json\n{{"{BADGE}": "access"}}\n```')], "input", "validation"),
    "a number": ([add("- Order 48213 is `billing`.")], "identifier", "train"),
    "an address": (
        [add("- Mail from Z.Marek@example.org is `access`.")],
        "identifier",
        "validation",
    ),
    "an error code": ([add("- 5031 means `outage`.")], "identifier", "test"),
    "an answer": ([add("- On Sundays: nothing but the tide and the wind.")], "answer", "test"),
    "an answer's code": ([add("- The crane's is KX-7714.")], "identifier", "train"),
    "a plain answer with what is asked": (
        [add("- Asked who signs for the lighthouse, answer Ottoline.")],
        "input",
        "validation",
    ),
    "the pattern": (
        [add(r"- Match `CASE-CLOSED:\s+[A-Z]{2}\d{6}$`.")],
        "mechanics",
        "train",
    ),
    "the pattern, escaped once more": (
        [add(r"- Match CASE-CLOSED:\\s+[A-Z]{2}\\d{6}.")],
        "mechanics",
        "train",
    ),
    "a part of the pattern": ([add(r"- End with `[A-Z]{2}\d{6}`.")], "mechanics", "train"),
    "the pattern's literal": (
        [add("- End with case-closed: and two letters with six digits.")],
        "mechanics",
        "train",
    ),
    "the command": ([add("- `python tools/tone_meter.py` must pass.")], "mechanics", "train"),
    "the command's file": ([add("- Keep tone_meter.py content.")], "mechanics", "train"),
    "the check's module": ([add("- Read desk_checks first.")], "mechanics", "train"),
}


@pytest.mark.parametrize("name", LEAKING)
def test_what_leaks_is_found(name: str) -> None:
    edits, rule, split = LEAKING[name]
    assert (rule, split) in kinds(*edits)


GOOD = {
    "a short question in common words": '- "Where is my refund?" goes to `billing`.',
    "phrases": '- When the ticket mentions "charged twice", "renewal" or "receipt", answer `billing`.',
    "words of one task": '- "badge reader" and "invitation" go to `access`, "planned window" to `outage`.',
    "the labels": "- Answer with one of `billing`, `access`, `outage` and nothing else.",
    "a general rule": "- If nobody can work, it is an outage, whichever part of it is named.",
    "figures": "- At most 72 characters, 3 sentences, from 9:00 on, since 2024, up to 5000 EUR.",
    "what the check says": "- The answer ends with the case's mark.",
    "a criterion": "- The tone is polite.",
    "what a code looks like": "- The mark is two capitals and six digits.",
    "ordinary words of an answer": "- Write of the tide, the wind, and nothing more.",
    "what the tools do": "- The tone is metered; the desk checks that it is polite.",
    "a date's form": "- Dates are ISO 8601, such as 2031-05-17.",
    "a table of words": "| words | queue |\n|---|---|\n| password, login | access |\n| invoice | billing |",
}


@pytest.mark.parametrize("name", GOOD)
def test_rules_in_the_words_of_the_trade_pass(name: str) -> None:
    assert found(add(GOOD[name])) == ()


def test_lookup_tables_of_short_inputs_are_found() -> None:
    names = ["uno", "due", "sei otto", "sette", "dieci", "cento"]
    splits: list[Split] = ["train", "train", "validation", "validation", "validation", "test"]
    labels = ["low", "low", "mid", "mid", "mid", "high"]
    pairs = list(zip(names, labels, strict=True))
    index = LeakIndex(
        [
            Task(id=name, split=split, input=name, expected=label, checks=(Exact(type="exact"),))
            for (name, label), split in zip(pairs, splits, strict=True)
        ]
    )
    table = "\n".join(f"| {name} | {label} |" for name, label in pairs)
    for text, tables in ((table, {"validation"}), ("- uno, sette and dieci are words", set())):
        after = Skill(text=f"{SKILL.text}\n{text}\n")
        told = leaks(SKILL, after, index=index, policy="strict")
        assert {(leak.rule, leak.split) for leak in told} == {("table", name) for name in tables}


def test_a_bare_figure_is_no_answer_beside_a_few_words() -> None:
    index = LeakIndex(
        [
            Task(
                id=str(at),
                split="test",
                input=f"How many crates of {name} are left over?",
                expected=at,
                checks=(Number(type="number"),),
            )
            for at, name in enumerate(("plums", "pears", "figs"), start=2)
        ]
    )
    for text, wanted in (
        ("- Crates of plums are counted with 2 digits.", set()),
        ("- How many crates of plums are left: 2", {("input", "test")}),
    ):
        after = Skill(text=f"{SKILL.text}\n{text}\n")
        told = leaks(SKILL, after, index=index, policy="strict")
        assert {(leak.rule, leak.split) for leak in told} == wanted


def test_held_out_policy_lets_examples_from_train_tasks_pass() -> None:
    example = add(f"Example: {MARCH}\nAnswer: billing. Order 48213.")
    assert kinds(example) == {("input", "train"), ("identifier", "train")}
    assert found(example, policy="heldout") == ()
    assert kinds(add(BADGE), policy="heldout") == {("input", "validation")}
    assert kinds(add("- See tone_meter.py."), policy="heldout") == {("mechanics", "train")}


@pytest.mark.parametrize("name", LEAKING)
def test_off_is_off(name: str) -> None:
    assert found(*LEAKING[name][0], policy="off") == ()


def test_what_the_skill_says_already_is_no_leak() -> None:
    known = Skill(text=f"{SKILL.text}\n{MARCH} Order 48213. tone_meter.py\n")
    moved = apply(
        known,
        (Replace(anchor="Money goes to", text=f"{MARCH} Order 48213, tone_meter.py, goes to"),),
    )
    assert isinstance(moved, Skill)
    assert leaks(known, moved, index=INDEX, policy="strict") == ()


def test_taking_a_leak_away_is_none() -> None:
    leaking = Skill(text=f"{SKILL.text}\n{MARCH}\n")
    assert found(Delete(anchor=MARCH), skill=leaking) == ()


def test_the_passage_of_the_edit_is_named_and_of_the_task_only_its_split() -> None:
    edits = [
        Replace(anchor="Money", text="Cash"),
        add("Mind “our BLUE badge reader in Lisbon refuses”."),
    ]
    [leak] = found(*edits)
    assert (leak.rule, leak.split, leak.edit) == ("input", "validation", 1)
    assert leak.passage == "“our BLUE badge reader in Lisbon refuses”."
    assert "everybody" not in reason([leak])
    assert "edit 1 repeats the input of a validation task: " in reason([leak])


def test_what_two_edits_say_together_belongs_to_neither() -> None:
    [leak] = found(*LEAKING["over two edits"][0])
    assert leak.edit in (None, 0, 1)
    assert leak.split == "validation"


def test_long_refusals_are_short() -> None:
    every = found(add("\n".join(text for _, text, _ in LABELLED)))
    assert len(every) > 3
    assert f"and {len(every) - 3} more" in reason(every)
    assert len(reason(every)) < 1000


def test_only_train_leaks_may_be_told() -> None:
    assert not is_held_out(found(add(MARCH)))
    assert is_held_out(found(add(f"{MARCH}\n{BADGE}")))


@given(st.text(max_size=400))
def test_any_text_can_be_screened(text: str) -> None:
    after = Skill(text=SKILL.text + "\n" + text.encode("utf-8", "replace").decode())
    for leak in leaks(SKILL, after, index=INDEX, policy="strict"):
        assert len(leak.passage) <= 160


@given(st.permutations(range(len(LABELLED))), st.sampled_from(["lower", "upper", "title"]))
def test_whatever_the_order_and_case_every_input_is_found(order: list[int], case: str) -> None:
    texts = [getattr(LABELLED[at][1], case)() for at in order if len(LABELLED[at][1].split()) > 4]
    told = found(add("\n\n".join(f"- {text}" for text in texts)))
    assert len([leak for leak in told if leak.rule == "input"]) == len(texts)


READER = "Our blue badge reader in Lisbon refuses everybody since the move."


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
def test_an_input_that_is_disguised_is_found(disguise: Callable[[str], str]) -> None:
    after = Skill(text=f"{SKILL.text}\n- If you are asked {disguise(READER)}: access\n")
    found = leaks(SKILL, after, index=LeakIndex(tasks()), policy="heldout")
    assert {(leak.rule, leak.split) for leak in found} == {("input", "validation")}


@pytest.mark.parametrize("name", ["base64", "backwards", "hexadecimal", "ROT13"])
def test_a_pattern_and_an_answer_that_are_disguised_are_found(name: str) -> None:
    index = LeakIndex(tasks())
    for text, rule in (
        (r"CASE-CLOSED:\s+[A-Z]{2}\d{6}$", "mechanics"),
        ("nothing but the tide and the wind", "answer"),
    ):
        after = Skill(text=f"{SKILL.text}\n- End with {DISGUISES[name](text)}\n")
        found = leaks(SKILL, after, index=index, policy="strict")
        assert rule in {leak.rule for leak in found}


def test_a_pattern_in_plain_sight_is_named_once() -> None:
    """Its signs are the same in ROT13 and backwards, and what they become says nothing to anybody."""
    line = r"- Match `CASE-CLOSED:\s+[A-Z]{2}\d{6}$`."
    edit = add(line)
    after, index = apply(SKILL, [edit]), LeakIndex(tasks())
    found = leaks(SKILL, after, index=index, policy="strict", edits=[edit])
    assert {leak.passage for leak in found} == {line}
    assert {leak.edit for leak in found} == {0}


def test_a_number_in_another_order_is_another_number() -> None:
    after = Skill(text=f"{SKILL.text}\n- Orders above 31284 go to `billing`.\n")
    assert leaks(SKILL, after, index=LeakIndex(tasks()), policy="strict") == ()


def test_an_input_in_another_order_or_other_words_is_found_beside_its_answer() -> None:
    index = LeakIndex(tasks())
    for text in (
        "everybody refuses Lisbon move since reader badge our blue",
        "someone moved, and now the blue badge reader of Lisbon refuses people since then everybody",
    ):
        with_answer = Skill(text=f"{SKILL.text}\n- {text}: access\n")
        found = leaks(SKILL, with_answer, index=index, policy="strict")
        assert [(leak.rule, leak.split) for leak in found] == [("input", "validation")]


def test_a_rule_that_names_words_of_several_tasks_passes() -> None:
    rule = (
        "- Badges, readers, passwords and invitations go to `access`; receipts, cards to `billing`."
    )
    after = Skill(text=f"{SKILL.text}\n{rule}\n")
    assert leaks(SKILL, after, index=LeakIndex(tasks()), policy="strict") == ()


def test_what_is_added_to_another_file_leaks_as_well() -> None:
    index = LeakIndex(tasks())
    folder = SKILL.model_copy(update={"files": (SkillFile(path="refs/a.md", data=b"- one\n"),)})
    line = f"- {LABELLED[1][1]} goes to `access`.\n"
    name = "refs/" + LABELLED[4][1].rstrip(".").replace(" ", "-") + ".md"
    for edit in (
        Insert(anchor="- one\n", text=line, file="refs/a.md"),
        Create(file="refs/b.md", text=line),
        Create(file=name, text="nothing\n"),
    ):
        after = apply(folder, (edit,))
        assert isinstance(after, Skill)
        found = leaks(folder, after, index=index, policy="strict", edits=(edit,))
        assert [leak.split for leak in found] == ["validation"]
    moved = folder.model_copy(update={"text": f"{SKILL.text}\n{line}"})
    again = apply(moved, (Create(file="refs/b.md", text=line),))
    assert isinstance(again, Skill)
    assert not leaks(moved, again, index=index, policy="strict")


ORDERS = (
    "The harbour office of Ystad keeps its ledgers in the old customs house by the northern pier.\n"
)
TABLE = "order,name\nQX-91647,Ottoline\n"


def with_files(split: Split, *texts: str | bytes, also: int = 0) -> LeakIndex:
    files = {f"data/{at}.txt": text for at, text in enumerate(texts)}
    made = [
        Task(id=f"f{at}", split=split, input=f"Question {at}", checks=CHECKS, files=files)
        for at in range(1 + also)
    ]
    return LeakIndex([*tasks(), *made])


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("- Note: " + ORDERS.lower().strip(), "input"),
        ("- the ledgers in the old customs house by the northern pier", "input"),
        ("- QX-91647 is hers", "identifier"),
        ("- The office keeps ledgers.", None),
    ],
)
@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_text_of_a_tasks_files_leaks_as_its_input_does(
    split: Split, line: str, rule: str | None
) -> None:
    index = with_files(split, b"\xff\xfe", "x y z\n", ORDERS, TABLE)
    after = Skill(text=f"{SKILL.text}\n{line}\n")
    found = leaks(SKILL, after, index=index, policy="strict")
    assert [(leak.rule, leak.split) for leak in found] == ([(rule, split)] if rule else [])
    assert bool(leaks(SKILL, after, index=index, policy="heldout")) is (
        rule is not None and split != "train"
    )


def test_what_many_tasks_have_in_their_files_is_no_tasks_own() -> None:
    index = with_files("validation", ORDERS, TABLE, also=4)
    after = Skill(text=f"{SKILL.text}\n{ORDERS}\n- QX-91647 is hers\n")
    assert leaks(SKILL, after, index=index, policy="strict") == ()


def test_a_task_may_repeat_a_text_in_many_of_its_files() -> None:
    index = with_files("validation", *[ORDERS] * 9)
    after = Skill(text=f"{SKILL.text}\n{ORDERS}")
    (leak,) = leaks(SKILL, after, index=index, policy="strict")
    assert leak.rule == "input"
