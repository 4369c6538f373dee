"""The HTTP doors of money, one for each part of it."""

from services.casefile.money.advisers import api as advisers
from services.casefile.money.arrangements import api as arrangements
from services.casefile.money.benefits import api as benefits
from services.casefile.money.breathing import api as breathing
from services.casefile.money.debts import api as debts
from services.casefile.money.localtables import api as localtables
from services.casefile.money.statements import api as statements
from services.casefile.money.support import api as support

ROUTERS = (
    advisers.router,
    debts.router,
    statements.router,
    arrangements.router,
    breathing.router,
    support.router,
    benefits.router,
    localtables.router,
)
