"""Names that Kubernetes accepts, given once; schedules that parse."""

import re
from collections import Counter
from collections.abc import Iterator

from deploy.k8s.lint.rendered import Fault, Rendered, where

_LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
_SERVICE = re.compile(r"^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")
_SUBDOMAIN = re.compile(r"^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
_PORT = re.compile(r"^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$")
_SHAPES = {"Namespace": _LABEL, "Service": _SERVICE, "StatefulSet": _LABEL, "Job": _LABEL, "CronJob": _LABEL}
_CLUSTER_WIDE = frozenset({"Namespace", "ClusterRole", "ClusterRoleBinding", "PersistentVolume", "StorageClass"})

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_MACROS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})


def names(rendered: Rendered) -> Iterator[Fault]:
    """RFC 1123 (a Service: RFC 1035), also containers, volumes and ports; no two documents of one name."""
    seen = Counter((one["apiVersion"].split("/")[0], where(one)) for one in rendered.documents)
    for (_, place), times in seen.items():
        if times > 1:
            yield Fault(place, "name", f"is there {times} times")
    for document in rendered.documents:
        name = str(document["metadata"]["name"])
        if not _SHAPES.get(document["kind"], _SUBDOMAIN).match(name):
            yield Fault(where(document), "name", f"{name!r} is no name that Kubernetes accepts")
    for pod in rendered.pods():
        for part in [*pod.containers, *(pod.spec.get("volumes") or [])]:
            if not _LABEL.match(part["name"]):
                yield Fault(pod.where, "name", f"{part['name']!r} is no name that Kubernetes accepts")
        declared = [
            port["name"] for container in pod.containers for port in container.get("ports") or [] if "name" in port
        ]
        for port, times in Counter(declared).items():
            if not _PORT.match(port) or times > 1:
                yield Fault(pod.where, "name", f"port name {port!r} is wrong or given twice")


def namespace(rendered: Rendered) -> Iterator[Fault]:
    """Everything lies in the one namespace of the overlay."""
    inside = [one for one in rendered.documents if one["kind"] not in _CLUSTER_WIDE]
    used = Counter(str(one["metadata"].get("namespace")) for one in inside)
    if not used:
        return
    usual = used.most_common(1)[0][0]
    for document in inside:
        lies = str(document["metadata"].get("namespace"))
        if lies != usual or lies == "None":
            yield Fault(where(document), "namespace", f"lies in namespace {lies}, the others in {usual}")
    if rendered.find("Namespace", usual) is None:
        yield Fault(f"Namespace/{usual}", "namespace", "is not part of the overlay")


def schedules(rendered: Rendered) -> Iterator[Fault]:
    """A CronJob's schedule parses, and its time zone is said (the cluster's own is nobody's)."""
    for job in rendered.of("CronJob"):
        schedule = str(job["spec"].get("schedule", ""))
        if (complaint := cron_fault(schedule)) is not None:
            yield Fault(where(job), "schedule", f"{schedule!r}: {complaint}")
        if not job["spec"].get("timeZone"):
            yield Fault(where(job), "schedule", "has no timeZone")


def cron_fault(schedule: str) -> str | None:
    """What is wrong with a cron schedule of five fields, or None."""
    if schedule in _MACROS:
        return None
    fields = schedule.split()
    if len(fields) != 5:
        return f"{len(fields)} fields instead of 5"
    kinds: list[tuple[str, int, int, list[str]]] = [
        ("minute", 0, 59, []),
        ("hour", 0, 23, []),
        ("day", 1, 31, []),
        ("month", 1, 12, ["", *_MONTHS]),
        ("weekday", 0, 7, _DAYS),
    ]
    for field, (kind, low, high, words) in zip(fields, kinds, strict=True):
        for part in field.split(","):
            if not _cron_part(part, low, high, words):
                return f"{part!r} is no {kind}"
    return None


def _cron_part(part: str, low: int, high: int, words: list[str]) -> bool:
    """`*`, `5`, `1-5`, `mon-fri`, each perhaps with `/step`."""
    span, _, step = part.partition("/")
    if "/" in part and not (step.isdigit() and int(step) > 0):
        return False
    if span == "*":
        return True
    numbers = [_number(end, words) for end in span.split("-")]
    if len(numbers) > 2 or any(number is None or not low <= number <= high for number in numbers):
        return False
    return numbers == sorted(number for number in numbers if number is not None)


def _number(text: str, words: list[str]) -> int | None:
    if text.lower() in words and text:
        return words.index(text.lower())
    return int(text) if text.isdigit() else None
