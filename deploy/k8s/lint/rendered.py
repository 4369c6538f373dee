"""A rendered overlay as the checks see it: documents, the pods they make, which selector meets which."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deploy.k8s.lint import operated
from deploy.k8s.lint.operated import Document as Document

_TEMPLATE: Mapping[str, tuple[str, ...]] = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong: where (kind/name), which rule, and what to do about it."""

    where: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class ExpectedSecrets:
    """The Secrets made outside the repository (secrets.yaml): their keys, and the address a key leads to."""

    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dials: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pod:
    """What a Deployment, StatefulSet, Job or CronJob makes."""

    owner: Document
    template: Document

    @property
    def kind(self) -> str:
        return str(self.owner["kind"])

    @property
    def where(self) -> str:
        return where(self.owner)

    @property
    def labels(self) -> Mapping[str, str]:
        return self.template.get("metadata", {}).get("labels") or {}

    @property
    def spec(self) -> Document:
        spec: Document = self.template.get("spec") or {}
        return spec

    @property
    def containers(self) -> list[Document]:
        """All of them, those that run first included."""
        return [*(self.spec.get("initContainers") or []), *(self.spec.get("containers") or [])]

    @property
    def ports(self) -> dict[str, int]:
        """Container ports by name; one without a name is listed under its number."""
        return {
            str(port.get("name", port["containerPort"])): int(port["containerPort"])
            for container in self.containers
            for port in container.get("ports") or []
        }


@dataclass(frozen=True)
class Rendered:
    """All documents of one overlay, in one namespace, with the Secrets it may count on."""

    documents: Sequence[Document]
    expected: ExpectedSecrets = field(default_factory=ExpectedSecrets)

    def of(self, *kinds: str) -> Iterator[Document]:
        """The documents of these kinds."""
        return (document for document in self.documents if document["kind"] in kinds)

    def find(self, kind: str, name: str) -> Document | None:
        """The document of that kind and name."""
        return next((one for one in self.of(kind) if one["metadata"]["name"] == name), None)

    def pods(self) -> Iterator[Pod]:
        """Every pod template."""
        for document in self.of(*_TEMPLATE):
            template: Any = document
            for step in _TEMPLATE[document["kind"]]:
                template = template.get(step) or {}
            yield Pod(document, template)

    def all_pods(self) -> Iterator[Pod]:
        """Ours, and those that operators will make: they meet selectors and policies too."""
        yield from self.pods()
        for cluster, template in operated.pods(self.of("Cluster")):
            yield Pod(cluster, template)

    def service(self, name: str) -> Document | None:
        """The Service of that name, whether written here or made by an operator."""
        return self.find("Service", name) or operated.services(self.of("Cluster")).get(name)

    def selected(self, selector: Document | None) -> list[Pod]:
        """The pods that a label selector meets."""
        return [pod for pod in self.all_pods() if matches(selector, pod.labels)]

    def behind(self, service: Document) -> list[Pod]:
        """The pods that a Service sends traffic to."""
        return [pod for pod in self.all_pods() if meets(service["spec"].get("selector"), pod.labels)]

    def services_of(self, pod: Pod) -> list[Document]:
        """The Services that send traffic to the pod."""
        return [one for one in self.of("Service") if meets(one["spec"].get("selector"), pod.labels)]

    def keys(self, kind: str, name: str) -> frozenset[str] | None:
        """The keys of a ConfigMap or Secret, rendered or expected; None when there is no such thing."""
        document = self.find(kind, name)
        if document is not None:
            return frozenset(document.get("data") or {}) | frozenset(document.get("stringData") or {})
        if kind != "Secret":
            return None
        return self.expected.keys.get(name) or operated.secrets(self.of("Certificate")).get(name)

    def environment(self, container: Document) -> dict[str, str]:
        """The variables whose value can be read off the manifests; a Secret's are left out."""
        values: dict[str, str] = {}
        for source in container.get("envFrom") or []:
            found = self.find("ConfigMap", source.get("configMapRef", {}).get("name", ""))
            values |= (found or {}).get("data") or {}
        for variable in container.get("env") or []:
            reference = variable.get("valueFrom", {}).get("configMapKeyRef")
            if "value" in variable:
                values[variable["name"]] = str(variable["value"])
            elif reference:
                found = self.find("ConfigMap", reference["name"])
                values[variable["name"]] = ((found or {}).get("data") or {}).get(reference["key"], "")
        return values


def where(document: Document) -> str:
    """How a fault names a document."""
    return f"{document['kind']}/{document['metadata']['name']}"


def service_port(service: Document, wanted: object) -> Document | None:
    """The port of a Service by number or name."""
    for port in service["spec"].get("ports") or []:
        if wanted is not None and wanted in (port["port"], port.get("name")):
            found: Document = port
            return found
    return None


def target_port(port: Document, pod: Pod) -> int | None:
    """Where a Service's port arrives in a pod; None when the pod has no port of that name."""
    target: Any = port.get("targetPort", port["port"])
    return pod.ports.get(target) if isinstance(target, str) else int(target)


def meets(wanted: Mapping[str, str] | None, labels: Mapping[str, str]) -> bool:
    """A Service's plain selector. None or empty selects nothing: its endpoints are made by hand."""
    return bool(wanted) and all(labels.get(key) == value for key, value in (wanted or {}).items())


def matches(selector: Document | None, labels: Mapping[str, str]) -> bool:
    """A label selector with expressions. None selects nothing, an empty one everything."""
    if selector is None:
        return False
    plain = selector.get("matchLabels") or {}
    if any(labels.get(key) != value for key, value in plain.items()):
        return False
    return all(_holds(one, labels) for one in selector.get("matchExpressions") or [])


def _holds(expression: Document, labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or []
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False
