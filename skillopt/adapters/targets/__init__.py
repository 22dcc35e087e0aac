"""Targets: a chat model, a function, a LangChain or LangGraph runnable, a command, an agent."""

from skillopt.adapters.targets.agent import AgentTarget
from skillopt.adapters.targets.callable import CallableTarget, OwnTarget
from skillopt.adapters.targets.chat import ChatTarget
from skillopt.adapters.targets.command import CommandTarget
from skillopt.adapters.targets.runnable import RunnableTarget

__all__ = [
    "AgentTarget",
    "CallableTarget",
    "ChatTarget",
    "CommandTarget",
    "OwnTarget",
    "RunnableTarget",
]
