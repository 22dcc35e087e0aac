from __future__ import annotations

from skillopt.adapters.traces.passed_over import PassedTally
from skillopt.adapters.traces.sides import PassedOver


def test_kinds_are_counted_the_most_frequent_first() -> None:
    tally = PassedTally()
    assert tally.told() is None
    tally.add(PassedOver("trace without an input", "a:1"))
    for line in (2, 3):
        tally.add(PassedOver("span without a question", f"a:{line}", ("http.method", "x")))
    assert tally.told() == (
        "nobody asks anything in: "
        "2 spans without a question (the first in a:2, which has http.method, x); "
        "1 trace without an input (the first in a:1)"
    )
