"""The doors that the other tests of grants stand on."""

from uuid import uuid4

from tests.grants.doors import Grants


async def test_a_call_goes_through_with_the_action_its_route_declares(grants: Grants) -> None:
    """A household nobody told us of is nobody's: the ordinary 404, not a refusal of the token."""
    problem = await grants.refused(404, "GET", f"/households/{uuid4()}")
    assert problem["type"].endswith("/not-found")
