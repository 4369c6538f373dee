"""How a figure shows its work: each step in words, with its rule, and what of it nobody has read in a source. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.housing.figures.tables import Table


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was done, by which rule, and the amount it led to (pence; None: no amount)."""

    words: str
    rule: str
    pence: int | None = None


@dataclass(slots=True)
class Working:
    """The steps as they are taken, the sources of the figures, and those figures that are to be checked first."""

    steps: list[Step] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)

    def step(self, words: str, rule: str, pence: int | None = None) -> int:
        """Note a step; its amount is handed back, so that what is shown is what is counted with."""
        self.steps.append(Step(words, rule, pence))
        return pence or 0

    def use(self, table: Table) -> Table:
        """Note where the figures of this table are from, and whether somebody has read them there."""
        if table.source not in self.sources:
            self.sources.append(table.source)
        if table.from_memory and table.named not in self.unsure:
            self.unsure.append(table.named)
        return table

    def take_over(self, other: "Working") -> None:
        """The other's steps and sources come after these."""
        self.steps += other.steps
        self.sources += [each for each in other.sources if each not in self.sources]
        self.unsure += [each for each in other.unsure if each not in self.unsure]


@dataclass(frozen=True, slots=True)
class Shown:
    """An amount with everything that led to it."""

    pence: int
    steps: Sequence[Step]
    sources: Sequence[str]
    unsure: Sequence[str]
