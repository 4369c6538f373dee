"""Who may see which file: teams, conflicts, restrictions, broken glass."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "person",
        sa.Column(
            "barred",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="workers with a declared conflict, or barred",
        ),
    )
    op.create_table(
        "circle",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "members",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{worker_id, role, from, to, break_glass_until}] as announced last",
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_circle_household_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_circle")),
        comment="The team around a household, as announced to every service",
    )
    op.create_table(
        "circle_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="met, or why they are let in, e.g. idva"),
        sa.Column(
            "parts",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="compartments this place opens besides the inside",
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_circle_place_household_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_place")),
        comment="Who may look inside a household's file besides the team of its case",
    )
    op.create_index("ix_circle_place_household_id", "circle_place", ["household_id"], unique=False)
    op.create_index("ix_circle_place_worker", "circle_place", ["worker", "until"], unique=False)
    op.create_table(
        "known_encounter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("household_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_encounter")),
        comment="Whom contacts, appointments and handovers are about, from triage's events",
    )
    op.create_table(
        "known_encounter_worker",
        sa.Column("id", sa.Uuid(), nullable=False, comment="of the encounter and the worker together"),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_encounter_worker")),
        comment="Who took part in contacts, appointments and handovers, and when last",
    )
    op.create_index("ix_known_encounter_worker_worker", "known_encounter_worker", ["worker", "at"], unique=False)
    op.create_table(
        "known_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("manager", sa.Text(), nullable=True),
        sa.Column("absent_from", sa.Date(), nullable=True),
        sa.Column("absent_until", sa.Date(), nullable=True, comment="first day back"),
        sa.Column("covered_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_line")),
        sa.UniqueConstraint("worker", name=op.f("uq_known_line_worker")),
        comment="Managers and stand-ins of workers, from the gateway's events",
    )
    op.create_index(
        "ix_known_line_covered_by",
        "known_line",
        ["covered_by"],
        unique=False,
        postgresql_where=sa.text("covered_by is not null"),
    )
    op.create_index("ix_known_line_manager", "known_line", ["manager"], unique=False)
    op.create_table(
        "known_team_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("manager", sa.Text(), nullable=True),
        sa.Column("members", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_team_line")),
        comment="Managers of teams, from the gateway's events",
    )
    op.create_index("ix_known_team_line_manager", "known_team_line", ["manager"], unique=False)
    op.create_index("ix_known_team_line_members", "known_team_line", ["members"], unique=False, postgresql_using="gin")
    op.create_table(
        "conflict",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="declared (by the worker) | barred (by the resident)"),
        sa.Column("relation", sa.Text(), nullable=False, comment="relative | friend | neighbour | business | other"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_conflict_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict")),
        comment="Workers who may not see somebody",
    )
    op.create_index("ix_conflict_person_id", "conflict", ["person_id"], unique=False)
    op.create_index(
        "uq_conflict_standing",
        "conflict",
        ["worker", "person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_table(
        "restriction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("allowed", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("restricted_by", sa.Text(), nullable=False),
        sa.Column("restricted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_restriction_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
        comment="Restricted records: why, and who sees them all the same",
    )
    op.create_index(
        "uq_restriction_standing",
        "restriction",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )
    op.create_table(
        "broken_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False, comment="stays on record when the household is erased"),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("broken_at", sa.DateTime(timezone=True), nullable=False, comment="by the real clock, like its end"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("manager", sa.Text(), nullable=True, comment="who was told at once; null: any manager"),
        sa.Column("review_due", sa.Date(), nullable=False),
        sa.Column("overdue", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True, comment="needed | not_needed | misuse"),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broken_glass")),
        comment="Broken glass and its reviews",
    )
    op.create_index("ix_broken_glass_household_id", "broken_glass", ["household_id"], unique=False)
    op.create_index(
        "ix_broken_glass_waiting",
        "broken_glass",
        ["review_due", "id"],
        unique=False,
        postgresql_where=sa.text("verdict is null"),
    )
    op.create_index("ix_broken_glass_worker", "broken_glass", ["worker", "until"], unique=False)
    op.create_table(
        "access_alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="the pattern, e.g. many_people"),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column(
            "figures",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="counts and the window; nobody's id",
        ),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False, comment="by the real clock"),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settlement", sa.Text(), nullable=True, comment="explained | suspended | misuse"),
        sa.Column("settle_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_alert")),
        comment="Odd patterns of reading; never used to measure anybody's work",
    )
    op.create_index("ix_access_alert_raised_at", "access_alert", ["raised_at", "id"], unique=False)
    op.create_index(
        "uq_access_alert_open",
        "access_alert",
        ["worker", "kind"],
        unique=True,
        postgresql_where=sa.text("settled_at is null"),
    )


def downgrade() -> None:
    op.drop_table("access_alert")
    op.drop_table("broken_glass")
    op.drop_table("restriction")
    op.drop_table("conflict")
    op.drop_table("known_team_line")
    op.drop_table("known_line")
    op.drop_table("known_encounter_worker")
    op.drop_table("known_encounter")
    op.drop_table("circle_place")
    op.drop_table("circle")
    op.drop_column("person", "barred")
