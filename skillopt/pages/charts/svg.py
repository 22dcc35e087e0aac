"""A matplotlib figure as SVG for a page: small, without styles, in the page's colours."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast
from xml.etree import ElementTree as ET

from markupsafe import Markup

from skillopt.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("ink", "muted", "line", "strong-line", "ground", "good", "bad", "unsure", "pass", "part",
           "fail", "mark")  # fmt: skip
"""The page's variables that charts are drawn in."""

_HEX = {name: f"#0{at:x}ab{at:02x}" for at, name in enumerate(COLOURS)}
_NAMES = {colour: name for name, colour in _HEX.items()}
_KEPT = {
    "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
    "opacity", "fill-opacity", "stroke-opacity", "text-anchor", "font-size",
}  # fmt: skip
_FONT = re.compile(r"(?:(?P<weight>bold|\d{3}) )?(?P<size>[\d.]{1,12})px")
_NUMBER = re.compile(r"-?\d{1,20}\.\d{1,20}(?:e[-+]?\d{1,3})?")
_REFERENCE = re.compile(r"url\(#([^()]{1,100})\)")
_LARGE = 10_000
"""Coordinates from here on need more than the six digits that `g` prints."""
_STRAIGHT = re.compile(r"(?:[ML] \S+ \S+ ?\n|z\n?)*")
_COMMAND = re.compile(r"([MLz])\s*([^MLZ]*)")


def colour(name: str) -> str:
    """Stands for a variable of the page while a figure is drawn."""
    return _HEX[name]


@contextmanager
def drawing(name: str, width: float, height: float) -> Iterator[Figure]:
    """An empty figure of that size in pixels.

    Raises:
        InputError: matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        raise InputError(
            "charts are drawn by matplotlib, which is not installed; "
            "pip install 'skillopt-ledger[report]', or take --format md, which has none"
        ) from None
    settings: dict[str, Any] = {
        "svg.hashsalt": name,
        "svg.fonttype": "none",
        "path.simplify": False,
        "font.family": ["DejaVu Sans"],
        "font.size": 12,
        "text.parse_math": False,
        "text.color": colour("ink"),
        "axes.facecolor": "none",
        "axes.edgecolor": colour("strong-line"),
        "axes.labelcolor": colour("muted"),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "xtick.color": colour("strong-line"),
        "ytick.color": colour("strong-line"),
        "xtick.labelcolor": colour("muted"),
        "ytick.labelcolor": colour("muted"),
        "grid.color": colour("line"),
        "axes.axisbelow": True,
        "legend.frameon": False,
    }
    with mpl.rc_context(cast("Any", settings)):
        yield Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="none")


def svg_of(figure: Figure, *, name: str, title: str, says: str) -> Markup:
    """The figure as an element of a page.

    Args:
        figure: drawn in colours of :func:`colour`.
        name: unique on the page; its ids begin with it.
        title: of the picture, for those who do not see it.
        says: what it shows, in a sentence or two.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata=dict.fromkeys(_METADATA))
    root = ET.fromstring(buffer.getvalue())  # noqa: S314 - our own, made just now
    for element in root.iter():
        _clean(element, name)
    _without(root, {"metadata", "style"})
    _drop_unused_ids(root)
    _attributes(root, name)
    for place, (tag, text) in enumerate((("title", title), ("desc", says))):
        element = ET.Element(tag, {"id": f"{name}-{tag}"})
        element.text = text
        root.insert(place, element)
    text = ET.tostring(root, encoding="unicode")
    return Markup(re.sub(r">\s+<", "><", text))  # noqa: S704 - serialized, so escaped


_METADATA = ("Date", "Creator", "Format", "Type")


def _attributes(root: ET.Element, name: str) -> None:
    box = root.attrib["viewBox"]
    root.attrib.clear()
    root.attrib.update(
        {
            "viewBox": box,
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-desc",
            "stroke-linejoin": "round",
        }
    )


def _clean(element: ET.Element, name: str) -> None:
    """Plain names, attributes in place of styles, and coordinates as short as can be."""
    element.tag = element.tag.rpartition("}")[2]
    for key in list(element.attrib):
        plain = key.rpartition("}")[2]
        if plain != key:
            element.attrib[plain] = element.attrib.pop(key)
    style = element.attrib.pop("style", "")
    for declared in style.split(";"):
        _declare(element, *(part.strip() for part in declared.partition(":")[::2]))
    if "id" in element.attrib:
        element.attrib["id"] = f"{name}-{element.attrib['id']}"
    if element.attrib.get("href", "").startswith("#"):
        element.attrib["href"] = f"#{name}-{element.attrib['href'][1:]}"
    if "clip-path" in element.attrib:
        element.attrib["clip-path"] = _REFERENCE.sub(
            rf"url(#{name}-\1)", element.attrib["clip-path"]
        )
    if "d" in element.attrib:
        element.attrib["d"] = _short(element.attrib["d"])
    for key in ("x", "y", "width", "height", "transform"):
        if key in element.attrib:
            element.attrib[key] = _NUMBER.sub(_rounded, element.attrib[key])


def _declare(element: ET.Element, key: str, value: str) -> None:
    if key == "font":
        match = _FONT.search(value)
        if match:
            element.attrib["font-size"] = match["size"]
            if match["weight"]:
                element.attrib["font-weight"] = match["weight"]
    elif key in _KEPT and value:
        named = _NAMES.get(value)
        element.attrib[key] = f"var(--{named})" if named else value


def _rounded(match: re.Match[str]) -> str:
    return f"{round(float(match[0]), 2):g}" if abs(float(match[0])) < _LARGE else match[0]


def _short(path: str) -> str:
    """The same path with shorter coordinates; lines along an axis have one."""
    if not _STRAIGHT.fullmatch(path):
        return " ".join(_NUMBER.sub(_rounded, path).split())
    parts: list[str] = []
    at = ("", "")
    for command, rest in _COMMAND.findall(_NUMBER.sub(_rounded, path)):
        if command == "z":
            parts.append("z")
            continue
        x, y = rest.split()
        if command == "L" and y == at[1]:
            parts.append(f"H{x}")
        elif command == "L" and x == at[0]:
            parts.append(f"V{y}")
        else:
            parts.append(f"{command}{x} {y}")
        at = (x, y)
    return "".join(parts)


def _without(parent: ET.Element, tags: set[str]) -> None:
    for child in list(parent):
        if child.tag in tags:
            parent.remove(child)
        else:
            _without(child, tags)
            if child.tag in ("defs", "g") and len(child) == 0:
                parent.remove(child)


def _drop_unused_ids(root: ET.Element) -> None:
    used = {element.attrib.get("href", "").removeprefix("#") for element in root.iter()}
    for element in root.iter():
        used |= set(_REFERENCE.findall(element.attrib.get("clip-path", "")))
    for element in root.iter():
        if element.attrib.get("id") not in used:
            element.attrib.pop("id", None)
