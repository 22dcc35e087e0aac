"""Gemini CLI: `gemini -p`."""

from __future__ import annotations

import json
import os
import sys
from argparse import Namespace
from typing import Any

from acting import Act, Flags, act

KINDS = {"load": "activate_skill", "read": "read_file", "write": "write_file"}
FAILURES = {
    "rate limit": ("RetryableQuotaError", "Rate limit exceeded, try again in 20 s"),
    "overloaded": ("ApiError", "got status: 503 Service Unavailable. The model is overloaded."),
    "turns": ("FatalTurnLimitedError", "Reached max session turns for this session."),
    "no such model": ("ModelNotFoundError", "Requested entity was not found."),
}


def emit(kind: str, **fields: Any) -> None:
    print(json.dumps({"type": kind, "timestamp": "2026-10-01T00:00:00Z", **fields}), flush=True)


def asked() -> Namespace:
    flags = Flags("gemini")
    flags.add_argument("-v", "--version", action="store_true")
    flags.add_argument("-p", "--prompt")
    flags.add_argument("-o", "--output-format", choices=("text", "json", "stream-json"))
    flags.add_argument("--approval-mode", choices=("default", "auto_edit", "yolo", "plan"))
    flags.add_argument("-m", "--model")
    return flags.parse_args()


def main() -> int:
    given = asked()
    if given.version:
        print("0.53.1")
        return 0
    if os.environ.get("GEMINI_CLI_TRUST_WORKSPACE") != "true":
        print("Gemini CLI is not running in a trusted directory.", file=sys.stderr)
        return 55
    piped = sys.stdin.read()
    prompt = "\n\n".join(filter(None, (piped, given.prompt or "")))
    if not prompt:
        print("No input provided via stdin. Input can be provided by piping data", file=sys.stderr)
        return 42
    done = act(prompt, [".gemini/skills", ".agents/skills"])
    if given.output_format in (None, "text"):
        print(done.answer)
        return 0
    if done.meets == "auth":
        print("Please set an Auth method in your settings.json: authentication failed",
              file=sys.stderr)  # fmt: skip
        return 41
    return stream(done, prompt, given.model or "auto")


def stream(done: Act, prompt: str, model: str) -> int:
    emit("init", session_id="s1", model=model)
    emit("message", role="user", content=prompt)
    stats = {"total_tokens": 1240, "input_tokens": 1210, "output_tokens": 20, "cached": 1000}
    stats |= {"input": 210, "duration_ms": 5, "tool_calls": len(done.steps)}
    if done.meets in FAILURES:
        kind, says = FAILURES[done.meets]
        emit("result", status="error", error={"type": kind, "message": says}, stats=stats)
        return 53 if done.meets == "turns" else 1
    if done.meets == "garbage":
        print("{this is no JSON}")
    for number, (kind, arguments, said) in enumerate(done.steps):
        emit("tool_use", tool_name=KINDS[kind], tool_id=f"c{number}", parameters=arguments)
        emit("tool_result", tool_id=f"c{number}", status="success", output=said)
    half = len(done.answer) // 2
    for piece in (done.answer[:half], done.answer[half:]):
        emit("message", role="assistant", content=piece, delta=True)
    if done.meets == "cut":
        print('{"type":"result","sta', end="")
        return 0
    if done.meets != "no end":
        emit("result", status="success", stats=stats)
    return 0


sys.exit(main())
