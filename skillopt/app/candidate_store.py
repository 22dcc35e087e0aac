"""Where a search puts its candidates: into their file at once, so that a kill loses none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from skillopt.adapters.files.candidates_file import (
    CandidatesFile,
    no_candidates,
    read_candidates,
)
from skillopt.adapters.files.file_edit import is_current, write_edit
from skillopt.core.evaluation.task import Split, Task
from skillopt.core.mining.candidate import Candidate, Found
from skillopt.core.mining.choice import Chosen, choose
from skillopt.errors import InputError, ValidationSetError

_TRIES = 5
"""How often the candidates are chosen again because the file has changed meanwhile."""


@dataclass
class CandidateStore:
    """The file of candidates, while a search adds to it."""

    path: Path
    validation_set: Path
    tasks: Sequence[Task]
    limit: int
    """At most how many new candidates."""
    split: Split | None = None
    chosen: list[Chosen] = field(default_factory=list)
    """What each addition has made."""

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The new ones."""
        return tuple(one for chosen in self.chosen for one in chosen.candidates)

    @property
    def room(self) -> int:
        """How many more may be added."""
        return self.limit - len(self.candidates)

    def add(self, finds: Sequence[Found]) -> None:
        """Put what is new among ``finds`` into the file; what another command puts there stays.

        Raises:
            InputError: the file cannot be read or written.
        """
        for _ in range(_TRIES):
            file = self.read()
            chosen = choose(finds, self.tasks, file.candidates, limit=self.room, split=self.split)
            if not chosen.candidates or _written(file, chosen):
                self.chosen.append(chosen)
                return
        raise InputError(f"{self.path}: other commands keep changing it; run the command again")

    def read(self) -> CandidatesFile:
        """The candidates that are there already.

        Raises:
            InputError: the file is one of another kind, or belongs to another validation set.
        """
        path, tasks = self.path, self.validation_set
        if not path.exists():
            if path.suffix.lower() not in {".yaml", ".yml"}:
                raise InputError(f"{path}: candidates are kept in YAML; name a file such as x.yaml")
            return no_candidates(path, tasks)
        if path.resolve() == tasks.resolve():
            raise InputError(f"{path} is the validation set itself; name another file with --out")
        file = read_candidates(path)
        if file.validation_set.resolve() != tasks.resolve():
            raise InputError(
                f"{path} holds candidates for {file.validation_set}, not for {tasks}; "
                "name another file with --out"
            )
        return file


def _written(file: CandidatesFile, chosen: Chosen) -> bool:
    """Whether the candidates are in the file now; False where another command was faster."""
    edit = file.edit([*file.candidates, *chosen.candidates])
    try:
        write_edit(edit)
    except ValidationSetError:
        if is_current(edit):
            raise
        return False
    return True
