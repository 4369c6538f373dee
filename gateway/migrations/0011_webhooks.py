"""Webhooks to partners' systems."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "keys",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="id, kind (v1 | v1a), sealed (a JWE for us alone), made_at, until; the newest first",
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="active | disabled | removed"),
        sa.Column("why", sa.Text(), nullable=True, comment="gone | failing | by_hand"),
        sa.Column(
            "failing_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="of the first failure since the last success",
        ),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
        comment="Partners' systems that are told of what happens",
    )
    op.create_index("ix_webhook_endpoint_organisation_id", "webhook_endpoint", ["organisation_id", "id"], unique=False)
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "position",
            sa.BigInteger(),
            sa.Identity(always=False),
            nullable=False,
            comment="the order in which events reached us",
        ),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column(
            "event_id", sa.Uuid(), nullable=False, comment="also the webhook-id: the same at every try and every replay"
        ),
        sa.Column("line", sa.Uuid(), nullable=False, comment="a household, or a thing: what stays in order"),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column(
            "body", sa.Text(), nullable=False, comment="as it is sent: ids and an address, nothing about a person"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting | sending | delivered | dead | dropped"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column(
            "next_try_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="real time; of a `sending` one: when its lease is over",
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_delivery_endpoint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        comment="Events on their way to partners' systems",
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["endpoint_id", "next_try_at"],
        unique=False,
        postgresql_where=sa.text("state in ('waiting', 'sending')"),
    )
    op.create_index("ix_webhook_delivery_endpoint_id", "webhook_delivery", ["endpoint_id", "position"], unique=False)
    op.create_index("ix_webhook_delivery_event_id", "webhook_delivery", ["event_id", "endpoint_id"], unique=False)
    op.create_index("ix_webhook_delivery_settled_at", "webhook_delivery", ["settled_at"], unique=False)
    op.create_index(
        "ix_webhook_delivery_unsettled",
        "webhook_delivery",
        ["endpoint_id", "line", "position"],
        unique=False,
        postgresql_where=sa.text("state in ('waiting', 'sending')"),
    )
    op.create_table(
        "webhook_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True, comment="why there was no answer: refused, timeout, ..."),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_delivery.id"], name=op.f("fk_webhook_attempt_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempt")),
        comment="Every try to deliver an event to a partner's system",
    )
    op.create_index("ix_webhook_attempt_delivery_id", "webhook_attempt", ["delivery_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_webhook_attempt_delivery_id", table_name="webhook_attempt")
    op.drop_table("webhook_attempt")
    op.drop_index(
        "ix_webhook_delivery_unsettled",
        table_name="webhook_delivery",
        postgresql_where=sa.text("state in ('waiting', 'sending')"),
    )
    op.drop_index("ix_webhook_delivery_settled_at", table_name="webhook_delivery")
    op.drop_index("ix_webhook_delivery_event_id", table_name="webhook_delivery")
    op.drop_index("ix_webhook_delivery_endpoint_id", table_name="webhook_delivery")
    op.drop_index(
        "ix_webhook_delivery_due",
        table_name="webhook_delivery",
        postgresql_where=sa.text("state in ('waiting', 'sending')"),
    )
    op.drop_table("webhook_delivery")
    op.drop_index("ix_webhook_endpoint_organisation_id", table_name="webhook_endpoint")
    op.drop_table("webhook_endpoint")
