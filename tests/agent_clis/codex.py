"""Codex: `codex exec`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from acting import Act, Flags, act

FAILURES = {
    "rate limit": "stream disconnected before completion: Rate limit is exceeded. Try again later",
    "overloaded": "exceeded retry limit, last status: 503 Service Unavailable",
    "auth": "unexpected status 401 Unauthorized: Incorrect API key provided",
    "no such model": "unexpected status 404 Not Found: The model 'x' does not exist",
    "turns": "shared rollout token budget exhausted",
}


def emit(kind: str, **fields: Any) -> None:
    print(json.dumps({"type": kind, **fields}), flush=True)


def item(number: int, kind: str, **fields: Any) -> None:
    emit("item.completed", item={"id": f"item_{number}", "type": kind, **fields})


def asked() -> Namespace:
    flags = Flags("codex")
    flags.add_argument("command", choices=("exec",))
    flags.add_argument("--json", action="store_true")
    flags.add_argument("--ephemeral", action="store_true")
    flags.add_argument("--skip-git-repo-check", action="store_true")
    sandboxes = ("read-only", "workspace-write", "danger-full-access")
    flags.add_argument("-s", "--sandbox", choices=sandboxes, default="read-only")
    flags.add_argument("-m", "--model")
    flags.add_argument("-c", "--config", action="append")
    flags.add_argument("-o", "--output-last-message")
    flags.add_argument("prompt", nargs="?")
    given = flags.parse_intermixed_args()
    if not given.skip_git_repo_check and not Path(".git").exists():
        flags.error("Not inside a trusted directory and --skip-git-repo-check was not specified.")
    given.prompt = sys.stdin.read() if given.prompt in (None, "-") else given.prompt
    if not given.prompt.strip():
        flags.error("No prompt provided via stdin.")
    return given


def main() -> int:
    if sys.argv[1:] == ["--version"]:
        print("codex-cli 0.139.0")
        return 0
    given = asked()
    done = act(given.prompt, [".agents/skills"])
    if not given.json:
        print(done.answer)
        return 0
    emit("thread.started", thread_id="0199a213")
    emit("turn.started")
    if done.meets in FAILURES:
        emit("error", message="Reconnecting... 1/5")
        emit("error", message=FAILURES[done.meets])
        emit("turn.failed", error={"message": FAILURES[done.meets]})
        return 1
    if done.meets == "garbage":
        print("{this is no JSON}")
    item(0, "reasoning", text="**Looking**")
    tools(done)
    item(9, "agent_message", text=done.answer)
    if done.meets == "cut":
        print('{"type":"turn.completed","usa', end="")
    usage = {"input_tokens": 1210, "cached_input_tokens": 1000, "output_tokens": 30}
    if done.meets not in ("cut", "no end"):
        emit("turn.completed", usage=usage)
    return 0


def tools(done: Act) -> None:
    for number, (kind, arguments, said) in enumerate(done.steps, start=1):
        if kind == "write":
            change = [{"path": arguments["path"], "kind": "add"}]
            item(number, "file_change", changes=change, status="completed")
            continue
        command = f"bash -lc 'cat {arguments['path']}'"
        begun = {"id": f"item_{number}", "type": "command_execution", "command": command}
        emit("item.started", item={**begun, "aggregated_output": "", "status": "in_progress"})
        done_ = {"aggregated_output": said, "exit_code": 0, "status": "completed"}
        item(number, "command_execution", command=command, **done_)


sys.exit(main())
