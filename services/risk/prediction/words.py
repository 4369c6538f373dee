"""What a model tells, in plain words: of one household, and why."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.risk.prediction.domain import Definition, Feature
from services.risk.prediction.shapes import Reason

ABSTAINS: Final = {
    "missing": "The model leaves this to you: too little is known of them for it to say anything.",
    "links": "The model leaves this to you: it is not certain that all records it would look at are theirs.",
    "unsure": "The model leaves this to you: copies of it, trained on other draws of the data, disagree.",
}


def of_chance(chance: float, months: int) -> str:
    """A chance as people count: about 3 in 20."""
    of = 20 if chance >= 0.1 else 100 if chance >= 0.01 else 1_000
    return f"about {max(1, round(chance * of))} in {of} within {months} months"


def says(definition: Definition, chance: float, usual: float | None, above: bool) -> str:
    """What it says, in a sentence; never more than the figure holds."""
    told = of_chance(chance, definition.target.months)
    among = f"; among all it was {of_chance(usual, definition.target.months).split(' within')[0]}" if usual else ""
    rank = "Higher than for most" if above else "Not among the highest"
    return f"{rank}: of people like these, {told} ({definition.target.words}){among}."


def known(feature: Feature, value: float | None) -> str:
    """A feature's value in words."""
    if value is None:
        return "not known"
    match feature.unit:
        case "GBP":
            return f"£{value:,.0f}" if value >= 0 else f"£{-value:,.0f} less"
        case "days":
            return f"{value:,.0f} days"
        case "yes":
            return "yes" if value else "no"
        case _:
            return f"{value:,.0f}"


def reasons(
    definition: Definition, document: Mapping[str, Any], values: Sequence[float | None], terms: Sequence[float]
) -> list[Reason]:
    """The terms, the weightiest first; terms of the same features are added up. With the start they are the score."""
    features = {each.code: each for each in definition.features}
    told = dict(zip(sorted(features), values, strict=True))
    together: dict[tuple[str, ...], float] = {}
    for term, adds in zip(document["terms"], terms, strict=True):
        names = (term["line"]["feature"],) if "line" in term else tuple(axis["feature"] for axis in term["axes"])
        together[names] = together.get(names, 0.0) + adds
    found = []
    for names, adds in together.items():
        title = " together with ".join(features[name].title for name in names)
        value = ", ".join(known(features[name], told[name]) for name in names)
        way = "raises it" if adds > 0 else "lowers it" if adds < 0 else "makes no difference"
        found.append(
            Reason(features=list(names), title=title, known=value, adds=adds, words=f"{title}: {value}; {way}")
        )
    return sorted(found, key=lambda each: (-abs(each.adds), each.features))
