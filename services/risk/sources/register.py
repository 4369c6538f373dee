"""The register as delivered (`register.toml`): legal gateways, and the products a new database begins with."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from services.risk.sources.domain import Gateway, Product


def read(text: str) -> tuple[Mapping[str, Gateway], Mapping[str, Product]]:
    """Gateways and products from TOML. Raises ValueError naming what is wrong."""
    tables: dict[str, Any] = tomllib.loads(text)
    gateways = {code: Gateway(**table) for code, table in tables["gateways"].items()}
    products = {}
    for code, table in tables["sources"].items():
        dates = {"agreed_from": table.pop("from"), "agreed_to": table.pop("to", None)}
        products[code] = check_gateways(Product(code=code, **dates, **table), gateways)
    return MappingProxyType(gateways), MappingProxyType(products)


def check_gateways(product: Product, gateways: Mapping[str, Gateway]) -> Product:
    """The product, if every gateway it names is known. Raises ValueError."""
    named = {product.gateway, *(code for group in product.fields for code in group.gateways)}
    if unknown := named - gateways.keys():
        raise ValueError(f"{product.code}: unknown legal gateways {', '.join(sorted(unknown))}")
    return product


_TEXT = files("services.risk.sources").joinpath("register.toml").read_text(encoding="utf-8")
_READ: Final = read(_TEXT)
GATEWAYS: Final = _READ[0]
"""Every legal gateway by code."""
DELIVERED: Final = _READ[1]
"""The products a new database begins with, by code."""
