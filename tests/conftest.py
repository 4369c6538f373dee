"""Everything shared by the tests comes from one plugin."""

pytest_plugins = ["kit.testing.plugin"]
