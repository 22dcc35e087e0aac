"""The files of a release; `make release-files` runs it.

`requirements REPORT` reads the report that `pip install --report` wrote, `bom BOM` CycloneDX.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def hashed(report: dict[str, Any], *, without: str) -> str:
    """One line a package, with the SHA-256 of the file that pip chose.

    Raises:
        ValueError: pip knows no SHA-256 of a file.
    """
    lines = []
    for each in report["install"]:
        name, version = each["metadata"]["name"], each["metadata"]["version"]
        if name == without:
            continue
        digest = each["download_info"].get("archive_info", {}).get("hashes", {}).get("sha256")
        if not digest:
            raise ValueError(f"{name}=={version}: no SHA-256 in the report; use another index")
        lines.append(f"{name.lower()}=={version} --hash=sha256:{digest}\n")
    return "".join(sorted(lines))


def without_addresses(content: Any) -> Any:
    """A bill of materials without links: packages name their index among them."""
    if isinstance(content, dict):
        kept = {key: value for key, value in content.items() if key != "externalReferences"}
        return {key: without_addresses(value) for key, value in kept.items()}
    return [without_addresses(each) for each in content] if isinstance(content, list) else content


def main() -> None:
    """Write what was asked for to stdout."""
    what, path = sys.argv[1:]
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    if what == "bom":
        sys.stdout.write(json.dumps(without_addresses(content), indent=1) + "\n")
    else:
        sys.stdout.write(hashed(content, without="skillopt-ledger"))


if __name__ == "__main__":
    main()
