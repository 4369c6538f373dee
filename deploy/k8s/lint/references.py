"""Names that point at other things: selectors, ports, ConfigMaps, Secrets, accounts, volumes."""

from collections.abc import Iterator
from typing import Any

from deploy.k8s.lint.operators import named_secrets
from deploy.k8s.lint.rendered import Document, Fault, Pod, Rendered, matches, service_port, target_port, where

_PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def selectors(rendered: Rendered) -> Iterator[Fault]:
    """Every selector meets a pod template, and a workload's meets its own and no other."""
    for pod in rendered.pods():
        selector = pod.owner["spec"].get("selector")
        if pod.kind != "Job" and pod.kind != "CronJob":
            if not matches(selector, pod.labels):
                yield Fault(pod.where, "selector", "does not meet the labels of its own pod template")
            for other in rendered.selected(selector):
                if other.owner is not pod.owner:
                    yield Fault(pod.where, "selector", f"also takes the pods of {other.where}")
        for constraint in pod.spec.get("topologySpreadConstraints") or []:
            if not matches(constraint.get("labelSelector"), pod.labels):
                yield Fault(pod.where, "selector", "its topology spread counts other pods than its own")
    for service in rendered.of("Service"):
        if "selector" in service["spec"] and not rendered.behind(service):
            yield Fault(where(service), "selector", f"no pod has the labels {service['spec'].get('selector')}")
    for kind, field in (("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector")):
        for document in rendered.of(kind):
            if not rendered.selected(document["spec"].get(field)):
                yield Fault(where(document), "selector", f"no pod is met by {document['spec'].get(field)}")


def ports(rendered: Rendered) -> Iterator[Fault]:
    """Target ports, probe ports and the Services behind an Ingress exist."""
    for pod in rendered.pods():
        for container in pod.containers:
            own = {str(port.get("name")) for port in container.get("ports") or []}
            numbers = {int(port["containerPort"]) for port in container.get("ports") or []}
            for probe in _PROBES:
                port = _probed(container.get(probe) or {})
                if port is not None and port not in own | numbers:
                    yield Fault(pod.where, "port", f"{probe} asks port {port!r}, which the container does not declare")
    for service in rendered.of("Service"):
        for pod in rendered.behind(service):
            for port in service["spec"].get("ports") or []:
                if target_port(port, pod) not in pod.ports.values():
                    wanted = port.get("targetPort", port["port"])
                    yield Fault(where(service), "port", f"targetPort {wanted!r} is no port of {pod.where}")
    for ingress in rendered.of("Ingress"):
        for name, wanted in backends(ingress):
            target = rendered.find("Service", name)
            if target is None:
                yield Fault(where(ingress), "reference", f"Service {name} does not exist")
            elif service_port(target, wanted) is None:
                yield Fault(where(ingress), "port", f"Service {name} has no port {wanted!r}")


def references(rendered: Rendered) -> Iterator[Fault]:
    """Every ConfigMap, Secret, key, account, claim and mounted volume that a pod names is there."""
    used: set[str] = set()
    for pod in rendered.pods():
        for kind, name, key in _named(pod):
            if kind == "Secret":
                used.add(name)
            keys = rendered.keys(kind, name)
            if keys is None:
                hint = " and secrets.yaml does not expect it" if kind == "Secret" else ""
                yield Fault(pod.where, "reference", f"{kind} {name} does not exist{hint}")
            elif key is not None and key not in keys:
                yield Fault(pod.where, "reference", f"{kind} {name} has no key {key}")
        yield from _account_and_volumes(rendered, pod)
    for ingress in rendered.of("Ingress"):
        for tls in ingress["spec"].get("tls") or []:
            used.add(tls["secretName"])
            if rendered.keys("Secret", tls["secretName"]) is None:
                yield Fault(where(ingress), "reference", f"Secret {tls['secretName']} does not exist")
    used |= {name for _, name, _ in named_secrets(rendered)}
    for name in sorted(set(rendered.expected.keys) - used):
        yield Fault(f"Secret/{name}", "unused-secret", "secrets.yaml expects it, but nothing reads it")


def backends(ingress: Document) -> Iterator[tuple[str, object]]:
    """(name, port) of the Services an Ingress sends requests to."""
    rules = ingress["spec"].get("rules") or []
    paths = [path for rule in rules for path in rule.get("http", {}).get("paths") or []]
    for backend in [ingress["spec"].get("defaultBackend"), *(path["backend"] for path in paths)]:
        if backend and "service" in backend:
            port = backend["service"].get("port") or {}
            yield backend["service"]["name"], port.get("name", port.get("number"))


def _probed(probe: Document) -> Any:
    return next((probe[way].get("port") for way in ("httpGet", "tcpSocket", "grpc") if way in probe), None)


def _named(pod: Pod) -> Iterator[tuple[str, str, str | None]]:
    """(kind, name, key or None) of each ConfigMap and Secret a pod reads and cannot start without."""
    for container in pod.containers:
        for source in container.get("envFrom") or []:
            yield from _wanted(source, "configMapRef", "secretRef")
        for variable in container.get("env") or []:
            yield from _wanted(variable.get("valueFrom") or {}, "configMapKeyRef", "secretKeyRef")
    for volume in pod.spec.get("volumes") or []:
        for source in [volume, *(volume.get("projected", {}).get("sources") or [])]:
            yield from _wanted(source, "configMap", "secret")
    for secret in pod.spec.get("imagePullSecrets") or []:
        yield "Secret", secret["name"], None


def _wanted(source: Document, config_map: str, secret: str) -> Iterator[tuple[str, str, str | None]]:
    for kind, field in (("ConfigMap", config_map), ("Secret", secret)):
        reference = source.get(field)
        if reference and not reference.get("optional"):
            name = reference.get("name") or reference.get("secretName")
            items = reference.get("items") or [{"key": reference.get("key")}]
            for item in items:
                yield kind, name, item["key"]


def _account_and_volumes(rendered: Rendered, pod: Pod) -> Iterator[Fault]:
    account = pod.spec.get("serviceAccountName")
    if account is None:
        yield Fault(pod.where, "reference", "names no ServiceAccount, so it would share the namespace's default one")
    elif rendered.find("ServiceAccount", account) is None:
        yield Fault(pod.where, "reference", f"ServiceAccount {account} does not exist")
    claims = [claim["metadata"]["name"] for claim in pod.owner["spec"].get("volumeClaimTemplates") or []]
    volumes = {*claims, *(volume["name"] for volume in pod.spec.get("volumes") or [])}
    for volume in pod.spec.get("volumes") or []:
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        if claim and rendered.find("PersistentVolumeClaim", claim) is None:
            yield Fault(pod.where, "reference", f"PersistentVolumeClaim {claim} does not exist")
    for container in pod.containers:
        for mount in container.get("volumeMounts") or []:
            if mount["name"] not in volumes:
                yield Fault(pod.where, "reference", f"mounts the volume {mount['name']}, which the pod does not have")
    governing = pod.owner["spec"].get("serviceName")
    if governing and rendered.find("Service", governing) is None:
        yield Fault(pod.where, "reference", f"Service {governing} does not exist")
