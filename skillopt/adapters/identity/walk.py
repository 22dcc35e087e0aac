"""A walk over a value and all it refers to, to one digest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from skillopt.core.redaction import redacted
from skillopt.core.value import content_hash

LARGEST = 50_000
"""Values in one walk at most: what is larger is not compared."""

_LONGEST_LABEL = 60


class Unknown(Exception):  # noqa: N818 - it says what was found
    """A value whose content cannot be compared from one process to the next.

    Args:
        what: the value, in words.
        path: where it was found, outermost first.
    """

    def __init__(self, what: str, path: tuple[str, ...] = ()) -> None:
        self.what, self.path = what, path
        shown = [redacted(label)[:_LONGEST_LABEL] for label in path[-3:]]
        super().__init__(" -> ".join([*shown, what]))


class Walk:
    """One walk; each object is looked at once, and a circle is named by where it began.

    Args:
        parts: the digest of a value that is no circle, made with the walk it is given.
    """

    def __init__(self, parts: Callable[[object, Walk], str]) -> None:
        self._parts = parts
        self._done: dict[int, tuple[object, str]] = {}
        self._open: dict[int, int] = {}
        self._looked = 0

    def digest(self, value: object, label: str | None = None) -> str:
        """The digest of ``value``.

        Args:
            value: anything.
            label: what it is called where it was found.

        Raises:
            Unknown: it, or something it refers to, cannot be compared.
        """
        known = self._done.get(id(value))
        if known is not None:
            return known[1]
        if id(value) in self._open:
            return f"circle {self._open[id(value)]}"
        if self._looked > LARGEST:
            raise Unknown("it holds too much to compare")
        self._looked += 1
        self._open[id(value)] = len(self._open)
        try:
            found = self._parts(value, self)
        except Unknown as unknown:
            path = (label, *unknown.path) if label else unknown.path
            raise Unknown(unknown.what, path) from None
        except RecursionError:
            raise Unknown("it is nested too deeply to compare") from None
        except Exception as error:  # noqa: BLE001 - a property or method of any class may raise
            what = f"an object of type {_kind(value)} raises {type(error).__name__} when looked at"
            raise Unknown(what, (label,) if label else ()) from None
        finally:
            del self._open[id(value)]
        self._done[id(value)] = (value, found)
        return found

    def all(self, values: Sequence[object]) -> list[str]:
        """The digests of ``values``, in order."""
        return [self.digest(value) for value in values]

    def unordered(self, values: Iterable[object]) -> list[str]:
        """The digests of ``values``, sorted, whichever of them is met first.

        The digest of an object in a circle depends on where the circle was entered: each value
        is looked at as if it were the only one.
        """
        found, known = [], len(self._done)
        for value in values:
            found.append(self.digest(value))
            while len(self._done) > known:
                self._done.popitem()
        return sorted(found)


def _kind(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def joined(*parts: object) -> str:
    """One digest of parts that JSON can hold."""
    return content_hash(parts)
