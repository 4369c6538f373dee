"""What an overlay asks its cluster for, read off the rendered manifests: requests times the fewest copies."""

from deploy.capacity.costs import GIB
from deploy.capacity.needs import Cluster
from deploy.k8s import validate
from deploy.k8s.lint import Rendered
from deploy.k8s.lint.availability import replicas
from deploy.k8s.lint.hardening import quantity


def by(overlay: str) -> Cluster:
    """The floor of an overlay. Jobs come and go, and count for nothing here."""
    rendered = Rendered(validate.render(validate.HERE / "overlays" / overlay))
    pods, cores, memory, disk = 0, 0.0, 0.0, 0.0
    for pod in rendered.pods():
        if pod.kind not in ("Deployment", "StatefulSet"):
            continue
        copies = replicas(rendered, pod.owner)
        pods += copies
        for container in pod.spec["containers"]:
            asked = container["resources"]["requests"]
            cores += copies * quantity(asked["cpu"])
            memory += copies * quantity(asked["memory"])
        for claim in pod.owner["spec"].get("volumeClaimTemplates") or []:
            disk += copies * quantity(claim["spec"]["resources"]["requests"]["storage"])
    for cluster in rendered.of("Cluster"):
        copies = int(cluster["spec"]["instances"])
        asked = cluster["spec"]["resources"]["requests"]
        pods += copies
        cores += copies * quantity(asked["cpu"])
        memory += copies * quantity(asked["memory"])
        for volume in ("storage", "walStorage"):
            disk += copies * quantity(cluster["spec"][volume]["size"])
    for claim in rendered.of("PersistentVolumeClaim"):
        disk += quantity(claim["spec"]["resources"]["requests"]["storage"])
    return Cluster(pods, cores, memory / GIB, disk / GIB)
