"""What can be asked of ballots, proposals and campaigns."""

from gateway.routes.line import Route

ROUTES: tuple[Route, ...] = ()
PUBLISHED: tuple[Route, ...] = ()
