"""Comparing JSON content: equal, included, or fitting a schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from skillopt.core.evaluation.patterns import BadPattern, compiled, is_found
from skillopt.errors import CallFailed

Show = Callable[[Any], str]


def field_at(content: Any, path: str) -> Any:
    """The field at ``path``, dots going deeper; a list takes indices (`lines.0.price`).

    A field whose own name has dots is found where nothing goes deeper under its first part.

    Raises:
        KeyError: there is no such field.
    """
    if isinstance(content, dict) and path in content:
        return content[path]
    first, _, rest = path.partition(".")
    if isinstance(content, dict) and first in content:
        inner = content[first]
    elif isinstance(content, list) and first.isdecimal() and int(first) < len(content):
        inner = content[int(first)]
    else:
        raise KeyError(path)
    return field_at(inner, rest) if rest else inner


def difference(wanted: Any, got: Any, *, subset: bool, show: Show) -> str | None:
    """The first place where ``got`` differs from ``wanted``, or None.

    `true` is not 1, 1 is 1.0, the order of an object's fields is nothing. With ``subset`` more
    fields than wanted are welcome, and each wanted element of a list must be somewhere in it.
    """
    found = _difference(wanted, got, subset=subset, path=())
    if found is None:
        return None
    path, expected, actual = found
    where = f" at `{'.'.join(path)}`" if path else ""
    spelled = ["no such field" if side is _ABSENT else show(side) for side in (expected, actual)]
    return f"expected {spelled[0]}{where}, got {spelled[1]}"


def is_same(wanted: Any, got: Any) -> bool:
    """Whether two pieces of JSON content are equal."""
    return _difference(wanted, got, subset=False, path=()) is None


def schema_flaw(schema: Any) -> str | None:
    """Why ``schema`` is no JSON Schema, or None."""
    if not isinstance(schema, dict | bool):
        return "a JSON schema is an object"
    from jsonschema.exceptions import SchemaError

    try:
        _validator_class(schema).check_schema(schema)
        flaw = _pattern_flaw(schema) or _reference_flaw(schema)
        if flaw is None:
            _first_error(schema, {})
    except SchemaError as error:
        return _at(error.message[:200], error)
    except RecursionError:
        return "it is nested too deeply, or endlessly recursive"
    except CallFailed as error:
        return str(error)
    return flaw


def schema_complaint(schema: Any, got: Any) -> str | None:
    """How ``got`` fails to fit ``schema``, or None. References go nowhere but into the schema.

    Fields, types and values are named; patterns and parts of the schema are not.

    Raises:
        CallFailed: a reference does not resolve or a pattern ran out of its time: missing data.
    """
    error = _first_error(schema, got)
    if error is None:
        return None
    return f"expected JSON that fits the schema, got {_at(_plain(error), error)}"


_ABSENT = object()
_Difference = tuple[tuple[str, ...], Any, Any]


def _difference(
    wanted: Any, got: Any, *, subset: bool, path: tuple[str, ...]
) -> _Difference | None:
    if isinstance(wanted, dict) and isinstance(got, dict):
        return _object_difference(wanted, got, subset=subset, path=path)
    if isinstance(wanted, list | tuple) and isinstance(got, list | tuple):
        return _list_difference(list(wanted), list(got), subset=subset, path=path)
    same_kind = isinstance(wanted, bool) is isinstance(got, bool)
    return None if same_kind and wanted == got else (path, wanted, got)


def _object_difference(
    wanted: dict[str, Any], got: dict[str, Any], *, subset: bool, path: tuple[str, ...]
) -> _Difference | None:
    for key, value in wanted.items():
        if key not in got:
            return (*path, key), value, _ABSENT
        found = _difference(value, got[key], subset=subset, path=(*path, key))
        if found:
            return found
    extra = next((key for key in got if key not in wanted), None)
    return None if subset or extra is None else ((*path, extra), _ABSENT, got[extra])


def _list_difference(
    wanted: list[Any], got: list[Any], *, subset: bool, path: tuple[str, ...]
) -> _Difference | None:
    if subset:
        for value in wanted:
            if all(_difference(value, other, subset=True, path=path) for other in got):
                return path, value, got
        return None
    for index, (value, other) in enumerate(zip(wanted, got, strict=False)):
        found = _difference(value, other, subset=False, path=(*path, str(index)))
        if found:
            return found
    return None if len(wanted) == len(got) else (path, wanted, got)


def _validator_class(schema: Any) -> Any:
    from jsonschema import Draft202012Validator, validators

    kind = validators.validator_for(schema, default=Draft202012Validator)
    extend: Any = validators.extend
    return extend(kind, {"pattern": _bounded_pattern})


def _first_error(schema: Any, got: Any) -> Any:
    from jsonschema.exceptions import best_match
    from jsonschema_specifications import REGISTRY
    from referencing.exceptions import Unresolvable

    validator = _validator_class(schema)(schema, registry=REGISTRY)
    try:
        return best_match(validator.iter_errors(got))
    except Unresolvable as error:
        raise CallFailed(
            f"the schema's reference {error.ref!r} does not resolve", passing=False
        ) from None


def _at(message: str, error: Any) -> str:
    where = ".".join(str(part) for part in error.absolute_path)
    return f"{message} at `{where}`" if where else message


def _plain(error: Any) -> str:
    """The error's message without the schema's own text, where it would quote that."""
    match error.validator:
        case "not":
            return f"{error.instance!r} is not allowed"
        case "oneOf":
            return f"{error.instance!r} fits none, or more than one, of the forms asked for"
        case "additionalProperties" if "patternProperties" in error.schema:
            return "a field whose name is not allowed"
        case _:
            message: str = error.message
            return message


def _bounded_pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Any:
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, str) and not is_found(pattern, instance):
        yield ValidationError(f"{instance!r} does not have the form that is asked for")


def _pattern_flaw(schema: Any) -> str | None:
    for part in _objects(schema):
        named = part.get("patternProperties")
        patterns = [*(named if isinstance(named, dict) else ()), part.get("pattern")]
        for pattern in patterns:
            if isinstance(pattern, str):
                try:
                    compiled(pattern)
                    re.compile(pattern)
                except (BadPattern, re.error) as error:
                    return f"the pattern {pattern!r} is not a regular expression: {error}"
    return None


def _reference_flaw(schema: Any) -> str | None:
    from jsonschema_specifications import REGISTRY
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    parts = _objects(schema)
    if any("$id" in part for part in parts if part is not schema):
        return None  # it moves the base of references; a bad one shows when the check is run
    resolver = REGISTRY.resolver_with_root(DRAFT202012.create_resource(schema))
    for part in parts:
        reference = part.get("$ref")
        try:
            if isinstance(reference, str):
                resolver.lookup(reference)
        except Unresolvable:
            return (
                f"the reference {reference!r} does not resolve; only references within the schema "
                "are supported"
            )
    return None


def _objects(schema: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    rest = [schema]
    while rest:
        part = rest.pop()
        if isinstance(part, dict):
            found.append(part)
            rest.extend(part.values())
        elif isinstance(part, list):
            rest.extend(part)
    return found
