"""Measures: what is counted, packs of the board."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "measured_event",
        sa.Column("id", sa.Uuid(), nullable=False, comment="the event's id"),
        sa.Column("kind", sa.Text(), nullable=False, comment="what of it measures count: duty, contact ..."),
        sa.Column("about", sa.Uuid(), nullable=False, comment="the aggregate's id"),
        sa.Column("sequence", sa.BigInteger(), nullable=False, comment="the aggregate's version"),
        sa.Column("told_at", _MOMENT, nullable=False, comment="when its owner said it"),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False, comment="codes, days and amounts that the rules read"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measured_event")),
        comment="Events that measures count",
    )
    op.create_index("ix_measured_event_about", "measured_event", ["kind", "about", "sequence"])
    op.create_index("ix_measured_event_person_id", "measured_event", ["person_id"])
    op.create_index("ix_measured_event_household_id", "measured_event", ["household_id"])
    op.create_table(
        "unit_cost",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("low_pence", sa.BigInteger(), nullable=False),
        sa.Column("central_pence", sa.BigInteger(), nullable=False),
        sa.Column("high_pence", sa.BigInteger(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("cash", sa.Text(), nullable=False, comment="cashable or avoided"),
        sa.Column("falls_on", sa.Text(), nullable=False, comment="whose budget"),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("given_at", _MOMENT, nullable=False),
        sa.CheckConstraint("cash in ('cashable', 'avoided')", name=op.f("ck_unit_cost_cash")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit_cost")),
        comment="Unit costs of savings",
    )
    op.create_table(
        "measure_baseline",
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stated_by", sa.Text(), nullable=False),
        sa.Column("stated_at", _MOMENT, nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_measure_baseline_count")),
        sa.PrimaryKeyConstraint("measure", "first_day", name=op.f("pk_measure_baseline")),
        comment="Baselines of savings",
    )
    op.create_table(
        "board_pack",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False, comment="what is shown; hidden counts are null"),
        sa.Column("sha256", sa.Text(), nullable=False, comment="of the content as JSON with sorted keys"),
        sa.Column(
            "near",
            postgresql.JSONB(),
            nullable=False,
            comment="places hidden because of what was shown before; kept to count again, never shown",
        ),
        sa.Column("read_until", _MOMENT, nullable=False, comment="events told later don't count in it"),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("closed_as", sa.Text(), nullable=False, comment="the name they signed with"),
        sa.Column("closed_at", _MOMENT, nullable=False, comment="business time"),
        sa.PrimaryKeyConstraint("first_day", name=op.f("pk_board_pack")),
        sa.UniqueConstraint("id", name=op.f("uq_board_pack_id")),
        comment="Closed quarters: the board's packs",
    )


def downgrade() -> None:
    for table in ("board_pack", "measure_baseline", "unit_cost", "measured_event"):
        op.drop_table(table)
