"""Searching traces and documents for candidate tasks."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.files.candidates_file import read_candidates
from skillopt.app.mine import Mined, mine
from skillopt.core.mining.candidate import input_text
from skillopt.errors import CallFailed, InputError
from tests.app.tickets import project
from tests.scripted import environment
from tests.standins import Line, ScriptedModel

KEY = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78St90Uv12Wx34"
FAQ = "# Desk\n\n## Who resets a password?\n\nThe access desk does, within the hour.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return project(tmp_path)


def log(*records: Any) -> Path:
    path = Path("log.jsonl")
    rows = (one if isinstance(one, str) else json.dumps(one) for one in records)
    path.write_text("".join(row + "\n" for row in rows))
    return path


def searched(*sources: Path, **more: Any) -> Mined:
    return mine(sources, Path("tickets.md"), **more)


def asked(found: Mined) -> list[str]:
    return [input_text(one.input) for one in found.candidates]


def test_what_is_new_is_put_into_a_file_beside_the_set(folder: Path) -> None:
    before = (folder / "validation_sets" / "tickets.yaml").read_bytes()
    found = searched(
        log(
            {"prompt": "My printer is on fire.", "completion": "bugs"},
            {"prompt": "my printer is ON fire!", "completion": "access"},
            {"prompt": "Ticket train 0: it is about my invoice.", "completion": "billing"},
            {"prompt": f"Is {KEY} still valid?", "completion": f"{KEY} is"},
            '{"prompt": "cut o',
        )
    )
    assert asked(found) == ["My printer is on fire.", "Is [redacted] still valid?"]
    assert (found.found, found.in_set, found.copies, found.redacted) == (4, 1, 1, 1)
    assert [one.source for one in found.skipped] == ["log.jsonl:5"]
    file = folder / "validation_sets" / "tickets.candidates.yaml"
    assert Path(found.file) == file
    assert KEY not in file.read_text()
    assert read_candidates(file).candidates == found.candidates
    assert (folder / "validation_sets" / "tickets.yaml").read_bytes() == before


def test_a_second_search_finds_nothing_new_and_keeps_what_a_person_wrote(folder: Path) -> None:
    path = log({"prompt": "My printer is on fire.", "completion": "bugs"})
    file = Path(searched(path).file)
    edited = file.read_text().replace("status: new", "status: refused")
    file.write_text(edited)
    again = searched(path)
    assert (again.candidates, again.known) == ((), 1)
    assert file.read_text() == edited


def test_limit_and_split(folder: Path) -> None:
    path = log(*({"prompt": f"word{at} other{at * 7} thing{at * 3}?"} for at in range(30)))
    found = searched(path, limit=10, split="train", out=Path("few.yaml"))
    assert (len(found.candidates), found.left_out, found.file) == (10, 20, "few.yaml")
    assert {one.split for one in found.candidates} == {"train"}


def test_questions_of_a_document_without_a_model_that_drafts(folder: Path) -> None:
    page = folder / "faq.md"
    page.write_text(FAQ)
    found = searched(page)  # the project is one for the practice models
    assert asked(found) == ["Who resets a password?"]
    assert found.candidates[0].quote == "The access desk does, within the hour."
    assert found.usage.calls == 0
    (folder / "plain.txt").write_text("Nothing is asked here.")
    [skipped] = searched(folder / "plain.txt").skipped
    assert "set an --optimizer" in skipped.reason


def drafting(*lines: Line) -> ScriptedModel:
    return ScriptedModel(*lines)


def reply(*quotes: str) -> str:
    drafts = [{"input": f"Which desk is {at}?", "answer": "access", "quote": quote} for at, quote in enumerate(quotes)]  # fmt: skip
    return json.dumps({"tasks": drafts})


def test_drafts_of_an_optimizer_that_quotes_the_document(folder: Path) -> None:
    page = folder / "faq.md"
    page.write_text(FAQ)
    model = drafting(reply("The access desk does", "The moon is made of cheese"))
    found = searched(page, optimizer=model)
    assert asked(found) == ["Which desk is 0?"]
    assert found.candidates[0].source == "faq.md:1"
    assert [
        "quotes a passage that is not in the document" in one.reason for one in found.skipped
    ] == [True]
    assert len(model.asked) == 1


def test_an_optimizer_that_fails_loses_nothing_that_was_paid(folder: Path) -> None:
    (folder / "faq.md").write_text(FAQ)
    (folder / "more.md").write_text(FAQ)
    (folder / "last.md").write_text(FAQ)
    model = drafting(reply("The access desk does"), CallFailed("no answer"), reply())
    found = searched(Path("faq.md"), Path("more.md"), Path("last.md"), optimizer=model)
    assert len(found.candidates) == 1
    assert found.failed == "no answer"
    assert len(model.asked) == 2


def test_drafts_are_in_the_file_before_the_next_passage_is_paid_for(folder: Path) -> None:
    (folder / "faq.md").write_text(FAQ)
    (folder / "more.md").write_text(FAQ)
    file = folder / "validation_sets" / "tickets.candidates.yaml"
    seen: list[int] = []

    def second(_messages: object) -> str:
        seen.append(len(read_candidates(file).candidates))
        return reply()

    searched(
        Path("faq.md"), Path("more.md"), optimizer=drafting(reply("The access desk does"), second)
    )
    assert seen == [1]


def test_no_passage_is_paid_for_once_there_are_enough(folder: Path) -> None:
    (folder / "faq.md").write_text(FAQ)
    (folder / "more.md").write_text(FAQ)
    model = drafting(reply("The access desk does"))
    searched(Path("faq.md"), Path("more.md"), optimizer=model, limit=1)
    assert len(model.asked) == 1


def test_a_document_that_cannot_be_read_stops_the_search_before_anything_is_paid(
    folder: Path,
) -> None:
    (folder / "faq.md").write_text(FAQ)
    (folder / "odd.md").write_bytes(b"caf\xe9")
    model = drafting(reply("The access desk does"))
    with pytest.raises(InputError, match="is not UTF-8"):
        searched(Path("faq.md"), Path("odd.md"), optimizer=model)
    assert model.asked == []


def test_a_reply_that_cannot_be_read_is_skipped(folder: Path) -> None:
    (folder / "faq.md").write_text(FAQ)
    found = searched(Path("faq.md"), optimizer=drafting("no idea"))
    assert found.candidates == ()
    assert "the reply holds no JSON object" in found.skipped[0].reason
    assert not Path(found.file).exists()


def test_what_another_search_has_written_meanwhile_stays(folder: Path) -> None:
    (folder / "faq.md").write_text(FAQ)

    def meanwhile(_messages: object) -> str:
        path = log({"prompt": "My printer is on fire.", "completion": "bugs"})
        with ThreadPoolExecutor() as elsewhere:  # there is a loop of events here
            elsewhere.submit(searched, path).result()
        return reply("The access desk does")

    found = searched(Path("faq.md"), optimizer=drafting(meanwhile))
    assert asked(found) == ["Which desk is 0?"]
    kept = [one.input for one in read_candidates(Path(found.file)).candidates]
    assert kept == ["My printer is on fire.", "Which desk is 0?"]


def test_a_file_that_cannot_be_written_is_said(folder: Path) -> None:
    path = log({"prompt": "My printer is on fire."})
    Path(".out.yaml.skillopt-tmp").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        searched(path, out=Path("out.yaml"))


KILLED = """
import os, signal, sys
from pathlib import Path
from skillopt.app.mine import mine
left = int(sys.argv[1])
def watch(event, args):
    global left
    if event in ("open", "os.rename", "os.remove") and any("candidates" in str(one) or "log.jsonl" in str(one) for one in args[:2]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
mine([Path("log.jsonl")], Path("tickets.md"))
"""


def test_killed_at_any_moment_and_started_again(folder: Path) -> None:
    path = log(*({"prompt": f"word{at} other{at * 7} thing?"} for at in range(5)))
    file = folder / "validation_sets" / "tickets.candidates.yaml"
    ends = set()
    for moment in range(40):
        file.unlink(missing_ok=True)
        command = [sys.executable, "-c", KILLED, str(moment)]
        done = subprocess.run(command, env=environment(), capture_output=True, check=False)
        assert not file.exists() or len(read_candidates(file).candidates) == 5
        searched(path)
        ends.add(file.read_bytes())
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
    assert moment >= 3, "reading, creating, renaming"
    assert len(ends) == 1
    assert not list(file.parent.glob("*-tmp"))


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("validation_sets/tickets.yaml", "is the validation set itself"),
        ("notes.txt", "kept in YAML"),
        ("other.yaml", "not for"),
        ("odd.yaml", "not a file of candidates"),
    ],
)
def test_a_file_that_is_not_for_these_candidates(folder: Path, out: str, said: str) -> None:
    Path("other.yaml").write_text("validation_set: else.yaml\ncandidates: []\n")
    Path("odd.yaml").write_text("[]\n")
    with pytest.raises(InputError, match=said):
        searched(log({"prompt": "Ask"}), out=Path(out))


def test_a_source_is_checked_before_anything_is_read(folder: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        searched(log({"prompt": "Ask"}), Path("gone.jsonl"))


def test_the_steps_of_an_agent_are_no_tasks(folder: Path) -> None:
    run = {"id": "r", "trace_id": "r", "run_type": "chain", "inputs": {"question": "Whole?"}}
    step = {**run, "id": "s", "run_type": "llm", "parent_run_id": "r", "inputs": {"prompt": "Step"}}
    assert asked(searched(log(step, run))) == ["Whole?"]
