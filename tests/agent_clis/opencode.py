"""OpenCode: `opencode run`."""

from __future__ import annotations

import json
import sys
from typing import Any

from acting import Flags, act

KINDS = {"load": "skill", "read": "read", "write": "write"}
FAILURES: dict[str, tuple[str, dict[str, Any]]] = {
    "rate limit": ("APIError", {"message": "Slow down", "statusCode": 429, "isRetryable": True}),
    "overloaded": ("APIError", {"message": "Overloaded", "statusCode": 529, "isRetryable": True}),
    "auth": ("ProviderAuthError", {"providerID": "x", "message": "No key"}),
    "no such model": ("ProviderModelNotFoundError", {"message": "Model not found: x/y"}),
    "turns": ("MessageOutputLengthError", {}),
}


def emit(kind: str, **fields: Any) -> None:
    print(json.dumps({"type": kind, "timestamp": 1, "sessionID": "ses_1", **fields}), flush=True)


def part(kind: str, part_type: str, **fields: Any) -> None:
    emit(kind, part={"id": "prt_1", "sessionID": "ses_1", "type": part_type, **fields})


def finish(reason: str) -> None:
    tokens = {"input": 10, "output": 20, "reasoning": 5, "cache": {"read": 100, "write": 7}}
    part("step_finish", "step-finish", reason=reason, cost=0.25, tokens=tokens)


def main() -> int:
    if sys.argv[1:] == ["--version"]:
        print("1.18.31")
        return 0
    flags = Flags("opencode")
    flags.add_argument("command", choices=("run",))
    flags.add_argument("--format", choices=("default", "json"), default="default")
    flags.add_argument("--auto", action="store_true")
    flags.add_argument("-m", "--model")
    flags.add_argument("--agent")
    flags.add_argument("message", nargs="*")
    given = flags.parse_args()
    # An argument with a space in it comes out in quotes; what is piped follows it.
    words = [f'"{word}"' if " " in word else word for word in given.message]
    prompt = "\n".join(filter(None, (" ".join(words), sys.stdin.read())))
    if not prompt.strip():
        flags.error("You must provide a message or a command")
    done = act(prompt, [".opencode/skills", ".claude/skills", ".agents/skills"])
    if given.format == "default":
        print(done.answer)
        return 0
    if done.meets in FAILURES:
        name, data = FAILURES[done.meets]
        part("step_start", "step-start")
        emit("error", error={"name": name, "data": data})
        return 1
    if done.meets == "garbage":
        print("{this is no JSON}")
    for number, (kind, arguments, said) in enumerate(done.steps):
        part("step_start", "step-start")
        state = {"status": "completed", "input": arguments, "output": said, "title": ""}
        part("tool_use", "tool", callID=f"c{number}", tool=KINDS[kind], state=state)
        finish("tool-calls")
    part("step_start", "step-start")
    part("text", "text", text=done.answer, time={"start": 1, "end": 2})
    if done.meets == "cut":
        print('{"type":"step_finish","par', end="")
        return 0
    if done.meets != "no end":
        finish("stop")
        emit("done", reason="idle", rejected=[])
    return 0


sys.exit(main())
