"""From core values to rows and back. Secrets are taken out here, and only here."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from skillopt.core.evaluation.rollout import Graded, Missing, RolloutKey, Usage
from skillopt.core.gate.contest import Verdict
from skillopt.core.history.run import AcceptedRound, Exchange, Round, RunRecord
from skillopt.core.proposals.refusal import Ablation, Stage
from skillopt.core.redaction import redacted, redacted_content
from skillopt.core.skill.edit import added_text, anchor_of
from skillopt.core.skill.places import claimed_place
from skillopt.core.skill.skill import Skill
from skillopt.core.value import canonical_json, text_hash
from skillopt.errors import LedgerError

Row = dict[str, Any]

_ON_THE_SIDE = {"ending", "reasoning", "manner", "assessment", "trace", "files"}
"""What a payload holds only where there is something to say."""
_WHOLE = {"trace", "files"}
"""Of these, what is written with its inner defaults: a step says of which kind it is."""

LONGEST_WORDS = 20_000
"""Characters of a round that full-text search looks in."""


def utc(seconds: float) -> str:
    """Seconds since the epoch as ISO 8601 text in UTC, with microseconds, so that text sorts."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def stored_json(content: Any) -> str:
    """Canonical JSON that every database takes: lone surrogates are escaped."""
    text = canonical_json(content)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(content, sort_keys=True, separators=(",", ":"))
    return text


def stored_text(text: str) -> str:
    """``text`` without secrets, and without what a database refuses: NULs and lone surrogates."""
    plain = redacted(text).replace("\0", "\ufffd")
    return plain.encode("utf-8", "replace").decode("utf-8")


def document(value: BaseModel) -> str:
    """The stored form of a value, without secrets."""
    return stored_json(redacted_content(value.model_dump(mode="json")))


def rollout_row(run: str, rollout: Graded | Missing) -> Row:
    """The row of a rollout, but for its place in the chain."""
    key = rollout.key
    graded = isinstance(rollout, Graded)
    payload = stored_json(redacted_content(_rollout_payload(rollout)))
    digest = text_hash(payload)
    attempt = run if graded else missing_attempt(run, digest, rollout.seconds)
    return {
        "key": key.digest,
        "attempt": attempt,
        "run": run,
        "skill": key.skill,
        "task": key.task,
        "task_id": _task_name(rollout),
        "target": key.target,
        "trial": key.trial,
        "status": rollout.status,
        "score": rollout.score if isinstance(rollout, Graded) else None,
        "seconds": rollout.seconds,
        **_usage_columns(rollout.usage),
        "payload_digest": digest,
        "payload": payload,
    }


def missing_attempt(run: str, payload_digest: str, seconds: float) -> str:
    """Names an attempt that brought no answer: a run may miss the same rollout several times."""
    return f"{run}/{text_hash(f'{payload_digest}{seconds!r}')[:16]}"


def _task_name(rollout: Graded | Missing) -> str:
    """The task's id; with the manner where a probe asked it, so that it names no plain rollout."""
    asked = f" [{rollout.manner}]" if rollout.manner else ""
    return stored_text(f"{rollout.task_id}{asked}")


def _task_id(row: Row, payload: Row) -> str:
    name: str = row["task_id"]
    manner = payload.get("manner")
    return name.removesuffix(f" [{manner}]") if manner else name


def _rollout_payload(rollout: Graded | Missing) -> Row:
    if isinstance(rollout, Missing):
        return _on_the_side(rollout, {"reason": rollout.reason})
    results = [result.model_dump() for result in rollout.results]
    said = {"answer": rollout.answer, "results": results, "target_error": rollout.target_error}
    return _on_the_side(rollout, said)


def graded_of(row: Row) -> Graded:
    """The rollout of a row that is graded and not pruned."""
    payload = json.loads(row["payload"])
    return Graded(
        key=RolloutKey(
            skill=row["skill"], task=row["task"], target=row["target"], trial=row["trial"]
        ),
        task_id=_task_id(row, payload),
        answer=payload["answer"],
        score=row["score"],
        results=tuple(payload["results"]),
        usage=usage_of(row),
        seconds=row["seconds"],
        target_error=payload["target_error"],
        **{name: payload[name] for name in _ON_THE_SIDE if name in payload},
    )


def rollout_of(row: Row) -> Graded | Missing:
    """The rollout of a row that is not pruned."""
    if row["status"] == "graded":
        return graded_of(row)
    payload = json.loads(row["payload"])
    return Missing(
        key=RolloutKey(
            skill=row["skill"], task=row["task"], target=row["target"], trial=row["trial"]
        ),
        task_id=_task_id(row, payload),
        usage=usage_of(row),
        seconds=row["seconds"],
        reason=payload["reason"],
        ending=payload.get("ending"),
        manner=payload.get("manner", ""),
    )


def exchange_row(exchange: Exchange) -> Row:
    """The row of a reply."""
    said = _on_the_side(exchange, {"prompt": exchange.prompt, "reply": exchange.reply})
    payload = stored_json(redacted_content(said))
    return {
        "run": exchange.run,
        "key": exchange.key,
        "model": exchange.model,
        "prompt_digest": exchange.prompt_digest,
        **_usage_columns(exchange.usage),
        "payload_digest": text_hash(payload),
        "payload": payload,
    }


def _on_the_side(value: BaseModel, payload: Row) -> Row:
    """``payload`` with what is said only where it is no default: ending, reasoning and the like."""
    said = value.model_dump(mode="json", include=_ON_THE_SIDE, exclude_defaults=True)
    whole = value.model_dump(mode="json", include=_WHOLE & said.keys())
    return {**payload, **said, **whole}


def exchange_of(row: Row) -> Exchange:
    """The reply of a row that is not pruned."""
    return Exchange(
        run=row["run"],
        key=row["key"],
        model=row["model"],
        prompt_digest=row["prompt_digest"],
        usage=usage_of(row),
        **json.loads(row["payload"]),
    )


def run_row(run: RunRecord) -> Row:
    """The row of a run that begins."""
    return {**run_columns(run), "document": document(run)}


def run_columns(run: RunRecord) -> Row:
    """What the columns of a run repeat of its document."""
    return {
        "id": run.id,
        "fingerprint": run.fingerprint,
        "skill_name": stored_text(run.skill_name),
        "skill_path": None if run.skill_path is None else stored_text(run.skill_path),
        "first": run.first,
        "validation_set": run.validation_set,
        "target": stored_text(run.target),
        "optimizer": stored_text(run.optimizer),
        "judge": None if run.judge is None else stored_text(run.judge),
        "started": utc(run.started),
    }


def run_end_row(run: RunRecord) -> Row:
    """The row of a run's end."""
    return {**run_end_columns(run), "document": document(run)}


def run_end_columns(run: RunRecord) -> Row:
    """What the columns of a run's end repeat of its document."""
    sealed = run.sealed
    return {
        "run": run.id,
        "finished": None if run.finished is None else utc(run.finished),
        "stopped_by": None if run.stopped_by is None else stored_text(run.stopped_by),
        "last": run.last,
        "baseline": _number(run.baseline),
        "sealed_first": _number(sealed.first_score if sealed else None),
        "sealed_last": _number(sealed.last_score if sealed else None),
        "certified": sealed.certified if sealed else None,
        **_usage_columns(run.usage),
    }


def version_row(skill: Skill) -> Row:
    """The row of a version: its text is kept to the byte, since it must replay and revert."""
    return {"digest": skill.digest, "chars": len(skill.text), "text": skill.text}


def round_row(round_: Round, skill_name: str, *, changed: str = "") -> Row:
    """The row of a decided round.

    Args:
        round_: the round.
        skill_name: its run's skill.
        changed: the lines that a hand-written edit changed.
    """
    return {
        **round_columns(round_),
        "skill_name": skill_name,
        "document": round_document(round_),
        "words": round_words(round_, changed=changed),
    }


def round_document(round_: Round) -> str:
    """The stored form of a round."""
    content = redacted_content(round_.model_dump(mode="json"))
    if isinstance(round_.decision, AcceptedRound) and round_.proposal:
        # The skill has these words now; its versions replay only with exactly them.
        content["proposal"] = round_.proposal.model_dump(mode="json")
    return stored_json(content)


def round_columns(round_: Round) -> Row:
    """What the columns of a round repeat of its document."""
    decision, proposal, verdict = round_.decision, round_.proposal, round_.decision.verdict
    return {
        "id": round_.id,
        "run": round_.run,
        "number": round_.number,
        "outcome": outcome_of(round_),
        "stage": Stage.GATE.value if isinstance(decision, AcceptedRound) else decision.stage.value,
        "code": decision.verdict.code if isinstance(decision, AcceptedRound) else decision.code,
        "reason": stored_text(_reason(round_)),
        "idea": stored_text(proposal.draft.idea) if proposal else "",
        "criteria": stored_json(
            redacted_content(list(proposal.draft.criteria if proposal else ()))
        ),
        "sections": stored_json(redacted_content(list(round_.sections))),
        "parent": round_.parent,
        "candidate": decision.candidate,
        "context": round_.context,
        "edits_digest": proposal.edits_digest if proposal else None,
        "edits": len(proposal.edits) if proposal else 0,
        "predicted_gain": proposal.draft.predicted_gain if proposal else None,
        **_verdict_columns(verdict),
    }


def round_words(round_: Round, *, changed: str = "") -> str:
    """What full-text search looks in."""
    return stored_text("\n".join((*_words(round_), changed)))[:LONGEST_WORDS]


def round_of(stored: str) -> Round:
    """The round of a document; a field that another version of skillopt knew is passed over."""
    with telling("round"):
        return Round.model_validate_json(stored, extra="ignore")


def run_of(stored: str) -> RunRecord:
    """The run of a document; a field that another version of skillopt knew is passed over."""
    with telling("run"):
        return RunRecord.model_validate_json(stored, extra="ignore")


@contextmanager
def telling(what: str) -> Iterator[None]:
    """In place of pydantic's error a `LedgerError` that says what cannot be read, and why."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise LedgerError(
            f"a {what} in the ledger cannot be read ({where}: {first['msg']}); it was changed by "
            "hand, which `skillopt ledger verify` tells, or written by another version of skillopt"
        ) from None


def ablation_row(ablation: Ablation) -> Row:
    """The row of an ablation."""
    parts = [part.model_dump(mode="json") for part in ablation.parts]
    return {"round": ablation.round, "document": stored_json(parts)}


def edit_rows(round_: Round) -> list[Row]:
    """The rows of a round's edits."""
    if round_.proposal is None:
        return []
    exact = isinstance(round_.decision, AcceptedRound)
    return [
        {
            "round": round_.id,
            "number": number,
            "kind": edit.kind,
            "section": stored_text(claimed_place(edit)),
            "anchor": _edit_text(anchor_of(edit), exact=exact),
            "text": _edit_text(added_text(edit), exact=exact),
        }
        for number, edit in enumerate(round_.proposal.edits)
    ]


def holds_secret(round_: Round) -> bool:
    """Whether a refused proposal's edits write a secret: its candidate's text is not kept then."""
    if round_.proposal is None or isinstance(round_.decision, AcceptedRound):
        return False
    return any(redacted(added_text(edit)) != added_text(edit) for edit in round_.proposal.edits)


def outcome_of(round_: Round) -> str:
    """`accepted`, `rejected` or `inconclusive`."""
    return round_.decision.outcome


def usage_of(row: Row) -> Usage:
    """The usage columns as a value."""
    return Usage(
        calls=row["calls"],
        prompt_tokens=row["prompt_tokens"],
        completion_tokens=row["completion_tokens"],
        cost=row["cost"],
    )


def _usage_columns(usage: Usage) -> Row:
    return {
        "calls": usage.calls,
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "cost": None if usage.cost is None else float(usage.cost),
    }


def _verdict_columns(verdict: Verdict | None) -> Row:
    return {
        "gain": _number(verdict.gain if verdict else None),
        "p_value": _number(verdict.p_value if verdict else None),
        "tasks_seen": verdict.tasks_seen if verdict else None,
    }


def _number(value: float | None) -> float | None:
    """A number that every database gives back as it was put in; SQLite has no NaN."""
    return float(value) if value is not None and math.isfinite(value) else None


def _reason(round_: Round) -> str:
    decision = round_.decision
    return decision.verdict.reason if isinstance(decision, AcceptedRound) else decision.reason


def _words(round_: Round) -> Iterator[str]:
    """What people and models wrote; the reason is a sentence of ours, and says the same often."""
    yield from (loser.proposal.draft.idea for loser in round_.losers if loser.proposal)
    if round_.proposal:
        yield round_.proposal.draft.idea
        yield " ".join(round_.proposal.draft.criteria)
        for edit in round_.proposal.edits:
            yield anchor_of(edit)
            yield added_text(edit)
    yield " ".join(round_.sections)
    for critique in round_.critiques:
        yield f"{critique.criterion} {critique.quote} {critique.cause}"


def _edit_text(text: str, *, exact: bool) -> str:
    return text if exact else stored_text(text)
