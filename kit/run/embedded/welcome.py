"""The words after a start: addresses, how to get a token, and the demo roles that can sign in."""

import http.client
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kit.run.embedded.ports import HOST

_TOKENS = "demo-tokens.json"
_SHOWN = 3


def is_ready(port: int) -> bool:
    """Whether the process on this port answers /readyz with 200."""
    return _get(HOST, port, "/readyz", 1.0)[0] == 200


def welcome(state: Path, gateway: str, say: Callable[[str], None], staff: str = "") -> None:
    """Says how to come in. Tokens go into a file of the owner's own; the first few are shown whole."""
    say("The platform is running. Ctrl-C stops it.")
    lines = [
        "",
        *([f"  Staff app   {staff}"] if staff else []),
        f"  Gateway     {gateway}",
        f"  API pages   {gateway}/docs",
        f"  Logs        {state / 'logs'}",
        "",
        "  A token for a role of the demo:",
        f"    curl -s -X POST {gateway}/demo/token -H 'Content-Type: application/json' \\",
        """      -d '{"role": "triage_officer"}'""",
    ]
    sign_ins = _sign_ins(gateway)
    if sign_ins:
        path = state / _TOKENS
        _write(path, sign_ins)
        width = max(len(entry["role"]) for entry in sign_ins)
        lines += ["", f"  Roles that can sign in (all their tokens: {path}):"]
        lines += [f"    {entry['role']:<{width}}  {entry.get('name', '')}".rstrip() for entry in sign_ins]
        first_of_each = {entry["role"]: entry["token"] for entry in reversed(sign_ins)}
        for role, token in list(reversed(first_of_each.items()))[:_SHOWN]:
            lines += ["", f"  {role}:", f"    {token}"]
    try:
        print("\n".join(lines), end="\n\n", flush=True)
    except OSError:
        return


def _sign_ins(gateway: str) -> Sequence[dict[str, str]]:
    where = urlsplit(gateway)
    status, body = _get(str(where.hostname), where.port or 80, "/demo/sign-ins", 5.0)
    if status != 200:
        return []
    found: Any = json.loads(body)
    return [entry for entry in found if isinstance(entry, dict) and {"role", "token"} <= entry.keys()]


def _write(path: Path, sign_ins: Sequence[dict[str, str]]) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(sign_ins, file, indent=1)


def _get(host: str, port: int, path: str, seconds: float) -> tuple[int, bytes]:
    """Status and body, or (0, nothing) when nobody answers properly."""
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
