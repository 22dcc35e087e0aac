"""What a run gives back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from skillopt.core.content.finding import Finding
from skillopt.core.evaluation.answer_faults import AnswerFaults
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.outcome import margin_of, ship
from skillopt.core.history.run import Round, RunRecord
from skillopt.core.notebook.skill_diff import SkillDiff
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value

if TYPE_CHECKING:
    from pandas import DataFrame

    from skillopt.adapters.files.skill_file import WrittenSkill

Shipped = Literal[
    "improved", "no worse", "not certified", "keep first", "not tested", "nothing accepted"
]


_SHIPS = frozenset({"improved", "no worse", "not certified"})


class Written(Value):
    """The outcome for the user's file."""

    path: str | None
    """Where the skill went, its file or folder; None where nothing was written."""
    note: str
    """One sentence: which files were written and deleted, or why it went beside the file, or that
    nothing was asked for."""
    files: tuple[str, ...] = ()
    """The files of the skill's folder that were written or deleted, by their paths in it; empty for
    a file alone, and where it was put beside."""

    @classmethod
    def of(cls, outcome: WrittenSkill, *, rival: str | None = None) -> Written:
        """The outcome of a write.

        Args:
            outcome: of the files.
            rival: which run was first, where that kept the skill's own file from being written.
        """
        note = f"{outcome.note}: {rival}" if rival else outcome.note
        return cls(path=str(outcome.path), note=note, files=outcome.files)


class Run(Value):
    """A finished run of :func:`skillopt.tune`."""

    record: RunRecord
    first: Skill
    last: Skill
    """The version the search came to."""
    shipped: Shipped
    """`improved`: certified by the sealed test. `no worse`: by less than the margin, certified;
    that is what shrinking asks for. `not certified`: better there, but not provably.
    `keep first`: not better there, so the first version stays. `not tested`: no spend was left for
    the sealed test, so the first version stays. `nothing accepted`: no edit passed the gate."""
    rounds: tuple[Round, ...]
    written: Written
    answers: AnswerFaults = AnswerFaults()
    """How many of the answers it used were empty, cut, refused or the like, those before an
    interruption included."""
    overfit: bool = False
    """The gain on validation tasks exceeds the sealed gain by more than chance explains."""

    warnings: tuple[str, ...] = ()
    """What a person should know: a limit that cannot be kept, a file that may have been moved, a
    target without an identity, so that nothing is reused."""

    content: tuple[Finding, ...] = ()
    """What the content policy has found in the version to use that the first one has not."""

    @property
    def skill(self) -> Skill:
        """The version to use: the last one where it ships, else the first."""
        return self.last if self.shipped in _SHIPS else self.first

    @property
    def sealed(self) -> SealedTest | None:
        """The sealed test, where it was opened."""
        return self.record.sealed

    @property
    def usage(self) -> Usage:
        """Everything the run paid."""
        return self.record.usage

    @property
    def diff(self) -> SkillDiff:
        """From the first version to the one the search came to; `str` of it is a unified diff."""
        return SkillDiff(before=self.first, after=self.last)

    def to_frame(self) -> DataFrame:
        """The verdicts' evidence as a pandas table: one row a validation task of a round.

        A round that was refused before the gate has one row without a task. Columns: `run`,
        `round_id`, `parent`, `candidate`, `idea`, `outcome` (accepted, rejected, inconclusive or
        refused), `stage`, `task` string, `round`, `candidate_runs` Int64, `incumbent`,
        `candidate_score` (mean scores), `incumbent_runs` Float64. What was not run or has no
        outcome is NA, never 0. One row a trial: `SqlLedger.rollouts_to_frame`.

        Raises:
            InputError: pandas is not installed.
        """
        from skillopt.app.frames import run_frame

        return run_frame(self)

    def _repr_html_(self) -> str:
        from skillopt.app.shown import run_html

        return run_html(self)


def shipped_of(record: RunRecord, rounds: Sequence[Round]) -> Shipped:
    """What the end of a run says of its last version."""
    if record.last in (None, record.first):
        return "nothing accepted"
    if record.sealed is None:
        return "not tested"
    return ship(record.sealed, no_worse_than=margin_of(record, rounds))
