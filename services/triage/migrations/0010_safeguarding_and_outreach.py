"""Safeguarding in full; what outreach still lacked: calls, safe ways announced, what became of messages."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_CONCERN = "safeguarding_concern"


def _columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column(
            "about_staff",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="its own route: the worker and their line never see it",
        ),
        sa.Column(
            "about_workers",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="principals",
        ),
        sa.Column(
            "typed_at",
            _MOMENT,
            nullable=True,
            comment="when a concern that was phoned through came in; raised_at is the call",
        ),
        sa.Column("phoned_to", sa.Text(), nullable=True, comment="who took the call, as the raiser said"),
        sa.Column("police_reported_at", _MOMENT, nullable=True),
        sa.Column("police_reported_by", sa.Text(), nullable=True),
        sa.Column("police_reference", sa.Text(), nullable=True),
    )


def upgrade() -> None:
    for column in _columns():
        op.add_column(_CONCERN, column)
    op.create_table(
        "known_line",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the subject of the worker's events"),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False, comment="principal"),
        sa.Column("manager", sa.Text(), nullable=True, comment="principal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_line")),
        comment="Lines of management, from the gateway's events",
    )
    op.create_index("ix_known_line_worker", "known_line", ["worker"])
    op.create_table(
        "call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False, comment="business time, like all below"),
        sa.Column("until", _MOMENT, nullable=False, comment="over by then, whether ended or not"),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["offer_id"], ["outreach_offer.id"], name=op.f("fk_call_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        comment="Calls to households, going on or over",
    )
    op.create_index("ix_call_household_id", "call", ["household_id"], postgresql_where=sa.text("ended_at is null"))
    op.create_index("ix_call_offer_id", "call", ["offer_id"])
    op.create_table(
        "told_safe_contact",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of whom and which ways"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_told_safe_contact_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_told_safe_contact")),
        comment="Safe ways as announced last, by contact",
    )
    op.create_table(
        "known_message",
        sa.Column("id", sa.Uuid(), nullable=False, comment="as triage made it"),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="sent | failed"),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("plain", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_message")),
        comment="What became of messages, from casefile's and the gateway's events",
    )
    op.create_index("ix_known_message_about_id", "known_message", ["about_id"])


def downgrade() -> None:
    op.drop_table("known_message")
    op.drop_table("told_safe_contact")
    op.drop_table("call")
    op.drop_table("known_line")
    for column in reversed(_columns()):
        op.drop_column(_CONCERN, column.name)
