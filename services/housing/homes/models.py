"""The table of homes. Nobody stands in it: who lives in a home is lettings' and placements' to know."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, DateTime, Index, Integer, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.homes.domain import HomeState, Standing, Vacancy
from services.housing.tables import Base

_COUNTED = text("state <> 'demolished'")


class Home(Base):
    """One home."""

    __tablename__ = "home"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    uprn: Mapped[str] = mapped_column(Text, comment="up to twelve digits, as the national gazetteer writes them")
    address: Mapped[str] = mapped_column(Text, comment="lines set off by commas, without the postcode")
    postcode: Mapped[str] = mapped_column(Text)
    ward: Mapped[str | None] = mapped_column(Text, comment="E05...")
    kind: Mapped[str] = mapped_column(Text)
    building: Mapped[str] = mapped_column(Text, comment="purpose_built | converted")
    bedrooms: Mapped[int] = mapped_column(SmallInteger, comment="0: a bedsit")
    bed_spaces: Mapped[int] = mapped_column(SmallInteger, comment="how many may live in it")
    floor: Mapped[int | None] = mapped_column(SmallInteger, comment="0 is the ground floor")
    lift: Mapped[bool] = mapped_column(Boolean)
    access: Mapped[str] = mapped_column(Text, comment="London's Accessible Housing Register")
    energy_rating: Mapped[str | None] = mapped_column(Text, comment="A to G")
    landlord: Mapped[str] = mapped_column(Text)
    landlord_name: Mapped[str | None] = mapped_column(Text)
    rent_regime: Mapped[str] = mapped_column(Text)
    needs: Mapped[str] = mapped_column(Text, comment="general | supported")
    min_age: Mapped[int | None] = mapped_column(SmallInteger, comment="of the first tenant, e.g. 55")
    built_on: Mapped[date | None] = mapped_column(Date)
    market_rent_week_pence: Mapped[int | None] = mapped_column(Integer)
    service_charge_week_pence: Mapped[int] = mapped_column(Integer)
    value_1999_pence: Mapped[int | None] = mapped_column(BigInteger, comment="January 1999, for the formula rent")
    scheme_id: Mapped[UUID | None] = mapped_column(comment="the scheme that built it")
    state: Mapped[str] = mapped_column(
        Text, comment="void | works | available | let | temporary | out_of_use | demolished"
    )
    void_since: Mapped[date | None] = mapped_column(Date)
    vacancy: Mapped[str | None] = mapped_column(Text, comment="CORE's rsnvac in words")
    works_done_on: Mapped[date | None] = mapped_column(Date, comment="CORE's mrcdate")
    available_on: Mapped[date | None] = mapped_column(Date)
    let_on: Mapped[date | None] = mapped_column(Date)
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # What was pulled down may leave its number to what is built there.
        Index("uq_home_uprn", "uprn", unique=True, postgresql_where=_COUNTED),
        Index("ix_home_state", "state", "bedrooms", "id"),
        Index("ix_home_recorded_at", "recorded_at", "id"),
        Index("ix_home_scheme_id", "scheme_id"),
        CheckConstraint("uprn ~ '^[0-9]{1,12}$'", name="uprn"),
        CheckConstraint("bedrooms between 0 and 20", name="bedrooms"),
        {"comment": "Homes that the council lets, uses or places people in"},
    )

    @property
    def standing(self) -> Standing:
        """The part that the rules read and change."""
        return Standing(
            HomeState(self.state),
            self.void_since,
            Vacancy(self.vacancy) if self.vacancy else None,
            self.works_done_on,
            self.available_on,
            self.let_on,
        )

    @standing.setter
    def standing(self, after: Standing) -> None:
        for name, value in as_columns(after).items():
            setattr(self, name, value)


def as_columns(standing: Standing) -> dict[str, Any]:
    """A standing as the columns that hold it."""
    return {
        "state": standing.state,
        "void_since": standing.void_since,
        "vacancy": standing.vacancy,
        "works_done_on": standing.works_done_on,
        "available_on": standing.available_on,
        "let_on": standing.let_on,
    }
