"""Files that were made for publication: a spreadsheet takes a job to make, and is then read as it stands."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.tables import Base


class PublishedFile(Base):
    """One file, the latest of its name."""

    __tablename__ = "published_file"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(Text)
    job: Mapped[UUID] = mapped_column()
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Files made for publication"},)
