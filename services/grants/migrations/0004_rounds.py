"""Rounds, applications, assessments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "applicant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("charity_number", sa.Text(), nullable=True),
        sa.Column("company_number", sa.Text(), nullable=True),
        sa.Column("org_id", sa.Text(), nullable=True, comment="org-id.guide: GB-CHC-..., GB-COH-..."),
        sa.Column("constituted", sa.Boolean(), nullable=False),
        sa.Column("unrelated_signatories", sa.Integer(), nullable=False),
        sa.Column("overdue_reports", sa.Integer(), nullable=False, comment="on grants it has, as awards counts them"),
        sa.Column(
            "registered_by", sa.Text(), nullable=False, comment="whose group it is, unless an officer typed it in"
        ),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant")),
        comment="Groups that apply for grants",
    )
    op.create_index("ix_applicant_name", "applicant", [sa.literal_column("lower(name)")], unique=False)
    op.create_index(
        "uq_applicant_org_id", "applicant", ["org_id"], unique=True, postgresql_where=sa.text("org_id is not null")
    )
    op.create_table(
        "applicant_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("contact_person_id", sa.Uuid(), nullable=True, comment="casefile's id, where they are known"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], name=op.f("fk_applicant_contact_applicant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant_contact")),
        comment="People to write to about a group's grants",
    )
    op.create_index("ix_applicant_contact_applicant_id", "applicant_contact", ["applicant_id"], unique=False)
    op.create_index("ix_applicant_contact_person", "applicant_contact", ["contact_person_id"], unique=False)
    op.create_table(
        "grant_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="draft | open | closed | decided"),
        sa.Column("slice_pence", sa.BigInteger(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False, comment="the last day"),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("frozen", postgresql.JSONB(), nullable=True, comment="rules, money and dates as it opened"),
        sa.Column("rules_sha256", sa.Text(), nullable=True),
        sa.Column(
            "extensions",
            postgresql.JSONB(),
            nullable=False,
            comment="[{closes_on, before, reason, by, at}]",
        ),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=True),
        sa.Column("opened_at", _MOMENT, nullable=True, comment="business time, like all below"),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("closed_early", sa.Text(), nullable=True, comment="the public reason, if it closed before its day"),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_grant_round_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_round")),
        comment="Rounds of grants",
    )
    op.create_index("ix_grant_round_fund_id", "grant_round", ["fund_id"], unique=False)
    op.create_index("ix_grant_round_opens_on", "grant_round", ["opens_on", "id"], unique=False)
    op.create_table(
        "grant_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("asked_pence", sa.BigInteger(), nullable=False),
        sa.Column("other_pence", sa.BigInteger(), nullable=False, comment="from elsewhere"),
        sa.Column("budget", postgresql.JSONB(), nullable=False, comment="[{item, pence}]"),
        sa.Column("documents", postgresql.ARRAY(sa.Text()), nullable=False, comment="codes of the papers that are there"),
        sa.Column("wards", postgresql.ARRAY(sa.Text()), nullable=False, comment="GSS codes"),
        sa.Column("people_reached", sa.Integer(), nullable=True, comment="as the group expects"),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("applied_by", sa.Text(), nullable=False),
        sa.Column("submitted_at", _MOMENT, nullable=True, comment="business time, as below"),
        sa.Column("checked", postgresql.JSONB(), nullable=False, comment="rules met or not when it was sent"),
        sa.Column("eligibility_by", sa.Text(), nullable=True),
        sa.Column("eligibility_reason", sa.Text(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True, comment="thousandths"),
        sa.Column("moderation", postgresql.JSONB(), nullable=True, comment="{by, reason, scores}"),
        sa.Column("ended_reason", sa.Text(), nullable=True, comment="told to the group"),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], name=op.f("fk_grant_application_applicant_id")),
        sa.ForeignKeyConstraint(["round_id"], ["grant_round.id"], name=op.f("fk_grant_application_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_application")),
        comment="Applications for grants",
    )
    op.create_index("ix_grant_application_applicant_id", "grant_application", ["applicant_id"], unique=False)
    op.create_index("ix_grant_application_applied_by", "grant_application", ["applied_by", "id"], unique=False)
    op.create_index("ix_grant_application_round_id", "grant_application", ["round_id", "state", "id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("assessor", sa.Text(), nullable=False),
        sa.Column("scores", postgresql.JSONB(), nullable=False, comment="[{criterion, score, reason}]"),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["grant_application.id"], name=op.f("fk_assessment_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        comment="Scores of applications",
    )
    op.create_index("uq_assessment_assessor", "assessment", ["application_id", "assessor"], unique=True)
    op.create_table(
        "due_diligence",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("check_code", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("checked_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["grant_application.id"], name=op.f("fk_due_diligence_application_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "check_code", name=op.f("pk_due_diligence")),
        comment="Due diligence about groups, the latest answer to each check",
    )
    op.create_table(
        "interest",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=False),
        sa.Column("declared_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["grant_application.id"], name=op.f("fk_interest_application_id")),
        sa.PrimaryKeyConstraint("application_id", "worker", name=op.f("pk_interest")),
        comment="Interests that workers declared in applications",
    )


def downgrade() -> None:
    for table in (
        "interest",
        "due_diligence",
        "assessment",
        "grant_application",
        "grant_round",
        "applicant_contact",
        "applicant",
    ):
        op.drop_table(table)
