"""JSON objects told from the pydantic models they are dumped from."""

from __future__ import annotations

import ast
import builtins
import enum
import inspect
import re
import types
import typing
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, get_args, get_origin

from pages.tables import table
from pydantic import AwareDatetime, BaseModel

Model = type[BaseModel]


def described(roots: Iterable[Model]) -> str:
    """A section with a table of fields for each of ``roots`` and every model they are made of."""
    return "\n".join(_section(model) for model in _reached(roots))


def link(model: Model) -> str:
    """A link to the model's section."""
    return f"[{model.__name__}](#{model.__name__.lower()})"


def _section(model: Model) -> str:
    said = _plain(inspect.getdoc(model) or "").split("\n\n")[0]
    docs = field_docs(model)
    rows = [
        (f"`{name}`", _type(field.annotation), docs.get(name, ""))
        for name, field in model.model_fields.items()
    ]
    return f"### {model.__name__}\n\n{said}\n\n{table(('field', 'type', 'meaning'), rows)}"


def _reached(roots: Iterable[Model]) -> list[Model]:
    """Models in the order in which a reader meets them."""
    found: list[Model] = []
    waiting = list(roots)
    while waiting:
        model = waiting.pop(0)
        if model not in found:
            found.append(model)
            fields = model.model_fields.values()
            waiting[:0] = [inner for field in fields for inner in _models_in(field.annotation)]
    return found


def _models_in(annotation: Any) -> Iterator[Model]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def field_docs(model: Model) -> dict[str, str]:
    """The sentence under each field, those of the classes it inherits from included."""
    docs: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not BaseModel:
            docs |= _own_docs(kind)
    return docs


def _own_docs(kind: type) -> dict[str, str]:
    body = ast.parse(inspect.cleandoc("\n" + inspect.getsource(kind))).body[0]
    assert isinstance(body, ast.ClassDef)
    docs = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and is_text:
            assert isinstance(below, ast.Expr)
            assert isinstance(below.value, ast.Constant)
            docs[field.target.id] = _plain(inspect.cleandoc(str(below.value.value)))
    return docs


_PLAIN = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    bytes: "text, Base64",
    types.NoneType: "null",
    datetime: "time, ISO 8601",
    AwareDatetime: "time, ISO 8601",
    Path: "path",
    Any: "anything",
}


def _type(annotation: Any) -> str:
    """How JSON shows a value of that type."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return link(annotation)
    if isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        return _choice(value.value for value in annotation)
    return _composed(annotation, get_args(annotation))


def _composed(annotation: Any, parts: tuple[Any, ...]) -> str:
    match get_origin(annotation):
        case typing.Literal:
            return _choice(parts)
        case typing.Annotated:
            return _type(parts[0])
        case typing.Union | types.UnionType:
            return " or ".join(dict.fromkeys(map(_type, parts)))
        case builtins.tuple | builtins.list:
            return f"list of {_type(parts[0])}"
        case builtins.dict:
            return f"object, {_type(parts[1])} by {_type(parts[0])}"
        case _:
            raise TypeError(f"no words for {annotation!r}; add them to docs/pages/objects.py")


def _choice(values: Iterable[object]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _plain(text: str) -> str:
    """Without the marks that only documentation in code has."""
    bare = re.sub(r":\w+:`~?(?:[\w.]+\.)?(\w+)`", r"`\1`", text)
    return re.sub(r"\bNone\b", "null", bare.replace("``", "`"))
