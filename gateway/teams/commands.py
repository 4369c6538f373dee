"""Changing who works together."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from gateway.teams.domain import check_members
from gateway.teams.models import Team
from gateway.teams.queries import MemberEntry, TeamView
from kit import clock
from kit.contracts.envelope import subject_for
from kit.contracts.gateway import TeamMember, TeamState
from kit.store.unit import UnitOfWork
from kit.web.preconditions import PreconditionRequired, check_version


class TeamEntry(BaseModel):
    """A team, whole: what is left out is empty."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=200)
    organisation_id: UUID | None = None
    hub: str | None = Field(None, pattern=r"^[a-z][a-z0-9_]*$", max_length=64)
    manager: str | None = Field(None, min_length=1, max_length=128)
    members: list[MemberEntry] = Field(default_factory=list, max_length=500)


async def put_team(unit: UnitOfWork, code: str, entry: TeamEntry, expected: int | None) -> tuple[TeamView, bool]:
    """Put a team in place of the one at version `expected`, or make it. True when it is new.

    Raises Invalid, Stale, or PreconditionRequired when there is one and `expected` is None.
    """
    check_members(entry.members)
    team = await unit.session.get(Team, code, with_for_update=True)
    created = team is None
    if team is None:
        check_version(0, expected or 0)
        team = Team(code=code, version=0)
        unit.session.add(team)
    elif expected is None:
        raise PreconditionRequired("There is such a team already: send If-Match with the ETag it was read with")
    else:
        check_version(team.version, expected)
    team.name, team.organisation_id, team.hub, team.manager = (
        entry.name,
        entry.organisation_id,
        entry.hub,
        entry.manager,
    )
    team.members = [member.model_dump(mode="json") for member in entry.members]
    team.changed_at = clock.now()
    team.version += 1
    unit.accessed(f"team/{code}")
    team_id = subject_for("team", code)
    state = TeamState(
        team_id=team_id,
        code=code,
        organisation_id=team.organisation_id,
        hub=team.hub,
        manager=team.manager,
        members=tuple(TeamMember.model_validate(member) for member in team.members),
        changed_at=team.changed_at,
    )
    unit.emit("gateway.team.changed", state, aggregate_id=team_id, sequence=team.version)
    return TeamView.model_validate(team), created
