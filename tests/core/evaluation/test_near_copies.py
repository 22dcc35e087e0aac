"""Near-copies: what is found whatever the wording, and what is no copy."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.near_copies import NearCopy, cluster_tags, near_copies
from skillopt.core.evaluation.task import SPLITS, Message, Task
from skillopt.core.evaluation.validation_set import ValidationSet

LETTERS = st.characters(categories=["Ll", "Lu"], include_characters="0123456789", codec="utf-8")
WORD = st.text(st.sampled_from("abcdeéßñωжABC0123"), min_size=1, max_size=6)
TEXT = st.lists(WORD, min_size=1, max_size=14)
BREAK = st.sampled_from([" ", "  ", "\n", ", ", ". ", "; ", " … ", "! ", ' "', "\t", " (", ") "])


def task(name: str, text: Any, split: str = "validation", **changes: Any) -> Task:
    fields: dict[str, Any] = {
        "id": name,
        "split": split,
        "input": text,
        "checks": [{"type": "exact"}],
        "expected": "yes",
    }
    return Task.model_validate({**fields, **changes})


def ids(pairs: tuple[NearCopy, ...]) -> set[tuple[str, str]]:
    return {(pair.first, pair.second) for pair in pairs}


def found(*tasks: Task) -> set[tuple[str, str]]:
    return ids(near_copies(tasks))


@st.composite
def reworded(draw: st.DrawFn, words: list[str]) -> str:
    """The words in another case, with other punctuation and white space between them."""
    cased = [draw(st.sampled_from([str.upper, str.lower, str.title, str]))(word) for word in words]
    text = "".join(word + draw(BREAK) for word in cased)
    return draw(st.sampled_from(["", "  ", '"', "¿", "• "])) + text


@st.composite
def sets(draw: st.DrawFn) -> list[Task]:
    """Tasks of few words, so that many are alike, some of them in clusters."""
    words = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=9)
    texts = draw(st.lists(words, min_size=1, max_size=14))
    return [
        task(
            f"t{number}",
            " ".join(text),
            draw(st.sampled_from(SPLITS)),
            cluster=draw(st.sampled_from([None, None, "k", "m"])),
            expected=draw(st.sampled_from(["yes", "no"])),
        )
        for number, text in enumerate(texts)
    ]


@given(st.data(), TEXT, st.lists(TEXT, max_size=30))
def test_a_copy_in_other_case_punctuation_and_white_space_is_always_found(
    data: st.DataObject, words: list[str], others: list[list[str]]
) -> None:
    rest = [task(f"other {number}", " ".join(text), "test") for number, text in enumerate(others)]
    first = task("first", " ".join(words))
    copy = task("copy", data.draw(reworded(words)), expected=data.draw(st.sampled_from("yn")))
    assert ("copy", "first") in found(first, *rest, copy)


@given(sets(), st.randoms(use_true_random=False))
def test_the_order_of_tasks_does_not_matter(tasks: list[Task], rng: random.Random) -> None:
    shuffled = rng.sample(tasks, len(tasks))
    assert near_copies(shuffled) == near_copies(tasks)


@given(sets())
def test_no_pair_is_of_one_cluster_or_of_train_alone(tasks: list[Task]) -> None:
    by_id = {one.id: one for one in tasks}
    for pair in near_copies(tasks):
        one, other = by_id[pair.first], by_id[pair.second]
        assert (one.split, other.split) == (pair.first_split, pair.second_split)
        assert pair.leak == (one.split != other.split)
        if not pair.leak:
            assert one.split != "train"
            assert one.cluster is None or one.cluster != other.cluster


@given(sets())
def test_tags_settle_all_but_leaks_and_what_was_tagged_otherwise(tasks: list[Task]) -> None:
    tags = cluster_tags(tasks, near_copies(tasks))
    assert all(one.cluster is None for one in tasks if one.id in tags), "tags are never changed"
    tagged = [one.model_copy(update={"cluster": tags.get(one.id, one.cluster)}) for one in tasks]
    assert cluster_tags(tagged, near_copies(tagged)) == {}
    bare = [one.model_copy(update={"cluster": None}) for one in tasks]
    names = cluster_tags(bare, near_copies(bare))
    kin = [one.model_copy(update={"cluster": names.get(one.id)}) for one in bare]
    assert all(pair.leak for pair in near_copies(kin))


REFUND = "Please refund one of the two charges of 249 EUR on our account for March, same card."


@pytest.mark.parametrize(
    "other",
    [
        REFUND.replace("March", "April"),
        REFUND.replace("249", "99"),
        REFUND.replace("Please refund", "Can you please refund"),
        "Hello! " + REFUND.replace("two charges", "2 charges"),
    ],
)
def test_a_few_other_words_or_numbers_make_a_near_copy(other: str) -> None:
    (pair,) = near_copies([task("a", REFUND), task("b", other)])
    assert 0.85 <= pair.similarity < 1
    assert found(task("a", REFUND), task("b", other, expected="no")) == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where is my card?", "Where is my refund?"),
        ("What is 3 + 4?", "What is 3 - 4?"),
        ("Is -3 an even number?", "Is 3 an even number?"),
        ("Convert 12 USD to EUR.", "Convert 12 EUR to USD."),
        ("I love it 😀", "I love it 😡"),
        ("你好吗", "你来吗"),
    ],
)
def test_another_word_that_matters_makes_another_task(one: str, other: str) -> None:
    assert found(task("a", one), task("b", other)) == set()


def test_a_copy_of_a_few_characters_without_spaces() -> None:
    assert found(task("a", "你好吗?"), task("b", "「你好,吗」")) == {("a", "b")}
    assert found(task("a", "?!"), task("b", " ?!\n"), task("c", "...")) == {("a", "b")}
    assert found(task("a", "Don't!"), task("b", "don’t")) == {("a", "b")}


def test_without_an_answer_nearly_all_words_must_be_the_same() -> None:
    other = REFUND.replace("March", "April")
    none = {"expected": None, "checks": [{"type": "rubric", "criteria": ["It is kind."]}]}
    assert found(task("a", REFUND, **none), task("b", other, **none)) == set()
    long, longer = f"{REFUND} {REFUND}", f"{REFUND} Well, {REFUND}"
    assert found(task("a", long, **none), task("b", longer, **none)) == {("a", "b")}


def test_tasks_that_share_a_template_are_no_copies() -> None:
    prompt = "Read the question of the customer and answer with the name of one intent. " * 4
    tasks = [
        task(f"t{at}", f"{prompt}\nQuestion: what about item{at}?\nThink.") for at in range(40)
    ]
    assert near_copies(tasks) == ()
    twin = task("twin", f"{prompt.upper()} Question: what, about item7? Think.")
    assert found(*tasks, twin) == {("t7", "twin")}
    long = " ".join(f"word{at}" for at in range(20))
    near = [task("a", f"{prompt} {long}"), task("b", f"{prompt} {long} please")]
    assert found(*tasks, *near) == {("a", "b")}
    other_prompt = [task(f"o{at}", f"Say no to all this: item{at} {at}") for at in range(20)]
    elsewhere = task("c", "Say no to all this: what about item7?")
    assert found(*tasks, *other_prompt, elsewhere) == set()


def test_a_conversation_is_compared_as_a_whole() -> None:
    def talk(*said: str) -> tuple[Message, ...]:
        return tuple(Message(role="user", content=text) for text in said)

    assert found(task("a", talk("Hi", REFUND)), task("b", talk("hi!", REFUND))) == {("a", "b")}
    assert found(task("a", talk("Hi", "Where is it?")), task("b", talk("Where is it?"))) == set()


def test_a_family_has_as_many_pairs_as_join_it() -> None:
    copies = [task(f"v{at}", REFUND + "!" * at) for at in range(5)]
    leaked = [task(f"t{at}", REFUND + "?" * at, "test") for at in range(2)]
    pairs = near_copies([*copies, *leaked])
    assert [pair.leak for pair in pairs] == [True] * 2 + [False] * 4
    assert {pair.second for pair in pairs if pair.leak} == {"t0", "t1"}
    assert near_copies([task(f"x{at}", REFUND, "train") for at in range(3)]) == ()


def test_a_pair_says_what_to_do() -> None:
    tasks = (task("a", REFUND), task("b", REFUND + "!", "test"), task("c", REFUND + "?"))
    leak, twins = near_copies(tasks)
    assert leak.text == (
        "the test task 'b' is nearly the validation task 'a' (100 % the same words), so that one "
        "gives the other away: remove one, or move both to the same split"
    )
    assert twins.text == (
        "the validation tasks 'a' and 'c' are near-copies (100 % the same words) but count as two: "
        "give them the same `cluster`, or remove one"
    )


def test_a_validation_set_knows_its_near_copies() -> None:
    tasks = (
        task("x", "one", "train"),
        task("a", REFUND),
        task("c", REFUND + "?"),
        task("y", "two", "test"),
    )
    known = ValidationSet(name="v", tasks=tasks)
    assert ids(known.near_copies) == {("a", "c")}
    kin = tuple(one.model_copy(update={"cluster": "k"}) for one in tasks)
    assert known.model_copy(update={"tasks": kin}).near_copies == ()


def test_a_familys_tag_is_the_one_it_has_or_a_new_one() -> None:
    new = [task("a", REFUND), task("b", REFUND + "!"), task("c", "Something else")]
    assert cluster_tags(new, near_copies(new)) == {"a": "a", "b": "a"}
    partly = [new[0], task("b", REFUND + "!", cluster="k"), task("d", "Other", cluster="a")]
    assert cluster_tags(partly, near_copies(partly)) == {"a": "k"}
    taken = [*new, task("d", "Other", cluster="a")]
    assert cluster_tags(taken, near_copies(taken)) == {"a": "a-2", "b": "a-2"}


def test_long_texts_are_compared_by_word_pairs() -> None:
    words = [f"word{at}" for at in range(5000)]
    changed = [*words[:2000], "another", *words[2001:]]
    long, other = task("a", " ".join(words)), task("b", " ".join(changed))
    assert found(long, other) == {("a", "b")}
    assert found(long, task("b", " ".join(words[::-1]))) == set()
