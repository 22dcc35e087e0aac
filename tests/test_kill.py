"""kill -9 at any moment, then the same command: nothing is paid twice, and the end is the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_a_killed_run_goes_on_where_it_was() -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "kill_points.py"), "--every", "48"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["accepted"] == "improved"
    assert len(report["points"]) >= 13
    for point in report["points"]:
        assert point["same_end"], point
        assert point["file"], point
        assert point["paid_again"] == [], point
    assert max(point["finished"] for point in report["points"]) > 100
