"""What the other services tell of their records of access."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "read_elsewhere",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=-1, increment=-1, maxvalue=-1),
            nullable=False,
            comment="below zero: never one of our own record's",
        ),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False, comment="of that service's record"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_elsewhere")),
        comment="The other services' records of access, from <service>.access.told",
    )
    op.create_index(
        "ix_read_elsewhere_person_ids", "read_elsewhere", ["person_ids"], unique=False, postgresql_using="gin"
    )
    op.alter_column(
        "looked_release",
        "entries",
        existing_type=postgresql.ARRAY(sa.BIGINT()),
        comment="of the record of access; below zero: of another service's",
        existing_comment="of casefile's own record of access",
        existing_nullable=False,
    )


def downgrade() -> None:
    op.alter_column(
        "looked_release",
        "entries",
        existing_type=postgresql.ARRAY(sa.BIGINT()),
        comment="of casefile's own record of access",
        existing_comment="of the record of access; below zero: of another service's",
        existing_nullable=False,
    )
    op.drop_index("ix_read_elsewhere_person_ids", table_name="read_elsewhere", postgresql_using="gin")
    op.drop_table("read_elsewhere")
