"""The ablation bench's pure parts: what is paired, the intervals, going on from a cut file, the report."""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.loop_settings import Conditioning
from tests.benchmarks import ablations
from tests.benchmarks.ablation_figure import figure
from tests.benchmarks.ablation_mechanisms import SIDES, Side, mechanisms
from tests.benchmarks.ablation_report import (
    MEASURES,
    Difference,
    Pair,
    difference,
    row_of,
    shown,
    summary,
    table,
)
from tests.benchmarks.ablation_runs import Arm, Result, measure, read_results
from tests.benchmarks.results_file import append_line

DOCS = Path(__file__).parent.parent.parent / "docs"
KNOWN = mechanisms()
MEASURED = st.lists(st.floats(-100, 100), min_size=2, max_size=30)


def result(side: Side = "on", *, name: str = "lessons", seed: int = 0, gain: float = 1.0) -> Result:
    arm = Arm(
        set="changelog-lines",
        seed=seed,
        settings=KNOWN[name].settings(side),
        second=KNOWN[name].second,
        rounds=40,
        max_calls=1500,
        intents=None,
    )
    return Result(arm=arm, gain=gain, calls=100, accepted=2, useless=1, chars=500)


def pairs(*gains: tuple[float, float], name: str = "lessons") -> dict[int, Pair]:
    return {
        seed: Pair(
            result("on", name=name, seed=seed, gain=on),
            result("off", name=name, seed=seed, gain=off),
        )
        for seed, (on, off) in enumerate(gains)
    }


@pytest.mark.parametrize("name", KNOWN)
def test_a_mechanism_has_two_sides_one_of_which_is_the_default(name: str) -> None:
    one = KNOWN[name]
    on, off = (one.settings(side) for side in SIDES)
    assert on != off
    assert one.settings(one.default) == {key: on[key] for key in one.both}
    assert (DOCS / one.page).is_file()


def test_every_switch_of_the_search_is_a_mechanism() -> None:
    known = {name for one in KNOWN.values() for name in (*one.on, *one.off)}
    assert known >= {*Conditioning.model_fields} - {"enabled", "likeness", "siblings"}


def test_a_side_that_two_mechanisms_share_is_run_once() -> None:
    chosen = ablations.options().parse_args(
        ["--mechanisms", "lessons", "reopen", "warm_start", "--seeds", "2"]
    )
    arms = ablations.plan(chosen)
    of_one = [arm for arm in arms if (arm.set, arm.seed) == ("changelog-lines", 1)]
    assert [(arm.settings, arm.second) for arm in of_one] == [
        ({}, False),
        ({"lessons": False}, False),
        ({"reopen": False}, False),
        ({}, True),
        ({"warm_start": False}, True),
    ]
    assert len(arms) == 2 * 3 * 5
    assert [arm.seed for arm in arms] == sorted(arm.seed for arm in arms)


def test_only_seeds_with_both_sides_are_paired_and_by_mechanism() -> None:
    chosen = ablations.options().parse_args(["--seeds", "3", "--skills", "changelog-lines"])
    found = [
        *(result(side, seed=seed, gain=gain) for seed in (0, 2) for side, gain in SCORES),
        result("on", seed=1),
        result("off", name="reopen", seed=1),
        result("off", seed=3),
    ]
    results = {one.arm.key: one for one in found}
    paired = ablations.paired(KNOWN["lessons"], ["changelog-lines"], results, chosen)
    gains = {
        seed: (pair.on.gain, pair.off.gain) for seed, pair in paired["changelog-lines"].items()
    }
    assert gains == {0: (5.0, 3.0), 2: (5.0, 3.0)}


SCORES: tuple[tuple[Side, float], ...] = (("on", 5.0), ("off", 3.0))


def test_the_interval_of_known_numbers() -> None:
    assert difference([1.0, 2.0, 3.0]) == pytest.approx((2.0, -0.484, 4.484), abs=1e-3)
    assert difference([4.0, 4.0]) == (4.0, 4.0, 4.0)


@given(MEASURED)
def test_the_other_way_round_an_interval_is_mirrored(values: list[float]) -> None:
    one, other = difference(values), difference([-value for value in values])
    assert one.low <= one.mean <= one.high
    assert (other.low, other.high) == pytest.approx((-one.high, -one.low))
    assert other.sign == -one.sign


def test_intervals_of_three_seeds_leave_out_a_true_zero_as_rarely_as_they_say() -> None:
    draw = np.random.default_rng(1)
    wrong = sum(difference(list(draw.normal(size=3))).sign != 0 for _ in range(2000))
    assert 60 < wrong < 140


def test_a_single_seed_shows_nothing() -> None:
    alone = difference([7.0])
    assert math.isnan(alone.low)
    assert alone.sign == 0
    assert shown(alone, 1) == "+7.0 (one seed)"


def test_over_several_sets_a_seed_counts_once_and_only_if_it_is_whole() -> None:
    both = {"a": pairs((4, 0), (6, 0), (8, 0)), "b": pairs((2, 0), (2, 0))}
    row = row_of(KNOWN["lessons"], both)
    assert row is not None
    assert row.seeds == 2
    assert row.on["gain"] == pytest.approx(3.5)
    assert row.differences["gain"] == difference([3.0, 4.0])
    assert row_of(KNOWN["lessons"], {"a": pairs((1, 0)), "b": {}}) is None


def test_a_file_that_was_cut_off_goes_on_where_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    first, second, third = (result(seed=seed) for seed in range(3))
    append_line(path, first)
    append_line(path, second)
    path.write_bytes(path.read_bytes()[:-20])
    assert list(read_results(path).values()) == [first]
    append_line(path, third)
    assert list(read_results(path).values()) == [first, third]
    assert path.read_bytes().count(b"\n") == 2


def test_no_file_holds_no_results(tmp_path: Path) -> None:
    assert read_results(tmp_path / "none.jsonl") == {}


def test_a_line_of_something_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    append_line(path, result())
    path.write_bytes(path.read_bytes() + b'{"other": 1}\n')
    with pytest.raises(ValueError, match=r"results\.jsonl, line 2 is no result"):
        read_results(path)


def test_what_is_done_is_not_run_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "results.jsonl"
    for seed in (0, 1):
        for side, gain in SCORES:
            append_line(path, result(side, seed=seed, gain=gain))
    before = path.read_bytes()
    command = ["--mechanisms", "lessons", "--skills", "changelog-lines", "--seeds", "2"]
    assert ablations.main([*command, "--results", str(path)]) == 0
    assert path.read_bytes() == before
    assert "4 runs, 4 of them done" in capsys.readouterr().err
    report = path.with_suffix(".md").read_text("utf-8")
    assert (
        "| [lessons](ledger-conditioning.md) | on | 2 | 2 of 2 | 5.0, 3.0 | +2.0 [+2.0, +2.0] |"
        in report
    )
    assert "gains more with it: lessons" in report
    ET.parse(path.with_suffix(".svg"))


def test_the_table_and_its_summary() -> None:
    rows = [
        row
        for name, gains in (
            ("lessons", ((1, 1), (3, 3), (2, 3), (2, 1))),
            ("candidates", ((1, 9.1), (2, 10))),
        )
        if (row := row_of(KNOWN[name], {"a": pairs(*gains, name=name)}))
    ]
    nothing = "0 [0, 0] | 0.00 [0.00, 0.00] | 0 [0, 0]"
    heads = (
        "pairs that differ | gain on, off | true gain, points | calls | useless acceptances "
        "| length, characters"
    )
    assert table(rows).splitlines() == [
        f"| mechanism | default | seeds | {heads} |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        f"| [lessons](ledger-conditioning.md) | on | 4 | 2 of 4 | 2.0, 2.0 | 0.0 [-1.3, +1.3] | {nothing} |",
        f"| [candidates](proposals.md) | off | 2 | 2 of 2 | 1.5, 9.6 | -8.1 [-8.7, -7.4] | {nothing} |",
    ]
    assert summary(rows).splitlines() == [
        "- gains more with it: none",
        "- gains less with it: candidates",
        "- on by default without a gain shown here: lessons",
        "- fewer than 20 seeds: an interval that holds zero says little",
        "- of 2 intervals of 95 % one in twenty leaves zero out by chance alone",
    ]


def test_the_figure_draws_what_the_table_says_and_says_it_in_words() -> None:
    rows = [row for row in (row_of(KNOWN["lessons"], {"a": pairs((4, 1), (5, 1))}),) if row]
    root = ET.fromstring(figure(rows, "a & b"))
    names = {"svg": "http://www.w3.org/2000/svg"}
    assert [one.text for one in root.iterfind("svg:title", names)] == ["a & b"]
    said = root.findtext("svg:desc", namespaces=names)
    assert said is not None
    assert "lessons: true gain, points +3.5 [-2.9, +9.9]" in said
    assert len(root.findall("svg:circle", names)) == len(MEASURES)


def test_a_figure_of_a_single_seed_has_dots_and_no_bars() -> None:
    rows = [row for row in (row_of(KNOWN["lessons"], {"a": pairs((4, 1))}),) if row]
    assert "nan" not in figure(rows, "one")


def test_a_sign_is_that_of_an_interval_without_zero() -> None:
    assert Difference(2, 1, 3).sign == 1
    assert Difference(-2, -3, -1).sign == -1
    assert Difference(1, -1, 3).sign == 0


def test_a_run_is_measured_on_the_sealed_tasks() -> None:
    arm = result().arm.model_copy(update={"rounds": 1, "max_calls": 400})
    found = measure(arm, None)
    assert found == measure(arm, None)
    assert 0 < found.calls <= 400
    assert found.accepted <= 1
    assert (found.gain > 0) == (found.accepted - found.useless > 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--skills"], "nothing to tune: name --skills, or pass --data"),
        (["--data", "nowhere"], "nowhere has no train.csv and no test.csv"),
        (["--mechanisms", "luck"], "invalid choice: 'luck'"),
    ],
)
def test_a_command_that_cannot_run_says_why(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        ablations.main(arguments)
    assert said in capsys.readouterr().err
