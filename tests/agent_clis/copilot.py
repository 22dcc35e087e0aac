"""Copilot: `copilot -p`."""

from __future__ import annotations

import json
import sys
from typing import Any

from acting import Flags, act

KINDS = {"load": "skill", "read": "view", "write": "create"}
FAILURES: dict[str, tuple[str, int | None, str]] = {
    "rate limit": ("rate_limit", 429, "Sorry, you have been rate-limited."),
    "overloaded": ("query", 503, "Service unavailable"),
    "auth": ("authentication", 401, "Authentication failed"),
    "turns": ("context_limit", 400, "The context window is full"),
}


def emit(kind: str, **data: Any) -> None:
    envelope = {"id": "e1", "parentId": None, "timestamp": "2026-10-01T00:00:00Z"}
    print(json.dumps({"type": kind, "data": data, **envelope}), flush=True)


def end(code: int) -> int:
    changes = {"linesAdded": 1, "linesRemoved": 0, "filesModified": ["out/word.txt"]}
    usage = {"premiumRequests": 1, "totalApiDurationMs": 4, "sessionDurationMs": 5}
    usage["codeChanges"] = changes  # type: ignore[assignment]
    print(json.dumps({"type": "result", "sessionId": "s1", "exitCode": code, "usage": usage}))
    return code


def main() -> int:
    flags = Flags("copilot")
    flags.add_argument("-v", "--version", action="store_true")
    flags.add_argument("-p", "--prompt")
    flags.add_argument("--output-format", choices=("text", "json"), default="text")
    flags.add_argument("--allow-all-tools", action="store_true")
    flags.add_argument("--no-ask-user", action="store_true")
    flags.add_argument("--no-auto-update", action="store_true")
    flags.add_argument("--no-color", action="store_true")
    flags.add_argument("--model")
    given = flags.parse_args()
    if given.version:
        print("1.0.86\nCommit: 0c95944")
        return 0
    if not given.prompt:
        flags.error("no prompt")
    done = act(given.prompt, [".github/skills", ".claude/skills", ".agents/skills"])
    if given.output_format == "text":
        print(done.answer)
        return 0
    if done.meets == "no such model":
        print('Error: Model "x" from --model flag is not available.', file=sys.stderr)
        return 1
    emit("user.message", content=given.prompt)
    emit("assistant.turn_start", turnId="0")
    if done.meets in FAILURES:
        category, status, says = FAILURES[done.meets]
        emit("session.error", errorType=category, message=says, statusCode=status)
        return end(1)
    if done.meets == "garbage":
        print("{this is no JSON}")
    for number, (kind, arguments, said) in enumerate(done.steps):
        call = {"toolCallId": f"c{number}", "name": KINDS[kind], "arguments": arguments}
        asked = {"messageId": f"m{number}", "content": "", "toolRequests": [call]}
        emit("assistant.message", **asked, outputTokens=5)
        start = {"toolCallId": f"c{number}", "toolName": KINDS[kind], "arguments": arguments}
        emit("tool.execution_start", **start)
        result = {"content": said}
        emit("tool.execution_complete", toolCallId=f"c{number}", success=True, result=result)
    emit("assistant.message_delta", messageId="m9", deltaContent=done.answer)
    emit("assistant.message", messageId="m9", content=done.answer, toolRequests=[], outputTokens=15)
    emit("assistant.turn_end", turnId="0")
    emit("session.usage_checkpoint", totalNanoAiu=6056400000, totalPremiumRequests=1)
    if done.meets == "cut":
        print('{"type":"result","exitC', end="")
        return 0
    return 0 if done.meets == "no end" else end(0)


sys.exit(main())
