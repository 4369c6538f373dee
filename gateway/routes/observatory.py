"""What can be asked of the observatory."""

from gateway.routes.line import Route

ROUTES: tuple[Route, ...] = ()
# What anyone may read without signing in.
PUBLISHED: tuple[Route, ...] = ()
