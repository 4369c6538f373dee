"""What can be asked of funds, rounds, applications and awards."""

from gateway.routes.line import Route

ROUTES: tuple[Route, ...] = ()
PUBLISHED: tuple[Route, ...] = ()
