"""The register of bodies that may advise on debt."""

from datetime import date, datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.money.advisers import domain
from services.casefile.tables import Base


class DebtBody(Base):
    """One body: the organisation as it stands in its workers' tokens."""

    __tablename__ = "debt_body"

    organisation: Mapped[str] = mapped_column(Text, primary_key=True, comment="as in its workers' tokens")
    version: Mapped[int] = mapped_column(BigInteger)
    basis: Mapped[domain.Basis] = mapped_column(
        Text, comment="fca_authorised | exempt_local_authority | exempt_professional"
    )
    fca_number: Mapped[str | None] = mapped_column(Text)
    exemption: Mapped[str | None] = mapped_column(Text)
    since: Mapped[date] = mapped_column()
    until: Mapped[date | None] = mapped_column()
    advisers: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="principals; empty: all of it with the role")
    kept_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Who may advise on debt: authorised by the FCA, or exempt"},)

    def as_rules_see_it(self) -> domain.Body:
        """The part that the rules read."""
        return domain.Body(
            self.basis, self.since, self.until, self.fca_number, self.exemption, frozenset(self.advisers)
        )
