"""`python -m skillopt`, and the `skillopt` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Load the command line and run it; Ctrl-C before it is loaded ends in the same way."""
    try:
        from skillopt.cli.main import run
    except KeyboardInterrupt:
        sys.stderr.write("skillopt: interrupted\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
