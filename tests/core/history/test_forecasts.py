"""Predicted gains against measured ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.gate import Outcome
from skillopt.core.history.forecasts import Forecasts, forecasts_in, forecasts_of
from skillopt.core.history.run import Round
from skillopt.core.proposals.refusal import Stage
from tests.adapters.ledger.samples import a_round

shares = st.lists(
    st.tuples(st.floats(-1, 1), st.floats(-1, 1).filter(lambda gain: abs(gain) > 0.01)),
    min_size=1,
    max_size=12,
)


def of(pairs: list[tuple[float, float]]) -> Forecasts:
    found = forecasts_of(
        proposals=len(pairs),
        predicted=sum(said for said, _ in pairs),
        measured=sum(was for _, was in pairs),
        errors=sum((said - was) ** 2 for said, was in pairs),
        squares=sum(was * was for _, was in pairs),
    )
    assert found is not None
    return found


@given(shares)
def test_right_predictions_are_perfect_and_none_is_the_reference(
    pairs: list[tuple[float, float]],
) -> None:
    measured = [was for _, was in pairs]
    perfect = of([(was, was) for was in measured])
    assert (perfect.error, perfect.skill) == (0, 1)
    assert of([(0.0, was) for was in measured]).skill == 0


def test_boasting_misleads() -> None:
    found = of([(0.1, 0.025)] * 3)
    assert found.skill is not None
    assert round(found.skill, 6) == -8


def test_nothing_to_score() -> None:
    assert forecasts_of(proposals=0, predicted=0, measured=0, errors=0, squares=0) is None
    assert of([(0.2, 0.0)]).skill is None


def predicting(number: int, predicted: float, **fields: object) -> Round:
    round_, _ = a_round(number, outcome=Outcome.ACCEPTED)
    assert round_.proposal
    draft = round_.proposal.draft.model_copy(update={"predicted_gain": predicted})
    proposal = round_.proposal.model_copy(update={"draft": draft})
    return round_.model_copy(update={"proposal": proposal, **fields})


def test_a_forecast_is_a_prediction_that_the_gate_measured_once() -> None:
    plain = predicting(1, 0.1)
    verdict = plain.decision.verdict
    assert verdict
    assert verdict.gain is not None
    screened, _ = a_round(2, stage=Stage.FIT)
    again = [predicting(3, 0.2, taken_from="r1"), predicting(4, 0.2, continues="r1")]
    assert forecasts_in([plain, screened, *again]) == [(0.1, verdict.gain)]
