"""`python -m services.casefile.people.tell_again`: seal the whole register anew for risk's vault.

Once where people were registered before the register was a source, and to fill a vault that lost everything when the
outbox no longer holds it all. What the vault has already, it knows by the version.
"""

import asyncio
from uuid import UUID

from kit.events import sealed
from kit.settings import Settings, load
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from services.casefile.people.sealed_register import tell_again

_AT_ONCE = 2000


async def run(database: Database) -> int:
    """Each 2,000 are a transaction of their own. Returns how many transactions there were."""
    after: UUID | None = None
    batches = 0
    while True:
        async with unit_of_work(database, "casefile", Cause.system("casefile", "register.tell_again")) as unit:
            await unit.take_time(120)
            after = await tell_again(unit, after, _AT_ONCE)
        if after is None:
            return batches
        batches += 1


async def main() -> None:
    """With the settings of casefile's own processes."""
    settings = load(Settings)
    sealed.use_keys("casefile", settings.sealing_private_keys, settings.sealing_public_keys)
    database = Database(settings.database_url.get_secret_value(), pool=1, name="register-tell-again")
    try:
        batches = await run(database)
        print(f"The register was sealed anew, in {batches} steps of up to {_AT_ONCE:,} people. The worker sends it.")
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
