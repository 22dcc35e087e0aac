"""What the bench on a real model measures, piece by piece; see `tests.benchmarks.real_model`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple, get_args

import skillopt
from skillopt.core.gate import Outcome
from skillopt.core.gate.bounded_mean import share_interval
from skillopt.core.gate.contest import GateKind
from skillopt.core.probes.means import Mean
from skillopt.core.probes.report import Probed
from tests.benchmarks.local_model import MODEL
from tests.benchmarks.null_edits import STATED
from tests.benchmarks.real_results import Measure, Part, Piece
from tests.benchmarks.real_targets import NOTE, Document, through_litellm
from tests.benchmarks.real_tasks import HEAD, requests, with_examples

WARM = 0.7
TEMPERATURES = {"temperature 0": 0.0, f"temperature {WARM}": WARM}
EACH = 4
"""Examples of each team in the version that is probed; tuning begins with one in all."""
PROPOSERS: dict[str, dict[str, Any]] = {
    "imitate": {"proposer": "imitate"},
    "critique, practice mentor": {"proposer": "critique", "optimizer": "practice/mentor"},
    "rewrite, the model itself": {
        "proposer": "rewrite",
        "optimizer": MODEL,
        "optimizer_params": {"max_tokens": 200, "temperature": 0},
        "evidence": 4,
    },
}
FORMS = ("turns", "one text")
"""How a task is asked in another manner: as turns of a document, or all in one text."""
GATES: tuple[GateKind, ...] = tuple(kind for kind in get_args(GateKind) if kind in STATED)
SAID = (
    "Thank you for the care with which you do this.",
    "This page was last looked at in spring.",
    "All of us are glad that you are here.",
    "The owners of the house wish you a good day.",
    "There is nothing else that has to be said at this point.",
    "What follows is the same as it was last year.",
    "This is a page like any other page.",
    "Take the time that it takes, as one always should.",
)
"""Sentences without content, for edits that a model sees."""
ARMS: dict[Part, tuple[str, ...]] = {
    "probe": tuple(f"{form}, {warmth}" for form in FORMS for warmth in TEMPERATURES),
    "self-check": (
        "asked, temperature 0",
        *(f"{kind}, {warmth}" for kind in ("stated", "probability") for warmth in TEMPERATURES),
    ),
    "proposer": tuple(PROPOSERS),
    "gate": ("equal", "sentence"),
}
QUICK: dict[Part, tuple[str, ...]] = {
    "probe": (f"turns, temperature {WARM}",),
    "self-check": (f"stated, temperature {WARM}", f"probability, temperature {WARM}"),
    "proposer": ("imitate", "critique, practice mentor"),
    "gate": ("equal",),
}


class Bench(NamedTuple):
    """Where to measure."""

    base: str
    """The server's URL."""
    ledger: Path

    def options(self, piece: Piece) -> dict[str, Any]:
        """What all calls have in common."""
        return {"validation_set": requests(), "ledger": self.ledger, "seed": piece.seed}


def number(value: float) -> Measure:
    """A measure without an interval."""
    return Measure(value=float(value))


def share(count: int, of: int) -> Measure:
    """A share with its interval; 0 of none."""
    low, high = share_interval(count / of, of) if of else (0.0, 1.0)
    return Measure(value=count / max(of, 1), low=low, high=high)


def _over(mean: Mean) -> Measure:
    return Measure(value=mean.mean, low=mean.low, high=mean.high)


def measured(piece: Piece, bench: Bench) -> dict[str, Measure]:
    """What a piece comes to."""
    match piece.part:
        case "probe":
            return probes(piece, bench)
        case "self-check":
            return self_checks(piece, bench)
        case "proposer":
            return proposers(piece, bench)
        case "gate":
            return gates(piece, bench)


def probes(piece: Piece, bench: Bench) -> dict[str, Measure]:
    """Second attempts, variants and agreement of a version whose examples the seed draws."""
    form, warmth = piece.arm.split(", ")
    temperature = TEMPERATURES[warmth]
    if form == "turns":
        settings: dict[str, Any] = {
            "target": Document(bench.base, temperature=temperature, seed=piece.seed),
            "concurrency": 1,
        }
    else:
        settings = through_litellm(bench.base, temperature=temperature)
    report = skillopt.probe(
        skillopt.Skill(text=with_examples(EACH, piece.seed)),
        second_attempts=True,
        variants=3,
        agreement=3,
        **settings,
        **bench.options(piece),
    )
    return {**_attempted(report.found), **_wrapped(report.found), **_agreed(report.found)}


def _attempted(found: Probed) -> dict[str, Measure]:
    second = found.second_attempts
    assert second is not None
    return {
        "score": _over(found.score),
        "second attempt": _over(second.gain),
        "repaired": share(second.repaired, second.failed),
        "broken": share(second.broken, second.passed),
    }


def _wrapped(found: Probed) -> dict[str, Measure]:
    wrapped = found.variants
    assert wrapped is not None
    each = {f"after {one.kind}": _over(one.robustness) for one in wrapped.kinds}
    return {
        "same verdict": _over(wrapped.consistency),
        "wrapped": _over(wrapped.robustness),
        **each,
    }


def _agreed(found: Probed) -> dict[str, Measure]:
    """Empty for a deterministic target, whose runs always agree."""
    agreed = found.agreement
    if agreed is None:
        return {}
    said = {"agreement": _over(agreed.agreement), "wrong": number(len(agreed.consistently_wrong))}
    if agreed.correlation is not None:
        said["correlation"] = number(agreed.correlation)
    return said


def self_checks(piece: Piece, bench: Bench) -> dict[str, Measure]:
    """A self-check of the better version: asked for in the prompt, or made by a harness."""
    kind, warmth = piece.arm.split(", ")
    temperature = TEMPERATURES[warmth]
    if kind == "asked":
        settings = through_litellm(bench.base, temperature=temperature, asks_on=True)
    else:
        made = Document(
            bench.base,
            temperature=temperature,
            seed=piece.seed,
            confidence=kind,  # type: ignore[arg-type]
        )
        settings = {"target": made, "concurrency": 1}
    report = skillopt.probe(
        skillopt.Skill(text=with_examples(EACH, piece.seed)),
        self_check=True,
        **settings,
        **bench.options(piece),
    )
    checked = report.found.self_check
    assert checked is not None
    found = {"score": _over(checked.score), "assessed": share(checked.assessed, checked.answers)}
    if checked.brier and checked.confidence and checked.overconfidence:
        found["Brier"] = _over(checked.brier)
        found["confidence"] = _over(checked.confidence)
        found["overconfidence"] = _over(checked.overconfidence)
    if checked.skill is not None:
        found["skill"] = number(checked.skill)
    return found


def proposers(piece: Piece, bench: Bench) -> dict[str, Measure]:
    """One tuning run from one example; all share a ledger without conditioning.

    So what a version answered is looked up, and no run learns from another.
    """
    run = skillopt.tune(
        skillopt.Skill(text=with_examples(0, piece.seed)),
        rounds=piece.size,
        conditioning=False,
        reopen_sealed=True,  # each of these runs is a measurement of its own
        optimizer_api_base=bench.base,
        **PROPOSERS[piece.arm],
        **through_litellm(bench.base, temperature=0.0),
        **bench.options(piece),
    )
    sealed = run.record.sealed
    kinds = [one.decision.kind for one in run.rounds]
    return {
        "gain": Measure(value=sealed.difference, low=sealed.low, high=sealed.high)
        if sealed
        else number(0),
        "certified": number(bool(sealed and sealed.certified)),
        "tested": number(sum(one.decision.verdict is not None for one in run.rounds)),
        "accepted": number(kinds.count("accepted")),
        "rounds": number(len(kinds)),
    }


def gates(piece: Piece, bench: Bench) -> dict[str, Measure]:
    """How many edits without content each gate accepts, for answers that differ by chance.

    Equal versions differ in a note that the model does not see. They are a chain, in which each
    runs once, as the candidate against the one before and as the incumbent of the next. A sentence
    is added to one of them, and the model does see it. The gates share the runs.
    """
    accepted: Counter[str] = Counter()
    for offer in range(piece.size):
        old = _noted(piece.seed, offer)
        if piece.arm == "equal":
            new = _noted(piece.seed, offer + 1)
        else:
            new = old.replace(HEAD, _saying(piece.seed, offer))
        for kind in GATES:
            decided = skillopt.gate(
                skillopt.Skill(text=old),
                skillopt.Skill(text=new),
                gate=kind,
                target=Document(bench.base, temperature=WARM, seed=piece.seed),
                concurrency=1,
                **bench.options(piece),
            )
            accepted[f"{piece.arm}, {kind}"] += decided.outcome is Outcome.ACCEPTED
    return {name: number(count) for name, count in accepted.items()}


def _noted(seed: int, number: int) -> str:
    text = with_examples(EACH, seed)
    return f"{text}\n{NOTE}{number} of {seed} -->\n"


def _saying(seed: int, number: int) -> str:
    return HEAD.replace("\n## ", f"\n{SAID[(seed + number) % len(SAID)]}\n\n## ")
