"""What can be asked of housing."""

from gateway.routes.line import Route, reads
from gateway.routes.purposes import CASEWORK

ROUTES: tuple[Route, ...] = (reads("/v1/housing/households/{household_id}", "housing.household.read", CASEWORK),)
