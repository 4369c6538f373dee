"""Dead letters from the command line: `python -m kit.run.dead_letters <service> list|show|retry|drop [id]`."""

import asyncio
import getpass
import json
import sys
from uuid import UUID

from kit.errors import DomainError, Invalid
from kit.events import dead_letters, sealed
from kit.events.handlers import KINDS, handled
from kit.settings import Settings, load
from kit.store.db import Database
from kit.store.migrate import service_named
from kit.store.unit import SYSTEM_PURPOSE, Cause, unit_of_work


async def act(name: str, verb: str, id_: UUID | None) -> None:
    """One act on the dead letters of one service; prints JSON lines."""
    service = service_named(name)
    settings = load(Settings)
    database = Database(settings.database_url.get_secret_value(), pool=1, name=f"{name}-dead-letters")
    sealed.use_keys(name, settings.sealing_private_keys, settings.sealing_public_keys)
    cause = Cause(f"operator:{getpass.getuser()}", SYSTEM_PURPOSE, f"{name}.dead_letter.manage")
    try:
        async with unit_of_work(database, name, cause) as unit:
            if id_ is None:
                for letter in await dead_letters.listed(unit):
                    print(letter.model_dump_json())
                return
            unit.accessed(f"dead_letter/{id_}")
            if verb == "show":
                print((await dead_letters.shown(unit, id_)).model_dump_json(indent=2))
            elif verb == "retry":
                by_kind = {kind: handled(service.handlers, kind) for kind in KINDS}
                await dead_letters.retry(unit, id_, by_kind)
            else:
                await dead_letters.drop(unit, id_)
        if verb in {"retry", "drop"}:
            print(json.dumps({"id": str(id_), "done": verb}))
    finally:
        await database.close()


def main(arguments: list[str]) -> None:
    try:
        if len(arguments) == 2 and arguments[1] == "list":
            asyncio.run(act(arguments[0], "list", None))
        elif len(arguments) == 3 and arguments[1] in {"show", "retry", "drop"}:
            asyncio.run(act(arguments[0], arguments[1], _id(arguments[2])))
        else:
            sys.exit(__doc__)
    except DomainError as error:
        sys.exit(error.detail)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("The id is a UUID, as `list` shows it") from None


if __name__ == "__main__":
    main(sys.argv[1:])
