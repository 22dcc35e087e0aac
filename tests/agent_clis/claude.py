"""Claude Code: `claude -p`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from typing import Any

from acting import Act, Flags, act

KINDS = {"load": "Skill", "read": "Read", "write": "Write"}
FAILURES: dict[str, tuple[str, int | None, str]] = {
    "rate limit": ("rate_limit", 429, "API Error: Request rejected (429) - rate limited"),
    "overloaded": ("overloaded", 529, 'API Error: 529 {"type":"overloaded_error"}'),
    "auth": ("authentication_failed", 401, "Invalid API key - Please run /login"),
    "no such model": ("model_not_found", 404, "There's an issue with the selected model"),
}


def emit(event: dict[str, Any]) -> None:
    print(json.dumps({**event, "session_id": "s1", "uuid": "u1"}), flush=True)


def message(number: int, *blocks: dict[str, Any], error: str | None = None) -> None:
    content = {"id": f"msg_{number}", "role": "assistant", "model": "m", "usage": {}}
    more = {"error": error} if error else {}
    for block in blocks:  # one event a block, as the client has it
        emit(
            {
                "type": "assistant",
                "message": {**content, "content": [block]},
                "parent_tool_use_id": None,
                **more,
            }
        )


def result(**fields: Any) -> None:
    usage = {
        "input_tokens": 10,
        "cache_creation_input_tokens": 200,
        "cache_read_input_tokens": 1000,
        "output_tokens": 30,
    }
    common = {"duration_ms": 5, "duration_api_ms": 4, "num_turns": 2, "total_cost_usd": 0.25}
    emit({"type": "result", "subtype": "success", **common, "usage": usage, **fields})


def asked() -> Namespace:
    flags = Flags("claude")
    flags.add_argument("-p", "--print", action="store_true", dest="headless")
    flags.add_argument("-v", "--version", action="store_true")
    flags.add_argument("--verbose", action="store_true")
    flags.add_argument("--output-format", choices=("text", "json", "stream-json"), default="text")
    modes = ("default", "acceptEdits", "plan", "auto", "dontAsk", "bypassPermissions", "manual")
    flags.add_argument("--permission-mode", choices=modes)
    flags.add_argument("--setting-sources")
    flags.add_argument("--strict-mcp-config", action="store_true")
    flags.add_argument("--no-session-persistence", action="store_true")
    flags.add_argument("--model")
    flags.add_argument("--max-turns", type=int)
    flags.add_argument("--allowedTools", nargs="+")
    flags.add_argument("prompt", nargs="?")
    given = flags.parse_args()
    if given.version:
        return given
    if given.headless and given.output_format == "stream-json" and not given.verbose:
        flags.error("When using --print, --output-format=stream-json requires --verbose")
    given.prompt = given.prompt or sys.stdin.read()
    if not given.prompt.strip():
        flags.error("Input must be provided either through stdin or as a prompt argument")
    return given


def main() -> int:
    given = asked()
    if given.version:
        print("2.1.283 (Claude Code)")
        return 0
    if "project" not in (given.setting_sources or "user,project,local").split(","):
        done = act(given.prompt, [])
    else:
        done = act(given.prompt, [".claude/skills"])
    model = given.model or "claude-default"
    emit({"type": "system", "subtype": "init", "model": model, "cwd": ".", "tools": ["Read"]})
    return stream(done)


def stream(done: Act) -> int:
    if done.meets in FAILURES:
        category, status, says = FAILURES[done.meets]
        emit({"type": "system", "subtype": "api_retry", "attempt": 1, "error": category})
        message(1, {"type": "text", "text": says}, error=category)
        result(is_error=True, result=says, api_error_status=status)
        return 1
    if done.meets == "garbage":
        print("{this is no JSON}")
    for number, (kind, arguments, said) in enumerate(done.steps):
        use = {"type": "tool_use", "id": f"t{number}", "name": KINDS[kind], "input": arguments}
        message(number, {"type": "text", "text": f"Step {number}"}, use)
        back = {"type": "tool_result", "tool_use_id": f"t{number}", "content": said}
        emit({"type": "user", "message": {"role": "user", "content": [back]}})
    if done.meets == "turns":
        result(subtype="error_max_turns", is_error=True, errors=["Reached maximum number of turns"])
        return 1
    message(len(done.steps), {"type": "text", "text": done.answer})
    if done.meets == "cut":
        print('{"type":"result","subtype":"succ', end="")
        return 0
    if done.meets != "no end":
        result(is_error=False, result=done.answer)
    return 0


sys.exit(main())
