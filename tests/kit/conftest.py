"""Shared by the tests of the embedded run."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.run.embedded.homes import refuge_path
from tests.kit.grounds import *  # noqa: F403  # the fixtures of the small service


@pytest.fixture
def state() -> Iterator[Path]:
    """A state folder that everyone may pass through to, as in a clone under /srv or /opt."""
    folder = Path(tempfile.mkdtemp(prefix="newstart-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)
    shutil.rmtree(refuge_path(folder), ignore_errors=True)
