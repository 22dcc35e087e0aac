"""Mining from Python: find, list, edit, approve and refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

import skillopt
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.errors import InputError
from tests.app.tickets import project

LOG = (
    '{"prompt": "My printer is on fire.", "completion": "bugs"}\n'
    '{"prompt": "Is there coffee in the kitchen?", "completion": "no idea"}\n'
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.jsonl").write_text(LOG)
    return project(tmp_path)


async def test_from_a_log_to_a_task(folder: Path) -> None:
    mined = await skillopt.amine("log.jsonl", "tickets.md")
    assert skillopt.list_candidates(mined.file) == mined.candidates
    fire, coffee = mined.candidates
    edited = skillopt.edit_candidate(mined.file, fire.id, split="train", input="Fire!")
    assert (edited.split, edited.input) == ("train", "Fire!")
    done = skillopt.approve_candidates(mined.file, fire.id, expected="bugs")
    skillopt.refuse_candidates(mined.file, [coffee.id])
    assert done.added == (fire.id,)
    task = read_validation_set(folder / "validation_sets" / "tickets.yaml").tasks[-1]
    assert (task.id, task.input, task.expected, task.split) == (fire.id, "Fire!", "bugs", "train")
    left = skillopt.list_candidates(Path(mined.file))
    assert [one.status for one in left] == ["added", "refused"]


def test_several_sources_and_a_setting(folder: Path) -> None:
    (folder / "faq.md").write_text("## Who resets a password?\n\nThe access desk does.\n")
    mined = skillopt.mine(
        ["log.jsonl", folder / "faq.md"],
        folder / "tickets.md",
        split="test",
        optimizer=None,
        seed=1,
    )
    assert len(mined.candidates) == 3
    assert {one.split for one in mined.candidates} == {"test"}


def test_what_it_cannot_use_is_named(folder: Path) -> None:
    with pytest.raises(InputError, match=r"no such file: nowhere\.jsonl"):
        skillopt.mine("nowhere.jsonl", "tickets.md")
    with pytest.raises(InputError, match="sedd"):
        skillopt.mine("log.jsonl", "tickets.md", sedd=1)  # type: ignore[call-arg]
    mined = skillopt.mine("log.jsonl", "tickets.md")
    with pytest.raises(InputError, match="no candidate 'another'"):
        skillopt.edit_candidate(mined.file, "another", expected="bugs")


async def test_an_optimizer_of_ones_own_drafts_from_a_document(folder: Path) -> None:
    (folder / "faq.md").write_text("The access desk resets passwords within the hour.\n")
    with pytest.raises(RuntimeError, match=r"await skillopt\.amine"):
        skillopt.mine("faq.md", "tickets.md")
    asked: list[object] = []

    def optimizer(messages: object) -> str:
        asked.append(messages)
        return '{"tasks": []}'

    mined = await skillopt.amine("faq.md", "tickets.md", optimizer=optimizer)
    assert (len(asked), mined.candidates) == (1, ())
    assert mined.usage.calls == 1
