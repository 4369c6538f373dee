"""What can be asked of temporary accommodation, rough sleeping and the quarterly return."""

from gateway.routes.line import Route

ROUTES: tuple[Route, ...] = ()
PUBLISHED: tuple[Route, ...] = ()
