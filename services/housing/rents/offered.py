"""What a home may be let as, from its rent regime. Pure.

A regime that is a share of market is its ceiling: who earns less pays a lower share. Whoever returns by right pays the
council-equivalent rent, whatever the home is let as to others (LBBD Cabinet, 18 June 2019).
"""

from services.housing.homes.domain import Landlord
from services.housing.rents.products import INCOME_LINKED, PERCENT, Product

_SOCIAL = frozenset({Landlord.COUNCIL, Landlord.HOUSING_ASSOCIATION})


def products_of(regime: str, *, returns_by_right: bool = False) -> tuple[Product, ...]:
    """The products this home may be let as, the dearest first."""
    if returns_by_right:
        return (Product.SOCIAL,)
    named = Product(regime)
    if named not in PERCENT:
        return (named,)
    return tuple(each for each in INCOME_LINKED if PERCENT[each] <= PERCENT[named])


def is_social(landlord: Landlord) -> bool:
    """Whether its rent counts in full for help with rent; the council's own company is a private landlord there."""
    return landlord in _SOCIAL
