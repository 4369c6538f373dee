"""What each process of an embedded run finds in its environment: its own secrets and nobody else's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kit.contracts.event_type import OWNERS, SERVICES, VAULTS
from kit.run.embedded import databases
from kit.run.embedded.ports import HOST
from kit.run.embedded.secrets import Secrets

TOPOLOGY = "topology"
ADMIN = "admin"
NATS_USERS = (*OWNERS, TOPOLOGY, ADMIN)
# Ours alone: the administrator's password, and what only the supervisor acts upon.
_KEPT_BACK = ("NEWSTART_POSTGRES_ADMIN_URL", "NEWSTART_DEMO_LOADER")


@dataclass(frozen=True, slots=True)
class Environments:
    """Makes the environments of one run. `inherited` is what the person who started it had set."""

    inherited: Mapping[str, str]
    ports: Mapping[str, int]
    secrets: Secrets
    admin_url: str
    spool: Path | None = None
    """Where files wait until they are loaded; only for services that keep a vault."""

    def ours(self) -> dict[str, str]:
        """For a fork of the supervisor itself that prepares something: no service's secret."""
        return {name: value for name, value in self.inherited.items() if name not in _KEPT_BACK}

    def topology(self) -> dict[str, str]:
        """For the job that declares streams and consumers: the only user who may."""
        return {**self.ours(), "NEWSTART_NATS_URL": self._nats_url(TOPOLOGY)}

    def staff(self) -> dict[str, str]:
        """For the staff app: where the gateway is, and a key of its own for sessions."""
        return {
            **self.ours(),
            "NEWSTART_ENVIRONMENT": self.inherited.get("NEWSTART_ENVIRONMENT", "demo"),
            "NEWSTART_HOST": HOST,
            "NEWSTART_PORT": str(self.ports["staff"]),
            "NEWSTART_SECRET_KEY": self.secrets.staff_sessions,
            "NEWSTART_GATEWAY_URL": f"http://{HOST}:{self.ports['gateway']}",
            "NEWSTART_STAFF_URL": self.inherited.get("NEWSTART_STAFF_URL", f"http://{HOST}:{self.ports['staff']}"),
        }

    def service(self, name: str) -> dict[str, str]:
        """For the api, the worker and the migrations of one service or of the gateway."""
        environment = {
            **self.ours(),
            "NEWSTART_ENVIRONMENT": self.inherited.get("NEWSTART_ENVIRONMENT", "demo"),
            "NEWSTART_DATABASE_URL": databases.address(self.admin_url, name, self.secrets.postgres[name]),
            "NEWSTART_NATS_URL": self._nats_url(name),
            "NEWSTART_HOST": HOST,
            "NEWSTART_PORT": str(self.ports[name]),
            "NEWSTART_METRICS_PORT": str(self.ports[f"{name}-worker"]),
            "NEWSTART_SECRET_KEY": self.secrets.secret_key[name],
            "NEWSTART_INTERNAL_PUBLIC_KEYS": json.dumps(self.secrets.internal_public_keys()),
            "NEWSTART_SEALING_PRIVATE_KEYS": json.dumps(self.secrets.sealing_private_keys(name)),
            "NEWSTART_SEALING_PUBLIC_KEYS": json.dumps(self.secrets.sealing_public_keys()),
        }
        for vault, owner in VAULTS.items():
            if owner == name:
                environment |= {
                    "NEWSTART_VAULT_DATABASE_URL": databases.address(
                        self.admin_url, vault, self.secrets.postgres[vault]
                    ),
                    "NEWSTART_PSEUDONYM_KEY": self.secrets.pseudonyms[vault],
                }
                if self.spool is not None:
                    environment.setdefault("NEWSTART_SPOOL", str(self.spool))
        if name == "casefile":
            environment["NEWSTART_OBJECTION_KEY"] = self.secrets.objections
        if name == "gateway":
            public_url = f"http://{HOST}:{self.ports['gateway']}"
            upstreams = {service: f"http://{HOST}:{self.ports[service]}" for service in SERVICES}
            environment |= {
                "NEWSTART_INTERNAL_SIGNING_KEY": json.dumps(self.secrets.internal_signing),
                "NEWSTART_UPSTREAMS": json.dumps(upstreams),
                "NEWSTART_DEMO_ISSUER": self.inherited.get("NEWSTART_DEMO_ISSUER", "true"),
                "NEWSTART_PUBLIC_URL": self.inherited.get("NEWSTART_PUBLIC_URL", public_url),
            }
        return environment

    def _nats_url(self, user: str) -> str:
        return f"nats://{user}:{self.secrets.nats[user]}@{HOST}:{self.ports['nats']}"
