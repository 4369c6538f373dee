"""Separations and the work against abuse."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TEXTS = postgresql.ARRAY(sa.Text())
_IDS = postgresql.ARRAY(sa.Uuid())


def _at(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    bars = "whom separations bar: workers, organisations"
    for table in ("person", "household"):
        op.add_column(table, sa.Column("kept_from", _TEXTS, nullable=False, server_default=sa.text("'{}'"), comment=bars))
        op.create_index(f"ix_{table}_kept_from", table, ["id"], postgresql_where=sa.text("kept_from <> '{}'"))
    op.add_column(
        "person",
        sa.Column(
            "separated_from", _IDS, nullable=False, server_default=sa.text("'{}'"), comment="by standing separations"
        ),
    )
    op.create_table(
        "separation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=False, comment="the sequence of the last event about it"),
        sa.Column("protected_person_id", sa.Uuid(), nullable=False),
        sa.Column("separated_person_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="standing | lifted"),
        sa.Column("because", sa.Text(), nullable=False, comment="narrative: stays here"),
        sa.Column("also", _IDS, nullable=False, comment="sealed besides those who live with the protected person"),
        sa.Column("people", _IDS, nullable=False, comment="everyone sealed now"),
        sa.Column("homes", _IDS, nullable=False, comment="every home sealed since it stands"),
        sa.Column("trusted", _TEXTS, nullable=False, comment="who works with the protected person, whatever else"),
        sa.Column("names", _TEXTS, nullable=False, comment="who is barred now"),
        sa.Column("started_by", sa.Text(), nullable=False),
        _at("started_at"),
        sa.Column("word_salt", sa.LargeBinary(), nullable=True),
        sa.Column("word_digest", sa.LargeBinary(), nullable=True, comment="of the word to say when it is to be lifted"),
        sa.Column(
            "lifting",
            postgresql.JSONB(),
            nullable=True,
            comment="asked_by, asked_at, heard_on, how, alone, words: what the protected person said",
        ),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        _at("lifted_at", nullable=True),
        _at("changed_at"),
        sa.ForeignKeyConstraint(
            ["protected_person_id"], ["person.id"], name=op.f("fk_separation_protected_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["separated_person_id"], ["person.id"], name=op.f("fk_separation_separated_person_id_person")
        ),
        sa.CheckConstraint("protected_person_id <> separated_person_id", name=op.f("ck_separation_two_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_separation")),
        comment="Who is protected from whom, and what is sealed for it",
    )
    standing = sa.text("state = 'standing'")
    op.create_index(
        "uq_separation_standing",
        "separation",
        ["protected_person_id", "separated_person_id"],
        unique=True,
        postgresql_where=standing,
    )
    op.create_index("ix_separation_started_at", "separation", ["started_at", "id"])
    op.create_table(
        "separation_bar",
        sa.Column("separation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="a worker's id, or organisation:<id>"),
        sa.Column("because", sa.Text(), nullable=False, comment="named | case | dealt_with | referral | sign_in"),
        _at("since"),
        _at("until", nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["separation_id"], ["separation.id"], name=op.f("fk_separation_bar_separation_id_separation")
        ),
        sa.PrimaryKeyConstraint("separation_id", "name", name=op.f("pk_separation_bar")),
        comment="Whom a separation bars, why and until when",
    )
    op.create_table(
        "separation_answer",
        sa.Column("separation_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        _at("applied_at"),
        sa.PrimaryKeyConstraint("separation_id", "service", name=op.f("pk_separation_answer")),
        comment="Which service keeps back what is sealed, up to which version",
    )
    _abuse()


def _abuse() -> None:
    op.create_table(
        "abuse_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("incident_on", sa.Date(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("judgement", sa.Boolean(), nullable=False),
        sa.Column("judgement_why", sa.Text(), nullable=False),
        sa.Column("flags", _TEXTS, nullable=False),
        sa.Column("reasons", _TEXTS, nullable=False, comment="why it goes to the MARAC; empty: it need not"),
        sa.Column("made_by", sa.Text(), nullable=False),
        _at("made_at"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_abuse_assessment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abuse_assessment")),
        comment="Totals of risk checklists",
    )
    op.create_index("ix_abuse_assessment_person_id", "abuse_assessment", ["person_id", "made_at"])
    op.create_table(
        "abuse_work",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("perpetrator_person_id", sa.Uuid(), nullable=True),
        sa.Column("perpetrator_worker", sa.Text(), nullable=True),
        sa.Column("idva", sa.Text(), nullable=True),
        sa.Column("idva_answer", sa.Text(), nullable=True, comment="accepted | declined | not_asked_yet"),
        sa.Column("safe_times", postgresql.JSONB(), nullable=False, comment="[{weekday, since, until}]"),
        sa.Column(
            "safe_words",
            sa.Text(),
            nullable=False,
            comment="what to say, and what never, when somebody else answers",
        ),
        sa.Column(
            "her_word",
            postgresql.JSONB(),
            nullable=True,
            comment="heard_by, heard_on, words: homeless because of abuse; no proof is asked",
        ),
        sa.Column("begun_by", sa.Text(), nullable=False),
        _at("begun_at"),
        _at("changed_at"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_abuse_work_person_id_person")),
        sa.ForeignKeyConstraint(
            ["perpetrator_person_id"], ["person.id"], name=op.f("fk_abuse_work_perpetrator_person_id_person")
        ),
        sa.UniqueConstraint("person_id", name=op.f("uq_abuse_work_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abuse_work")),
        comment="Work with people who are abused",
    )
    op.create_table(
        "abuse_safety_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("work_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("copy", sa.Text(), nullable=False, comment="where hers is"),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        _at("written_at"),
        sa.ForeignKeyConstraint(["work_id"], ["abuse_work.id"], name=op.f("fk_abuse_safety_plan_work_id_abuse_work")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_abuse_safety_plan")),
        comment="Safety plans, every version",
    )
    op.create_index("uq_abuse_safety_plan_number", "abuse_safety_plan", ["work_id", "number"], unique=True)
    op.create_table(
        "marac_referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("reasons", _TEXTS, nullable=False),
        sa.Column("repeat", sa.Boolean(), nullable=False),
        sa.Column("aware", sa.Boolean(), nullable=False, comment="she knows"),
        sa.Column("not_told_because", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="referred | heard"),
        sa.Column("referred_by", sa.Text(), nullable=False),
        _at("referred_at"),
        sa.Column("heard_on", sa.Date(), nullable=True),
        _at("changed_at"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_marac_referral_person_id_person")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["abuse_assessment.id"], name=op.f("fk_marac_referral_assessment_id_abuse_assessment")
        ),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_marac_referral_assessment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marac_referral")),
        comment="Referrals to the MARAC",
    )
    op.create_index("ix_marac_referral_person_id", "marac_referral", ["person_id", "referred_at"])
    op.create_index("ix_marac_referral_referred_at", "marac_referral", ["referred_at", "id"])
    op.create_table(
        "marac_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False, comment="who does it: a worker, or an agency by name"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_words", sa.Text(), nullable=True),
        sa.Column("set_by", sa.Text(), nullable=False),
        _at("changed_at"),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["marac_referral.id"], name=op.f("fk_marac_action_referral_id_marac_referral")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marac_action")),
        comment="Actions of MARACs",
    )
    op.create_index("ix_marac_action_referral_id", "marac_action", ["referral_id"])


def downgrade() -> None:
    for table in ("marac_action", "marac_referral", "abuse_safety_plan", "abuse_work", "abuse_assessment"):
        op.drop_table(table)
    for table in ("separation_answer", "separation_bar", "separation"):
        op.drop_table(table)
    op.drop_column("person", "separated_from")
    for table in ("person", "household"):
        op.drop_index(f"ix_{table}_kept_from", table)
        op.drop_column(table, "kept_from")
