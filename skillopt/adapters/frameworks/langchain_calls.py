"""A LangChain callback that counts calls of models; imported only where LangChain is loaded."""

from __future__ import annotations

import threading
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.outputs import LLMResult

from skillopt.adapters.frameworks.langchain import summed
from skillopt.core.evaluation.rollout import Usage


class CallCounter(BaseCallbackHandler):
    """Counts calls and the tokens that their replies state, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stated: list[Any] = []

    @property
    def usage(self) -> Usage | None:
        """What the calls have used; None where there was none."""
        with self._lock:
            return summed(self._stated) if self._stated else None

    def on_llm_end(self, response: LLMResult, **_: Any) -> None:
        """A model has replied."""
        said = [one for several in response.generations for one in several]
        message = getattr(said[0], "message", None) if said else None
        self._state(getattr(message, "usage_metadata", None))

    def on_llm_error(self, error: BaseException, **_: Any) -> None:  # noqa: ARG002
        """A call that failed was a call."""
        self._state(None)

    def _state(self, usage: Any) -> None:
        with self._lock:
            self._stated.append(usage)
