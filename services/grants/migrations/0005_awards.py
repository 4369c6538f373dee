"""Awards, payments, monitoring."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "recommendation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="ballot | panel | assessment"),
        sa.Column("source_id", sa.Uuid(), nullable=True, comment="the ballot or the panel"),
        sa.Column("statement", sa.Text(), nullable=False, comment="public"),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False, comment="business time, like all below"),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("authority", sa.Text(), nullable=True, comment="the delegation it was decided under; public"),
        sa.ForeignKeyConstraint(["round_id"], ["grant_round.id"], name=op.f("fk_recommendation_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        comment="Recommendations for rounds",
    )
    op.create_index("ix_recommendation_round_id", "recommendation", ["round_id", "made_at"], unique=False)
    op.create_index(
        "uq_recommendation_waiting",
        "recommendation",
        ["round_id"],
        unique=True,
        postgresql_where=sa.text("decided_at is null"),
    )
    op.create_table(
        "award",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, comment="ours, in letters and in what is published"),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="made | agreed | completed | withdrawn"),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("awarded_by", sa.Text(), nullable=False),
        sa.Column("regulation_59f_reason", sa.Text(), nullable=False),
        sa.Column("conditions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True, comment="public"),
        sa.Column("paid_pence", sa.BigInteger(), nullable=False, comment="as the ledger has it"),
        sa.Column("returned_pence", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"], name=op.f("fk_award_applicant_id")),
        sa.ForeignKeyConstraint(["application_id"], ["grant_application.id"], name=op.f("fk_award_application_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_award_fund_id")),
        sa.ForeignKeyConstraint(["round_id"], ["grant_round.id"], name=op.f("fk_award_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("application_id", name=op.f("uq_award_application_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_award_reference")),
        comment="Awards",
    )
    op.create_index("ix_award_applicant_id", "award", ["applicant_id"], unique=False)
    op.create_index("ix_award_awarded_on", "award", ["awarded_on", "id"], unique=False)
    op.create_index("ix_award_round_id", "award", ["round_id"], unique=False)
    op.create_table(
        "recommendation_item",
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="in the recommendation's own order"),
        sa.Column("recommended", sa.Boolean(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="public: why it won or lost"),
        sa.Column("outcome", sa.Text(), nullable=True, comment="adopted | returned"),
        sa.Column("public_reason", sa.Text(), nullable=True),
        sa.Column("regulation_59f_reason", sa.Text(), nullable=True),
        sa.Column("subsidy", sa.Text(), nullable=True),
        sa.Column("subsidy_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["grant_application.id"], name=op.f("fk_recommendation_item_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_recommendation_item_recommendation_id")
        ),
        sa.PrimaryKeyConstraint("recommendation_id", "application_id", name=op.f("pk_recommendation_item")),
        comment="Applications in recommendations",
    )
    op.create_index(
        "uq_recommendation_item_returned",
        "recommendation_item",
        ["application_id"],
        unique=True,
        postgresql_where=sa.text("outcome = 'returned'"),
    )
    op.create_table(
        "award_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="due | late | received | accepted | sent_back"),
        sa.Column("chases", sa.Integer(), nullable=False),
        sa.Column("chased_at", _MOMENT, nullable=True),
        sa.Column("received_at", _MOMENT, nullable=True),
        sa.Column("spent_pence", sa.BigInteger(), nullable=True, comment="of the whole award so far"),
        sa.Column("people_reached", sa.Integer(), nullable=True),
        sa.Column("outcomes", postgresql.JSONB(), nullable=False, comment="[{what, count}]"),
        sa.Column("equality", postgresql.JSONB(), nullable=False, comment="{group: count}, never of one person"),
        sa.Column("narrative", sa.Text(), nullable=True),
        sa.Column("reviewed_by", sa.Text(), nullable=True),
        sa.Column("review_reason", sa.Text(), nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_award_report_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_report")),
        comment="Monitoring reports of awards",
    )
    op.create_index("ix_award_report_state", "award_report", ["state", "due_on"], unique=False)
    op.create_index("uq_award_report_number", "award_report", ["award_id", "number"], unique=True)
    op.create_table(
        "instalment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="planned | requested | paid | cancelled"),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=True),
        sa.Column("requested_at", _MOMENT, nullable=True),
        sa.Column("paid_by", sa.Text(), nullable=True),
        sa.Column("paid_at", _MOMENT, nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_instalment_award_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_instalment_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        comment="Instalments of awards",
    )
    op.create_index("ix_instalment_state", "instalment", ["state", "due_on"], unique=False)
    op.create_index("uq_instalment_number", "instalment", ["award_id", "number"], unique=True)
    op.create_table(
        "recovery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_recovery_award_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_recovery_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
        comment="Money of awards that came back",
    )
    op.create_index("ix_recovery_award_id", "recovery", ["award_id"], unique=False)

    op.create_table(
        "published_file",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("job", sa.Uuid(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_published_file")),
        comment="Files made for publication",
    )


def downgrade() -> None:
    for table in (
        "published_file",
        "recovery",
        "instalment",
        "award_report",
        "recommendation_item",
        "award",
        "recommendation",
    ):
        op.drop_table(table)
