"""Finding the route of a request: one dictionary step for each part of the path, and nothing outside the
table.

Only plain paths are looked at. A path with a percent sign, an empty part, `.`, `..` or any other oddity
names nothing we know, so it does not exist: what this door understands by a path and what the service
behind it understands can never differ.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.refusals import MethodNotAllowed, NoSuchRoute
from gateway.routes.line import Route

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}\Z")
_LONGEST_PATH = 1024


@dataclass(slots=True)
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


class RouteIndex:
    """The route table, ready to be asked. Raises ValueError for a table that contradicts itself."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for part in route.path.strip("/").split("/"):
                node = _child(node, part)
            if route.method in node.routes:
                raise ValueError(f"{route.method} {route.path} stands in the table twice")
            node.routes[route.method] = route

    def find(self, method: str, path: str) -> Route:
        """The route of a request. Raises NoSuchRoute, or MethodNotAllowed when only the method is wrong."""
        node = self._node(path)
        if node is None or not node.routes:
            raise NoSuchRoute("There is no such address here.")
        route = node.routes.get(method)
        if route is None:
            raise MethodNotAllowed(f"This address takes {', '.join(sorted(node.routes))}.")
        return route

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that a path takes, in alphabetical order; none when it does not exist."""
        node = self._node(path)
        return tuple(sorted(node.routes)) if node is not None else ()

    def published(self, path: str) -> tuple[str, ...]:
        """The methods of a path that are for anyone, from any web page."""
        node = self._node(path)
        lines = node.routes.items() if node is not None else ()
        return tuple(sorted(method for method, route in lines if route.open and route.action))

    def _node(self, path: str) -> _Node | None:
        if len(path) > _LONGEST_PATH or not path.startswith("/"):
            return None
        node = self._root
        for part in path[1:].split("/"):
            child = node.literal.get(part)
            if child is None:
                # A fixed word always wins over a parameter, so a route can never be reached by another's
                # name.
                if node.parameter is None or _PART.match(part) is None:
                    return None
                child = node.parameter
            node = child
        return node


def _child(node: _Node, part: str) -> _Node:
    if part.startswith("{"):
        if node.parameter is None:
            node.parameter = _Node()
        return node.parameter
    return node.literal.setdefault(part, _Node())
