"""The HTTP doors of money, one for each part of it."""

from services.casefile.money.breathing import api as breathing

ROUTERS = (breathing.router,)
