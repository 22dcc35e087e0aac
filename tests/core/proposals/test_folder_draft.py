"""The reply's shape for a folder; that for a lone skill is what it was."""

from __future__ import annotations

from skillopt.core.proposals.folder_draft import (
    DescribingDraft,
    DescribingFolderDraft,
    FolderDraft,
    plain_draft,
)
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.replies import read_reply
from skillopt.core.skill.edit import Create, Delete, Describe, Insert, Remove
from skillopt.core.value import canonical_json, text_hash

LONE_SCHEMA = "c5607d2f24ad168b6d591d397974f3431f14c1537e01273dcfc442352760ef47"


def test_a_lone_skills_schema_is_what_it_was() -> None:
    assert text_hash(canonical_json(Draft.model_json_schema())) == LONE_SCHEMA


def test_a_folders_schema_knows_files() -> None:
    kinds = {"InsertInFile", "ReplaceInFile", "DeleteInFile", "Create", "Remove"}
    shown = FolderDraft.model_json_schema()["$defs"]
    assert set(shown) == kinds
    assert all("file" in shown[name]["properties"] for name in kinds)
    assert set(DescribingFolderDraft.model_json_schema()["$defs"]) == kinds | {"Describe"}


def test_a_lone_skills_description_is_asked_for_without_files() -> None:
    shown = DescribingDraft.model_json_schema()["$defs"]
    assert set(shown) == {"Insert", "Replace", "Delete", "Describe"}
    assert not any("file" in kind["properties"] for kind in shown.values())


def test_a_reply_is_kept_as_every_draft_is() -> None:
    edits = (
        Insert(anchor="x", text="y"),
        Delete(anchor="x", file="a.md"),
        Create(file="b.md", text="y"),
        Remove(file="c.md"),
    )
    draft = Draft(idea="i", edits=edits)
    for shape in (FolderDraft, DescribingFolderDraft):
        read = plain_draft(read_reply(draft.model_dump_json(), shape=shape).content)
        assert read == draft
        assert type(read) is Draft
        assert read.model_dump_json() == draft.model_dump_json()
    described = Draft(idea="i", edits=(Describe(text="t"),))
    assert plain_draft(DescribingDraft.model_validate(described.model_dump())) == described


def test_the_same_edit_of_two_files_is_two_sets_of_edits() -> None:
    one, other = (
        Proposal(parent="p", draft=Draft(idea="i", edits=(Delete(anchor="x", **more),)))
        for more in ({}, {"file": "a.md"})
    )
    assert one.edits_digest != other.edits_digest
