"""Migrations against a real database made for the moment, for `make migrations` and `make migration`.

python -m kit.testing.migrations check
python -m kit.testing.migrations new SERVICE "what changes"
"""

import sys

from alembic import command
from alembic.script import ScriptDirectory

from kit.store import migrate
from kit.testing import cluster
from kit.testing.databases import Databases


def main(arguments: list[str]) -> int:
    """Exit code 1 when models and migrations differ, or when the words are not understood."""
    cluster.name_run()
    try:
        with cluster.joined() as admin_url:
            databases = Databases(admin_url, "migrations")
            try:
                return _do(arguments, databases)
            finally:
                databases.close()
    finally:
        cluster.clear()


def _do(arguments: list[str], databases: Databases) -> int:
    match arguments:
        case ["check"]:
            differ = {name: migrate.drift(name, databases.get(name).url) for name in migrate.HISTORIES}
            for name, words in differ.items():
                if words:
                    print(f"{name}: {words}")
            return int(any(differ.values()))
        case ["new", service, message] if service in migrate.HISTORIES and message:
            settings = migrate.config(service, databases.get(service).url)
            number = 1 + sum(1 for _ in ScriptDirectory.from_config(settings).walk_revisions())
            command.revision(settings, message, autogenerate=True, rev_id=f"{number:04d}")
            return 0
        case _:
            print(__doc__, file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
