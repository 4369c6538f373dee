"""Facts, where their records belong, and each household's picture."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fact",
        sa.Column("id", sa.Uuid(), nullable=False, comment="a digest of what it says: twice is once"),
        sa.Column("record", sa.Uuid(), nullable=False, comment="pseudonym of the source record"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="a code of the fact kinds"),
        sa.Column("occurred_on", sa.Date(), nullable=False, comment="the day it was true from"),
        sa.Column("until", sa.Date(), nullable=True, comment="the first day it was no longer true"),
        sa.Column("amount", sa.Numeric(14, 2), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("load_id", sa.Uuid(), nullable=True, comment="the load, or null: it came by event"),
        sa.Column(
            "loaded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
        comment="Facts by source record",
    )
    op.create_index("ix_fact_record", "fact", ["record", "kind", "occurred_on"])
    op.create_index("ix_fact_load", "fact", ["load_id"])
    op.create_table(
        "placing",
        sa.Column("record", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("resident", sa.Uuid(), nullable=False, comment="pseudonym of the resident"),
        sa.Column("household", sa.Uuid(), nullable=True, comment="pseudonym of the household they live in now"),
        sa.Column("certainty", sa.Text(), nullable=False, comment="confirmed, probable or unlinked"),
        sa.Column("probability", sa.Float(), nullable=False, comment="that the record is this resident's"),
        sa.CheckConstraint("certainty in ('confirmed', 'probable', 'unlinked')", name=op.f("ck_placing_certainty")),
        sa.CheckConstraint("probability between 0 and 1", name=op.f("ck_placing_probability")),
        sa.PrimaryKeyConstraint("record", name=op.f("pk_placing")),
        comment="Which resident and household a source record belongs to",
    )
    op.create_index("ix_placing_household", "placing", ["household"])
    op.create_index("ix_placing_resident", "placing", ["resident"])
    op.create_table(
        "home",
        sa.Column("household", sa.Uuid(), nullable=False, comment="pseudonym"),
        sa.Column("ward", sa.Text(), nullable=True, comment="GSS code"),
        sa.Column("adults", sa.SmallInteger(), nullable=False),
        sa.Column("children", sa.SmallInteger(), nullable=False),
        sa.Column(
            "registered",
            sa.Boolean(),
            nullable=False,
            comment="casefile has a person of it, other than as introduced",
        ),
        sa.Column("certainty", sa.Float(), nullable=False, comment="the least certain link the household rests on"),
        sa.Column("since", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("household", name=op.f("pk_home")),
        comment="Each household's picture",
    )
    op.create_index("ix_home_ward", "home", ["ward"])


def downgrade() -> None:
    for table in ("home", "placing", "fact"):
        op.drop_table(table)
