"""The state of a run in progress: a pure value that events change, and its figures in words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from skillopt.cli.output import count, money, percent, shown_usage
from skillopt.cli.terminal import printable
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import (
    BaselineDone,
    Event,
    GateOpened,
    OptimizerAsked,
    PaidEvent,
    ProposalWaits,
    RolloutDone,
    RolloutsWanted,
    RoundDecided,
    RunStarted,
    SealedOpened,
    WaitStarted,
)
from skillopt.core.figures import points
from skillopt.core.loop_settings import SpendLimits

VERDICTS = 3
"""Verdicts the live view keeps in sight."""
STEPS = {
    "criticize": "criticizing failures",
    "repair_critiques": "repairing the critiques",
    "propose": "proposing an edit",
    "repair": "repairing the proposal",
}


@dataclass(frozen=True)
class RunState:
    """What is known of a run while it goes on."""

    round: int = 0
    """The round in progress; 0 outside of any."""
    decided: int | None = None
    """Rounds decided so far; None where the command has no rounds."""
    stage: str = "starting"
    done: int = 0
    total: int = 0
    """Rollouts of the batch; 0 where none is running."""
    batch_started: float = 0.0
    """Monotonic seconds."""
    spent: Usage = field(default_factory=Usage)
    limits: SpendLimits = field(default_factory=SpendLimits)
    score: str = ""
    """The skill's score on the validation tasks, in words."""
    verdicts: tuple[str, ...] = ()
    """The last ones, oldest first."""
    waiting: str = ""
    """The last wait for a provider, in words."""
    waiting_until: float = 0.0
    """When it ends, in monotonic seconds."""


def after(state: RunState, event: Event, *, now: float) -> RunState:
    """The state once ``event`` has happened, at ``now`` monotonic seconds."""
    match event:
        case RolloutsWanted():
            return _in_batch(state, event, now=now)
        case RolloutDone():
            return replace(state, done=state.done + 1, spent=state.spent + event.usage)
        case WaitStarted():
            return _in_wait(state, event, now=now)
        case _ if isinstance(event, PaidEvent):
            return replace(state, spent=state.spent + event.usage)
        case BaselineDone():
            return replace(state, score=shown_baseline(event))
        case _:
            return _in_stage(state, event)


def _in_wait(state: RunState, event: WaitStarted, *, now: float) -> RunState:
    until = max(state.waiting_until, now + event.seconds)
    return replace(state, waiting=shown_wait(event), waiting_until=until)


def _in_batch(state: RunState, event: RolloutsWanted, *, now: float) -> RunState:
    """The state when a batch begins; train rollouts are a round's first, test tasks are in none."""
    round_ = state.round
    if event.purpose == "train" and state.decided is not None:
        round_ = state.decided + 1
    elif event.purpose == "test":
        round_ = 0
    return replace(
        state,
        round=round_,
        stage=f"{event.purpose} rollouts",
        done=0,
        total=event.total - event.reused,
        batch_started=now,
    )


def _in_stage(state: RunState, event: Event) -> RunState:
    """The state in the stage that ``event`` opens, where it opens one."""
    match event:
        case RunStarted(kind="tune"):
            return replace(state, decided=event.rounds_done)
        case OptimizerAsked():
            stage = STEPS[event.step]
            return replace(state, round=event.number, stage=stage, done=0, total=0)
        case GateOpened() | ProposalWaits():
            stage = "at the gate" if isinstance(event, GateOpened) else "waits for approval"
            return replace(state, round=event.number, stage=stage, done=0, total=0)
        case RoundDecided():
            verdicts = (*state.verdicts, _verdict(event))[-VERDICTS:]
            return replace(state, verdicts=verdicts, decided=event.round.number)
        case SealedOpened():
            return replace(state, stage="sealed test done", done=0, total=0)
        case _:
            return state


def shown_wait(event: WaitStarted) -> str:
    """How long is waited, for whom, and why."""
    why = printable(event.reason)
    if event.asked:
        return f"{event.model} asks to wait {seconds(event.seconds)}: {why}"
    return f"{event.model}: trying again in {seconds(event.seconds)}: {why}"


def seconds(value: float) -> str:
    """A duration with one decimal where it is short: 0.5 s, 3 s, 62 s."""
    return f"{value:.1f} s" if value < 1 else f"{value:.0f} s"


def shown_baseline(event: BaselineDone) -> str:
    """The first version's score, with its interval where it has one."""
    score = f"{percent(event.score)} on {count(event.tasks, 'validation task')}"
    if event.low is None or event.high is None:
        return score
    return f"{score}, 95 % interval [{percent(event.low)}, {percent(event.high)}]"


def status(state: RunState, *, now: float) -> str:
    """The state in one line."""
    if not state.total:
        return f"{title(state)} ..."
    done = f"{state.done}/{state.total}, {pace(state, now=now)}"
    return f"{title(state)} {done}; spent {shown_usage(state.spent)}"


def title(state: RunState) -> str:
    """The round and its stage."""
    return f"round {state.round}: {state.stage}" if state.round else state.stage


def pace(state: RunState, *, now: float) -> str:
    """Rollouts per second, and the time left in the batch."""
    rate = state.done / max(1e-3, now - state.batch_started)
    if not rate or state.done >= state.total:
        return f"{rate:.1f}/s"
    return f"{rate:.1f}/s, {(state.total - state.done) / rate:.0f} s left"


def spend_lines(state: RunState) -> list[str]:
    """The spend so far, each figure against its limit."""
    spent, limits = state.spent, state.limits
    tokens = spent.prompt_tokens + spent.completion_tokens
    return [
        _against(
            f"{spent.calls:,}", f"{limits.max_calls:,}" if limits.max_calls else None, "calls"
        ),
        _against(f"{tokens:,}", f"{limits.max_tokens:,}" if limits.max_tokens else None, "tokens"),
        _against(money(spent.cost), money(limits.max_cost) if limits.max_cost else None, ""),
    ]


def _against(spent: str, limit: str | None, unit: str) -> str:
    found = f"{spent} of {limit}" if limit else spent
    return f"{found} {unit}".rstrip()


def _verdict(event: RoundDecided) -> str:
    round_ = event.round
    verdict = round_.decision.verdict
    outcome = round_.decision.outcome if verdict else "refused"
    gain = f" {points(verdict.gain)}" if verdict and verdict.gain is not None else ""
    idea = round_.proposal.draft.idea if round_.proposal else "unreadable reply"
    return printable(" ".join(f"{round_.number}  {outcome}{gain}  {idea}".split("\n")))
