"""A round that waits for a person: the gate has accepted its candidate, nothing is written yet."""

from __future__ import annotations

from pydantic import AwareDatetime

from skillopt.core.approval.decision import Decision
from skillopt.core.gate.contest import Verdict
from skillopt.core.history.run import AcceptedRound, RefusedRound, Round
from skillopt.core.proposals.refusal import Stage
from skillopt.core.value import Value


class Waiting(Value):
    """What waits, and the decision once there is one."""

    round: Round
    """As it is entered if it is approved."""
    skill: str
    """What the skill is called."""
    since: AwareDatetime
    decision: Decision | None = None

    @property
    def id(self) -> str:
        """Of the entry: the round's."""
        return self.round.id

    @property
    def accepted(self) -> AcceptedRound:
        """The gate's decision."""
        assert isinstance(self.round.decision, AcceptedRound)
        return self.round.decision

    @property
    def verdict(self) -> Verdict:
        """The gate's verdict."""
        return self.accepted.verdict

    @property
    def candidate(self) -> str:
        """Digest of the version that waits."""
        return self.accepted.candidate

    @property
    def fixed(self) -> str:
        """Why no edited version can take its place; empty where one can."""
        if self.round.against is None:
            return ""
        return (
            f"proposal {self.id} only shortens the skill, and the gate has tested no more than "
            "that it loses too little to matter; an edited text would have to show a gain. Approve "
            "it as it is, or refuse it and say in the reason what has to stay"
        )

    @property
    def idea(self) -> str:
        """What the edits do, in the optimizer's words."""
        return self.round.proposal.draft.idea if self.round.proposal else ""


def decided(waiting: Waiting, decision: Decision) -> Round:
    """The round as the person's decision ends it."""
    approval = decision.approval
    if decision.kind == "approved":
        return waiting.round.model_copy(update={"approval": approval})
    accepted, said = waiting.accepted, f"a person {decision.kind} it"
    refused = RefusedRound(
        stage=Stage.APPROVAL,
        code=decision.kind,
        reason=f"{said}: {decision.reason}" if decision.reason else said,
        verdict=accepted.verdict,
        candidate=accepted.candidate,
    )
    return waiting.round.model_copy(update={"decision": refused, "approval": approval})


def is_edited(round_: Round) -> bool:
    """Whether the next round tests the version that a person put in place of this round's."""
    return isinstance(round_.decision, RefusedRound) and (
        (round_.decision.stage, round_.decision.code) == (Stage.APPROVAL, "edited")
    )


def is_own_version(round_: Round) -> bool:
    """Whether its edits are a person's, in place of what an earlier round proposed."""
    return round_.approval is not None and round_.approval.entry != round_.id
