"""What every ledger keeps. A test module subclasses it and gives a `ledger` fixture."""

from __future__ import annotations

import asyncio

import pytest

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.trace import ProducedFile, Said, ToolCall, Trace
from skillopt.core.gate.contest import Noise, Outcome
from skillopt.core.proposals.curriculum import Chosen, Why
from skillopt.core.proposals.refusal import Stage
from skillopt.core.skill.skill import Skill
from skillopt.errors import HeadMoved, LedgerError, RunHeld
from skillopt.ports import Ledger
from tests.adapters.ledger.samples import (
    SKILL,
    SKILL_ID,
    a_key,
    a_missing,
    a_proposal,
    a_rollout,
    a_round,
    a_run,
    an_end,
    an_exchange,
    an_insert,
    made_by,
)

FILE = "skills/triage/SKILL.md"


class LedgerContract:
    # -- rollouts

    async def test_a_rollout_comes_back_equal(self, ledger: Ledger) -> None:
        failed = a_rollout(1, score=0.25, answer='ünï\x00 \ud800 "quoted"\r\n').model_copy(
            update={"target_error": "timed out", "usage": Usage(calls=2, cost=None)}
        )
        await ledger.add_rollout("run-1", failed)
        assert await ledger.rollouts([failed.key]) == {failed.key: failed}

    async def test_a_trace_and_files_come_back_equal(self, ledger: Ledger) -> None:
        trace = Trace(
            steps=(
                Said(role="user", text="Which?"),
                ToolCall(name="search", arguments={"q": ["ü", 1, None]}, result="2", failed=True),
            ),
            left_out=3,
        )
        files = (ProducedFile(path="a/b.txt", digest="0" * 64, size=2, text="x\n"),)
        with_them = a_rollout(1).model_copy(update={"trace": trace, "files": files})
        without_calls = a_rollout(2).model_copy(update={"trace": Trace()})
        for rollout in (with_them, without_calls, a_rollout(3)):
            await ledger.add_rollout("run-1", rollout)
        found = await ledger.rollouts([a_key(number) for number in (1, 2, 3)])
        assert list(found.values()) == [with_them, without_calls, a_rollout(3)]

    async def test_only_the_wanted_rollouts_come(self, ledger: Ledger) -> None:
        for number in range(5):
            await ledger.add_rollout("run-1", a_rollout(number))
        wanted = [a_key(1), a_key(3), a_key(99)]
        assert set(await ledger.rollouts(wanted)) == {a_key(1), a_key(3)}
        assert await ledger.rollouts([]) == {}

    async def test_many_keys_at_once(self, ledger: Ledger) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(1300):
                group.create_task(ledger.add_rollout("run-1", a_rollout(number)))
        found = await ledger.rollouts([a_key(number) for number in range(2000)])
        assert len(found) == 1300
        assert found[a_key(700)] == a_rollout(700)

    async def test_the_same_key_again_changes_nothing(self, ledger: Ledger) -> None:
        first, second = a_rollout(1, answer="first"), a_rollout(1, answer="second")
        await ledger.add_rollout("run-1", first)
        await asyncio.gather(*(ledger.add_rollout("run-1", second) for _ in range(3)))
        assert await ledger.rollouts([first.key]) == {first.key: first}
        assert await ledger.usage("run-1") == first.usage

    async def test_a_key_two_runs_paid_for_is_charged_to_both(self, ledger: Ledger) -> None:
        first, second = a_rollout(1, answer="first"), a_rollout(1, answer="second")
        await ledger.add_rollout("run-1", first)
        await ledger.add_rollout("run-2", second)
        assert await ledger.rollouts([first.key]) == {first.key: first}
        assert await ledger.usage("run-2") == second.usage

    async def test_missing_rollouts_cost_and_do_not_count(self, ledger: Ledger) -> None:
        await ledger.add_rollout("run-1", a_missing(1))
        await ledger.add_rollout("run-1", a_missing(1))
        await ledger.add_rollout("run-1", a_missing(1, seconds=2.5))
        assert await ledger.rollouts([a_key(1)]) == {}
        assert (await ledger.usage("run-1")).calls == 6
        await ledger.add_rollout("run-1", a_rollout(1))
        assert await ledger.rollouts([a_key(1)]) == {a_key(1): a_rollout(1)}
        assert (await ledger.usage("run-1")).calls == 7

    # -- runs

    async def test_an_unfinished_run_is_found_again(self, ledger: Ledger) -> None:
        run = a_run()
        assert await ledger.unfinished_run(run.fingerprint) is None
        await ledger.start_run(run, SKILL)
        await ledger.start_run(run, SKILL)
        assert await ledger.unfinished_run(run.fingerprint) == run
        assert await ledger.unfinished_run("another") is None
        await ledger.finish_run(an_end(run))
        assert await ledger.unfinished_run(run.fingerprint) is None

    async def test_the_newest_unfinished_run_is_found(self, ledger: Ledger) -> None:
        for name in ("run-b", "run-a", "run-c"):
            await ledger.start_run(a_run(name), SKILL)
        await ledger.finish_run(an_end(a_run("run-c")))
        assert await ledger.unfinished_run(a_run().fingerprint) == a_run("run-a")

    async def test_a_run_can_end_twice(self, ledger: Ledger) -> None:
        run = a_run()
        await ledger.start_run(run, SKILL)
        await ledger.finish_run(an_end(run))
        await ledger.finish_run(an_end(run, written=True))
        await ledger.finish_run(an_end(run, written=True))
        assert await ledger.unfinished_run(run.fingerprint) is None

    async def test_one_id_is_one_run(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        with pytest.raises(LedgerError):
            await ledger.start_run(a_run(fingerprint="another"), SKILL)

    async def test_what_did_not_start_cannot_go_on(self, ledger: Ledger) -> None:
        with pytest.raises(LedgerError):
            await ledger.finish_run(an_end(a_run()))
        with pytest.raises(LedgerError):
            await ledger.add_round(*a_round())
        with pytest.raises(LedgerError):
            await ledger.move_head("triage", FILE, expected_parent="a", new="b", run="run-1")

    async def test_the_first_version_is_kept_to_the_byte(self, ledger: Ledger) -> None:
        skill = Skill(text="\ufeff---\r\nname: x\r\n---\r\n# Ünï\r\n\tno final newline")
        await ledger.start_run(a_run(first=skill.digest), skill)
        assert await ledger.skill(skill.digest) == skill
        assert await ledger.skill("0" * 64) is None

    # -- rounds

    async def test_rounds_come_back_in_order(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        await ledger.start_run(a_run("run-2"), SKILL)
        other, _ = a_round(2, stage=Stage.FIT)
        await ledger.add_round(other, None)
        first, candidate = a_round(1, outcome=Outcome.ACCEPTED)
        await ledger.add_round(first, candidate)
        await ledger.add_round(*a_round(1, run="run-2"))
        assert await ledger.rounds("run-1") == (first, other)
        assert candidate
        assert await ledger.skill(candidate.digest) == candidate

    async def test_the_newest_rounds_of_a_skill_come_from_all_its_runs(
        self, ledger: Ledger
    ) -> None:
        made = []
        for name in ("run-1", "run-2"):
            await ledger.start_run(a_run(name), SKILL)
            for number in (1, 2):
                round_, skill = a_round(number, run=name)
                ran = Chosen(task="t", why=Why.NEW, score=0.5, missed=("queue",))
                made.append(round_.model_copy(update={"chosen": (ran,)}))
                await ledger.add_round(made[-1], skill)
        skill_id = a_run().skill_id
        assert await ledger.newest_rounds(skill_id, most=3) == tuple(made[1:])
        assert await ledger.newest_rounds("another", most=3) == ()

    async def test_an_optimizers_newest_rounds_are_those_of_its_runs_on_the_skill(
        self, ledger: Ledger
    ) -> None:
        made = {}
        for name, other in {
            "run-1": {},
            "run-2": {"optimizer": "another"},
            "run-3": {"skill_path": "another/SKILL.md"},
            "run-4": {},
        }.items():
            await ledger.start_run(a_run(name, **other), SKILL)
            for number in (1, 2):
                made[name, number], skill = a_round(number, run=name)
                await ledger.add_round(made[name, number], skill)
        mine = [made[name, number] for name in ("run-1", "run-4") for number in (1, 2)]
        assert await ledger.optimizer_rounds("run-4", most=9) == tuple(mine)
        assert await ledger.optimizer_rounds("run-1", most=3) == tuple(mine[1:])
        assert await ledger.optimizer_rounds("run-2", most=1) == (made["run-2", 2],)

    async def test_a_round_without_a_proposal_is_kept(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        round_ = a_round(1, stage=Stage.REPLY)[0].model_copy(
            update={"proposal": None, "sections": ()}
        )
        await ledger.add_round(round_, None)
        assert await ledger.rounds("run-1") == (round_,)
        assert await ledger.refusals("triage") == ()

    async def test_a_round_is_entered_once(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        round_, candidate = a_round()
        for _ in range(2):
            await ledger.add_round(round_, candidate)
        assert await ledger.rounds("run-1") == (round_,)
        assert len(await ledger.refusals("triage")) == 1

    async def test_a_round_that_ended_otherwise_is_refused(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        round_, candidate = a_round()
        await ledger.add_round(round_, candidate)
        with pytest.raises(LedgerError):
            await ledger.add_round(*a_round(outcome=Outcome.ACCEPTED))
        assert await ledger.rounds("run-1") == (round_,)

    async def test_refusals_of_all_runs_of_the_skill(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        await ledger.start_run(a_run("run-2"), SKILL)
        await ledger.start_run(a_run("run-3", skill_name="another", skill_path=None), SKILL)
        await ledger.add_round(*a_round(1, outcome=Outcome.ACCEPTED))
        await ledger.add_round(*a_round(2, outcome=Outcome.INCONCLUSIVE))
        await ledger.add_round(*a_round(1, run="run-2", stage=Stage.FIT))
        await ledger.add_round(*a_round(1, run="run-3"))
        found = await ledger.refusals("triage")
        assert [(refusal.run, refusal.number) for refusal in found] == [("run-1", 2), ("run-2", 1)]
        assert [refusal.outcome for refusal in found] == ["inconclusive", "rejected"]
        assert [refusal.stage for refusal in found] == [Stage.GATE, Stage.FIT]
        assert found[0].proposal == a_round(2)[0].proposal
        assert found[0].sections == ("Triage > Rules",)

    # -- replies

    async def test_accepted_rounds_by_skill_and_version(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        first, made = a_round(1, outcome=Outcome.ACCEPTED)
        second, last = a_round(2, outcome=Outcome.ACCEPTED, parent=made)  # type: ignore[arg-type]
        refused, candidate = a_round(3)
        for round_, skill in ((first, made), (second, last), (refused, candidate)):
            await ledger.add_round(round_, skill)
        assert await ledger.accepted([SKILL_ID], most=9) == (first, second)
        assert await ledger.accepted([SKILL_ID], most=1) == (second,)
        assert await ledger.accepted([SKILL_ID], parent=SKILL.digest, most=9) == (first,)
        assert await ledger.accepted(["another skill"], most=9) == ()

    async def test_a_reply_comes_back_equal(self, ledger: Ledger) -> None:
        reply = an_exchange(reply="lone \ud800, nul \x00, é")
        assert await ledger.exchange("run-1", "1/propose") is None
        await ledger.add_exchange(reply)
        await ledger.add_exchange(reply)
        assert await ledger.exchange("run-1", "1/propose") == reply
        assert await ledger.exchange("run-2", "1/propose") is None
        assert await ledger.usage("run-1") == reply.usage

    async def test_another_prompt_under_the_same_key_is_another_reply(self, ledger: Ledger) -> None:
        old, new = an_exchange(reply="old"), an_exchange(prompt="[1]", reply="new")
        await ledger.add_exchange(old)
        await ledger.add_exchange(new)
        assert await ledger.exchange("run-1", "1/propose") == new
        assert (await ledger.usage("run-1")).calls == 2

    async def test_usage_adds_up_and_an_unknown_price_stays_unknown(self, ledger: Ledger) -> None:
        assert await ledger.usage("run-1") == Usage()
        await ledger.add_rollout("run-1", a_rollout(1))
        await ledger.add_exchange(an_exchange())
        assert await ledger.usage("run-1") == a_rollout(1).usage + an_exchange().usage
        await ledger.add_rollout(
            "run-1", a_rollout(2).model_copy(update={"usage": Usage(calls=1, cost=None)})
        )
        assert (await ledger.usage("run-1")).cost is None

    # -- sealed tasks

    async def test_runs_that_opened_sealed_tasks_come_as_they_stand(self, ledger: Ledger) -> None:
        assert await ledger.openings(SKILL_ID) == ()
        one, two = a_run(), a_run("run-2", kind="eval")
        for run in (
            one,
            two,
            a_run("run-3"),
            a_run("run-4", skill_name="another", skill_path=None),
        ):
            await ledger.start_run(run, SKILL)
        began = one.model_copy(update={"opened": ("t1", "t2")})
        await ledger.finish_run(began)
        await ledger.finish_run(two.model_copy(update={"opened": ("t3",), "finished": 1.0}))
        assert [run.id for run in await ledger.openings(SKILL_ID)] == ["run-1", "run-2"]
        assert await ledger.unfinished_run(one.fingerprint) is not None
        ended = an_end(began)
        await ledger.finish_run(ended)
        found = (await ledger.openings(SKILL_ID))[0]
        assert (found.last, found.opened) == (ended.last, ("t1", "t2"))
        assert await ledger.openings("another") == ()

    async def test_the_last_run_of_a_fingerprint_is_the_newest_that_ended(
        self, ledger: Ledger
    ) -> None:
        one, two, three = a_run(), a_run("run-2"), a_run("run-3")
        assert await ledger.last_run(one.fingerprint) is None
        for run in (one, two, three):
            await ledger.start_run(run, SKILL)
        await ledger.finish_run(an_end(one))
        await ledger.finish_run(an_end(two, noise=Noise(squares=0.5, repeats=3)))
        await ledger.finish_run(three.model_copy(update={"opened": ("t1",)}))
        found = await ledger.last_run(one.fingerprint)
        assert found is not None
        assert (found.id, found.noise) == ("run-2", Noise(squares=0.5, repeats=3))
        assert await ledger.last_run("another") is None

    # -- who is at work

    async def test_one_at_a_time_works_on_a_run(self, ledger: Ledger) -> None:
        await ledger.release("mine")
        await ledger.hold("mine")
        await ledger.hold("another")
        with pytest.raises(RunHeld, match="this run is already in progress"):
            await ledger.hold("mine")
        await ledger.release("mine")
        await ledger.hold("mine")

    # -- heads

    async def test_a_run_moves_the_head(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        assert await ledger.head(SKILL_ID, FILE) is None
        await ledger.move_head("triage", FILE, expected_parent=SKILL.digest, new="b", run="run-1")
        await ledger.move_head("triage", FILE, expected_parent=SKILL.digest, new="b", run="run-1")
        assert await ledger.head(SKILL_ID, FILE) == "b"
        assert await ledger.head(SKILL_ID, "elsewhere/SKILL.md") is None

    async def test_of_two_runs_at_once_the_second_is_told(self, ledger: Ledger) -> None:
        for name in ("run-1", "run-2"):
            await ledger.start_run(a_run(name), SKILL)
        await ledger.move_head("triage", FILE, expected_parent=SKILL.digest, new="b", run="run-1")
        with pytest.raises(HeadMoved):
            await ledger.move_head(
                "triage", FILE, expected_parent=SKILL.digest, new="c", run="run-2"
            )
        assert await ledger.head(SKILL_ID, FILE) == "b"
        await ledger.move_head(
            "triage", "copy.md", expected_parent=SKILL.digest, new="c", run="run-2"
        )

    async def test_a_run_that_began_later_may_move_it(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        await ledger.move_head("triage", FILE, expected_parent=SKILL.digest, new="b", run="run-1")
        await ledger.start_run(a_run("run-2"), SKILL)
        edited_by_hand = "x"
        await ledger.move_head("triage", FILE, expected_parent=edited_by_hand, new="c", run="run-2")
        assert await ledger.head(SKILL_ID, FILE) == "c"

    async def test_what_another_run_left_as_it_was_is_no_conflict(self, ledger: Ledger) -> None:
        for name in ("run-1", "run-2"):
            await ledger.start_run(a_run(name), SKILL)
        await ledger.move_head("triage", FILE, expected_parent="z", new=SKILL.digest, run="run-2")
        await ledger.move_head("triage", FILE, expected_parent=SKILL.digest, new="b", run="run-1")
        assert await ledger.head(SKILL_ID, FILE) == "b"

    async def test_texts_of_candidates_and_edits_keep_their_odd_characters(
        self, ledger: Ledger
    ) -> None:
        await ledger.start_run(a_run(), SKILL)
        proposal = a_proposal(an_insert("- ünï — “quoted” \u200d\n"))
        round_, candidate = a_round(1, proposal=proposal, outcome=Outcome.ACCEPTED)
        await ledger.add_round(round_, candidate)
        assert await ledger.skill(made_by(proposal).digest) == candidate
        assert (await ledger.rounds("run-1"))[0].proposal == proposal

    # -- what waits for a person

    async def test_what_waits_comes_back_equal_and_once(self, ledger: Ledger) -> None:
        await ledger.start_run(a_run(), SKILL)
        round_, candidate = a_round(1, outcome=Outcome.ACCEPTED)
        assert candidate
        assert await ledger.waiting("run-1", 1) is None
        for _ in range(2):
            await ledger.add_waiting(round_, candidate)
        found = await ledger.waiting("run-1", 1)
        assert found
        assert (found.round, found.skill, found.decision) == (round_, "triage", None)
        assert await ledger.skill(candidate.digest) == candidate
        assert await ledger.waiting("run-1", 2) is None
        assert await ledger.rounds("run-1") == ()

    async def test_another_proposal_does_not_wait_in_its_place(self, ledger: Ledger) -> None:
        round_, candidate = a_round(1, outcome=Outcome.ACCEPTED)
        assert candidate
        with pytest.raises(LedgerError, match="not in the ledger"):
            await ledger.add_waiting(round_, candidate)
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_waiting(round_, candidate)
        proposal = a_proposal(an_insert("- Another one.\n"))
        other, second = a_round(1, proposal=proposal, outcome=Outcome.ACCEPTED)
        assert second
        with pytest.raises(LedgerError, match="waits with another proposal"):
            await ledger.add_waiting(other, second)
