"""Each service's history is one line, and makes exactly the tables that its models say."""

from collections.abc import Callable

import pytest
from alembic.script import ScriptDirectory

from kit.store import migrate
from kit.testing.databases import ServiceDatabase


@pytest.mark.parametrize("owner", migrate.HISTORIES)
def test_the_history_is_one_line(owner: str) -> None:
    script = ScriptDirectory.from_config(migrate.config(owner))
    assert len(script.get_heads()) == 1
    revisions = [each.revision for each in script.walk_revisions()]
    assert sorted(revisions) == [f"{number:04d}" for number in range(1, len(revisions) + 1)]


@pytest.mark.parametrize("owner", migrate.HISTORIES)
def test_the_migrated_database_is_what_the_models_say(owner: str, database: Callable[[str], ServiceDatabase]) -> None:
    assert migrate.drift(owner, database(owner).url) is None
