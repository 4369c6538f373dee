"""What operators will make of their own kinds: pods and Services of a PostgreSQL cluster, Secrets of a certificate."""

from collections.abc import Iterable, Iterator
from typing import Any

Document = dict[str, Any]

_POSTGRES_PORTS = [
    {"name": "postgresql", "containerPort": 5432},
    {"name": "status", "containerPort": 8000},
    {"name": "metrics", "containerPort": 9187},
]


def pods(clusters: Iterable[Document]) -> Iterator[tuple[Document, Document]]:
    """Each CloudNativePG cluster with its servers' template, as far as selectors and policies can see them."""
    for cluster in clusters:
        labels = {"cnpg.io/cluster": cluster["metadata"]["name"], "cnpg.io/podRole": "instance"}
        spec = {"containers": [{"name": "postgres", "ports": _POSTGRES_PORTS}]}
        yield cluster, {"metadata": {"labels": labels}, "spec": spec}


def services(clusters: Iterable[Document]) -> dict[str, Document]:
    """Each cluster's three Services: the leader (-rw), the others (-ro), any (-r)."""
    found: dict[str, Document] = {}
    for cluster in clusters:
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


def secrets(certificates: Iterable[Document]) -> dict[str, frozenset[str]]:
    """The Secrets that cert-manager fills, with their keys."""
    return {
        certificate["spec"]["secretName"]: frozenset({"tls.crt", "tls.key", "ca.crt"}) for certificate in certificates
    }


def copies(cluster: Document) -> int:
    """How many servers a CloudNativePG cluster has."""
    count: Any = cluster["spec"].get("instances", 1)
    return int(count)
