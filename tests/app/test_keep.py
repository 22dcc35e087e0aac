"""The ledger for somebody else's loop."""

from __future__ import annotations

from pathlib import Path

import pytest

import skillopt
from skillopt import InputError, Skill, SqlLedger
from skillopt.app.keep import Evidence

TEXT = "---\nname: support\n---\n\n# Support\n\nAnswer the customer.\n\n## Style\n\n- Be kind.\n"
RULE = {"kind": "insert", "anchor": "- Be kind.", "text": "\n- Ask for the order number."}
SAID = {"outcome": "rejected", "reason": "two of twelve cases got worse", "source": "my-agent"}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "skillopt.toml").write_text("", encoding="utf-8")
    path = tmp_path / "skills" / "support" / "SKILL.md"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return path


async def test_an_edit_is_kept_with_the_record_of_its_file_and_known_again(file: Path) -> None:
    assert await skillopt.aknown_refusal(file, [RULE]) is None
    figures = Evidence(gain=-0.17, p_value=0.8)
    kept = await skillopt.akeep(file, [RULE], evidence=figures, idea="ask first", **SAID)
    assert (kept.skill, kept.skill_id) == ("support", "./skills/support")
    known = await skillopt.aknown_refusal(file.parent, [RULE])
    assert known
    assert (known.entry, known.likeness, known.decided_by) == (kept.entry, "same edits", "my-agent")
    assert (known.reason, known.gain, known.p_value) == (SAID["reason"], -0.17, 0.8)
    assert known.same_version
    async with SqlLedger.open(file.parents[2] / ".skillopt" / "ledger.db") as ledger:
        assert (await ledger.verify()).sound


async def test_asking_makes_no_ledger(file: Path) -> None:
    assert await skillopt.aknown_refusal(file, [RULE]) is None
    assert not (file.parents[2] / ".skillopt").exists()


async def test_the_same_idea_in_other_words_is_known(file: Path) -> None:
    await skillopt.akeep(file, [RULE], **SAID)
    other = {**RULE, "text": "\n- Ask  for the order  number!"}
    known = await skillopt.aknown_refusal(file, [other])
    assert known
    assert known.likeness == "same idea"
    far = {**RULE, "text": "\n- Sign with your first name."}
    assert await skillopt.aknown_refusal(file, [far]) is None


async def test_a_context_narrows_the_question(file: Path) -> None:
    await skillopt.akeep(file, [RULE], context="my-agent 1", **SAID)
    assert await skillopt.aknown_refusal(file, [RULE], context="my-agent 1")
    assert await skillopt.aknown_refusal(file, [RULE], context="my-agent 2") is None
    assert await skillopt.aknown_refusal(file, [RULE])


def test_an_accepted_edit_is_no_refusal(file: Path) -> None:
    said = {**SAID, "outcome": "accepted"}
    parent = Skill(text=TEXT)
    file.write_text(TEXT + "- Ask for the order number.\n", encoding="utf-8")
    kept = skillopt.keep(file, [RULE], parent=parent, **said)
    assert kept.parent == parent.digest
    again = {"kind": "insert", "anchor": "", "text": "- Ask for the order number, please.\n"}
    assert skillopt.known_refusal(file, [again]) is None


def test_waiting_forms(file: Path) -> None:
    kept = skillopt.keep(file, [RULE], **SAID)
    known = skillopt.known_refusal(file, [RULE])
    assert known
    assert known.entry == kept.entry


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source": "my agent"}, "source 'my agent': use up to 64 letters"),
        ({"source": "gate"}, "stands for skillopt's own gate"),
        ({"code": ""}, "code '': use up to"),
        ({"context": "0" * 64}, "a digest names conditions of skillopt's gate"),
        ({"reason": " "}, "reason: say in up to 2000 characters"),
        ({"criteria": ["x"] * 21}, "criteria: up to 20 names"),
        ({"outcome": "fine"}, "outcome: Input should be 'accepted', 'rejected' or 'inconclusive'"),
        ({"idea": "x" * 501}, "idea: String should have at most 500 characters"),
    ],
)
async def test_what_breaks_a_rule_is_refused_by_name(
    file: Path, change: dict[str, object], says: str
) -> None:
    with pytest.raises(InputError, match=r"\w") as raised:
        await skillopt.akeep(file, [RULE], **{**SAID, **change})
    assert says in str(raised.value)
    assert not (file.parents[2] / ".skillopt").exists()


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ({"kind": "move"}, "an edit has a kind (insert, replace or delete)"),
        ({**RULE, "anchor": "- Be rude."}, "does not occur"),
        ({**RULE, "text": "\u202e"}, "hidden character"),
    ],
)
async def test_edits_that_do_not_fit_are_refused(
    file: Path, edit: dict[str, object], says: str
) -> None:
    for ask in (
        skillopt.akeep(file, [edit], **SAID),
        skillopt.aknown_refusal(file, [edit]),
    ):
        with pytest.raises(InputError) as raised:
            await ask
        assert says in str(raised.value)
