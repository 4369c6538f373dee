"""Nothing is lost when pods move: rolling updates, budgets, autoscalers, probes, and time to stop."""

from collections.abc import Iterator

from deploy.k8s.lint import operated
from deploy.k8s.lint.rendered import Document, Fault, Rendered, matches, where

DRAIN_SECONDS = 15.0
"""The time an api or worker has for what it has in hand, unless NEWSTART_DRAIN_SECONDS says otherwise."""

_DEFAULT_GRACE_SECONDS = 30.0


def rolling_updates(rendered: Rendered) -> Iterator[Fault]:
    """A rolling update can move: not both unavailable and surge at nothing."""
    for document in rendered.of("Deployment"):
        strategy = document["spec"].get("strategy") or {}
        rolling = strategy.get("rollingUpdate") or {}
        if strategy.get("type") == "Recreate":
            yield Fault(where(document), "rolling-update", "Recreate stops every pod before the first new one starts")
        elif _is_nothing(rolling.get("maxUnavailable", "25%")) and _is_nothing(rolling.get("maxSurge", "25%")):
            yield Fault(where(document), "rolling-update", "maxUnavailable and maxSurge are both 0: it can never move")


def budgets(rendered: Rendered) -> Iterator[Fault]:
    """A disruption budget leaves room for one eviction, or no node could ever be drained."""
    for budget in rendered.of("PodDisruptionBudget"):
        spec = budget["spec"]
        for pod in rendered.selected(spec.get("selector")):
            copies = replicas(rendered, pod.owner)
            if "maxUnavailable" in spec:
                room = _share(spec["maxUnavailable"], copies)
            else:
                room = copies - _share(spec.get("minAvailable", 0), copies)
            if room < 1:
                yield Fault(where(budget), "budget", f"leaves no pod of {pod.where} ({copies} copies) to be evicted")
    for pod in rendered.pods():
        covering = [
            one for one in rendered.of("PodDisruptionBudget") if matches(one["spec"].get("selector"), pod.labels)
        ]
        if pod.kind in ("Deployment", "StatefulSet") and not covering:
            yield Fault(pod.where, "budget", "has no PodDisruptionBudget")
        if len(covering) > 1:
            yield Fault(pod.where, "budget", "has several PodDisruptionBudgets: then no eviction is allowed at all")


def autoscalers(rendered: Rendered) -> Iterator[Fault]:
    """An autoscaler's target exists, has no other, and leaves the number of copies to it."""
    targets: dict[tuple[str, str], str] = {}
    for scaler in rendered.of("HorizontalPodAutoscaler", "ScaledObject"):
        target = scaler["spec"]["scaleTargetRef"]
        kind, name = target.get("kind", "Deployment"), target["name"]
        found = rendered.find(kind, name)
        if found is None:
            yield Fault(where(scaler), "autoscaler", f"{kind} {name} does not exist")
        elif "replicas" in found["spec"]:
            yield Fault(where(found), "autoscaler", f"fixes `replicas`, which {where(scaler)} decides")
        if (kind, name) in targets:
            yield Fault(where(scaler), "autoscaler", f"{targets[kind, name]} scales {kind} {name} already")
        targets[kind, name] = where(scaler)
        least, most = _bounds(scaler)
        if least > most:
            yield Fault(where(scaler), "autoscaler", "its least number of copies is above its greatest")


def stopping(rendered: Rendered) -> Iterator[Fault]:
    """A serving pod waits before it stops (so that proxies forget it), and has the time to finish."""
    for pod in rendered.pods():
        if pod.kind not in ("Deployment", "StatefulSet"):
            continue
        grace = float(pod.spec.get("terminationGracePeriodSeconds", _DEFAULT_GRACE_SECONDS))
        for container in pod.spec.get("containers") or []:
            hook = (container.get("lifecycle") or {}).get("preStop") or {}
            pause = (hook.get("sleep") or {}).get("seconds", 0)
            # A foreign server (NATS) has its own way to leave; ours needs the pause.
            if not pause and not (pod.kind == "StatefulSet" and "exec" in hook):
                yield Fault(pod.where, "pre-stop", f"container {container['name']} has no preStop sleep")
                continue
            drain = float(rendered.environment(container).get("NEWSTART_DRAIN_SECONDS", DRAIN_SECONDS))
            if grace <= pause + drain:
                message = f"grace {grace:g} s is not above preStop {pause:g} s + drain {drain:g} s"
                yield Fault(pod.where, "grace", message)


def probes(rendered: Rendered) -> Iterator[Fault]:
    """What runs is watched; what gets traffic says when it is ready; life does not hang on readiness."""
    for pod in rendered.pods():
        if pod.kind not in ("Deployment", "StatefulSet"):
            continue
        wanted = ["startupProbe", "livenessProbe"]
        if rendered.services_of(pod):
            wanted.append("readinessProbe")
        for container in pod.spec.get("containers") or []:
            for probe in wanted:
                if probe not in container:
                    yield Fault(pod.where, "probe", f"container {container['name']} has no {probe}")
            if _path(container, "livenessProbe").startswith("/readyz"):
                yield Fault(pod.where, "probe", "liveness asks /readyz: a slow database would restart every api")
            if rendered.services_of(pod) and _path(container, "readinessProbe").startswith("/livez"):
                yield Fault(
                    pod.where,
                    "probe",
                    "readiness asks /livez: an api without its database would get requests",
                )


def replicas(rendered: Rendered, owner: Document) -> int:
    """The fewest copies that should run: the autoscaler's floor, or the fixed number."""
    if owner["kind"] == "Cluster":
        return operated.copies(owner)
    for scaler in rendered.of("HorizontalPodAutoscaler", "ScaledObject"):
        target = scaler["spec"]["scaleTargetRef"]
        if (target.get("kind", "Deployment"), target["name"]) == (owner["kind"], owner["metadata"]["name"]):
            return _bounds(scaler)[0]
    return int(owner["spec"].get("replicas", 1))


def _bounds(scaler: Document) -> tuple[int, int]:
    """The fewest and the most copies (Kubernetes' own default, and KEDA's)."""
    spec = scaler["spec"]
    if scaler["kind"] == "ScaledObject":
        return int(spec.get("minReplicaCount", 0)), int(spec.get("maxReplicaCount", 100))
    return int(spec.get("minReplicas", 1)), int(spec["maxReplicas"])


def _path(container: Document, probe: str) -> str:
    return str((container.get(probe) or {}).get("httpGet", {}).get("path", ""))


def _is_nothing(amount: int | str) -> bool:
    return str(amount).rstrip("%") == "0"


def _share(amount: int | str, copies: int) -> int:
    """A number of pods, or a percentage of them rounded up as Kubernetes does."""
    if isinstance(amount, int):
        return amount
    return -(-copies * int(amount.rstrip("%")) // 100)
