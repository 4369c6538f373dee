"""risk, composed."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from kit.events import access, separation
from kit.service import Service
from kit.settings import Settings
from kit.store.unit import UnitOfWork
from services.risk import pipeline, working
from services.risk.associations import api as associations
from services.risk.cohorts import api as cohorts
from services.risk.cohorts import commands as lists
from services.risk.emergencies import api as emergencies
from services.risk.emergencies import commands as alarms
from services.risk.facts import models as facts  # noqa: F401  # its tables are part of the metadata
from services.risk.holdings import RIGHTS
from services.risk.linkage import api as linkage
from services.risk.linkage import commands as linking
from services.risk.linkage import handlers as register
from services.risk.linkage import models as identities  # noqa: F401  # its tables are the vault's too
from services.risk.measures import api as measures
from services.risk.measures import handlers as counted
from services.risk.observatory import api as observatory
from services.risk.observatory import releases
from services.risk.observatory.federation import exchange, line
from services.risk.prediction import api as prediction
from services.risk.prediction import commands as models
from services.risk.profiles import api as profiles
from services.risk.profiles import handlers as offers
from services.risk.profiles import whole
from services.risk.signals import api as signals
from services.risk.signals import handlers as calls
from services.risk.sources import api as sources
from services.risk.sources import handlers as heard
from services.risk.sources import loads, retention, spool
from services.risk.tables import Base
from services.risk.touched import touched
from services.risk.vault import door
from services.risk.vault import former as past  # noqa: F401  # its table is part of the vault's metadata
from services.risk.vault import models as vault  # noqa: F401  # its tables are part of the vault's metadata
from services.risk.vault.tables import VaultBase
from services.risk.wardindex import api as wardindex


async def _profiles_done(unit: UnitOfWork, result: Mapping[str, Any]) -> None:
    await whole.done(unit, result)
    await lists.count_again(unit, result)
    await releases.wanted(unit)


pipeline.AFTER[whole.VERB] = _profiles_done

# Whoever is linked anew belongs to another household, or has other facts: its profile follows.
linking.AFTER_CHANGE.append(touched)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[None]:
    with line.of(settings):
        async with spool.serving(settings), working.children():
            yield


SERVICE = Service(
    name="risk",
    summary="One View: what puts a household at risk and what would lower it",
    metadata=Base.metadata,
    routers=(
        profiles.router,
        signals.router,
        sources.router,
        cohorts.router,
        associations.router,
        prediction.router,
        emergencies.router,
        linkage.router,
        observatory.router,
        wardindex.router,
        measures.router,
    ),
    handlers=(
        access.people,
        separation.handlers,
        access.households,
        access.colleagues,
        offers.handlers,
        calls.handlers,
        heard.handlers,
        register.handlers,
        counted.handlers,
        RIGHTS.handlers,
    ),
    timers={
        retention.ALARM: retention.run,
        whole.ALARM: whole.ring,
        models.FORGET: models.forget,
        releases.ALARM: releases.ring,
    },
    jobs={
        loads.JOB: loads.work_off,
        pipeline.JOB: pipeline.refresh,
        whole.JOB: whole.work_off,
        whole.ANNOUNCING: whole.announce,
        lists.MEASURE: lists.measure_all,
        lists.PUBLISH: lists.publish,
        releases.JOB: releases.work_off,
        models.TRAIN: models.work_off_training,
        models.SCORE: models.work_off_scoring,
        alarms.HAND_OVER: alarms.hand_over,
    },
    loops={"observatory": exchange.run},
    vault=VaultBase.metadata,
    opened=_opened,
    databases=door.databases,
)
