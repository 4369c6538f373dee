"""grants, composed."""

from kit.events import access, separation
from kit.service import Service
from services.grants.applications import api as applications
from services.grants.awards import api as awards
from services.grants.awards import deciding_api as deciding
from services.grants.awards import reporting
from services.grants.ballots import api as ballots
from services.grants.ballots import commands as voting
from services.grants.ballots import results as counting
from services.grants.campaigns import api as campaigns
from services.grants.campaigns import commands as crowdfunding
from services.grants.commissions import api as commissions
from services.grants.evidence import api as evidence
from services.grants.evidence import handlers as ward_figures
from services.grants.funds import api as funds
from services.grants.hardship import api as hardship
from services.grants.hardship import commands as paying
from services.grants.holdings import RIGHTS
from services.grants.panels import api as panels
from services.grants.panels import working as drawing
from services.grants.projects import api as projects
from services.grants.proposals import api as proposals
from services.grants.proposals import commands as proposing
from services.grants.publication import api as publications
from services.grants.publication import spreadsheet
from services.grants.rounds import api as rounds
from services.grants.rounds import commands as round_commands
from services.grants.tables import Base

SERVICE = Service(
    name="grants",
    summary="Neighbourhood money decided by residents",
    metadata=Base.metadata,
    routers=(
        hardship.router,
        funds.router,
        rounds.router,
        applications.router,
        awards.router,
        deciding.router,
        publications.router,
        panels.router,
        evidence.router,
        ballots.router,
        proposals.router,
        campaigns.router,
        projects.router,
        commissions.router,
    ),
    handlers=(
        access.people,
        separation.handlers,
        access.households,
        access.colleagues,
        ward_figures.handlers,
        RIGHTS.handlers,
    ),
    timers={
        round_commands.CLOSE: round_commands.close_in_time,
        reporting.OVERDUE: reporting.chase,
        voting.CLOSE: voting.close_in_time,
        paying.UNANSWERED: paying.escalate,
        crowdfunding.CLOSE: crowdfunding.close_in_time,
        proposing.CLOSE: proposing.close_in_time,
    },
    jobs={drawing.DRAW: drawing.draw_step, spreadsheet.MAKE: spreadsheet.make_step, voting.COUNT: counting.count_step},
)
