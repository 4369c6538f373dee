"""Debts, statements and benefit checks."""

from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "debt_body",
        sa.Column("organisation", sa.Text(), nullable=False, comment="as in its workers' tokens"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "basis", sa.Text(), nullable=False, comment="fca_authorised | exempt_local_authority | exempt_professional"
        ),
        sa.Column("fca_number", sa.Text(), nullable=True),
        sa.Column("exemption", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column(
            "advisers", sa.ARRAY(sa.Text()), nullable=False, comment="principals; empty: all of it with the role"
        ),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation", name=op.f("pk_debt_body")),
        comment="Who may advise on debt: authorised by the FCA, or exempt",
    )
    op.create_table(
        "debt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="council_tax | rent_private | ..., see kinds.py"),
        sa.Column("creditor", sa.Text(), nullable=True, comment="as they call it; stays here"),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("joint", sa.Boolean(), nullable=False, comment="somebody else owes it too; whom is not said"),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("owed_pence", sa.BigInteger(), nullable=False),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.Column("priority_reason", sa.Text(), nullable=True, comment="why otherwise than by its kind"),
        sa.Column("stage", sa.Text(), nullable=False, comment="missed_instalment | arrears | ..., by its kind"),
        sa.Column("stage_on", sa.Date(), nullable=False),
        sa.Column(
            "stages", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="[{stage, on}], the way so far"
        ),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="owed | arranged | settled | written_off | in_insolvency | not_theirs",
        ),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("instalment_pence", sa.BigInteger(), nullable=True, comment="of the arrangement that stands"),
        sa.Column("every", sa.Text(), nullable=True),
        sa.Column("first_due_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("owed_pence >= 0", name=op.f("ck_debt_not_below_nothing")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_debt_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_debt_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt")),
        comment="Debts",
    )
    op.create_index("ix_debt_person_id", "debt", ["person_id", "id"], unique=False)
    op.create_table(
        "money_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True, comment="shares it: both agreed, asked alone"),
        sa.Column(
            "asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="[{person_id, alone_on, agreed}]"
        ),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="draft | agreed | superseded"),
        sa.Column(
            "lines",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{category, item, amount_pence, every, note}]",
        ),
        sa.Column("children_younger", sa.Integer(), nullable=False),
        sa.Column("children_older", sa.Integer(), nullable=False),
        sa.Column("income_pence", sa.BigInteger(), nullable=False, comment="each month, as all totals"),
        sa.Column("spending_pence", sa.BigInteger(), nullable=False),
        sa.Column("surplus_pence", sa.BigInteger(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreed_by", sa.Text(), nullable=True, comment="the adviser's principal"),
        sa.Column("superseded_by", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_money_statement_household_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["person.id"], name=op.f("fk_money_statement_partner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_money_statement_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_money_statement")),
        comment="Statements of income and spending in the SFS's categories; one agreed a person",
    )
    op.create_index(
        "ix_money_statement_partner_id",
        "money_statement",
        ["partner_id"],
        unique=False,
        postgresql_where=sa.text("partner_id is not null"),
    )
    op.create_index("ix_money_statement_person_id", "money_statement", ["person_id", "id"], unique=False)
    op.create_index(
        "uq_money_statement_agreed",
        "money_statement",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'agreed'"),
    )
    op.create_table(
        "debt_arrangement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("debt_id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=True, comment="what it rests on"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="pro_rata | token | priority | full_and_final | hold | write_off"
        ),
        sa.Column("amount_pence", sa.BigInteger(), nullable=False),
        sa.Column("every", sa.Text(), nullable=True, comment="null: once, or nothing is paid"),
        sa.Column("words", sa.Text(), nullable=False, comment="how it was worked out"),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="drafted | offered | accepted | refused | withdrawn | broken | completed",
        ),
        sa.Column("moved_on", sa.Date(), nullable=False, comment="when it came to its state"),
        sa.Column("first_due_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_pence >= 0", name=op.f("ck_debt_arrangement_not_below_nothing")),
        sa.ForeignKeyConstraint(["debt_id"], ["debt.id"], name=op.f("fk_debt_arrangement_debt_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_debt_arrangement_person_id")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["money_statement.id"], name=op.f("fk_debt_arrangement_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt_arrangement")),
        comment="Offers to creditors, and the arrangements that come of them; one stands for a debt",
    )
    op.create_index("ix_debt_arrangement_person_id", "debt_arrangement", ["person_id", "id"], unique=False)
    op.create_index(
        "uq_debt_arrangement_accepted",
        "debt_arrangement",
        ["debt_id"],
        unique=True,
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_table(
        "support_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False, comment="rent | council_tax | rent_and_council_tax"),
        sa.Column("debt_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column(
            "steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="[{what, whose, due_on, done_on}]"
        ),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="active | completed | ended"),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column(
            "prevented",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="an eviction prevented: {on, threat, how, evidence, threatened_on}",
        ),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_support_plan_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_support_plan_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_plan")),
        comment="Support plans for rent and council tax arrears; evictions prevented",
    )
    op.create_index("ix_support_plan_person_id", "support_plan", ["person_id", "id"], unique=False)
    op.create_index(
        "ix_support_plan_review_on",
        "support_plan",
        ["review_on", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "benefit_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("counts_for", sa.Date(), nullable=False, comment="the day whose tables it counts with"),
        sa.Column(
            "circumstances",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="ages, days and amounts; no names",
        ),
        sa.Column(
            "result",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="estimates with their steps and sources",
        ),
        sa.Column("month_pence", sa.BigInteger(), nullable=False, comment="of what could be estimated"),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("done_by", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_benefit_check_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_benefit_check_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_check")),
        comment="Benefit checks: estimates, each with every step",
    )
    op.create_index("ix_benefit_check_person_id", "benefit_check", ["person_id", "id"], unique=False)
    op.create_table(
        "benefit_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=True, comment="what made us look"),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="started | confirmed | refused | withdrawn"),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("gain_pence", sa.BigInteger(), nullable=True, comment="more than before, so often"),
        sa.Column("every", sa.Text(), nullable=True),
        sa.Column("year_gain_pence", sa.BigInteger(), nullable=True),
        sa.Column("once_pence", sa.BigInteger(), nullable=True, comment="arrears and lump sums"),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["benefit_check.id"], name=op.f("fk_benefit_claim_check_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_benefit_claim_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_benefit_claim_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_claim")),
        comment="Claims for benefits, and gains confirmed",
    )
    op.create_index("ix_benefit_claim_person_id", "benefit_claim", ["person_id", "id"], unique=False)
    op.create_table(
        "money_table",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True, comment="its last day; null: until the next"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("loaded_by", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "area", "effective_from", name=op.f("pk_money_table")),
        comment="Dated tables: LHA, council tax reduction of one's own, spending guidelines",
    )
    covered: sa.Column[list[UUID]] = sa.Column(
        "debt_ids", sa.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False, comment="what it covers"
    )
    op.add_column("breathing_space", covered)
    op.add_column("breathing_space", sa.Column("reviewed_on", sa.Date(), nullable=True, comment="the midway review"))
    op.add_column(
        "breathing_space", sa.Column("review_outcome", sa.Text(), nullable=True, comment="goes_on | cancelled")
    )
    asked = sa.Column(
        "creditor_reviews",
        postgresql.JSONB(astext_type=sa.Text()),
        server_default=sa.text("'[]'"),
        nullable=False,
        comment="[{debt_id, ground, asked_on, decision, decided_on}]",
    )
    op.add_column("breathing_space", asked)


def downgrade() -> None:
    for column in ("creditor_reviews", "review_outcome", "reviewed_on", "debt_ids"):
        op.drop_column("breathing_space", column)
    for table in (
        "money_table",
        "benefit_claim",
        "benefit_check",
        "support_plan",
        "debt_arrangement",
        "money_statement",
        "debt",
        "debt_body",
    ):
        op.drop_table(table)
