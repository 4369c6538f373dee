"""`python -m deploy.k8s.region FILE MEMBER...`: a regional observatory's members, as manifests of Secrets.

    python -m deploy.k8s.region kept.json heath riverside --address region.example:7422

FILE keeps the members' passwords (readable by its owner only), so that a second run, perhaps with one member more,
prints the same again. First comes the region's own Secret `nats-members`; then each member's `nats-region`, without
`region-ca.crt`, which is the authority of the region's certificate. A member may hand over packages of safe aggregates
and hears nothing: no interest of the region's, no answer, no command comes back by this way.
"""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from kit.contracts.catalogue import CATALOGUE
from kit.contracts.event_type import Sensitivity

CROSSES = "newstart.risk.package.>"
"""What crosses from a council to a region. Only types about nobody lie under it (`about_people` checks)."""

Manifest = dict[str, Any]


def about_people(subjects: str = CROSSES) -> list[str]:
    """Event types under what crosses that are about somebody: there must be none."""
    prefix = subjects.removesuffix(">")
    return [
        declared.type
        for declared in CATALOGUE.values()
        if declared.nats_subject.startswith(prefix) and declared.sensitivity is not Sensitivity.OPEN
    ]


def members_conf(passwords: dict[str, str]) -> str:
    """What the region's leafnodes block includes. JSON is NATS's own syntax too."""
    users = [
        {
            "user": member,
            "password": password,
            "permissions": {"publish": {"allow": [CROSSES]}, "subscribe": {"deny": [">"]}},
        }
        for member, password in sorted(passwords.items())
    ]
    return f"authorization: {json.dumps({'timeout': 2, 'users': users}, indent=1)}\n"


def leaf_conf(member: str, password: str, address: str) -> str:
    """What a member's bus includes: whom to call, as whom, and what may go out or come in at all."""
    remote = {
        "urls": [f"tls://{member}:{password}@{address}"],
        "tls": {"ca_file": "/etc/nats/region-ca.crt", "timeout": 5},
        # Both ends say it: what crosses does so because two agree.
        "deny_imports": [">"],
        "deny_exports": _all_but(CROSSES),
    }
    return f"leafnodes: {json.dumps({'remotes': [remote]}, indent=1)}\n"


def _all_but(subjects: str) -> list[str]:
    """Every owner's subjects beside those that cross; NATS denies by subject and has no `all but`."""
    crossing = subjects.removesuffix(".>")
    roots = {f"newstart.{declared.type.split('.')[0]}" for declared in CATALOGUE.values()} | {"newstart.vault"}
    aggregates = {".".join(declared.nats_subject.split(".")[:3]) for declared in CATALOGUE.values()}
    owner = ".".join(crossing.split(".")[:2])
    whole = sorted(f"{root}.>" for root in roots - {owner})
    parts = sorted(f"{one}.>" for one in aggregates if one.startswith(f"{owner}.") and one != crossing)
    return [*whole, *parts, "$JS.>", "_INBOX.>"]


def load(path: Path, members: Sequence[str]) -> dict[str, str]:
    """The members' passwords; new members get one, and it is kept."""
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    made = {**kept, **{member: secrets.token_urlsafe(32) for member in members if member not in kept}}
    if made != kept:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file, indent=1)
    return made


def manifests(passwords: dict[str, str], address: str) -> list[Manifest]:
    """The region's Secret, then each member's, which says in an annotation whose it is."""

    def secret(name: str, data: dict[str, str], member: str = "") -> Manifest:
        metadata: Manifest = {"name": name}
        if member:
            metadata["annotations"] = {"newstart.example/member": member}
        return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": data}

    return [
        secret("nats-members", {"members.conf": members_conf(passwords)}),
        *(
            secret("nats-region", {"leaf.conf": leaf_conf(member, password, address)}, member)
            for member, password in sorted(passwords.items())
        ),
    ]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.k8s.region", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("members", nargs="*")
    parser.add_argument("--address", default="region.example:7422", help="where members call the region's bus")
    chosen = parser.parse_args(arguments)
    if broken := about_people():
        sys.exit(f"{CROSSES} would carry what is about people: {', '.join(broken)}")
    yaml.safe_dump_all(manifests(load(chosen.file, chosen.members), chosen.address), sys.stdout, sort_keys=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
