"""The two tables person search reads. Both are written in the transaction that writes the person, by `search_index`."""

from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Index, Text, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class NameToken(Base):
    """The vocabulary: every distinct name token that anyone has, with the keys a misspelling of it may share."""

    __tablename__ = "name_token"

    token: Mapped[str] = mapped_column(Text, primary_key=True)
    keys: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), comment="digests: spelling less one letter, sounds, the full names it stands for"
    )

    __table_args__ = (
        # Written only when a name is new, read by every search: nothing may wait in a pending list.
        Index("ix_name_token_keys", "keys", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        Index("ix_name_token_beginning", "token", postgresql_ops={"token": "text_pattern_ops"}),
        {"comment": "Distinct name tokens of all people, for tolerant search"},
    )


class PersonSearch(Base):
    """What a person can be found by, in a form made for comparing: one row a person."""

    __tablename__ = "person_search"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    names: Mapped[str] = mapped_column(Text, comment="folded tokens: given ... | family ...; one line a name")
    born: Mapped[str] = mapped_column(Text, comment="YYYY, YYYY-MM or YYYY-MM-DD; empty if not known")
    marks: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), comment="digests: name tokens, birth year, birthday, identifiers, postcodes, UPRNs, phones"
    )
    searchable: Mapped[bool] = mapped_column(
        Boolean, server_default=true(), comment="false: restricted, or merged into another person"
    )

    __table_args__ = (
        Index("ix_person_search_marks", "marks", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        {"comment": "Person search: one row a person, rebuilt from the person at any time"},
    )
