"""Organisations, services, and what finds them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("alternate_name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False, comment="organisations.domain.Kind"),
        sa.Column("status", sa.Text(), nullable=False, comment="active | ended"),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True, comment="public"),
        sa.Column("phone", sa.Text(), nullable=True, comment="public"),
        sa.Column("legal_status", sa.Text(), nullable=True),
        sa.Column("uri", sa.Text(), nullable=True, comment="a persistent identifier, e.g. a charity register's"),
        sa.Column("listed", sa.Boolean(), nullable=False, comment="shown in the public directory"),
        sa.Column("answers_by", sa.Text(), nullable=False, comment="api | webhook | link | not_at_all"),
        sa.Column("answer_email", sa.Text(), nullable=True, comment="where one-time links go; never public"),
        sa.Column("manager", sa.Text(), nullable=True, comment="our worker who looks after it: silence goes to them"),
        sa.Column("feed_id", sa.Uuid(), nullable=True, comment="the feed it came from; null: entered here"),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, comment="business time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        comment="Partner organisations, landlords, and whoever runs a service of the directory",
    )
    op.create_index("ix_organisation_name", "organisation", ["name", "id"])
    op.create_index("ix_organisation_kind", "organisation", ["kind", "name", "id"])
    op.create_index(
        "ix_organisation_feed_id", "organisation", ["feed_id"], postgresql_where=sa.text("feed_id is not null")
    )


def downgrade() -> None:
    op.drop_table("organisation")
