"""The overlays, each rendered once; each test gets its own copy to spoil."""

import copy
from collections.abc import Callable
from functools import cache

import pytest

from deploy.k8s import validate
from deploy.k8s.lint import Document, ExpectedSecrets, Rendered


@cache
def _documents(overlay: str) -> list[Document]:
    return validate.render(validate.HERE / "overlays" / overlay)


@cache
def _expected(overlay: str) -> ExpectedSecrets:
    return validate.expected_secrets(validate.HERE, validate.HERE / "overlays" / overlay)


@pytest.fixture(scope="session")
def rendered() -> Callable[[str], Rendered]:
    """A fresh copy of an overlay by its name."""
    return lambda overlay: Rendered(copy.deepcopy(_documents(overlay)), _expected(overlay))


@pytest.fixture(scope="session")
def expected() -> ExpectedSecrets:
    return _expected("pilot")


@pytest.fixture
def pilot(rendered: Callable[[str], Rendered]) -> Rendered:
    return rendered("pilot")


@pytest.fixture
def council(rendered: Callable[[str], Rendered]) -> Rendered:
    return rendered("council")
