"""Network policies let each pod reach what its environment tells it to, and keep the rest out."""

import ipaddress
import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from deploy.k8s.lint.operators import route_backends
from deploy.k8s.lint.policies import Peer, may_enter, may_leave, range_fault, selecting
from deploy.k8s.lint.references import backends
from deploy.k8s.lint.rendered import Document, Fault, Pod, Rendered, service_port, target_port, where

NOT_DIALLED = frozenset({"NEWSTART_PUBLIC_URL", "NEWSTART_CORS_ORIGINS"})
"""Addresses a process tells others, and does not itself connect to."""

DIALLED_BY_API_ONLY = frozenset({"NEWSTART_UPSTREAMS", "NEWSTART_ISSUERS"})
"""Read by every role of the gateway, because its settings are one shape; only the api connects."""

CONTROLLER_NAMESPACE = "newstart.example/controller-namespace"
"""An Ingress says here where its controller runs, so that its way in can be checked."""

_COMPONENT = "app.kubernetes.io/component"
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"'\\,<>]+")
_USUAL_PORT = {"http": 80, "https": 443, "postgresql": 5432, "postgresql+psycopg": 5432, "nats": 4222, "tls": 4222}


def reachable(rendered: Rendered) -> Iterator[Fault]:
    """Each URL in a pod's environment, and each a Secret's key leads to, can be reached; and so can the DNS."""
    dns = [Peer(53, protocol, namespace="kube-system") for protocol in ("UDP", "TCP")]
    for pod in rendered.pods():
        dialled = set(_dialled(rendered, pod))
        for name, url in sorted(dialled):
            yield from _reach(rendered, pod, name, url)
        if dialled and not all(may_leave(rendered, pod, way) for way in dns):
            yield Fault(pod.where, "network", "may not ask the DNS, so it finds none of the hosts it is told")


def ways_in(rendered: Rendered) -> Iterator[Fault]:
    """The pods behind an Ingress or a route let its controller in."""
    for ingress, door in _doors(rendered):
        home = (door["metadata"].get("annotations") or {}).get(CONTROLLER_NAMESPACE)
        if home is None:
            yield Fault(where(door), "network", f"does not say in {CONTROLLER_NAMESPACE} who may come in by it")
            continue
        for name, wanted in backends(ingress) if ingress["kind"] == "Ingress" else route_backends(ingress):
            service = rendered.service(name)
            port = service_port(service, wanted) if service else None
            for pod in rendered.behind(service) if service and port else []:
                number = target_port(port, pod) if port else None
                if number and not may_enter(rendered, pod, Peer(number, namespace=home)):
                    message = f"no policy lets the controller of {where(ingress)} in from {home}, port {number}"
                    yield Fault(pod.where, "network", message)


def forwarded(rendered: Rendered) -> Iterator[Fault]:
    """The gateway behind a door believes its controller, by address, on whose request it carries; and nobody else.

    Else every caller without a sign-in counts as one address, or anybody is whoever they say.
    """
    for door, _ in _doors(rendered):
        for name, _ in backends(door) if door["kind"] == "Ingress" else route_backends(door):
            service = rendered.service(name)
            for pod in rendered.behind(service) if service else []:
                if pod.labels.get("app.kubernetes.io/name") == "gateway":
                    yield from _believes(rendered, pod)


def _believes(rendered: Rendered, pod: Pod) -> Iterator[Fault]:
    for container in pod.containers:
        said = rendered.environment(container).get("FORWARDED_ALLOW_IPS", "")
        ranges = [each.strip() for each in said.split(",") if each.strip()]
        if not ranges:
            yield Fault(pod.where, "forwarded", "believes nobody's X-Forwarded-For: all callers are one address")
        for each in ranges:
            try:
                wide = ipaddress.ip_network(each, strict=False).prefixlen == 0
            except ValueError:
                wide = True
            if wide:
                yield Fault(pod.where, "forwarded", f"believes the X-Forwarded-For of anybody ({each})")


def isolated(rendered: Rendered) -> Iterator[Fault]:
    """Every pod is under some policy for each direction: what nothing selects, Kubernetes leaves open."""
    for pod in rendered.all_pods():
        for direction in ("Ingress", "Egress"):
            if not selecting(rendered, pod, direction):
                yield Fault(pod.where, "isolation", f"no policy limits its {direction.lower()}")


def address_ranges(rendered: Rendered) -> Iterator[Fault]:
    """Address ranges parse, and their exceptions lie inside them."""
    for policy in rendered.of("NetworkPolicy"):
        for direction, side in (("egress", "to"), ("ingress", "from")):
            for rule in policy["spec"].get(direction) or []:
                for block in (peer["ipBlock"] for peer in rule.get(side) or [] if "ipBlock" in peer):
                    if (complaint := range_fault(block)) is not None:
                        yield Fault(where(policy), "address-range", complaint)


def _doors(rendered: Rendered) -> Iterator[tuple[Document, Document]]:
    """(who names the Services, who says where the controller runs): an Ingress does both."""
    yield from ((ingress, ingress) for ingress in rendered.of("Ingress"))
    for route in rendered.of("HTTPRoute"):
        for parent in route["spec"].get("parentRefs") or []:
            gateway = rendered.find("Gateway", parent["name"])
            if gateway is not None:
                yield route, gateway


def _dialled(rendered: Rendered, pod: Pod) -> Iterator[tuple[str, str]]:
    """(variable, URL) of everything the pod will connect to."""
    silent = NOT_DIALLED if pod.labels.get(_COMPONENT) == "api" else NOT_DIALLED | DIALLED_BY_API_ONLY
    for container in pod.containers:
        for name, value in rendered.environment(container).items():
            if name not in silent:
                yield from ((name, url) for url in _urls(value))
        for variable in container.get("env") or []:
            key = (variable.get("valueFrom") or {}).get("secretKeyRef", {}).get("key")
            if key in rendered.expected.dials:
                yield variable["name"], rendered.expected.dials[key]
    # A file may lead somewhere too (the bus's own settings).
    for volume in pod.spec.get("volumes") or []:
        for source in (volume, *(volume.get("projected", {}).get("sources") or [])):
            for item in source.get("secret", {}).get("items") or []:
                if item["key"] in rendered.expected.dials:
                    yield item["key"], rendered.expected.dials[item["key"]]


def _urls(value: str) -> list[str]:
    """The URLs in a value; in a list of issuers only the key addresses, which is what gets fetched."""
    try:
        parsed = json.loads(value)
    except ValueError:
        return _URL.findall(value)
    if isinstance(parsed, list) and all(isinstance(one, dict) and "jwks_url" in one for one in parsed):
        return [str(one["jwks_url"]) for one in parsed]
    return _URL.findall(value)


def _reach(rendered: Rendered, pod: Pod, name: str, url: str) -> Iterator[Fault]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _USUAL_PORT.get(parts.scheme)
    peers = _peers(rendered, pod, host, port) if port else f"{url} has no port"
    if isinstance(peers, str):
        yield Fault(pod.where, "network", f"{name}: {peers}")
        return
    for peer in peers:
        if not may_leave(rendered, pod, peer):
            yield Fault(pod.where, "network", f"{name}: no policy lets it out to {url} (port {peer.port})")
        if peer.pod is not None and not may_enter(rendered, peer.pod, Peer(peer.port, pod=pod)):
            yield Fault(peer.pod.where, "network", f"no policy lets {pod.where} in, port {peer.port} ({name})")


def _peers(rendered: Rendered, pod: Pod, host: str, port: int) -> list[Peer] | str:
    """Whom a host name leads to, or what is wrong with it."""
    try:
        return [Peer(port, address=str(ipaddress.ip_address(host)))]
    except ValueError:
        labels = host.removesuffix(".cluster.local").split(".")
    if labels[-1] == "svc" and len(labels) > 2:
        *labels, home, _ = labels
        if home != pod.owner["metadata"].get("namespace"):
            return [Peer(port, namespace=home)]
    # One label is a Service of ours, two may be one server of it (nats-0.nats-servers); the rest is the world's.
    service = rendered.service(labels[-1])
    if service is None:
        return [Peer(port)] if len(labels) > 1 else f"there is no Service {host}"
    found = service_port(service, port)
    if found is None:
        return f"Service {labels[-1]} has no port {port}"
    return [Peer(target_port(found, one) or port, pod=one) for one in rendered.behind(service)]
