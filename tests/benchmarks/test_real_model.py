"""The bench on a real model without the model: its plan, its file, its report, its orderings."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.real_model import main, options, plan
from tests.benchmarks.real_parts import ARMS, GATES, QUICK, SAID, number
from tests.benchmarks.real_report import offered, orderings, over_seeds, report
from tests.benchmarks.real_results import (
    Measure,
    Part,
    Piece,
    Result,
    read_results,
)
from tests.benchmarks.real_tasks import HEAD, SIZES, TEAMS, requests, with_examples
from tests.benchmarks.results_file import append_line


def result(part: Part, arm: str, seed: int = 0, *, size: int = 0, **found: float) -> Result:
    measures = {name.replace("_", " "): Measure(value=value) for name, value in found.items()}
    piece = Piece(part=part, arm=arm, seed=seed, size=size)
    return Result(piece=piece, found=measures, day="2026-11-28")


def gate(seed: int, accepted: int, *, size: int, arm: str = "equal") -> Result:
    piece = Piece(part="gate", arm=arm, seed=seed, size=size)
    return Result(piece=piece, found={f"{arm}, race": number(accepted)}, day="2026-11-28")


def failed(results: list[Result]) -> list[str]:
    return [name for name, holds in orderings(results).items() if not holds]


def test_each_seed_has_a_piece_of_every_arm_before_the_next_begins() -> None:
    pieces = plan(options().parse_args(["--seeds", "3"]))
    arms = sum(len(each) for each in ARMS.values())
    assert [piece.seed for piece in pieces] == sorted([0, 1, 2] * arms)
    assert len({piece.key for piece in pieces}) == 3 * arms


def test_the_quick_mode_has_one_seed_and_pieces_of_its_own() -> None:
    quick, whole = (plan(options().parse_args(given)) for given in (["--quick"], ["--seeds", "1"]))
    assert {piece.seed for piece in quick} == {0}
    smaller = [one for one in quick if one.key not in {piece.key for piece in whole}]
    assert {piece.part for piece in smaller} == {"proposer", "gate"}
    assert all(set(QUICK[part]) < set(arms) for part, arms in ARMS.items())


def test_a_line_that_was_cut_off_is_measured_again(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    one, other = (result("proposer", "imitate", seed, gain=0.1) for seed in (0, 1))
    append_line(path, one)
    path.write_bytes(path.read_bytes() + other.model_dump_json().encode()[:20])
    assert list(read_results(path)) == [one.piece.key]
    append_line(path, other)
    assert read_results(path) == {one.piece.key: one, other.piece.key: other}


def test_a_line_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text('{"gain": 1}\n', "utf-8")
    with pytest.raises(ValueError, match=r"results\.jsonl, line 1 is no result of this bench"):
        read_results(path)


def test_means_over_seeds_have_students_interval() -> None:
    seeds = [result("proposer", "imitate", seed, gain=gain) for seed, gain in enumerate((1, 2, 3))]
    mean = over_seeds(seeds)["gain"]
    assert (mean.value, mean.low, mean.high) == pytest.approx((2, 2 - 2.484, 2 + 2.484), abs=0.001)
    assert over_seeds(seeds[:2])["gain"] == Measure(value=1.5)


def test_gates_are_counted_over_all_seeds() -> None:
    sentence = gate(0, 5, size=6, arm="sentence")
    equal, other = offered([gate(0, 1, size=8), gate(1, 2, size=8), sentence])
    assert (other.accepted, other.offers) == (5, 6)
    assert (equal.accepted, equal.offers, equal.stated) == (3, 16, 0.1)


def test_a_gate_that_accepts_too_many_equal_versions_fails_and_sentences_may_be_accepted() -> None:
    assert failed([gate(0, 2, size=20), gate(0, 20, size=20, arm="sentence")]) == []
    assert failed([gate(0, 8, size=20)]) == ["equal, race: no more is accepted than stated"]


def test_each_ordering_of_the_probes_can_fail_alone() -> None:
    good = {"broken": 0.8, "repaired": 0.1, "wrapped": -0.2, "correlation": 0.7}
    assert failed([result("probe", "turns, warm", 0, size=0, **good)]) == []
    for name, value in {"broken": 0.1, "wrapped": 0.0, "correlation": 0.0}.items():
        worse = result("probe", "turns, warm", 0, size=0, **{**good, name: value})
        assert len(failed([worse])) == 1


def test_earlier_errors_must_cost_less_as_turns_than_in_one_text() -> None:
    good = {"broken": 0.8, "repaired": 0.1, "wrapped": -0.2}
    text = result("probe", "one text, warm", 0, size=0, **good, after_errors=-0.3)
    turns, worse = (
        result("probe", "turns, warm", 0, size=0, **good, after_errors=cost)
        for cost in (-0.2, -0.3)
    )
    assert failed([text, turns]) == []
    assert failed([text, worse]) == ["turns, warm: earlier errors cost less than in one text"]


def test_a_probability_must_be_calibrated_better_than_what_is_stated() -> None:
    stated = result("self-check", "stated, cold", Brier=0.3)
    assert failed([stated, result("self-check", "probability, cold", Brier=0.2)]) == []
    assert failed([stated, result("self-check", "probability, cold", Brier=0.3)])
    assert failed([stated, result("self-check", "asked, cold", assessed=0.0)]) == []


def test_examples_must_gain_more_than_each_other_proposer() -> None:
    runs = [result("proposer", "imitate", gain=0.2), result("proposer", "rules", gain=0.0)]
    assert failed(runs) == []
    worse = [*runs, result("proposer", "rewrite", gain=0.2)]
    assert failed(worse) == ["imitate gains more than rewrite"]


def test_the_report_shows_each_seed_and_their_mean() -> None:
    results = [result("proposer", "imitate", seed, gain=0.1 * seed) for seed in (0, 1)]
    text = report([*results, gate(0, 1, size=8)])
    assert "| proposer | measure | seed 0 | seed 1 | mean of the seeds |" in text
    assert "| imitate | gain | 0.0 | 10.0 | 5.0 |" in text
    assert "| equal, race | 1 of 8 | [0.3%, 52.7%] | 10% |" in text


def test_a_report_needs_no_model_and_says_where_there_is_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "results.jsonl"
    asked = ["--report", "--seeds", "1", "--results", str(path)]
    assert main(asked) == 1
    append_line(path, result("proposer", "imitate", size=2, gain=0.1))
    assert main(asked) == 0
    assert "| imitate | gain | 10.0 |" in capsys.readouterr().out


def test_every_team_has_its_tasks_and_no_text_is_twice() -> None:
    tasks = requests().tasks
    assert len({task.text for task in tasks}) == len(tasks) == len(TEAMS) * sum(SIZES.values())


def test_a_skill_holds_examples_of_train_tasks_only() -> None:
    text = with_examples(2, seed=1)
    held = [task for task in requests().tasks if f"Text: {task.text}\n" in text]
    assert {task.split for task in held} == {"train"}
    assert sorted(str(task.expected) for task in held) == sorted(2 * TEAMS)
    assert with_examples(0, seed=1).count("Text: ") == 1
    assert with_examples(2, seed=2) != text


def test_edits_without_content_name_no_team() -> None:
    assert HEAD.count("\n## ") == 1
    assert not [said for said in SAID for team in TEAMS if team in said]
    assert len(GATES) == 4
