"""What can be asked of the housing register and its homes."""

from gateway.routes.line import Route

ROUTES: tuple[Route, ...] = ()
PUBLISHED: tuple[Route, ...] = ()
