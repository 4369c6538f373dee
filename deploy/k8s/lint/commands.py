"""Each container of our image starts something the image has."""

from collections.abc import Iterator

from deploy.k8s.lint.rendered import Document, Fault, Rendered
from kit.contracts.event_type import OWNERS

PROGRAM = ("python", "-m", "kit.run")
ROLES = ("api", "worker", "migrate")
OUR_IMAGE = "newstart"
"""The last part of the image's name, whatever the registry."""


def commands(rendered: Rendered) -> Iterator[Fault]:
    """`python -m kit.run <service> api|worker|migrate`, or `staff api`, or `topology`."""
    for pod in rendered.pods():
        for container in pod.containers:
            if _is_ours(container):
                said = [*(container.get("command") or PROGRAM), *(container.get("args") or [])]
                if not known(said):
                    yield Fault(pod.where, "command", f"the image does not know `{' '.join(map(str, said))}`")


def known(command: list[str]) -> bool:
    """Whether `python -m kit.run` accepts this."""
    program, arguments = tuple(command[: len(PROGRAM)]), command[len(PROGRAM) :]
    if program != PROGRAM:
        return False
    match arguments:
        case ["topology"] | ["staff", "api"]:
            return True
        case [service, role]:
            return service in OWNERS and role in ROLES
    return False


def _is_ours(container: Document) -> bool:
    name = str(container.get("image", "")).rpartition("/")[2]
    return name.partition("@")[0].partition(":")[0] == OUR_IMAGE
