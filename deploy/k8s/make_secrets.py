"""`python -m deploy.k8s.make_secrets FILE`: a first set of the Secrets in secrets.yaml, printed as manifests.

    NEWSTART_POSTGRES_ADMIN_URL=postgresql://... python -m deploy.k8s.make_secrets kept.json [--prepare-databases]
        | kubectl apply -n newstart -f -

FILE keeps what was made (readable by its owner only): a second run prints the same again, so keep it as you keep
passwords. `--prepare-databases` also makes the six roles and databases with these passwords. Only the certificate of
the public host (gateway-tls) is not made here.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import yaml

from kit.contracts.event_type import OWNERS, VAULTS
from kit.events.topology import nats_accounts
from kit.run.embedded import databases, secrets
from kit.run.embedded.processes import EngineFailed

TOPOLOGY = "topology"
_NATS = "nats:4222"

Manifest = dict[str, object]


def manifests(made: secrets.Secrets, admin_url: str) -> list[Manifest]:
    """The Secrets; `admin_url` says at which server the services' own roles sign in."""
    found = [_secret(f"{name}-secrets", _of_service(made, admin_url, name)) for name in OWNERS]
    found += [
        _secret(f"{TOPOLOGY}-secrets", {"NATS_URL": _nats_url(made, TOPOLOGY)}),
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


def _of_service(made: secrets.Secrets, admin_url: str, name: str) -> dict[str, str]:
    found = {
        "DATABASE_URL": databases.address(admin_url, name, made.postgres[name]),
        "NATS_URL": _nats_url(made, name),
        "SECRET_KEY": made.secret_key[name],
        "SEALING_PRIVATE_KEYS": json.dumps(made.sealing_private_keys(name)),
    }
    for vault, owner in VAULTS.items():
        if owner == name:
            found["VAULT_DATABASE_URL"] = databases.address(admin_url, vault, made.postgres[vault])
            found["PSEUDONYM_KEY"] = made.pseudonyms[vault]
    if name == "casefile":
        found["OBJECTION_KEY"] = made.objections
    if name == "gateway":
        found["INTERNAL_SIGNING_KEY"] = json.dumps(made.internal_signing)
    return found


def _nats_url(made: secrets.Secrets, user: str) -> str:
    return f"nats://{user}:{made.nats[user]}@{_NATS}"


def _secret(name: str, data: dict[str, str]) -> Manifest:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": "Opaque", "stringData": data}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.k8s.make_secrets", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--prepare-databases", action="store_true")
    chosen = parser.parse_args(arguments)
    admin_url = os.environ.get("NEWSTART_POSTGRES_ADMIN_URL")
    if not admin_url:
        sys.exit("NEWSTART_POSTGRES_ADMIN_URL is not set: the address of PostgreSQL 18 with an administrator's name")
    made = secrets.load(chosen.file, OWNERS, [*OWNERS, TOPOLOGY])
    try:
        if chosen.prepare_databases:
            databases.prepare(admin_url, made.postgres, own_server=False)
        yaml.safe_dump_all(manifests(made, admin_url), sys.stdout, sort_keys=False)
    except EngineFailed as error:
        sys.exit(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
