"""Our own linter: what a schema and even a real API server accept, and what fails in the night.

Each check takes a rendered overlay and yields faults. tests/deploy seeds each fault once.
"""

from collections.abc import Callable, Iterator
from typing import Final

from deploy.k8s.lint import availability, commands, hardening, naming, network, operators, references
from deploy.k8s.lint.rendered import Document, ExpectedSecrets, Fault, Rendered

CHECKS: Final[tuple[Callable[[Rendered], Iterator[Fault]], ...]] = (
    references.selectors,
    references.ports,
    references.references,
    hardening.resources,
    naming.schedules,
    availability.budgets,
    availability.rolling_updates,
    availability.autoscalers,
    naming.names,
    naming.namespace,
    hardening.restricted,
    hardening.namespaces,
    availability.probes,
    availability.stopping,
    hardening.images,
    network.reachable,
    network.ways_in,
    network.forwarded,
    network.isolated,
    network.address_ranges,
    commands.commands,
    operators.routes,
    operators.secrets,
    operators.certificates,
    operators.databases,
    operators.monitors,
    operators.lag,
)

__all__ = ["CHECKS", "Document", "ExpectedSecrets", "Fault", "Rendered", "lint"]


def lint(rendered: Rendered) -> list[Fault]:
    """Every fault of one rendered overlay, each once, in order of place."""
    return sorted({fault for check in CHECKS for fault in check(rendered)})
