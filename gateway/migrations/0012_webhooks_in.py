"""Webhooks from partners' systems."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_source",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the last part of the address it sends to"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "keys",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="id, kind (v1 | v1a), sealed, public (of v1a), made_at, until; the newest first",
        ),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_source")),
        comment="Partners' systems that tell us of things",
    )
    op.create_index("ix_webhook_source_organisation_id", "webhook_source", ["organisation_id", "id"], unique=False)
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.Uuid(), nullable=False, comment="from source and webhook-id: the Idempotency-Key"),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the body as it came"),
        sa.Column("sealed", sa.Text(), nullable=True, comment="the body, a JWE for us alone; gone once it is carried"),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting | carrying | carried | refused | dead"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True, comment="the owner's answer"),
        sa.Column("problem", sa.Text(), nullable=True, comment="a word, never the owner's words: they may quote"),
        sa.Column(
            "pointers", postgresql.JSONB(astext_type=sa.Text()), nullable=True, comment="which fields the owner refused"
        ),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["webhook_source.id"], name=op.f("fk_webhook_message_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_message")),
        comment="What partners' systems told us",
    )
    op.create_index(
        "ix_webhook_message_due",
        "webhook_message",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("state in ('waiting', 'carrying')"),
    )
    op.create_index("ix_webhook_message_settled_at", "webhook_message", ["settled_at"], unique=False)
    op.create_index("ix_webhook_message_source_id", "webhook_message", ["source_id", "received_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_webhook_message_source_id", table_name="webhook_message")
    op.drop_index("ix_webhook_message_settled_at", table_name="webhook_message")
    op.drop_index(
        "ix_webhook_message_due",
        table_name="webhook_message",
        postgresql_where=sa.text("state in ('waiting', 'carrying')"),
    )
    op.drop_table("webhook_message")
    op.drop_index("ix_webhook_source_organisation_id", table_name="webhook_source")
    op.drop_table("webhook_source")
