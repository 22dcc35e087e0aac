"""Models: LiteLLM's, by their strings, and functions of the caller's own.

Read in this order: `settings`, `library` (the door to LiteLLM), `access` with `addresses`,
`prices`, `schemas`, `replies`, `failures` with `waits`, `stated_waits` and `wording`,
`callers` (which process makes a call), `dialect` (what an endpoint takes) with `first_call`,
`outage` and `advice`, `lite_llm`; `own` stands apart.
"""

from skillopt.adapters.models.callers import Callers
from skillopt.adapters.models.library import load_litellm
from skillopt.adapters.models.lite_llm import LiteLLMModel
from skillopt.adapters.models.own import CallableModel, OwnModel
from skillopt.adapters.models.settings import ModelSettings

__all__ = ["CallableModel", "Callers", "LiteLLMModel", "ModelSettings", "OwnModel", "load_litellm"]
