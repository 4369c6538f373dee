"""What goes out of the HTTP door of notices to recipients."""

from uuid import UUID

from pydantic import BaseModel, Field

from kit.contracts.disclosures import What
from kit.contracts.envelope import UtcDatetime


class NoticeView(BaseModel):
    """What we disclosed to an organisation changed: it does something with its copy."""

    id: UUID
    organisation_id: UUID
    what: What
    references: list[str] = Field(description="Of our referrals and letters, as the organisation knows them")
    words: str = Field(description="What to do with the copy")
    at: UtcDatetime
