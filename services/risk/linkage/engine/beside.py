"""Two things at once: numpy and rapidfuzz let go of Python's lock, so two threads work on two cores."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Found = TypeVar("Found")

_AT_ONCE = 2
"""As many threads as DuckDB gets here; a third would only wait for the lock."""


def each(rule: Callable[[Given], Found], items: Iterable[Given]) -> Iterator[Found]:
    """What the rule makes of each item, in order; at most three are held that nobody has taken yet."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        ahead: deque[Future[Found]] = deque()
        for item in items:
            ahead.append(threads.submit(rule, item))
            if len(ahead) > _AT_ONCE:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
