"""The files of candidates of one project, for several people; nothing outside is touched."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skillopt.adapters.files.candidates_file import SUFFIX
from skillopt.adapters.files.places import FOLDER, project_for
from skillopt.app import review
from skillopt.app.review import Candidates
from skillopt.core.evaluation.task import Split
from skillopt.core.hashing import content_hash
from skillopt.core.mining.candidate import Candidate
from skillopt.errors import AlreadyDecided, InputError


@dataclass(frozen=True)
class CandidateFiles:
    """Those that are named, or else all in the project's folder `validation_sets`."""

    project: Path
    named: tuple[Path, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Of the files that are there now: their paths from the project's folder."""
        beside = self.project / FOLDER
        paths = self.named or sorted(beside.glob(f"*{SUFFIX}"))
        return tuple(self.within(path) for path in paths)

    def within(self, path: str | Path) -> str:
        """A path as it is from the project's folder."""
        return Path(os.path.relpath(path, self.project)).as_posix()

    def listed(self, name: str) -> Candidates:
        """The candidates of a file.

        Raises:
            InputError: there is no such file, it cannot be read, or it leads out of the project.
        """
        if name not in self.names():
            raise InputError(f"no file of candidates {name[:200]!r} is served here")
        path = self.project / name
        self._check_inside(path)
        found = review.listed(path)
        self._check_inside(Path(found.validation_set))
        return found

    def one(self, name: str, candidate: str) -> tuple[Candidates, Candidate]:
        """A candidate, and the file that it is in.

        Raises:
            InputError: as :meth:`listed`, or the file has no such candidate.
        """
        found = self.listed(name)
        for one in found.candidates:
            if one.id == candidate:
                return found, one
        raise InputError(f"{name} has no candidate {candidate[:200]!r}")

    def approve(
        self,
        name: str,
        candidate: str,
        *,
        seen: str,
        by: str,
        expected: str | None = None,
        recorded: bool = False,
        split: Split | None = None,
    ) -> None:
        """Add a candidate to the validation set.

        Args:
            name: the file.
            candidate: its id.
            seen: its :func:`state_of` when the person looked at it.
            by: who decides.
            expected: the right answer; by default the one in the file.
            recorded: the recorded answer is right.
            split: that it gets instead of the suggested one.

        Raises:
            AlreadyDecided: somebody has decided or changed it since.
            InputError: it cannot become a task.
        """
        path = self._still(name, candidate, seen)
        review.approve(path, [candidate], expected=expected, recorded=recorded, split=split, by=by)

    def refuse(self, name: str, candidate: str, *, seen: str, by: str, reason: str) -> None:
        """Refuse a candidate; arguments and errors are those of :meth:`approve`."""
        path = self._still(name, candidate, seen)
        review.refuse(path, [candidate], reason=reason, by=by)

    def edit(self, name: str, candidate: str, *, seen: str, changes: dict[str, Any]) -> None:
        """Change input, expected answer or split; a refused candidate is new again."""
        path = self._still(name, candidate, seen)
        review.edit(path, candidate, changes)

    def _still(self, name: str, candidate: str, seen: str) -> Path:
        """The file's path, where the candidate is as somebody has seen it."""
        file, now = self.one(name, candidate)
        if state_of(now) != seen:
            raise AlreadyDecided(_since(now))
        return Path(file.file)

    def _check_inside(self, path: Path) -> None:
        if not path.resolve().is_relative_to(self.project.resolve()):
            raise InputError(
                f"{path} is outside of the project's folder {self.project}; "
                "use `skillopt mine` for it"
            )


def candidate_files(named: tuple[Path, ...] = ()) -> CandidateFiles:
    """Those of the working directory's project.

    Raises:
        InputError: a file that is named is not there, or is outside of the project.
    """
    files = CandidateFiles(project_for(Path.cwd()), tuple(path.absolute() for path in named))
    for name in files.names() if named else ():
        files.listed(name)
    return files


def state_of(candidate: Candidate) -> str:
    """What tells whether a candidate has changed since somebody looked at it."""
    return content_hash(candidate.model_dump(mode="json"))


def _since(now: Candidate) -> str:
    if now.status == "added":
        return f"{now.decided_by or 'somebody'} has added it to the validation set meanwhile"
    if now.status == "refused":
        return f"meanwhile it was {now.refused}"
    return "somebody has changed it meanwhile; it is shown as it is now"
