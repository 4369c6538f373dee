"""Faults seeded into rendered manifests: where each must be reported, under which rule, and what makes it."""

from collections.abc import Callable

from deploy.k8s.lint import Document, Rendered

Spoil = Callable[[Rendered], None]
Fault = tuple[str, str, Spoil]


def seeds_of(faults: list[Fault]) -> Callable[[str, str], Callable[[Spoil], Spoil]]:
    """A decorator that enters a spoiling function: the fault it makes must be reported there, under that rule."""

    def seeded(where: str, rule: str) -> Callable[[Spoil], Spoil]:
        def enter(spoil: Spoil) -> Spoil:
            faults.append((where, rule, spoil))
            return spoil

        return enter

    return seeded


def the(rendered: Rendered, kind: str, name: str) -> Document:
    """That object, which must be there."""
    found = rendered.find(kind, name)
    assert found is not None, f"there is no {kind} {name}"
    return found
