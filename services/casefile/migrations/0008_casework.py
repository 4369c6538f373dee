"""Cases in full, tasks and warnings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Whoever holds a case today is of its team from now on.
_TEAMS_OF_NOW = """
    insert into case_member (id, case_id, household_id, worker, role, episode, since, added_by)
    select gen_random_uuid(), case_file.id, household_id, held.worker, held.role, episode, changed_at, held.worker
    from case_file,
        lateral (values (account_manager, 'account_manager'), (lead, 'lead')) as held (worker, role)
    where state = 'open' and held.worker is not null
"""
# What the page tells already; titles are laid out anew by `python -m services.casefile.timeline.rebuild`.
_SEALED_LINES = """
    update timeline_entry set part = 'drugs_and_alcohol'
    where (kind = 'need' and facts ->> 'domain' = 'drugs_and_alcohol')
        or facts -> 'decision' ->> 'specialism' = 'drugs_and_alcohol'
"""


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("caseload_change")))
    op.create_table(
        "case_reallocation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("from_worker", sa.Text(), nullable=False),
        sa.Column("to_workers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="absence | left | workload | conflict | other"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("cover_until", sa.Date(), nullable=True, comment="first day back; null: for good"),
        sa.Column("state", sa.Text(), nullable=False, comment="done | given_back"),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_back_by", sa.Text(), nullable=True),
        sa.Column("given_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_reallocation")),
        comment="Bulk reallocations: who covered for whom",
    )
    op.create_index("ix_case_reallocation_at", "case_reallocation", ["at", "id"], unique=False)
    op.create_index("ix_case_reallocation_from_worker", "case_reallocation", ["from_worker", "at"], unique=False)
    op.create_table(
        "warning",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="services.casefile.warnings.domain.Kind"),
        sa.Column("incident_on", sa.Date(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False, comment="what happened, as fact"),
        sa.Column("guidance", sa.Text(), nullable=False, comment="how to meet them safely"),
        sa.Column("state", sa.Text(), nullable=False, comment="proposed | standing | refused | removed"),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=True, comment="null: nobody has said yet"),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_by", sa.Text(), nullable=True),
        sa.Column("not_told_because", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_warning_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning")),
        comment="Warnings: dated incident, senior decision, told or why not, review, removal",
    )
    op.create_index("ix_warning_person_id", "warning", ["person_id", "state"], unique=False)
    op.create_index(
        "ix_warning_review_on",
        "warning",
        ["review_on", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'standing'"),
    )
    op.create_index("ix_warning_state", "warning", ["state", "proposed_at", "id"], unique=False)
    op.create_table(
        "case_approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="closing | plan | step_up | step_down | spending | other"),
        sa.Column("state", sa.Text(), nullable=False, comment="asked | returned | approved | withdrawn"),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_approval_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_approval")),
        comment="What managers are asked to approve",
    )
    op.create_index("ix_case_approval_case_id", "case_approval", ["case_id", "asked_at"], unique=False)
    op.create_index("ix_case_approval_state", "case_approval", ["state", "asked_at", "id"], unique=False)
    op.create_index(
        "uq_case_approval_waiting",
        "case_approval",
        ["case_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state in ('asked', 'returned') and kind <> 'other'"),
    )
    op.create_table(
        "case_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("compartment", sa.Text(), server_default="", nullable=False, comment="the case's"),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="account_manager | lead | another code, e.g. housing"),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True, comment="null: still"),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_member_case_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_case_member_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_member")),
        comment="The team around a household, from when to when",
    )
    op.create_index("ix_case_member_case_id", "case_member", ["case_id", "since"], unique=False)
    op.create_index("ix_case_member_household_id", "case_member", ["household_id"], unique=False)
    op.create_index(
        "ix_case_member_worker_now",
        "case_member",
        ["worker", "household_id"],
        unique=False,
        postgresql_where=sa.text("until is null"),
    )
    op.create_index(
        "uq_case_member_now",
        "case_member",
        ["case_id", "worker", "role"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )
    op.create_table(
        "case_reallocated",
        sa.Column("reallocation_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False, comment="account_manager | lead"),
        sa.Column("to_worker", sa.Text(), nullable=False),
        sa.Column("given_back", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("role in ('account_manager', 'lead')", name=op.f("ck_case_reallocated_role")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_reallocated_case_id")),
        sa.ForeignKeyConstraint(
            ["reallocation_id"], ["case_reallocation.id"], name=op.f("fk_case_reallocated_reallocation_id")
        ),
        sa.PrimaryKeyConstraint("reallocation_id", "case_id", "role", name=op.f("pk_case_reallocated")),
        comment="The cases of a reallocation",
    )
    op.create_table(
        "case_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("rag", sa.Text(), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_review_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_review")),
        comment="Reviews of cases",
    )
    op.create_index("ix_case_review_case_id", "case_review", ["case_id", "at"], unique=False)
    op.create_table(
        "case_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False, comment="up | down"),
        sa.Column("layer", sa.Text(), nullable=False, comment="where it goes"),
        sa.Column("statutory_service", sa.Text(), nullable=False, comment="to which, or from which"),
        sa.Column("specialism", sa.Text(), nullable=True, comment="of targeted support, on the way down"),
        sa.Column("from_worker", sa.Text(), nullable=False, comment="who holds it until it is accepted"),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.Column("to_worker", sa.Text(), nullable=True, comment="to somebody, or to whoever of to_team accepts first"),
        sa.Column("to_team", sa.Text(), nullable=True),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("resident", sa.Text(), nullable=False, comment="present | told | not_told"),
        sa.Column("not_told_because", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="offered | accepted | declined | withdrawn | lapsed"),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
        comment="Steps up to statutory teams and down from them, accepted by name",
    )
    op.create_index("ix_case_step_case_id", "case_step", ["case_id", "offered_at"], unique=False)
    op.create_index("ix_case_step_state", "case_step", ["state", "offered_at", "id"], unique=False)
    op.create_index(
        "uq_case_step_offered", "case_step", ["case_id"], unique=True, postgresql_where=sa.text("state = 'offered'")
    )
    op.create_table(
        "case_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False, comment="the worker who does it"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=False, comment="as promised at first: moving the day shows"),
        sa.Column("state", sa.Text(), nullable=False, comment="open | done | dropped"),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_words", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_case_task_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_task")),
        comment="Tasks of workers on cases",
    )
    op.create_index("ix_case_task_case_id", "case_task", ["case_id", "due_on", "id"], unique=False)
    op.create_index("ix_case_task_due_on", "case_task", ["due_on", "id"], unique=False)
    op.create_index(
        "ix_case_task_owner",
        "case_task",
        ["owner", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "warning_remark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("warning_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "act",
            sa.Text(),
            nullable=False,
            comment="proposed | confirmed | refused | told | not_told | kept | removed",
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["warning_id"], ["warning.id"], name=op.f("fk_warning_remark_warning_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_remark")),
        comment="What was said about warnings: it stays",
    )
    op.create_index("uq_warning_remark_number", "warning_remark", ["warning_id", "number"], unique=True)
    op.create_table(
        "case_approval_remark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False, comment="asked | returned | asked_again | approved | withdrawn"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["case_approval.id"], name=op.f("fk_case_approval_remark_approval_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_approval_remark")),
        comment="What was said about approvals: it stays",
    )
    op.create_index("uq_case_approval_remark_number", "case_approval_remark", ["approval_id", "number"], unique=True)
    op.add_column(
        "case_file",
        sa.Column(
            "compartment",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="empty: in the open; else the sealed part of the file (need_to_know.Part)",
        ),
    )
    op.add_column(
        "case_file", sa.Column("rag", sa.Text(), nullable=True, comment="red | amber | green; null: nobody has said")
    )
    op.add_column("case_file", sa.Column("rag_reason", sa.Text(), nullable=True))
    op.add_column("case_file", sa.Column("next_review_on", sa.Date(), nullable=True))
    op.add_column(
        "case_file",
        sa.Column(
            "outcomes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
            comment="what came of it, as said at the close",
        ),
    )
    op.add_column("case_file", sa.Column("no_outcomes_because", sa.Text(), nullable=True))
    op.alter_column(
        "case_file",
        "workstreams",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        comment="[{decision_id, layer, specialism, statutory_service, ended_on}]",
        existing_comment="[{decision_id, layer, specialism, statutory_service}]",
        existing_nullable=False,
    )
    op.alter_column(
        "case_file",
        "episodes",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        comment="earlier episodes: opened, closed, why, who worked on it, what came of it",
        existing_comment="earlier episodes: opened, closed, why",
        existing_nullable=False,
    )
    op.drop_index(op.f("uq_case_file_one_open"), table_name="case_file", postgresql_where="(state = 'open'::text)")
    op.create_index(
        "uq_case_file_one_open",
        "case_file",
        ["household_id", "compartment"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_case_file_lead_open", "case_file", ["lead"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.add_column(
        "timeline_entry",
        sa.Column(
            "part", sa.Text(), nullable=True, comment="the sealed part of the file it belongs to; null: the page"
        ),
    )
    op.execute(_TEAMS_OF_NOW)
    op.execute(_SEALED_LINES)


def downgrade() -> None:
    op.drop_column("timeline_entry", "part")
    op.drop_index("ix_case_file_lead_open", table_name="case_file", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("uq_case_file_one_open", table_name="case_file", postgresql_where=sa.text("state = 'open'"))
    op.create_index(
        op.f("uq_case_file_one_open"),
        "case_file",
        ["household_id"],
        unique=True,
        postgresql_where="(state = 'open'::text)",
    )
    op.alter_column(
        "case_file",
        "episodes",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        comment="earlier episodes: opened, closed, why",
        existing_comment="earlier episodes: opened, closed, why, who worked on it, what came of it",
        existing_nullable=False,
    )
    op.alter_column(
        "case_file",
        "workstreams",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        comment="[{decision_id, layer, specialism, statutory_service}]",
        existing_comment="[{decision_id, layer, specialism, statutory_service, ended_on}]",
        existing_nullable=False,
    )
    op.drop_column("case_file", "no_outcomes_because")
    op.drop_column("case_file", "outcomes")
    op.drop_column("case_file", "next_review_on")
    op.drop_column("case_file", "rag_reason")
    op.drop_column("case_file", "rag")
    op.drop_column("case_file", "compartment")
    op.drop_index("uq_case_approval_remark_number", table_name="case_approval_remark")
    op.drop_table("case_approval_remark")
    op.drop_index("uq_warning_remark_number", table_name="warning_remark")
    op.drop_table("warning_remark")
    op.drop_index("ix_case_task_owner", table_name="case_task", postgresql_where=sa.text("state = 'open'"))
    op.drop_index("ix_case_task_due_on", table_name="case_task")
    op.drop_index("ix_case_task_case_id", table_name="case_task")
    op.drop_table("case_task")
    op.drop_index("uq_case_step_offered", table_name="case_step", postgresql_where=sa.text("state = 'offered'"))
    op.drop_index("ix_case_step_state", table_name="case_step")
    op.drop_index("ix_case_step_case_id", table_name="case_step")
    op.drop_table("case_step")
    op.drop_index("ix_case_review_case_id", table_name="case_review")
    op.drop_table("case_review")
    op.drop_table("case_reallocated")
    op.drop_index("uq_case_member_now", table_name="case_member", postgresql_where=sa.text("until is null"))
    op.drop_index("ix_case_member_worker_now", table_name="case_member", postgresql_where=sa.text("until is null"))
    op.drop_index("ix_case_member_household_id", table_name="case_member")
    op.drop_index("ix_case_member_case_id", table_name="case_member")
    op.drop_table("case_member")
    op.drop_index(
        "uq_case_approval_waiting",
        table_name="case_approval",
        postgresql_where=sa.text("state in ('asked', 'returned') and kind <> 'other'"),
    )
    op.drop_index("ix_case_approval_state", table_name="case_approval")
    op.drop_index("ix_case_approval_case_id", table_name="case_approval")
    op.drop_table("case_approval")
    op.drop_index("ix_warning_state", table_name="warning")
    op.drop_index("ix_warning_review_on", table_name="warning", postgresql_where=sa.text("state = 'standing'"))
    op.drop_index("ix_warning_person_id", table_name="warning")
    op.drop_table("warning")
    op.drop_index("ix_case_reallocation_from_worker", table_name="case_reallocation")
    op.drop_index("ix_case_reallocation_at", table_name="case_reallocation")
    op.drop_table("case_reallocation")
    op.execute(sa.schema.DropSequence(sa.Sequence("caseload_change")))
