"""`python -m deploy.k8s.make_secrets FILE`: a first set of the Secrets in secrets.yaml, printed as manifests.

    NEWSTART_POSTGRES_ADMIN_URL=postgresql://... python -m deploy.k8s.make_secrets kept.json [--prepare-databases]
        | kubectl apply -n newstart -f -

FILE keeps what was made (readable by its owner only): a second run prints the same again, so keep it as you keep
passwords. `--prepare-databases` also makes the roles and databases with these passwords. `--for council` prints what
that overlay expects instead: PostgreSQL and NATS inside the cluster, by TLS, and the roles' passwords for
CloudNativePG; no administrator is needed then. `--for observatory-regional` prints a region's. Not made here: the
public host's certificate (gateway-tls), what the sign-in service gave (staff-sign-in), the backup store's keys, and
what joins observatories (deploy.k8s.region).
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml

from kit.contracts.event_type import OWNERS, VAULTS
from kit.events.topology import nats_accounts
from kit.run.embedded import databases, secrets
from kit.run.embedded.processes import EngineFailed

TOPOLOGY = "topology"
COUNCIL = "council"
REGION = "observatory-regional"
_NATS = "nats:4222"
_INSIDE = "postgresql://postgres-rw:5432/?sslmode=require"

Manifest = dict[str, Any]


def manifests(made: secrets.Secrets, admin_url: str) -> list[Manifest]:
    """The Secrets; `admin_url` says at which server the services' own roles sign in."""
    return _manifests(made, admin_url, "nats")


def region_manifests(made: secrets.Secrets, admin_url: str) -> list[Manifest]:
    """The Secrets of a regional observatory, whose bus speaks TLS; what it shares with its members is region.py's."""
    found = _manifests(made, admin_url, "tls")
    absent = {f"{name}-secrets" for name in (*OWNERS, "staff") if name not in ("gateway", "risk")}
    return [one for one in found if one["metadata"]["name"] not in absent]


def council_manifests(made: secrets.Secrets) -> list[Manifest]:
    """The Secrets of the council overlay: its own PostgreSQL and bus, and each role's password for the operator."""
    return [
        *_manifests(made, _INSIDE, "tls"),
        *(
            _secret(
                f"{name.replace('_', '-')}-database",
                {"username": databases.role(name), "password": made.postgres[name]},
                "kubernetes.io/basic-auth",
            )
            for name in (*OWNERS, *VAULTS)
        ),
    ]


def _manifests(made: secrets.Secrets, admin_url: str, scheme: str) -> list[Manifest]:
    found = [_secret(f"{name}-secrets", _of_service(made, admin_url, name, scheme)) for name in OWNERS]
    found += [
        _secret("staff-secrets", {"SECRET_KEY": made.staff_sessions}),
        _secret(f"{TOPOLOGY}-secrets", {"NATS_URL": _nats_url(made, TOPOLOGY, scheme)}),
        _secret("nats-users", {"auth.conf": auth_conf(made)}),
        _secret(
            "public-keys",
            {
                "INTERNAL_PUBLIC_KEYS": json.dumps(made.internal_public_keys()),
                "SEALING_PUBLIC_KEYS": json.dumps(made.sealing_public_keys()),
            },
        ),
    ]
    return found


def auth_conf(made: secrets.Secrets) -> str:
    """What nats.conf includes. JSON is NATS's own syntax too, and keeps `$JS` from being read as a variable."""
    users = [{**account, "password": made.nats[account["user"]]} for account in nats_accounts()]
    return f"authorization: {json.dumps({'timeout': 2, 'users': users}, indent=1)}\n"


def _of_service(made: secrets.Secrets, admin_url: str, name: str, scheme: str) -> dict[str, str]:
    found = {
        "DATABASE_URL": databases.address(admin_url, name, made.postgres[name]),
        "NATS_URL": _nats_url(made, name, scheme),
        "SECRET_KEY": made.secret_key[name],
        "SEALING_PRIVATE_KEYS": json.dumps(made.sealing_private_keys(name)),
    }
    for vault, owner in VAULTS.items():
        if owner == name:
            address = databases.address(admin_url, vault, made.postgres[vault])
            if admin_url == _INSIDE:
                # The operator gives the role no search_path of its own.
                address += f"&options=-csearch_path%3D{databases.schema(vault)}"
            found["VAULT_DATABASE_URL"] = address
            found["PSEUDONYM_KEY"] = made.pseudonyms[vault]
    if name == "casefile":
        found["OBJECTION_KEY"] = made.objections
    if name == "gateway":
        found["INTERNAL_SIGNING_KEY"] = json.dumps(made.internal_signing)
    return found


def _nats_url(made: secrets.Secrets, user: str, scheme: str) -> str:
    return f"{scheme}://{user}:{made.nats[user]}@{_NATS}"


def _secret(name: str, data: dict[str, str], kind: str = "Opaque") -> Manifest:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": kind, "stringData": data}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.k8s.make_secrets", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--prepare-databases", action="store_true")
    parser.add_argument("--for", dest="overlay", choices=["pilot", COUNCIL, REGION], default="pilot")
    chosen = parser.parse_args(arguments)
    admin_url = os.environ.get("NEWSTART_POSTGRES_ADMIN_URL")
    if not admin_url and (chosen.overlay != COUNCIL or chosen.prepare_databases):
        sys.exit("NEWSTART_POSTGRES_ADMIN_URL is not set: the address of PostgreSQL 18 with an administrator's name")
    made = secrets.load(chosen.file, OWNERS, [*OWNERS, TOPOLOGY])
    try:
        if chosen.prepare_databases and admin_url:
            databases.prepare(admin_url, made.postgres, own_server=False)
        if chosen.overlay == COUNCIL:
            found = council_manifests(made)
        elif chosen.overlay == REGION:
            found = region_manifests(made, admin_url or "")
        else:
            found = manifests(made, admin_url or "")
        yaml.safe_dump_all(found, sys.stdout, sort_keys=False)
    except EngineFailed as error:
        sys.exit(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
