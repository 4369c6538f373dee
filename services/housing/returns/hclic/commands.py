"""Writes of the homelessness return: that it was handed over, by whom, with the digest of the file."""

import hashlib

from kit import clock
from kit.errors import Conflict
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.housing.returns.hclic import coverage
from services.housing.returns.hclic.gathering import check_no_errors, file_of, whole
from services.housing.returns.hclic.models import HclicReturn


async def hand_over(unit: UnitOfWork, code: str) -> HclicReturn:
    """A named officer hands a quarter over. `Conflict` while the quarter runs, or a case in it has an error."""
    of = coverage.quarter(code)
    if of.last >= clock.today():
        raise Conflict(f"{of.title} is not over: it is handed over after {of.last.isoformat()}", state="running")
    made = await whole(unit, of)
    check_no_errors(made)
    row = HclicReturn(
        id=new_id(),
        version=1,
        quarter=of.code,
        codes=made.codes.version,
        cases=len(made.cases),
        errors=made.errors,
        warnings=made.warnings,
        sha256=hashlib.sha256(file_of(made, "cases", draft=False)).hexdigest(),
        made_by=unit.cause.actor,
        made_at=clock.business_now(),
    )
    unit.session.add(row)
    return row
