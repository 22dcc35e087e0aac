"""The worker: reads requests, one JSON object a line, and writes a line for each.

`{"call", "folder"}` imports; with `answer` and `task` it runs the check. The reply is `{"found":
[score, feedback]}`, or `{"found": "<what it returned>"}`, or `{"failed": "..."}`, `{"absent":
"..."}` where there is no such callable, `{}` for an import.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sys
from pathlib import Path
from typing import Any

from skillopt.adapters.callables import NoCallable, load_callable
from skillopt.adapters.guard import Printed, awaited, called, described
from skillopt.adapters.scores import scored_later, scored_or_later
from skillopt.core.evaluation.task import Task


def main() -> None:
    """Serve until there are no more requests; prints of checks go nowhere."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    with asyncio.Runner() as runner:
        for line in requests:
            reply = _reply(json.loads(line), runner)
            replies.write(json.dumps(reply).encode() + b"\n")
            replies.flush()


def _reply(request: dict[str, Any], runner: asyncio.Runner) -> dict[str, Any]:
    try:
        function = load_callable(request["call"], Path(request["folder"]))
    except NoCallable as error:
        return {"absent": str(error)}
    if "task" not in request:
        return {}
    task, printed = Task.model_validate(request["task"]), Printed()

    try:
        found = called(lambda: scored_or_later(function(request["answer"], task)), printed)
        if inspect.isawaitable(found):
            found = runner.run(awaited(scored_later(found), within=None, printed=printed))
    except Exception as error:  # noqa: BLE001 - the check is somebody else's code
        return {"failed": described(error) + printed.told}
    return {"found": found}


if __name__ == "__main__":
    main()
    sys.exit(0)
