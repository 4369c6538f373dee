"""How many examples a property is tried with: a few in `make test`, many in `make test-all`."""

from hypothesis import settings


def examples(quick: int, complete: int) -> int:
    """The number for the profile that runs now."""
    return complete if settings.get_current_profile_name() == "complete" else quick
