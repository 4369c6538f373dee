"""The standard form: SAVVI's source-to-lead message (coda.io/@savvi, page "Sending attribute data").

One row is one attribute of one person. `Attribute` names one of our kinds of facts that the source's agreement covers,
with its value or amount behind an equals sign where it has one: `council_tax.summons`, `tenure=private`,
`council_tax.arrears=120.50`.
"""

from typing import Final

from services.risk.sources.domain import Product
from services.risk.sources.kinds import KINDS, Kind
from services.risk.sources.maps.cleaning import literal
from services.risk.sources.maps.shape import Column, Fact, Map, Person

_COLUMNS: Final = {
    "personreference": Column("key", required=True),
    "givennames": Column("name"),
    "familyname": Column("name"),
    "alias": Column("name"),
    "birthdate": Column("born"),
    "gender": Column("sex"),
    "uprn": Column("uprn", required=True),
    **{f"address{number}": Column("line") for number in range(1, 6)},
    "postcode": Column("postcode"),
    "attributetype": Column("code", required=True, codes=("circumstance", "event", "service", "risk")),
    "attributescheme": Column("name"),
    "attribute": Column("name", required=True),
    "attributedate": Column("date"),
    "sourcesystem": Column("name"),
    "extractedon": Column("date"),
}

MARK: Final = frozenset({"personreference", "attributetype", "attribute"})
"""Columns that no native extract has: a header with these is a SAVVI message, whatever it is sent as."""

_KIND = "lower(trim(split_part(attribute, '=', 1)))"
_SAID = "nullif(trim(substr(attribute, length(split_part(attribute, '=', 1)) + 2)), '')"
_DAY = "coalesce(attributedate, extractedon, extracted_on)"


def form(product: Product) -> Map:
    """How a product's SAVVI messages are read: only kinds of facts that its agreement covers."""
    kinds = [KINDS[code] for code in sorted(product.feeds)]
    known = ", ".join(literal(kind.code) for kind in kinds)
    return Map(
        source=product.code,
        records=product.code,
        reference="personreference",
        key=("personreference", "attribute", "attributedate"),
        columns=_COLUMNS,
        lenient=True,
        checks=(
            ("attribute", "a kind of fact that the agreement covers", f"{_KIND} not in ({known})"),
            *(("attribute", "a value of its kind", broken) for kind in kinds if (broken := _broken(kind))),
            ("familyname", "a name", "coalesce(familyname, givennames, alias) is null"),
        ),
        people=(
            Person(
                1,
                "true",
                {
                    "given": "givennames",
                    "family": "familyname",
                    "known_as": "alias",
                    "sex": "gender",
                    "born": "birthdate",
                    "uprn": "uprn",
                    "address": "nullif(concat_ws(', ', address1, address2, address3, address4, address5), '')",
                    "postcode": "postcode",
                },
            ),
        ),
        facts=tuple(_fact(kind) for kind in kinds),
    )


def _fact(kind: Kind) -> Fact:
    valued = bool(kind.values) or kind.open_values
    return Fact(
        kind.code,
        on=f"cast(date_trunc('month', {_DAY}) as date)" if kind.monthly else _DAY,
        when=f"{_KIND} = {literal(kind.code)}",
        value=f"lower({_SAID})" if valued else None,
        amount=f"try_cast({_SAID} as decimal(14, 2))" if kind.unit and not valued else None,
    )


def _broken(kind: Kind) -> str | None:
    """When a row of this kind breaks it."""
    of_kind = f"{_KIND} = {literal(kind.code)}"
    if kind.values:
        values = ", ".join(literal(value) for value in kind.values)
        return f"{of_kind} and coalesce(lower({_SAID}), '') not in ({values}, '')"
    if kind.open_values:
        return f"{of_kind} and not regexp_full_match(coalesce(lower({_SAID}), ''), '[a-z0-9_]{{0,64}}')"
    if kind.unit:
        return f"{of_kind} and {_SAID} is not null and try_cast({_SAID} as decimal(14, 2)) is null"
    return f"{of_kind} and {_SAID} is not null"
