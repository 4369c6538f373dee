"""What can be asked of rents, decants and schemes."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import ADMINISTER, REVIEW

_HOUSING = "/v1/housing"
_RENT = f"{_HOUSING}/rents/{{rent_id}}"
_TABLE = f"{_HOUSING}/rent-tables/{{kind}}/{{area}}/{{effective_from}}"
_DECANT = f"{_HOUSING}/decants/{{decant_id}}"
_SCHEME = f"{_HOUSING}/schemes/{{scheme_id}}"

_RENTS = frozenset({"rents", "lettings", "regeneration"})
_SUMS = _RENTS | frozenset({"housing_register", "homelessness", "debt_advice", "universal_support", "front_door"})
_DECANTS = frozenset({"regeneration"})
_RETURNS = _DECANTS | frozenset({"lettings", "housing_register", "rents"})
_SCHEMES = _DECANTS | frozenset({"lettings", "oversight", "supervision"})

ROUTES: tuple[Route, ...] = (
    # Sums that keep nothing. A POST, so that income never stands in an address.
    changes("POST", f"{_HOUSING}/rent-prices", "housing.rent_price.read", _SUMS | _SCHEMES),
    changes("POST", f"{_HOUSING}/affordability", "housing.affordability.read", _SUMS),
    changes("POST", f"{_HOUSING}/affordability/shared-ownership", "housing.affordability.read", _SUMS),
    # Rents.
    creates(f"{_HOUSING}/rents", "housing.rent.propose", _RENTS),
    reads(f"{_HOUSING}/rents", "housing.rent.read", _RENTS | REVIEW),
    reads(_RENT, "housing.rent.read", _RENTS | REVIEW),
    reads(f"{_RENT}/periods", "housing.rent.read", _RENTS | REVIEW),
    changes("POST", f"{_RENT}/setting", "housing.rent.set", _RENTS),
    changes("POST", f"{_RENT}/reviews", "housing.rent.set", _RENTS),
    changes("POST", f"{_RENT}/rise", "housing.rent.set", _RENTS),
    changes("POST", f"{_RENT}/yearly-rise", "housing.rent.set", _RENTS),
    changes("POST", f"{_RENT}/end", "housing.rent.set", _RENTS),
    # Dated tables.
    reads(f"{_HOUSING}/rent-tables", "housing.rent_table.read", _SUMS | _SCHEMES | ADMINISTER),
    reads(_TABLE, "housing.rent_table.read", _SUMS | _SCHEMES | ADMINISTER),
    changes("PUT", _TABLE, "housing.rent_table.load", ADMINISTER),
    # Decants and the right to return.
    creates(f"{_HOUSING}/decants", "housing.decant.record", _DECANTS),
    reads(f"{_HOUSING}/decants", "housing.decant.read", _RETURNS | REVIEW),
    reads(_DECANT, "housing.decant.read", _RETURNS | REVIEW),
    changes("POST", f"{_DECANT}/steps", "housing.decant.work", _DECANTS),
    reads(f"{_DECANT}/steps", "housing.decant.read", _RETURNS | REVIEW),
    reads(f"{_SCHEME}/returners", "housing.decant.read", _RETURNS | REVIEW),
    reads(f"{_SCHEME}/right-to-return", "housing.return_ledger.read", _RETURNS | REVIEW),
    # Schemes and the programme.
    creates(f"{_HOUSING}/schemes", "housing.scheme.keep", _DECANTS),
    creates(f"{_HOUSING}/programme", "housing.scheme.keep", _DECANTS),
    reads(f"{_HOUSING}/programme", "housing.programme.read", _SCHEMES),
    reads(f"{_HOUSING}/schemes", "housing.scheme.read", _SCHEMES),
    reads(_SCHEME, "housing.scheme.read", _SCHEMES),
    changes("PATCH", _SCHEME, "housing.scheme.keep", _DECANTS),
    reads(f"{_SCHEME}/appraisal", "housing.scheme.read", _SCHEMES),
    reads(f"{_SCHEME}/scenarios", "housing.scheme.read", _SCHEMES),
    creates(f"{_SCHEME}/scenarios", "housing.scheme.keep", _DECANTS),
    changes("POST", f"{_SCHEME}/scenario-trial", "housing.scheme.read", _SCHEMES),
    creates(f"{_SCHEME}/gateways", "housing.scheme.decide", _DECANTS),
    reads(f"{_SCHEME}/gateways", "housing.scheme.read", _SCHEMES),
    changes("POST", f"{_SCHEME}/jobs", "housing.scheme.keep", _DECANTS),
    changes("POST", f"{_SCHEME}/jobs/delivered", "housing.scheme.keep", _DECANTS),
    creates(f"{_SCHEME}/handovers", "housing.scheme.hand_over", _DECANTS),
    reads(f"{_SCHEME}/handovers", "housing.scheme.read", _SCHEMES),
)
PUBLISHED: tuple[Route, ...] = ()
