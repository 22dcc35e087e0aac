"""The templates, and what they escape."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from skillopt.core.content.hidden_characters import visible

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment(package: str = "skillopt.pages") -> Environment:
    """Templates of ``package``'s folder `templates`, then those of this one.

    All that a template puts out is escaped, in elements and in quoted attributes. Hidden characters
    (controls of direction, zero widths) are spelled, so that a text looks like what it is. A name
    that is not given is an error.

    Args:
        package: the dotted name of the package.
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    packages = dict.fromkeys((package, "skillopt.pages"))
    return Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def rendered(template: str, **values: Any) -> str:
    """A template of this package, filled in."""
    return environment().get_template(template).render(**values)


def _shown(value: Any) -> Any:
    """Plain text with its hidden characters spelled; text that is HTML already, as it is."""
    return visible(value) if type(value) is str else value
