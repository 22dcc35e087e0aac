"""Targets: a chat model, a function, a LangChain or LangGraph runnable, a command."""

from skillopt.adapters.targets.callable import CallableTarget, OwnTarget
from skillopt.adapters.targets.chat import ChatTarget
from skillopt.adapters.targets.command import CommandTarget
from skillopt.adapters.targets.runnable import RunnableTarget

__all__ = ["CallableTarget", "ChatTarget", "CommandTarget", "OwnTarget", "RunnableTarget"]
