"""Every figure our processes export, read from the code itself: the table in docs/metrics.md."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.abc import SourceLoader
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

PREFIX: Final = "newstart_"
_ROOTS: Final = ("kit", "gateway", "services", "staff")
# Programs of their own, and migrations, which are no modules to import.
_NOT: Final = re.compile(r"__main__|\.migrations\b|^kit\.testing|^gateway\.demo")
# What the client library makes of one histogram or counter.
_SUFFIXES: Final = ("_bucket", "_count", "_sum", "_total", "_created")


@dataclass(frozen=True, slots=True)
class Figure:
    """One family as it is exported."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str


@cache
def figures() -> list[Figure]:
    """All of ours, by name. Imports every module that could make one."""
    for module in _modules():
        importlib.import_module(module)
    found = {}
    for collector in list(REGISTRY._collector_to_names):
        if isinstance(collector, MetricWrapperBase) and collector._name.startswith(PREFIX):
            name = f"{collector._name}_total" if collector._type == "counter" else collector._name
            found[name] = Figure(name, str(collector._type), tuple(collector._labelnames), collector._documentation)
    return [found[name] for name in sorted(found)]


def _modules() -> Iterator[str]:
    for root in _ROOTS:
        package = importlib.import_module(root)
        for each in pkgutil.walk_packages(package.__path__, f"{root}."):
            if not _NOT.search(each.name) and not each.ispkg and _makes_figures(each):
                yield each.name


def _makes_figures(module: pkgutil.ModuleInfo) -> bool:
    """Whether its text names the library: importing all there is would take a minute."""
    spec = module.module_finder.find_spec(module.name, None)
    loader = spec.loader if spec else None
    source = loader.get_source(module.name) if isinstance(loader, SourceLoader) else None
    return source is not None and "prometheus_client" in source


def family(series: str) -> str:
    """The family a series of an expression belongs to, as the table names it."""
    names = {each.name for each in figures()}
    if series in names:
        return series
    for suffix in _SUFFIXES:
        if series.endswith(suffix) and series.removesuffix(suffix) in names:
            return series.removesuffix(suffix)
    raise LookupError(f"no process exports {series}")


def named_in(text: str) -> set[str]:
    """The series of ours that an expression, a rule file or a dashboard names."""
    return set(re.findall(rf"\b{PREFIX}[a-z0-9_]+\b", text))


def table() -> str:
    """docs/metrics.md."""
    lines = [
        "# Figures",
        "",
        "Each process serves these at `/metrics`: an api on its port, a worker on `NEWSTART_METRICS_PORT`. Labels hold",
        "routes as templates, names of services and codes; never an id of a person, an address or a word of anybody's.",
        "A webhook endpoint goes by its id alone. Written by `python -m deploy.observability`; tests compare.",
        "",
        "| Figure | Kind | Labels | Meaning |",
        "|---|---|---|---|",
    ]
    for each in figures():
        labels = ", ".join(f"`{label}`" for label in each.labels) or "none"
        lines.append(f"| `{each.name}` | {each.kind} | {labels} | {each.meaning} |")
    return "\n".join(lines) + "\n"
