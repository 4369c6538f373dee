"""What can be asked of grants."""

from gateway.routes.line import Route, reads
from gateway.routes.purposes import GRANTS

ROUTES: tuple[Route, ...] = (reads("/v1/grants/households/{household_id}", "grants.household.read", GRANTS),)
