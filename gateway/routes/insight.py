"""What can be asked of the ward index and of measures."""

from gateway.routes.line import Route

ROUTES: tuple[Route, ...] = ()
# What anyone may read without signing in.
PUBLISHED: tuple[Route, ...] = ()
