"""Everything shared by the tests comes from one plugin."""

from hypothesis import Phase, settings

pytest_plugins = ["kit.testing.plugin"]

# The search for what failing examples have in common traces every line of every example: several times slower.
settings.register_profile("quick", phases=[phase for phase in Phase if phase is not Phase.explain])
settings.load_profile("quick")
