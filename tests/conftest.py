"""Everything shared by the tests comes from one plugin."""

import os

from hypothesis import Phase, settings

pytest_plugins = ["kit.testing.plugin"]

# The search for what failing examples have in common traces every line of every example: several times slower.
_PHASES = [phase for phase in Phase if phase is not Phase.explain]
settings.register_profile("quick", phases=_PHASES, max_examples=20)
settings.register_profile("complete", phases=_PHASES, max_examples=300)
# `make test-all` names the complete one.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
