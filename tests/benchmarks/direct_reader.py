"""The practice reader as a function, for benches of many runs: LiteLLM takes half of a run's time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from skillopt.adapters.practice.reader import answer
from skillopt.adapters.targets.chat import trial_seed
from skillopt.core.quoting import block, blocks


def direct_reader(*, seed: int, noise: float = 0.0) -> dict[str, Any]:
    """The options of a run whose target answers as `practice/reader` does, without LiteLLM.

    Args:
        seed: the run's.
        noise: how likely the reader errs on a rollout.
    """

    async def reader(skill: str, text: str, trial: int) -> str:
        own = trial_seed(seed, trial)
        return answer(_as_prompted(skill), text, seed=own, noise=noise)

    name = f"practice reader, noise {noise}, seed {seed}" if noise else "practice reader"
    return {"target": reader, "identity": name, "deterministic": not noise}


@lru_cache(maxsize=8)
def _as_prompted(skill: str) -> str:
    """The skill as it arrives in a prompt: the reader's noise depends on every character."""
    return blocks(block("skill", skill))["skill"] if skill else ""
