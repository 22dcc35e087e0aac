"""The reply's shape where a skill has files, or its description may change.

A lone SKILL.md is asked for a :class:`Draft`, whose schema knows neither: it is part of the prompt,
and a prompt of a lone skill stays what it was.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skillopt.core.proposals.proposal import Draft
from skillopt.core.skill.edit import Create, Delete, Describe, File, Insert, Remove, Replace
from skillopt.core.skill.skill_file import SKILL_MD


class InsertInFile(Insert):
    """New text before or after an anchor.

    An empty anchor stands for the section itself: `after` is its end, `before` the place right
    under its heading (without a section: the end and the start of the body).
    """

    file: File = SKILL_MD


class ReplaceInFile(Replace):
    """New text in an anchor's place."""

    file: File = SKILL_MD


class DeleteInFile(Delete):
    """An anchor goes."""

    file: File = SKILL_MD


_InFile = InsertInFile | ReplaceInFile | DeleteInFile


class FolderDraft(Draft):
    """An optimizer's reply to the proposal prompt."""

    edits: tuple[Annotated[_InFile | Create | Remove, Field(discriminator="kind")], ...] = Field(
        max_length=50
    )


class DescribingDraft(Draft):
    """An optimizer's reply to the proposal prompt."""

    edits: tuple[
        Annotated[Insert | Replace | Delete | Describe, Field(discriminator="kind")], ...
    ] = Field(max_length=50)


class DescribingFolderDraft(Draft):
    """An optimizer's reply to the proposal prompt."""

    edits: tuple[
        Annotated[_InFile | Create | Remove | Describe, Field(discriminator="kind")], ...
    ] = Field(max_length=50)


def plain_draft(draft: Draft) -> Draft:
    """The draft as everything but the reply's schema knows it."""
    return Draft.model_validate(draft.model_dump()) if type(draft) is not Draft else draft
