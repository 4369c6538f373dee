"""Write or check the published contracts: `asyncapi.json` (the bus) and `openapi.json` (the gateway).

`python -m kit.run.publish` writes both; `--check` writes nothing and fails when a file is not what the code
says, or when a live event changed other than by addition since the version committed before.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kit.contracts import asyncapi
from kit.contracts.compatibility import breaking_changes

ROOT: Final = Path(__file__).resolve().parents[2]
ASYNCAPI: Final = "asyncapi.json"
OPENAPI: Final = "openapi.json"

Document = Mapping[str, Any]


def render(document: Document) -> str:
    """The one way a contract is written: sorted keys, two spaces, a final newline."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def openapi_document() -> Document:
    """The gateway's merged document of every service; by name, because kit may not import the gateway."""
    build: Callable[[], Document] = importlib.import_module("gateway.docs").merged_openapi
    return build()


def outdated(root: Path, documents: Mapping[str, Document]) -> list[str]:
    """Names of the files under `root` that are missing or differ from what the code says."""
    return [
        name
        for name, document in documents.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != render(document)
    ]


def committed_before(root: Path, name: str, text: str) -> Document | None:
    """The newest committed version of a file that is not `text`; None without git, or without one.

    That is the version at HEAD until a change is committed, and the one before it afterwards.
    """
    for commit in _git(root, "log", "--max-count=20", "--format=%H", "--", name).split():
        earlier = _git(root, "show", f"{commit}:./{name}")
        if earlier and earlier != text:
            document: Document = json.loads(earlier)
            return document
    return None


def _git(root: Path, *arguments: str) -> str:
    program = shutil.which("git")
    if program is None:
        return ""
    # Fixed program and arguments of ours; a failure (no repository, no such file) means "nothing committed".
    done = subprocess.run([program, "-C", str(root), *arguments], capture_output=True, check=False)
    return done.stdout.decode("utf-8") if done.returncode == 0 else ""


def _faults(root: Path, documents: Mapping[str, Document]) -> Iterator[str]:
    for name in outdated(root, documents):
        yield f"{name} is not what the code says: run `python -m kit.run.publish`"
    if ASYNCAPI in documents:
        earlier = committed_before(root, ASYNCAPI, render(documents[ASYNCAPI]))
        for change in breaking_changes(earlier, documents[ASYNCAPI]) if earlier else ():
            yield f"not an addition: {change}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when all is well, 1 when --check found a fault."""
    parser = argparse.ArgumentParser(prog="python -m kit.run.publish", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail on any difference")
    parser.add_argument("--only", choices=[ASYNCAPI, OPENAPI], help="one of the two files")
    parser.add_argument("--root", type=Path, default=ROOT, help="where the files lie (the repository)")
    options = parser.parse_args(arguments)
    # A short process that makes a million small things: looking for garbage would take a fifth of its time.
    gc.disable()
    builders: dict[str, Callable[[], Document]] = {ASYNCAPI: asyncapi.document, OPENAPI: openapi_document}
    documents = {name: build() for name, build in builders.items() if options.only in (None, name)}
    if not options.check:
        for name in outdated(options.root, documents):
            (options.root / name).write_text(render(documents[name]), encoding="utf-8")
            print(f"wrote {name}")
        return 0
    found = list(_faults(options.root, documents))
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
