"""Pydantic and LangChain objects by their serialised form, graphs by their nodes and edges."""

from __future__ import annotations

import sys
from typing import Any

from pydantic import BaseModel, SecretBytes, SecretStr

from skillopt.adapters.identity.origin import installed
from skillopt.adapters.identity.walk import Walk, joined

_SETTINGS = (
    "config", "input_channels", "output_channels", "interrupt_after_nodes",
    "interrupt_before_nodes", "step_timeout", "store", "context_schema",
)  # fmt: skip


def model(value: BaseModel, walk: Walk) -> str:
    """The class and the fields, without what an installed class leaves out of its serialised form.

    LangChain's chat models leave out their clients, callbacks and tags; keys are never part of it.
    """
    kind = type(value)
    held = {name: getattr(value, name) for name in kind.model_fields if _shapes(kind, name)}
    own = {} if installed(kind.__module__) else value.__pydantic_private__ or {}
    return joined(
        "model",
        walk.digest(kind),
        [[name, walk.digest(held[name], name)] for name in sorted(held)],
        walk.digest(value.__pydantic_extra__),
        [[name, walk.digest(own[name], name)] for name in sorted(own)],
    )


def secret(value: SecretStr | SecretBytes) -> str:
    """A key shapes no answer."""
    return joined("secret", type(value).__name__)


def is_graph(value: object) -> bool:
    """Whether it is a compiled LangGraph graph; LangGraph is not loaded for that."""
    pregel = getattr(sys.modules.get("langgraph.pregel"), "Pregel", None)
    return pregel is not None and isinstance(value, pregel)


def graph(value: Any, walk: Walk) -> str:
    """Nodes and edges with their functions, schemas and settings; not where it keeps threads."""
    builder = getattr(value, "builder", None)
    settings = [[name, walk.digest(getattr(value, name, None), name)] for name in _SETTINGS]
    parts = _built(builder, walk) if builder is not None else _bare(value, walk)
    return joined("graph", walk.digest(type(value)), value.name, settings, parts)


def _built(builder: Any, walk: Walk) -> list[Any]:
    nodes = [[name, walk.digest(spec, name)] for name, spec in sorted(builder.nodes.items())]
    names = ("edges", "waiting_edges", "branches", "state_schema", "input_schema", "output_schema")
    return [nodes, [walk.digest(getattr(builder, name), name) for name in names]]


def _bare(value: Any, walk: Walk) -> list[Any]:
    names = ("bound", "mapper", "triggers", "channels")
    return [
        [node, [walk.digest(getattr(held, name, None), node) for name in names]]
        for node, held in sorted(value.nodes.items())
    ]


def _shapes(kind: type[BaseModel], name: str) -> bool:
    """Whether a field is part of the serialised form, or of a class of the caller's own."""
    if kind.model_fields[name].exclude is not True:
        return True
    bases = [base for base in kind.__mro__ if name in getattr(base, "model_fields", {})]
    return not installed(bases[-1].__module__)
