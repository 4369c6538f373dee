"""Emergency lists: criteria, checks, sign-off."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_LISTS = "(fact is null) = (kind in ('cohort', 'emergency')) and (cohort_id is null) = (fact is not null)"
_BEFORE = "(fact is null) = (kind = 'cohort') and (cohort_id is null) = (fact is not null)"


def upgrade() -> None:
    op.create_table(
        "emergency_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="cold, heat or outbreak"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("forecast", sa.Text(), nullable=False, comment="who warned of what"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False, comment="the last day; nobody is called for it afterwards"),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False, comment="drafted, checked, signed, handed_over or withdrawn"),
        sa.Column(
            "counts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="listed, known, uncertain, ages known, homes",
        ),
        sa.Column("hidden", postgresql.ARRAY(sa.Text()), nullable=False, comment="what could not serve it, and why"),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_note", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("signed_as", sa.Text(), nullable=True, comment="the name and post they signed with"),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('cold', 'heat', 'outbreak')", name=op.f("ck_emergency_list_kind")),
        sa.CheckConstraint(
            "standing in ('drafted', 'checked', 'signed', 'handed_over', 'withdrawn')",
            name=op.f("ck_emergency_list_standing"),
        ),
        sa.CheckConstraint("signed_by is distinct from author", name=op.f("ck_emergency_list_signed_by_another")),
        sa.CheckConstraint(
            "(standing = 'withdrawn') = (withdrawn_because is not null)",
            name=op.f("ck_emergency_list_withdrawal_says_why"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_list")),
        comment="Emergency lists",
    )
    op.create_table(
        "emergency_home",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False, comment="pseudonym"),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("certain", sa.Boolean(), nullable=False, comment="it would be on the list by certain links alone"),
        sa.Column(
            "groups",
            postgresql.ARRAY(sa.Integer()),
            nullable=False,
            comment="which of the criteria it is on the list for",
        ),
        sa.Column("place", sa.Integer(), nullable=True, comment="in the sample that is looked at a second time"),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="waiting, called (a signal says how far it is) or passed"
        ),
        sa.Column("why", sa.Text(), nullable=True, comment="why it was passed over: a code"),
        sa.CheckConstraint("state in ('waiting', 'called', 'passed')", name=op.f("ck_emergency_home_state")),
        sa.CheckConstraint("verdict in ('right', 'wrong', 'unsure')", name=op.f("ck_emergency_home_verdict")),
        sa.ForeignKeyConstraint(
            ["list_id"], ["emergency_list.id"], name=op.f("fk_emergency_home_list_id_emergency_list")
        ),
        sa.PrimaryKeyConstraint("list_id", "household", name=op.f("pk_emergency_home")),
        comment="Homes of emergency lists",
    )
    op.create_index(
        "ix_emergency_home_waiting", "emergency_home", ["list_id"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_constraint(op.f("ck_signal_calls"), "signal", type_="check")
    op.create_check_constraint(op.f("ck_signal_calls"), "signal", _LISTS)
    op.alter_column("signal", "cohort_id", comment="the cohort, or the emergency list, that called for it")


def downgrade() -> None:
    op.execute("delete from signal where kind = 'emergency'")
    op.alter_column("signal", "cohort_id", comment="whose list called for it")
    op.drop_constraint(op.f("ck_signal_calls"), "signal", type_="check")
    op.create_check_constraint(op.f("ck_signal_calls"), "signal", _BEFORE)
    op.drop_table("emergency_home")
    op.drop_table("emergency_list")
