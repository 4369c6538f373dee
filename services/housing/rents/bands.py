"""Which share of market rent a household pays, from its evidenced income. Pure.

The highest of the shares a home is let at that the household can afford: whoever earns more pays more, nobody more than
they can. A person sets the rent; this proposes it with its reasons. Nothing affordable is said as such, with what the
home could be let at instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.housing.figures.tables import Tables
from services.housing.rents.affordability import Household, Verdict, judge
from services.housing.rents.means import Means
from services.housing.rents.products import INCOME_LINKED, NAMED, HomeFacts, Product


@dataclass(frozen=True, slots=True)
class Proposal:
    """The product proposed (None: none), in words why, and every product that was tried."""

    product: Product | None
    words: str
    verdicts: Sequence[Verdict]

    @property
    def chosen(self) -> Verdict | None:
        """The verdict on the product proposed."""
        return next((each for each in self.verdicts if each.product is self.product), None)


def propose(
    offered: Iterable[Product],
    home: HomeFacts,
    landlord_is_social: bool,
    household: Household,
    means: Means,
    on: date,
    tables: Tables,
) -> Proposal:
    """The rent for this household in this home, among the products the home is let as."""
    tried = [judge(each, home, landlord_is_social, household, means, on, tables) for each in in_order(offered)]
    if not means.evidenced:
        return Proposal(None, f"No rent by income without evidence: {'; '.join(means.faults)}.", tried)
    linked = [each for each in tried if each.product in INCOME_LINKED]
    if not linked:
        # One price for everybody: a social rent is never set by income.
        if not tried:
            return Proposal(None, "The home is let as nothing that has a rent.", tried)
        first = tried[0]
        if first.charged is None:
            return Proposal(
                None, f"{NAMED[first.product].capitalize()} cannot be worked out: {first.reasons[0]}.", tried
            )
        return Proposal(first.product, f"{NAMED[first.product].capitalize()}: the same whatever the income.", tried)
    for each in linked:
        if each.answer == "affordable":
            words = f"{NAMED[each.product].capitalize()}: the highest share they can afford; {each.reasons[0]}."
            return Proposal(each.product, words, tried)
    unclear = [each for each in linked if each.answer == "cannot_say"]
    if unclear:
        return Proposal(None, f"It cannot be said: {unclear[0].reasons[0]}.", tried)
    other = next((each for each in tried if each.product not in INCOME_LINKED and each.answer == "affordable"), None)
    if other is not None:
        words = f"{NAMED[other.product].capitalize()}: no share of market rent is affordable; {linked[-1].reasons[0]}."
        return Proposal(other.product, words, tried)
    return Proposal(None, f"Even {NAMED[linked[-1].product]} is too much: {linked[-1].reasons[0]}.", tried)


def in_order(offered: Iterable[Product]) -> list[Product]:
    """Shares of market rent from the dearest down, then the rest as named."""
    wanted = frozenset(offered)
    return [each for each in dict.fromkeys((*INCOME_LINKED, *Product)) if each in wanted]
