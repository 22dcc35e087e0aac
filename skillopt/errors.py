"""Every error skillopt raises on purpose.

::

    SkilloptError
    ├── InputError               something the user can put right; the command line exits with 2
    │   ├── SkillError           the skill file
    │   ├── ValidationSetError   the file of tasks (says file and line)
    │   ├── SettingsError        flags, skillopt.toml, the validation set's header
    │   ├── AlreadyDecided       somebody else has decided on the proposal
    │   └── MissingModelError    no model was named for a role
    ├── ChargedError             requests may have been paid before it was raised
    │   ├── ModelError           something a provider did
    │   │   ├── CallFailed       this call is given up; its rollout is missing, the run goes on
    │   │   └── RunStopped       no call can succeed (wrong key, no such model); the run stops
    │   │       └── OutcomesMissing  calls fail for more of the tasks than the gate allows
    │   ├── SpendExhausted       a limit of spend leaves no room for the next call
    │   └── AnswerLost           the answer's workspace is gone with its worker
    ├── ApprovalNeeded           the run waits for a person; the same call goes on after that
    ├── TargetError              the target itself timed out or crashed: its rollout scores 0
    └── LedgerError              something the store did
        ├── LedgerTooNew         the file was written by a newer skillopt
        ├── RunHeld              another process is at work on the run
        └── HeadMoved            another run committed to this skill first
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skillopt.core.endings import Ending
    from skillopt.core.evaluation.rollout import Usage


class SkilloptError(Exception):
    """The root: catching it catches all that skillopt raises on purpose."""


class InputError(SkilloptError):
    """Something the user can put right."""


class SkillError(InputError):
    """The skill file cannot be read as a skill."""


class ValidationSetError(InputError):
    """The validation set breaks a rule; the message says where and which."""

    def __init__(self, message: str, *, path: str = "", line: int | None = None) -> None:
        where = f"{path}:{line}: " if path and line else f"{path}: " if path else ""
        super().__init__(where + message)
        self.path = path
        self.line = line


class SettingsError(InputError):
    """A setting has a value that cannot be used."""


class AlreadyDecided(InputError):  # noqa: N818 - as the others that name an event
    """Somebody else was first; the message says who, and what they decided."""


class MissingModelError(SettingsError):
    """A role has no model."""


class ChargedError(SkilloptError):
    """Requests may have been paid before it was raised.

    ``used`` is what they were charged with, where there were any.
    """

    def __init__(self, message: str, *, used: Usage | None = None) -> None:
        super().__init__(message)
        self.used = used

    def charge(self, used: Usage) -> None:
        """What else was paid on the way to this error."""
        self.used = used if self.used is None else self.used + used


class ModelError(ChargedError):
    """Something a provider did."""


class CallFailed(ModelError):  # noqa: N818 - it names an event, and reads so in `except CallFailed`
    """One call is given up after its retries; the rollout it served is missing, not failed.

    ``ending`` is how the reply ended, where one came that holds no answer; ``passing`` says that
    the same call may succeed later; a refused request never does.
    """

    def __init__(
        self,
        message: str,
        *,
        used: Usage | None = None,
        ending: Ending | None = None,
        passing: bool = True,
    ) -> None:
        super().__init__(message, used=used)
        self.ending = ending
        self.passing = passing


class RunStopped(ModelError):  # noqa: N818
    """The provider refuses every call of this kind: going on would only repeat the refusal."""


class OutcomesMissing(RunStopped):
    """The provider failed for more of the validation tasks than the gate allows."""


class ApprovalNeeded(SkilloptError):  # noqa: N818
    """The gate has accepted a proposal, and the run waits for a person's decision on it.

    The same call goes on with the run once there is one.
    """

    def __init__(self, *, run: str, entry: str) -> None:
        super().__init__(f"run {run} waits for approval of proposal {entry}")
        self.run = run
        self.entry = entry


class TargetError(SkilloptError):
    """The target timed out or crashed on its own account: the rollout counts, with score 0.

    ``used`` is what it used before, where it says that.
    """

    def __init__(self, message: str, *, used: Usage | None = None) -> None:
        super().__init__(message)
        self.used = used


class SpendExhausted(ChargedError):  # noqa: N818
    """A limit of spend leaves no room for the next call."""


class AnswerLost(ChargedError):  # noqa: N818
    """An answer's workspace is gone before the checks were done: the rollout is run again."""


class LedgerError(SkilloptError):
    """The ledger could not do what was asked."""


class LedgerTooNew(LedgerError):  # noqa: N818
    """The ledger was written by a newer skillopt."""


class RunHeld(LedgerError):  # noqa: N818
    """Another process is at work on the run that the same command would go on with."""


class HeadMoved(LedgerError):  # noqa: N818
    """Another run committed to this skill first."""
