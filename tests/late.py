"""Modules that take long to import: every process of a run imports every test, and few use them."""

from importlib import import_module
from typing import Any


class Late:
    """A module that is imported when something of it is first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        # pytest looks whether it is a test or a fixture.
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(import_module(self._name), name)
