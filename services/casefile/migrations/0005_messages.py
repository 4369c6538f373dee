"""Messages asked for, and where they may safely go."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False, comment="made by the service that asked"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="as the asker said it"),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False, comment="the service that asked"),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of whom, what and which codes"),
        sa.Column("state", sa.Text(), nullable=False, comment="addressed | failed"),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("plain", sa.Boolean(), server_default=sa.false(), nullable=False, comment="words that tell nothing"),
        sa.Column("reason", sa.Text(), nullable=True, comment="of a failure"),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("addressed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        comment="Messages to people: by which way, and whether in plain words",
    )
    op.create_index("ix_message_person_id", "message", ["person_id", "requested_at", "id"])
    op.create_index("ix_message_digest", "message", ["digest", "addressed_at"])
    op.create_table(
        "message_result",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the message"),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="sent | failed"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_result")),
        comment="What became of messages, from the gateway's events",
    )
    op.create_table(
        "known_safe_contact",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the contact"),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("ways", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("never", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_safe_contact")),
        comment="Safe ways to reach people, from triage's events: codes only",
    )
    op.create_index("ix_known_safe_contact_person_id", "known_safe_contact", ["person_id", "told_at"])
    op.create_table(
        "known_abuse_need",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the need"),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_abuse_need")),
        comment="Needs of the domain domestic abuse, from triage's events: whoever writes there is careful",
    )
    op.create_index("ix_known_abuse_need_person_id", "known_abuse_need", ["person_id"])
    op.create_index("ix_known_abuse_need_household_id", "known_abuse_need", ["household_id"])


def downgrade() -> None:
    op.drop_table("known_abuse_need")
    op.drop_table("known_safe_contact")
    op.drop_table("message_result")
    op.drop_table("message")
