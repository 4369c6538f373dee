"""What can be asked of hardship payments, projects and commissions."""

from gateway.routes.line import Route

ROUTES: tuple[Route, ...] = ()
PUBLISHED: tuple[Route, ...] = ()
