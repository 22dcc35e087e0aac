"""What a rejected candidate teaches."""

from __future__ import annotations

from skillopt.core.events import GateDecided, GateOpened
from skillopt.core.gate import Outcome
from skillopt.core.history.run import RefusedRound
from skillopt.core.loop_settings import Conditioning
from skillopt.core.proposals.refusal import Part, Stage, TrainEffect
from skillopt.errors import CallFailed
from tests.engine.setups import NOTHING, draft_of, first_round, with_text
from tests.targets import ScriptedTarget

BAD = draft_of(NOTHING, idea="send nothing nowhere")


async def test_a_rejected_round_says_what_the_candidate_did_on_train_tasks() -> None:
    made, work = await first_round(BAD)
    round_ = await work.commit()
    assert isinstance(round_.decision, RefusedRound)
    assert round_.decision.stage is Stage.GATE
    assert round_.train == TrainEffect(same=len(await work.shown()))
    assert round_.parts == ()
    assert len(made.seen(GateOpened)) == len(made.seen(GateDecided)) == 1


async def test_a_rejected_bundle_is_taken_apart_where_that_was_asked_for() -> None:
    worse = "- Do: nowhere\n- The: nowhere\n- How: nowhere\n- Put: nowhere\n- More: nowhere\n"
    bundle = draft_of("- cake: bakery\n", worse)
    _, work = await first_round(bundle, conditioning=Conditioning(ablate=True))
    round_ = await work.commit()
    assert round_.parts == (Part(edit=0, outcome="accepted"), Part(edit=1, outcome="rejected"))


async def test_an_inconclusive_candidate_has_no_lessons() -> None:
    def before(skill: str, _task: object, _trial: int) -> None:
        if skill == with_text(NOTHING).text:
            raise CallFailed("the provider is down")

    _, work = await first_round(BAD, target=ScriptedTarget(before=before))
    round_ = await work.commit()
    assert isinstance(round_.decision, RefusedRound)
    assert round_.decision.verdict is not None
    assert round_.decision.verdict.outcome is Outcome.INCONCLUSIVE
    assert round_.train is None
