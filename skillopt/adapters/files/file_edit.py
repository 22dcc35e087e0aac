"""An edit of a file that was planned on its bytes, and is written only onto those."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

from skillopt.adapters.files.atomic import followed, only_writer, replace_file
from skillopt.core.value import Value
from skillopt.errors import ValidationSetError


class FileEdit(Value):
    """A file's bytes before and after."""

    path: Path
    before: bytes | None
    """None where there is no file yet."""
    after: bytes

    @property
    def diff(self) -> tuple[str, ...]:
        """A unified diff, line by line."""
        before, after = (data.decode("utf-8-sig") for data in (self.before or b"", self.after))
        name = str(self.path)
        lines = unified_diff(before.splitlines(), after.splitlines(), name, name, "", "", 1, "")
        return tuple(lines)


def is_current(edit: FileEdit) -> bool:
    """Whether the file still is what the edit was planned on.

    Raises:
        OSError: it cannot be read.
    """
    target = followed(edit.path)
    return (target.read_bytes() if target.exists() else None) == edit.before


def write_edit(edit: FileEdit) -> None:
    """Put the edited text into its file, whole or not at all.

    Raises:
        ValidationSetError: the file has changed since the edit was planned, or cannot be written.
    """
    name = str(edit.path)
    try:
        target = followed(edit.path)
        with only_writer(target.parent):
            if not is_current(edit):
                message = "changed in the meantime and was left alone; run the command again"
                raise ValidationSetError(message, path=name)
            if edit.before is not None and not target.stat().st_mode & 0o222:
                message = "read-only and was left alone; make it writable, and run it again"
                raise ValidationSetError(message, path=name)
            replace_file(target, edit.after)
    except OSError as error:
        raise ValidationSetError(f"cannot be written: {error}", path=name) from None
