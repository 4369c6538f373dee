"""Whatever is asked of any service: never a fault, every refusal a problem document, every answer as documented.

Schemathesis makes the requests from each service's own document, right ones and wrong ones, and sends them to a real
server on a real database, following the `Location` of what was made. `make test` tries a few of each, the `full`
profile many.
"""

import itertools
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
import requests
import schemathesis.openapi
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks

from kit.contracts.catalogue import OWNERS
from kit.testing.databases import ServiceDatabase
from tests.laws.serving import app_on, let_in, served

_LONGEST_ADDRESS = 60_000
_SOME = 9
"""About so many operations of a service are asked in `make test`, makers, readers and changers alike."""
_MANY = int(os.environ.get("NEWSTART_FUZZ", "150"))
"""Requests to each operation, right ones and wrong ones, in `make test-all`; NEWSTART_FUZZ=6 is a first look."""
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


class Surface:
    """One served service: its operations, and the addresses of what was made so far."""

    def __init__(self, owner: str, address: str, document: dict[str, Any]) -> None:
        self.owner = owner
        self.address = address
        self.schema = schemathesis.openapi.from_dict(document)
        self.made: dict[str, list[str]] = defaultdict(list)
        self.answered: dict[str, set[int]] = defaultdict(set)

    def operations(self) -> list[APIOperation[Any, Any, Any, Any]]:
        """Makers first, so that there is something to read and change."""
        found = [each.ok() for each in self.schema.get_all_operations() if isinstance(each, Ok)]
        return sorted(found, key=lambda each: (each.method != "post", each.path.count("{"), each.path))

    def known_ids(self, path: str) -> list[str]:
        """Ids of things made in the collection that the path's last parameter names one of."""
        return self.made.get(path[: path.rindex("{")].rstrip("/"), []) if "{" in path else []

    def send(self, case: Any, seen: str | None) -> Response:
        raw = case.operation.definition.raw
        headers = let_in(self.owner, raw["x-newstart-action"])
        if raw.get("x-newstart-idempotency-key"):
            headers["Idempotency-Key"] = str(uuid4())
        if seen and case.path_parameters:
            case.path_parameters[list(case.path_parameters)[-1]] = seen
        response = self._call(case, headers)
        # Longer than the server reads at all: it never comes to the application.
        assume(len(response.request.url or "") < _LONGEST_ADDRESS)
        self.answered[f"{case.method.upper()} {case.path}"].add(response.status_code)
        if response.status_code == 201:
            for place in response.headers.get("location", []):
                collection, _, id_ = place.rpartition("/")
                self.made[collection].append(id_)
        return response

    def _call(self, case: Any, headers: dict[str, str]) -> Response:
        try:
            return cast(Response, case.call(base_url=self.address, headers=headers, timeout=30))
        except requests.ConnectionError:
            # The server closed a connection that had rested, just as we took it up. Twice is no coincidence.
            return cast(Response, case.call(base_url=self.address, headers=headers, timeout=30))


@pytest.fixture
def surface(database: Callable[[str], ServiceDatabase], request: pytest.FixtureRequest) -> Iterator[Surface]:
    """The service that the test names, being served."""
    owner = request.param
    app = app_on(owner, database(owner))
    with served(app) as address:
        yield Surface(owner, address, app.openapi())


def check(response: Response, case: Any) -> None:
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        assert response.headers["content-type"] == ["application/problem+json"]
        document = response.json()
        assert "This token does not allow" not in document["detail"], "the fuzz itself must be let in"
        assert document["status"] == response.status_code
        assert document["type"].startswith("https://newstart.example/problems/")
        assert document["instance"].startswith("urn:newstart:request:")


def fuzz(surface: Surface, examples: int, *, whole: bool) -> None:
    """`whole`: right and wrong requests to each operation; else to some, right ones to one, wrong ones to the next."""
    quiet = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    modes, operations = tuple(GenerationMode), surface.operations()
    asked = itertools.product(operations, modes)
    some = operations[:: 1 + len(operations) // _SOME]
    found: list[Exception] = []
    for operation, mode in asked if whole else zip(some, itertools.cycle(modes), strict=False):
        # Some operations take nothing that could be wrong.
        strategy = operation.as_strategy(generation_mode=mode)
        known = surface.known_ids(operation.path)

        @quiet
        @given(case=strategy, seen=st.sampled_from([None, *known[-3:]]))
        def ask(case: Any, seen: str | None) -> None:
            check(surface.send(case, seen), case)

        try:
            ask()
        except Exception as error:
            if "Unsatisfiable" in type(error).__name__:
                continue
            error.add_note(f"{operation.method.upper()} {operation.path} ({mode.value} requests)")
            found.append(error)
    if found:
        # All at once: a whole run takes long, and each wants mending.
        raise ExceptionGroup("what no client should be told", found)


@pytest.mark.parametrize("surface", OWNERS, indirect=True)
@pytest.mark.timeout(180)
def test_a_few_of_every_request(surface: Surface) -> None:
    fuzz(surface, examples=1, whole=False)
    reached = {status for statuses in surface.answered.values() for status in statuses}
    assert reached & {200, 201, 204}
    assert 422 in reached
    assert 401 not in reached, "the fuzz itself must be let in"


@pytest.mark.full
@pytest.mark.parametrize("surface", OWNERS, indirect=True)
@pytest.mark.timeout(3600)
def test_many_of_every_request(surface: Surface) -> None:
    fuzz(surface, examples=_MANY, whole=True)
