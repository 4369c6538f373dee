"""What a pod may not do, what it may use, and what exactly it runs."""

import re
from collections.abc import Iterator
from typing import Any

from deploy.k8s.lint.rendered import Document, Fault, Pod, Rendered, where

_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_SECCOMP = frozenset({"RuntimeDefault", "Localhost"})
_IMAGE = re.compile(r"^(?P<name>[^@]+?)(?::(?P<tag>[\w][\w.-]{0,127}))?(?P<digest>@sha256:[0-9a-f]{64})?$")
_MOVING_TAG = re.compile(r"^(latest|stable|edge|main|master|dev|nightly|v?\d+|v?\d+\.\d+)$")
_QUANTITY = re.compile(r"^(\d+(?:\.\d+)?)([a-zA-Z]*)$")
_UNITS = {
    "": 1.0, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40,
}  # fmt: skip


def restricted(rendered: Rendered) -> Iterator[Fault]:
    """The Pod Security Standard *restricted*, plus a read-only root, no API token and no service links.

    Source: the standard's table, profile Restricted (which includes Baseline).
    """
    for pod in rendered.pods():
        for complaint in _pod_rights(pod.spec):
            yield Fault(pod.where, "restricted", complaint)
        for container in pod.containers:
            for complaint in _container_rights(container, pod.spec.get("securityContext") or {}):
                yield Fault(pod.where, "restricted", f"container {container['name']}: {complaint}")
        yield from _surroundings(rendered, pod)


def namespaces(rendered: Rendered) -> Iterator[Fault]:
    """A namespace of ours enforces *restricted* itself."""
    for namespace in rendered.of("Namespace"):
        labels = namespace["metadata"].get("labels") or {}
        if labels.get("pod-security.kubernetes.io/enforce") != "restricted":
            yield Fault(where(namespace), "restricted", "does not enforce the Pod Security Standard restricted")


def images(rendered: Rendered) -> Iterator[Fault]:
    """An image is pinned: a whole version or a digest, never a tag that moves."""
    for pod in rendered.pods():
        for container in pod.containers:
            image = str(container.get("image", ""))
            parts = _IMAGE.match(image)
            tag, digest = (parts["tag"], parts["digest"]) if parts else (None, None)
            if not digest and (tag is None or _MOVING_TAG.match(tag)):
                yield Fault(pod.where, "image", f"{image or 'no image'} is not pinned to a version or digest")


def resources(rendered: Rendered) -> Iterator[Fault]:
    """Each container says what it needs and may use, and needs no more than it may use."""
    for pod in rendered.pods():
        for container in pod.containers:
            said = container.get("resources") or {}
            for resource in ("cpu", "memory"):
                request, limit = (
                    (said.get(side) or {}).get(resource, (said.get("limits") or {}).get(resource))
                    for side in ("requests", "limits")
                )
                if request is None or limit is None:
                    yield Fault(
                        pod.where,
                        "resources",
                        f"container {container['name']}: no {resource} request or limit",
                    )
                    continue
                try:
                    over = quantity(request) > quantity(limit)
                except ValueError as error:
                    yield Fault(pod.where, "resources", f"container {container['name']}: {error}")
                    continue
                if over:
                    complaint = f"{resource} request {request} is above its limit {limit}"
                    yield Fault(pod.where, "resources", f"container {container['name']}: {complaint}")


def quantity(text: object) -> float:
    """A Kubernetes quantity as a number of its base unit. Raises ValueError."""
    parts = _QUANTITY.match(str(text))
    if parts is None or parts[2] not in _UNITS:
        raise ValueError(f"{text!r} is no quantity")
    return float(parts[1]) * _UNITS[parts[2]]


def _pod_rights(spec: Document) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield f"{field} is set"
    context = spec.get("securityContext") or {}
    if context.get("sysctls"):
        yield "sets sysctls"
    for volume in spec.get("volumes") or []:
        kinds = set(volume) - {"name"}
        if not kinds <= _VOLUMES:
            yield f"volume {volume['name']} is of kind {', '.join(sorted(kinds))}"


def _container_rights(container: Document, pod_context: Document) -> Iterator[str]:
    own = container.get("securityContext") or {}

    def effective(field: str) -> Any:
        return own.get(field, pod_context.get(field))

    if effective("runAsNonRoot") is not True:
        yield "runAsNonRoot is not true"
    if effective("runAsUser") == 0:
        yield "runs as user 0"
    if (effective("seccompProfile") or {}).get("type") not in _SECCOMP:
        yield "seccompProfile is not RuntimeDefault"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "allowPrivilegeEscalation is not false"
    if own.get("privileged"):
        yield "is privileged"
    if own.get("procMount", "Default") != "Default":
        yield "unmasks /proc"
    capabilities = own.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or []):
        yield "does not drop ALL capabilities"
    if set(capabilities.get("add") or []) - {"NET_BIND_SERVICE"}:
        yield "adds capabilities"
    if own.get("readOnlyRootFilesystem") is not True:
        yield "its root file system is writable"
    if any("hostPort" in port for port in container.get("ports") or []):
        yield "takes a port of the node"


def _surroundings(rendered: Rendered, pod: Pod) -> Iterator[Fault]:
    account = rendered.find("ServiceAccount", str(pod.spec.get("serviceAccountName"))) or {}
    if pod.spec.get("automountServiceAccountToken", account.get("automountServiceAccountToken", True)):
        yield Fault(pod.where, "restricted", "mounts a token for the Kubernetes API, which nothing here uses")
    if pod.spec.get("enableServiceLinks", True):
        yield Fault(pod.where, "restricted", "enableServiceLinks puts other Services' variables into its environment")
