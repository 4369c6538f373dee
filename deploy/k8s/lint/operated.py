"""What operators will make of their own kinds: pods and Services of a PostgreSQL cluster, Secrets of a certificate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deploy.k8s.lint.rendered import Document, Pod, Rendered

_POSTGRES_PORTS = [
    {"name": "postgresql", "containerPort": 5432},
    {"name": "status", "containerPort": 8000},
    {"name": "metrics", "containerPort": 9187},
]


def pods(rendered: Rendered) -> Iterator[Pod]:
    """The servers of a CloudNativePG cluster, as far as selectors and policies can see them."""
    from deploy.k8s.lint.rendered import Pod

    for cluster in rendered.of("Cluster"):
        labels = {"cnpg.io/cluster": cluster["metadata"]["name"], "cnpg.io/podRole": "instance"}
        spec = {"containers": [{"name": "postgres", "ports": _POSTGRES_PORTS}]}
        yield Pod(cluster, {"metadata": {"labels": labels}, "spec": spec})


def services(rendered: Rendered) -> dict[str, Document]:
    """Its three Services: the leader (-rw), the others (-ro), any (-r)."""
    found: dict[str, Document] = {}
    for cluster in rendered.of("Cluster"):
        name = cluster["metadata"]["name"]
        for ending in ("rw", "ro", "r"):
            found[f"{name}-{ending}"] = {
                "kind": "Service",
                "metadata": {"name": f"{name}-{ending}", "namespace": cluster["metadata"].get("namespace")},
                "spec": {
                    "selector": {"cnpg.io/cluster": name},
                    "ports": [{"name": "postgres", "port": 5432, "targetPort": 5432}],
                },
            }
    return found


def secrets(rendered: Rendered) -> dict[str, frozenset[str]]:
    """The Secrets that cert-manager fills, with their keys."""
    return {
        certificate["spec"]["secretName"]: frozenset({"tls.crt", "tls.key", "ca.crt"})
        for certificate in rendered.of("Certificate")
    }


def copies(cluster: Document) -> int:
    """How many servers a CloudNativePG cluster has."""
    count: Any = cluster["spec"].get("instances", 1)
    return int(count)
