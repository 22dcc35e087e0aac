"""A person's word on candidates, and what it does to the validation set."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.adapters.files.candidates_file import read_candidates
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.app.mine import mine
from skillopt.app.review import approve, edit, listed, refuse
from skillopt.errors import InputError
from tests.scripted import environment
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

SET = """\
# Of the desk.
checks: [{type: exact}]
tasks:
  - id: a          # the first
    split: train
    input: Is it one?
    expected: "yes"

  - {id: b, split: validation, input: Is it two?, expected: "no"}
  - {id: c, split: test, input: Is it three?, expected: "no"}
# the end
"""
FIRE = {"prompt": "The printer is on fire", "completion": "RECORDED-LONG-AGO"}
ICE = {"prompt": "Is ice cold?", "completion": "yes"}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two candidates for a small set."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "skillopt.toml").touch()
    (tmp_path / "desk.md").write_text("# Desk\n\nAnswer yes or no.\n")
    (tmp_path / "desk.yaml").write_text(SET)
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(one) + "\n" for one in (FIRE, ICE)))
    found = mine([Path("log.jsonl")], Path("desk.md"), validation_set=Path("desk.yaml"))
    return Path(found.file)


def ids(file: Path) -> tuple[str, str]:
    one, other = (one.id for one in listed(file).candidates)
    return one, other


def statuses(file: Path) -> list[str]:
    return [one.status for one in listed(file).candidates]


def test_an_approved_candidate_is_a_task_with_its_source(file: Path) -> None:
    fire, _ = ids(file)
    done = approve(file, [fire], expected="bugs", split="train")
    assert (done.added, done.already) == ((fire,), ())
    text = Path("desk.yaml").read_text()
    assert text == SET.replace(
        "# the end",
        f'  - {{id: {fire}, split: train, input: "The printer is on fire", expected: bugs, source: "log.jsonl:1"}}\n'
        "# the end",
    ) or text == SET.replace(
        "# the end",
        f"  - id: {fire}\n    split: train\n    input: The printer is on fire\n    expected: bugs\n"
        '    source: "log.jsonl:1"\n# the end',
    )
    task = read_validation_set(Path("desk.yaml")).tasks[-1]
    assert (task.id, task.split, task.expected) == (fire, "train", "bugs")
    assert "RECORDED" not in text
    assert statuses(file) == ["added", "new"]
    assert not Path(".skillopt").exists(), "no ledger is written"


def test_approving_twice_changes_nothing(file: Path) -> None:
    fire, _ = ids(file)
    approve(file, [fire], expected="bugs")
    before = Path("desk.yaml").read_bytes(), file.read_bytes()
    done = approve(file, [fire], expected="other")
    assert (done.added, done.already) == ((), (fire,))
    assert (Path("desk.yaml").read_bytes(), file.read_bytes()) == before


def test_a_recorded_answer_counts_only_when_a_person_says_so(file: Path) -> None:
    _, ice = ids(file)
    with pytest.raises(InputError, match="--expected TEXT, or --recorded"):
        approve(file, [ice])
    assert Path("desk.yaml").read_text() == SET
    assert approve(file, [ice], recorded=True).added == (ice,)
    assert read_validation_set(Path("desk.yaml")).tasks[-1].expected == "yes"


def test_all_are_added_or_none(file: Path) -> None:
    fire, ice = ids(file)
    edit(file, fire, {"expected": "bugs"})
    with pytest.raises(InputError, match=ice):
        approve(file, [fire, ice])
    assert Path("desk.yaml").read_text() == SET
    assert statuses(file) == ["new", "new"]


def test_marks_in_the_file_are_as_good_as_a_command(file: Path) -> None:
    with pytest.raises(InputError, match="status: approved"):
        approve(file)
    text = file.read_text().replace("status: new", "status: approved", 1)
    file.write_text(text.replace("recorded: RECORDED-LONG-AGO", "expected: bugs"))
    assert approve(file).added == (ids(file)[0],)
    assert statuses(file) == ["added", "new"]


def test_a_candidate_whose_input_is_in_the_set_is_refused(file: Path) -> None:
    fire, _ = ids(file)
    edit(file, fire, {"input": "is it TWO", "expected": "x"})
    with pytest.raises(InputError, match="nearly the same as the validation task 'b'"):
        approve(file, [fire])
    assert Path("desk.yaml").read_text() == SET


def test_two_candidates_of_the_same_question_do_not_both_enter(file: Path) -> None:
    fire, ice = ids(file)
    edit(file, ice, {"input": "the printer is on FIRE!"})
    with pytest.raises(InputError, match=f"the same as candidate '{fire}'"):
        approve(file, [fire, ice], recorded=True)


def test_refused_and_edited(file: Path) -> None:
    fire, _ = ids(file)
    refuse(file, [fire])
    assert statuses(file) == ["refused", "new"]
    with pytest.raises(InputError, match="is refused"):
        approve(file, [fire], expected="x")
    edit(file, fire, {"expected": "bugs"})
    assert statuses(file) == ["new", "new"]
    approve(file, [fire])
    for change in (lambda: refuse(file, [fire]), lambda: edit(file, fire, {"split": "test"})):
        with pytest.raises(InputError, match=r"is in desk\.yaml"):
            change()


@pytest.mark.parametrize("ids_", [["nothing"], ["the-printer-is-on-fire-00000000"]])
def test_an_unknown_candidate_is_named(file: Path, ids_: list[str]) -> None:
    with pytest.raises(InputError, match=r"did you mean|skillopt mine list"):
        approve(file, ids_)


def test_one_answer_is_for_one_candidate(file: Path) -> None:
    with pytest.raises(InputError, match="--expected is the answer of one candidate"):
        approve(file, ids(file), expected="x")


def test_checks_of_its_own(file: Path) -> None:
    fire, _ = ids(file)
    text = file.read_text().replace(
        "    recorded: RECORDED-LONG-AGO", "    checks: [{type: contains, value: fire}]"
    )
    file.write_text(text)
    approve(file, [fire])
    assert read_validation_set(Path("desk.yaml")).tasks[-1].checks[0].type == "contains"
    file.write_text(
        file.read_text().replace("status: new", "checks: [{type: odd}]\n    status: new")
    )
    with pytest.raises(InputError, match="unknown check type 'odd'"):
        approve(file, [ids(file)[1]], expected="x")


def test_a_set_that_is_not_edited_is_left_to_a_person(file: Path) -> None:
    fire, _ = ids(file)
    anchored = SET.replace('expected: "yes"', 'expected: &v "yes"')
    text = anchored.replace(
        "# the end", "  - id: d\n    split: test\n    input: Else?\n    expected: *v"
    )
    Path("desk.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        approve(file, [fire], expected="bugs")
    assert "add to its `tasks` yourself" in str(caught.value)
    assert json.loads(str(caught.value).splitlines()[-1])["expected"] == "bugs"
    assert Path("desk.yaml").read_text() == text
    assert statuses(file) == ["new", "new"]


def test_a_set_in_jsonl(file: Path) -> None:
    fire, _ = ids(file)
    rows = [{"validation_set": {"checks": [{"type": "exact"}]}}, *(
        {"id": split, "split": split, "input": f"Is it {split}?", "expected": "x"}
        for split in ("train", "validation", "test")
    )]  # fmt: skip
    text = "\n".join(json.dumps(row) for row in rows)
    Path("desk.jsonl").write_text(text)
    file.write_text(file.read_text().replace("desk.yaml", "desk.jsonl"))
    approve(file, [fire], expected="bugs", split="train")
    added = {
        "id": fire,
        "split": "train",
        "input": FIRE["prompt"],
        "expected": "bugs",
        "source": "log.jsonl:1",
    }
    assert Path("desk.jsonl").read_text() == f"{text}\n{json.dumps(added)}\n"


def test_a_set_that_is_a_link_stays_one(file: Path) -> None:
    fire, _ = ids(file)
    Path("desk.yaml").rename("real.yaml")
    Path("desk.yaml").symlink_to("real.yaml")
    approve(file, [fire], expected="bugs")
    assert Path("desk.yaml").is_symlink()
    assert len(read_validation_set(Path("real.yaml")).tasks) == 4


async def test_no_recorded_answer_is_ever_a_rollout(file: Path) -> None:
    """Approved tasks are run again: the ledger has what the target says now, and nothing else."""
    fire, ice = ids(file)
    approve(file, [fire], recorded=True, split="validation")
    approve(file, [ice], recorded=True, split="validation")
    target, ledger = ScriptedTarget(), MemoryLedger()
    options: dict[str, Any] = {"validation_set": "desk.yaml", "target": target, "ledger": ledger}
    await skillopt.aevaluate("desk.md", **options)
    assert {fire, ice} <= {task for _, task, _ in target.ran}
    assert {kept.answer for kept in ledger.paid.values()} == {"reception"}
    assert len(ledger.paid) == 3


KILLED = """
import os, signal, sys
from pathlib import Path
from skillopt.app.review import approve, edit, listed, refuse
left = int(sys.argv[1])
here = os.getcwd()
def watch(event, args):
    global left
    if event in ("open", "os.rename", "os.remove") and "desk." in str(args[0]) + str(args[1]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
approve(Path(sys.argv[2]), [sys.argv[3]], recorded=True)
"""


def test_killed_at_any_moment_and_started_again(file: Path) -> None:
    fire, _ = ids(file)
    start = file.read_bytes()
    ends = set()
    for moment in range(60):
        Path("desk.yaml").write_text(SET)
        file.write_bytes(start)
        command = [sys.executable, "-c", KILLED, str(moment), str(file), fire]
        done = subprocess.run(command, env=environment(), capture_output=True, check=False)
        assert len(read_validation_set(Path("desk.yaml")).tasks) in {3, 4}
        read_candidates(file)
        approve(file, [fire], recorded=True)
        assert statuses(file) == ["added", "new"]
        ends.add(Path("desk.yaml").read_bytes())
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
    assert moment > 5
    assert len(ends) == 1
    approve(file, [fire])
    assert not [one.name for one in Path().iterdir() if one.name.endswith("-tmp")]


def test_who_decided_is_in_the_file(file: Path) -> None:
    fire, _ = ids(file)
    refuse(file, [fire], reason="no\nquestion", by="Bo")
    one = listed(file).candidates[0]
    assert (one.status, one.decided_by, one.reason) == ("refused", "Bo", "no question")
    refuse(file, [fire], reason="no question", by="Bo")  # the same again
    said = "refused by Bo: no question; `skillopt mine edit`"
    with pytest.raises(InputError, match=said):
        refuse(file, [fire], by="Ana")
    with pytest.raises(InputError, match=said):
        approve(file, [fire], by="Ana")
    edit(file, fire, {})
    assert listed(file).candidates[0].decided_by is None
