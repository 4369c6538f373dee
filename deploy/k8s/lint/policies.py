"""What network policies let through, decided as Kubernetes does: no policy means open, otherwise some rule must fit."""

import ipaddress
from dataclasses import dataclass
from typing import Any

from deploy.k8s.lint.rendered import Document, Pod, Rendered, matches

_OWN_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Peer:
    """The other end of a connection: a pod of ours, another namespace, or (neither) outside the cluster."""

    port: int
    protocol: str = "TCP"
    pod: Pod | None = None
    namespace: str | None = None
    address: str | None = None


def selecting(rendered: Rendered, pod: Pod, direction: str) -> list[Document]:
    """The policies that limit a pod in this direction (Ingress or Egress)."""
    found = []
    for policy in rendered.of("NetworkPolicy"):
        spec = policy["spec"]
        directions = spec.get("policyTypes") or ["Ingress", *(["Egress"] if "egress" in spec else [])]
        if direction in directions and matches(spec.get("podSelector"), pod.labels):
            found.append(policy)
    return found


def may_leave(rendered: Rendered, pod: Pod, to: Peer) -> bool:
    """Whether the pod's own policies let it out to there."""
    policies = selecting(rendered, pod, "Egress")
    rules = [rule for policy in policies for rule in policy["spec"].get("egress") or []]
    return not policies or any(_fits(rendered, rule, "to", to, to.pod) for rule in rules)


def may_enter(rendered: Rendered, pod: Pod, source: Peer) -> bool:
    """Whether the pod's own policies let that peer in, on the pod's port `source.port`."""
    policies = selecting(rendered, pod, "Ingress")
    rules = [rule for policy in policies for rule in policy["spec"].get("ingress") or []]
    return not policies or any(_fits(rendered, rule, "from", source, pod) for rule in rules)


def range_fault(block: Document) -> str | None:
    """What is wrong with an ipBlock: a range that does not parse, an exception outside it. Or None."""
    try:
        whole = ipaddress.ip_network(block["cidr"])
        parts = [ipaddress.ip_network(one) for one in block.get("except") or []]
    except ValueError as error:
        return str(error)
    for part in parts:
        inside = part.version == whole.version and part.network_address in whole
        if not inside or part.prefixlen <= whole.prefixlen:
            return f"the exception {part} does not lie inside {whole}"
    return None


def _fits(rendered: Rendered, rule: Document, side: str, peer: Peer, target: Pod | None) -> bool:
    ports = rule.get("ports")
    if ports and not any(_is_port(port, peer, target) for port in ports):
        return False
    return not rule.get(side) or any(_is_peer(rendered, one, peer) for one in rule[side])


def _is_port(said: Document, peer: Peer, target: Pod | None) -> bool:
    """A port with a name is looked up in the pod that is connected to."""
    if said.get("protocol", "TCP") != peer.protocol:
        return False
    low: Any = said.get("port", peer.port)
    if isinstance(low, str):
        low = target.ports.get(low) if target else None
    return low is not None and low <= peer.port <= said.get("endPort", low)


def _is_peer(rendered: Rendered, said: Document, peer: Peer) -> bool:
    if "ipBlock" in said:
        # Whether a range meets addresses inside the cluster depends on its network plugin: don't count on it.
        outside = peer.pod is None and peer.namespace is None
        return outside and (peer.address is None or _in_block(said["ipBlock"], peer.address))
    if peer.pod is None:
        # The labels of another namespace's pods can't be known here: its own name decides.
        return peer.namespace is not None and matches(said.get("namespaceSelector"), {_OWN_NAME: peer.namespace})
    namespace = str(peer.pod.owner["metadata"].get("namespace"))
    if "namespaceSelector" in said:
        document = rendered.find("Namespace", namespace) or {"metadata": {}}
        labels = {**(document["metadata"].get("labels") or {}), _OWN_NAME: namespace}
        if not matches(said["namespaceSelector"], labels):
            return False
    return "podSelector" not in said or matches(said["podSelector"], peer.pod.labels)


def _in_block(block: Document, address: str) -> bool:
    number = ipaddress.ip_address(address)
    left_out = any(number in ipaddress.ip_network(one) for one in block.get("except") or [])
    return number in ipaddress.ip_network(block["cidr"]) and not left_out
