"""Messages on their way to people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False, comment="made by the service that asked; Notify's reference"),
        sa.Column(
            "version", sa.BigInteger(), nullable=False, comment="of what is announced: asked 1, addressed 2, then ours"
        ),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False, comment="the service that asked"),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("way", sa.Text(), nullable=False, comment="sms | email | letter"),
        sa.Column("plain", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True, comment="the sealed event; null once settled"),
        sa.Column("state", sa.Text(), nullable=False, comment="queued | sending | sent | failed"),
        sa.Column("reason", sa.Text(), nullable=True, comment="of a failure"),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "next_try_at", moment, nullable=False, comment="real time, like all but useless_after and changed_at"
        ),
        sa.Column("claimed_at", moment, nullable=True),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True, comment="Notify's id; null from the sink"),
        sa.Column("checks", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("check_at", moment, nullable=True, comment="when to ask whether it arrived; null: no more"),
        sa.Column("arrived", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("useless_after", moment, nullable=True),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        comment="Messages to people, on their way or settled; words and addresses only as ciphertext",
    )
    op.create_index(
        "ix_message_waiting",
        "message",
        ["next_try_at"],
        postgresql_where=sa.text("state in ('queued', 'sending')"),
    )
    op.create_index("ix_message_check_at", "message", ["check_at"], postgresql_where=sa.text("check_at is not null"))
    op.create_index("ix_message_person_id", "message", ["person_id", "claimed_at"])
    op.create_table(
        "known_call",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("going_on", sa.Boolean(), nullable=False),
        sa.Column("until", moment, nullable=False, comment="business time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_call")),
        comment="Calls in progress, from triage's events",
    )
    op.create_index("ix_known_call_household_id", "known_call", ["household_id"], postgresql_where=sa.text("going_on"))
    op.create_table(
        "demo_message",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the message: it is taken once"),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("recipient", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("plain", sa.Boolean(), nullable=False),
        sa.Column("taken_at", moment, nullable=False, comment="business time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_message")),
        comment="The demo's messages: made-up people only",
    )
    op.create_index("ix_demo_message_taken_at", "demo_message", ["taken_at", "id"])


def downgrade() -> None:
    op.drop_table("demo_message")
    op.drop_table("known_call")
    op.drop_table("message")
