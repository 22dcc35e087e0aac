"""What a round proposes."""

from __future__ import annotations

from tests.engine.setups import NOTHING, draft_of, first_round


async def test_the_aims_are_the_train_tasks_that_the_proposal_cites() -> None:
    _, work = await first_round(lambda _: cited)
    seen = await work.observations()
    cited = draft_of(NOTHING, rollouts=[seen[1].rollout, seen[0].rollout, "r999"])
    assert (await work.commit()).aims == (seen[0].task, seen[1].task)
