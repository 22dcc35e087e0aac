"""The tool that enters another loop's edits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skillopt.app.keep import Evidence, KeepOptions, akeep, check_keep
from skillopt.cli.mcp.allowance import Approve, NeedsApproval
from skillopt.cli.mcp.answers import KeepAnswer
from skillopt.cli.mcp.apart import run_apart
from skillopt.cli.mcp.asking import Asking, Edits, SkillPath
from skillopt.core.history.run import OutcomeName
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError


class Keeping:
    """The tool, for a root and a ledger."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def keep(  # noqa: PLR0913 - each is a part of the entry
        self,
        *,
        skill: SkillPath,
        edits: Edits,
        outcome: Annotated[OutcomeName, Field(description="By the rule of your own loop.")],
        reason: Annotated[str, Field(max_length=2000, description="Why, in one sentence.")],
        source: Annotated[
            str, Field(description="Your loop's name: letters, digits, '.', '_' and '-'.")
        ],
        idea: Annotated[str, Field(max_length=500, description="What the edits do.")] = "",
        criteria: Annotated[list[str], Field(max_length=20)] = [],  # noqa: B006 - only read
        code: Annotated[str, Field(description="The rule that decided, in one word.")] = "own",
        context: Annotated[
            str, Field(description="Names your agent, its tasks and its rule.")
        ] = "own",
        evidence: Evidence | None = None,
        parent: Annotated[
            str | None,
            Field(
                max_length=1_000_000,
                description="The text that was edited, where the file is no longer that.",
            ),
        ] = None,
        approve: Annotated[
            Approve | None, Field(description='{"write": true} lets it be entered.')
        ] = None,
    ) -> KeepAnswer:
        """Enter an edit that your own loop accepted or refused, so that `known_refusal` finds it.

        It stands in the ledger under your loop's name, chained like every entry, and never counts
        as a verdict of skillopt's gate.
        """
        path = self._asking.skill(skill)
        options: KeepOptions = {
            "outcome": outcome,
            "reason": reason,
            "source": source,
            "idea": idea,
            "criteria": criteria,
            "code": code,
            "context": context,
            "evidence": evidence,
            "parent": None if parent is None else Skill.from_bytes(parent.encode()),
            "ledger": self._asking.ledger_of(path),
        }
        if approve is None:
            # Nobody is asked to approve what cannot be entered.
            check_keep(path, edits, **options)
            return KeepAnswer(approval_needed=_asked(source, outcome))
        if not approve.write:
            raise InputError('approve.write is false; approve = {"write": true} enters the edit')
        kept = await run_apart(akeep(path, edits, **options))
        return KeepAnswer(kept=kept)


def _asked(source: str, outcome: str) -> NeedsApproval:
    return NeedsApproval(
        says=(
            f"nothing was written: the edit would be entered as {outcome} by {source}; repeat the "
            'call with approve = {"write": true}'
        ),
        calls=0,
        cost=0.0,
        models=(),
        approve={"write": True},
    )
