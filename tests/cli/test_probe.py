"""`skillopt probe`: what it prints."""

from __future__ import annotations

from pathlib import Path

from skillopt.errors import SettingsError
from tests.cli.commands import ran, said, said_json


def test_all_probes_in_lines(tickets: Path) -> None:
    lines = said("probe", "tickets.md").splitlines()
    assert lines[0] == "tickets: 33.3 % on 24 validation tasks"
    heads = [line.split(":")[0] for line in lines if line.startswith("  ") and line[2] != " "]
    assert heads[:3] == ["  second attempts", "  self-check", "  variants"]
    assert any("0 of 24 answers state a confidence" in line for line in lines)


def test_a_deterministic_target_is_not_run_twice_to_agree_with_itself(tickets: Path) -> None:
    result = ran("probe", "tickets.md", "--agreement", 3)
    assert result.exit_code == 0
    assert "agreement is left out: the target is deterministic" in result.stderr
    assert "agreement" not in result.stdout
    assert "spent 24 calls" in " ".join(result.stdout.split())


def test_the_number_of_rollouts_is_told_before(tickets: Path) -> None:
    given = ("probe", "tickets.md", "--variants", 2, "--against", "none")
    expected = "at most 144 rollouts (48 plain, 96 variants), about "
    assert expected in said(*given, "--dry-run")
    made = said_json(*given, "--dry-run")
    assert made["by_probe"] == {"plain": 48, "variants": 96}
    (target,) = made["roles"]
    assert (made["rollouts"], target["role"], target["calls"]) == (144, "target", 144)
    assert made["cost"] == 0
    assert expected in ran(*given).stderr


def test_a_command_has_rollouts_and_no_tokens(tickets: Path) -> None:
    expected = said("probe", "tickets.md", "--target-command", "cat", "--self-check", "--dry-run")
    assert " ".join(expected.split()) == (
        "at most 48 rollouts (24 plain, 24 self-checks); those in the ledger are not paid again"
    )


def test_two_versions_are_compared_measure_by_measure(tickets: Path) -> None:
    said_lines = said("probe", "tickets.md", "--second-attempts", "--against", "none").splitlines()
    at = said_lines.index("difference to no skill:")
    assert said_lines[at + 1].startswith("  score ")
    assert said_lines[at + 2].startswith("  gain of the second attempt ")


def test_json_has_it_all(tickets: Path) -> None:
    found = said_json("probe", "tickets.md", "--self-check", "--split", "train")
    assert (found["split"], found["tasks"], found["found"]["variants"]) == ("train", 9, None)
    assert found["found"]["self_check"]["assessed"] == 0
    assert said_json("runs", "show", found["run"])["record"]["kind"] == "probe"


def test_what_cannot_be_probed_is_an_error(tickets: Path) -> None:
    assert isinstance(ran("probe", "tickets.md", "--agreement", 1).exception, SettingsError)
    assert ran("probe", "tickets.md", "--split", "test").exit_code == 2
    rude = ran("probe", "tickets.md", "--variants", 1, "--kind", "rude").exception
    assert isinstance(rude, SettingsError)
    assert "got 'rude'" in str(rude)
