"""Callers: who makes a request to a model, this process or others beside it.

Read in this order: `request` (what is sent and what comes back), `frames` (the same as bytes),
`process` (one process, from this side), `program` (from its own), `callers` (which of them).
"""

from skillopt.adapters.models.callers.callers import Callers
from skillopt.adapters.models.callers.request import Answer, Request

__all__ = ["Answer", "Callers", "Request"]
