"""Whom to tell when an endpoint is disabled by itself, which sources a partner's system feeds, and figures of the bus."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "webhook_endpoint",
        sa.Column("contact", sa.Text(), nullable=True, comment="e-mail of those who look after it"),
    )
    op.add_column(
        "webhook_endpoint",
        sa.Column("shape", sa.Text(), server_default="thin", nullable=False, comment="thin | fhir_task"),
    )
    op.add_column(
        "webhook_source",
        sa.Column(
            "supplies",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="codes of the sources of One View that it may feed",
        ),
    )
    op.create_table(
        "webhook_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False, comment="partner | operations"),
        sa.Column("why", sa.Text(), nullable=False, comment="gone | failing"),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting | sending | sent | failed"),
        sa.Column("reason", sa.Text(), nullable=True, comment="of a failure"),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column(
            "next_try_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="real time; of a `sending` one: when its lease is over",
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_notice_endpoint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_notice")),
        comment="Notices of endpoints that were disabled by themselves",
    )
    op.create_index(
        "ix_webhook_notice_due",
        "webhook_notice",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("state in ('waiting', 'sending')"),
    )
    op.create_table(
        "bus_standing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False, comment="the durable's name: <service>-<kind>"),
        sa.Column("waiting", sa.BigInteger(), nullable=False, comment="events it has not been given yet"),
        sa.Column("in_hand", sa.BigInteger(), nullable=False, comment="given, and not acknowledged yet"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bus_standing")),
        comment="How far behind each consumer on the bus is, as last seen",
    )


def downgrade() -> None:
    op.drop_table("bus_standing")
    op.drop_table("webhook_notice")
    op.drop_column("webhook_source", "supplies")
    op.drop_column("webhook_endpoint", "shape")
    op.drop_column("webhook_endpoint", "contact")
