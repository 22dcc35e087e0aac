"""What agents of other frameworks did, as answers with a trace and with their usage.

Each function takes what the framework returns and gives the :class:`skillopt.Answer` that a target
returns. None of the frameworks is imported.
"""

from __future__ import annotations

from typing import Any

from skillopt.adapters.frameworks import langchain as _langchain
from skillopt.adapters.frameworks import openai_agents as _openai_agents
from skillopt.adapters.frameworks import pydantic_ai as _pydantic_ai
from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.trace import ProducedFile, Said, ToolCall, Trace

__all__ = [
    "ProducedFile",
    "Said",
    "ToolCall",
    "Trace",
    "langchain",
    "openai_agents",
    "pydantic_ai",
]


def langchain(messages: Any, *, given: int | None = None) -> Answer:
    """The answer in the messages of LangChain, LangGraph or deepagents.

    Args:
        messages: a list of them, or a state that has them under `messages`.
        given: how many of them the agent was given; by default those before its first own one.

    Raises:
        TargetError: the last one is no message of a model.
    """
    return _langchain.answer_of(messages, given=given)


def pydantic_ai(result: Any) -> Answer:
    """The answer in the result of pydantic-ai's `agent.run`.

    Raises:
        TargetError: it is no such result.
    """
    return _pydantic_ai.answer_of(result)


def openai_agents(result: Any) -> Answer:
    """The answer in the result of the OpenAI Agents SDK's `Runner.run`.

    Raises:
        TargetError: it is no such result.
    """
    return _openai_agents.answer_of(result)
