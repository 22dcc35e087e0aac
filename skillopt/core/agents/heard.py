"""What a client's output says of a run, whatever the client."""

from __future__ import annotations

from skillopt.core.agents.causes import cause_of
from skillopt.core.agents.claude_code import ClaudeCode
from skillopt.core.agents.codex import Codex
from skillopt.core.agents.copilot import Copilot
from skillopt.core.agents.form import StreamFormat
from skillopt.core.agents.gemini import Gemini
from skillopt.core.agents.opencode import OpenCode
from skillopt.core.agents.stream import AgentFailed, Heard, Reader, Recorder

_READERS: dict[StreamFormat, type[Reader]] = {
    "claude-code": ClaudeCode,
    "codex": Codex,
    "copilot": Copilot,
    "opencode": OpenCode,
    "gemini": Gemini,
}


def heard(format_: StreamFormat, out: str, *, code: int, err: str) -> Heard:
    """The answer, the steps and the usage of a run.

    Args:
        format_: the client's.
        out: its standard output.
        code: its exit code.
        err: the end of its standard error.

    Raises:
        AgentFailed: there is no answer; the error says whose failure that is, and what the run used
            as far as it got.
    """
    found = Recorder()
    try:
        text = _READERS[format_](found).read(out)
    except AgentFailed as failed:
        raise _told(failed, out, code=code, err=err).after(found) from None
    if code != 0:
        raise exited(code, err).after(found)
    return found.heard(text)


def exited(code: int, err: str) -> AgentFailed:
    """The failure of a run that ended with an exit code, and the end of its standard error."""
    said = err.strip()[-2000:] or "it says nothing on standard error"
    return AgentFailed(f"exit code {code}: {said}", cause=cause_of(err))


def _told(failed: AgentFailed, out: str, *, code: int, err: str) -> AgentFailed:
    """``failed``; what a client that ended early has said on standard error says more."""
    if code == 0 or failed.cause != "agent":
        return failed
    said = err.strip()[-2000:]
    cause = cause_of(said)
    if not said and not out.lstrip().startswith("{"):
        said = out.strip()[-2000:]  # some print what is wrong there
        cause = cause_of(said)
    return AgentFailed(f"exit code {code}: {failed}; it says: {said or 'nothing'}", cause=cause)
