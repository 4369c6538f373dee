"""The pilot, rendered once; each test gets its own copy to spoil."""

import copy
from collections.abc import Sequence

import pytest

from deploy.k8s import validate
from deploy.k8s.lint import Document, ExpectedSecrets, Rendered


@pytest.fixture(scope="session")
def pilot_as_rendered() -> Sequence[Document]:
    return validate.render(validate.HERE / "overlays/pilot")


@pytest.fixture(scope="session")
def expected() -> ExpectedSecrets:
    return validate.expected_secrets()


@pytest.fixture
def pilot(pilot_as_rendered: Sequence[Document], expected: ExpectedSecrets) -> Rendered:
    return Rendered(copy.deepcopy(list(pilot_as_rendered)), expected)
