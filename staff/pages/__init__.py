"""The pages, one module for each part of the app. A module with a `router` here is served; nothing else to enter."""

import importlib
import pkgutil

from fastapi import APIRouter


def router() -> APIRouter:
    """All pages of all parts."""
    whole = APIRouter()
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda each: each.name):
        part = getattr(importlib.import_module(f"{__name__}.{module.name}"), "router", None)
        if isinstance(part, APIRouter):
            whole.include_router(part)
    return whole
