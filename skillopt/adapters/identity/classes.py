"""Classes: their methods, attributes, bases and annotations."""

from __future__ import annotations

import inspect
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType

from skillopt.adapters.identity.origin import reachable, version_of
from skillopt.adapters.identity.walk import Walk, joined

_UNSHAPING = frozenset(
    {
        "__dict__", "__weakref__", "__module__", "__annotations__", "__qualname__",
        "__slots__", "__firstlineno__", "__static_attributes__", "__annotate_func__",
        "__annotate__", "__annotations_cache__", "__parameters__", "__orig_bases__",
        "__dataclass_fields__", "__dataclass_params__", "__match_args__", "__abstractmethods__",
        "_abc_impl", "__slotnames__", "__class_vars__", "__private_attributes__", "__signature__",
    }
)  # fmt: skip


def class_(value: type, walk: Walk) -> str:
    """A class of the caller's own by its content, an installed one by name and version."""
    if reachable(value):
        return joined("installed class", version_of(value.__module__), value.__qualname__)
    return joined(
        "class",
        value.__qualname__,
        walk.all(value.__bases__),
        walk.digest(type(value)),
        [[name, walk.digest(held, name)] for name, held in _held(value)],
        [[name, walk.digest(held, name)] for name, held in annotated(value).items()],
        [[name, walk.digest(held, name)] for name, held in _field_defaults(value)],
    )


def _held(value: type) -> list[tuple[str, object]]:
    descriptors = (GetSetDescriptorType, MemberDescriptorType)
    return [
        (name, held)
        for name, held in sorted(vars(value).items())
        if name not in _UNSHAPING
        and not name.startswith("__pydantic_")
        and not isinstance(held, descriptors)
    ]


def annotated(value: type | FunctionType) -> dict[str, object]:
    """The annotations as they are; prompts and schemas are made of them."""
    try:
        return dict(inspect.get_annotations(value))
    except NameError:  # names a type that is not there at run time
        return {}


def _field_defaults(value: type) -> list[tuple[str, object]]:
    """The defaults of a dataclass's or a pydantic model's fields."""
    fields = {
        **getattr(value, "__dataclass_fields__", {}),
        **getattr(value, "__pydantic_fields__", {}),
    }
    both = ("default", "default_factory")
    return [(name, getattr(fields[name], kind)) for name in sorted(fields) for kind in both]
