"""`python -m deploy.k8s.generate [--check]`: writes the two files that only repeat what is said elsewhere.

components/keda/scaled-objects.yaml repeats which consumer hears which stream (the services' handlers and the
catalogue), components/external-secrets/secrets.yaml repeats secrets.yaml. `--check` says whether they are up to date.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.k8s.validate import HERE, OVERLAY_OF_EXTERNAL_SECRETS, expected_secrets
from kit.contracts.event_type import OWNERS
from kit.events.topology import Durable

LAG = 200
"""Events waiting for one consumer at which one worker more is worth starting: half a second's work of one."""

_HEAD = "# Made by `python -m deploy.k8s.generate`: edit what it repeats, not this file.\n"
_MONITOR = "nats-servers.newstart.svc:8222"


def scaled_objects(durables: Iterable[Durable]) -> str:
    """One ScaledObject per worker, with a trigger for each consumer that works for it."""
    by_service: dict[str, list[Durable]] = {service: [] for service in OWNERS}
    for durable in durables:
        by_service[durable.service].append(durable)
    parts = []
    for service, its in by_service.items():
        lines = [
            "apiVersion: keda.sh/v1alpha1",
            "kind: ScaledObject",
            "metadata:",
            f"  name: {service}-worker",
            "spec:",
            f"  scaleTargetRef: {{kind: Deployment, name: {service}-worker}}",
            "  pollingInterval: 15",
            "  cooldownPeriod: 300",
            "  # Two always: one holds the relay's lock, and the other takes over when it goes.",
            "  minReplicaCount: 2",
            "  maxReplicaCount: 6",
            "  # Where NATS itself does not answer, nobody knows the lag: two go on.",
            "  fallback: {failureThreshold: 4, replicas: 2}",
            "  triggers:",
        ]
        for durable in its:
            lines += [
                "    - type: nats-jetstream",
                "      metadata:",
                f"        natsServerMonitoringEndpoint: {_MONITOR}",
                "        account: $G",
                f"        stream: {durable.stream}",
                f"        consumer: {durable.name}",
                f'        lagThreshold: "{LAG}"',
                '        activationLagThreshold: "0"',
            ]
        parts.append("\n".join(lines) + "\n")
    return _HEAD + "---\n".join(parts)


def external_secrets(keys: Mapping[str, frozenset[str]]) -> str:
    """One ExternalSecret per Secret: each key is a property of one entry newstart/<secret> in the store."""
    parts = []
    for name in sorted(keys):
        lines = [
            "apiVersion: external-secrets.io/v1",
            "kind: ExternalSecret",
            "metadata:",
            f"  name: {name}",
            "spec:",
            "  refreshInterval: 1h",
            "  secretStoreRef: {kind: ClusterSecretStore, name: council}",
            f"  target: {{{_target(name)}}}",
            "  data:",
        ]
        for key in sorted(keys[name]):
            lines.append(f"    - {{secretKey: {key}, remoteRef: {{key: newstart/{name}, property: {key}}}}}")
        parts.append("\n".join(lines) + "\n")
    return _HEAD + "---\n".join(parts)


def _target(name: str) -> str:
    kind = {"gateway-tls": "kubernetes.io/tls"}.get(
        name, "kubernetes.io/basic-auth" if "-database" in name else "Opaque"
    )
    return f"name: {name}, creationPolicy: Owner, deletionPolicy: Retain, template: {{type: {kind}}}"


def files(root: Path = HERE) -> dict[Path, str]:
    """What the two files should hold."""
    # Imports every service's handlers: only where it is needed.
    from kit.run.topology_job import wanted

    expected = expected_secrets(root, root / "overlays" / OVERLAY_OF_EXTERNAL_SECRETS)
    return {
        root / "components/keda/scaled-objects.yaml": scaled_objects(wanted()),
        root / "components/external-secrets/secrets.yaml": external_secrets(expected.keys),
    }


def main(arguments: list[str]) -> int:
    """Writes, or with `--check` compares. Returns 1 when something was or is out of date."""
    stale = [path for path, text in files().items() if not path.exists() or path.read_text() != text]
    for path in stale:
        print(f"{path.relative_to(HERE)}: {'is out of date' if '--check' in arguments else 'written'}")
    if "--check" not in arguments:
        for path, text in files().items():
            path.write_text(text)
        return 0
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
