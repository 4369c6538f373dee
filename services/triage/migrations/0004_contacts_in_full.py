"""Who holds a contact, applications as homeless, handovers, duties to refer, everyday tasks, who speaks, immigration."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXTS = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    # Not null: that nobody holds a contact cannot be written down.
    op.add_column("contact", sa.Column("held_by", sa.Text(), nullable=True, comment="who answers for it; never nobody"))
    op.add_column("contact", sa.Column("held_since", sa.DateTime(timezone=True), nullable=True))
    op.execute("update contact set held_by = recorded_by, held_since = recorded_at")
    op.alter_column("contact", "held_by", nullable=False)
    op.alter_column("contact", "held_since", nullable=False)
    op.create_index("ix_contact_held_by", "contact", ["held_by"], postgresql_where=sa.text("state = 'open'"))
    for name, comment in (
        ("confirmed", "question codes known before and confirmed, not asked"),
        ("asked_again", "question codes asked although somebody knew: a retelling"),
    ):
        op.add_column("contact", sa.Column(name, _TEXTS, nullable=False, server_default="{}", comment=comment))
        op.alter_column("contact", name, server_default=None)
    op.add_column("need", sa.Column("priority_signs", _TEXTS, nullable=False, server_default="{}"))
    op.alter_column("need", "priority_signs", server_default=None)

    op.create_table(
        "homelessness_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False, comment="the day they came, London: what the clocks count from"),
        sa.Column("how", sa.Text(), nullable=False, comment="said | asked | decided: what opened it"),
        sa.Column("where_tonight", sa.Text(), nullable=False),
        sa.Column("tonight", sa.Text(), nullable=False, comment="house_tonight | ask | not_tonight (HA 1996 s188)"),
        sa.Column("priority_signs", _TEXTS, nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_homelessness_application_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homelessness_application")),
        comment="Applications as homeless or threatened with it, opened from any desk",
    )
    op.create_index(
        "uq_homelessness_application_contact_id", "homelessness_application", ["contact_id"], unique=True
    )
    op.create_index("ix_homelessness_application_made_on", "homelessness_application", ["made_on", "id"])

    op.create_table(
        "handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("from_worker", sa.Text(), nullable=False, comment="who holds it until it is accepted"),
        sa.Column("offered_by", sa.Text(), nullable=False),
        sa.Column("to_worker", sa.Text(), nullable=True, comment="to somebody, or to whoever of to_team accepts first"),
        sa.Column("to_team", sa.Text(), nullable=True),
        sa.Column("resident", sa.Text(), nullable=False, comment="present | told"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="offered | accepted | declined | withdrawn | lapsed"),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("retold", sa.Boolean(), nullable=True, comment="they had to tell it again"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_handover_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        comment="Warm handovers: the sender holds until somebody accepts by name",
    )
    op.create_index(
        "uq_handover_offered", "handover", ["contact_id"], unique=True, postgresql_where=sa.text("state = 'offered'")
    )
    op.create_index("ix_handover_state", "handover", ["state", "offered_at", "id"])
    op.create_index("ix_handover_household_id", "handover", ["household_id", "state"])
    op.create_index("ix_handover_ended_at", "handover", ["ended_at"], postgresql_where=sa.text("state = 'accepted'"))

    op.create_table(
        "duty_to_refer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column(
            "person_id", sa.Uuid(), nullable=True, comment="once found; casefile's id, never changed by a merge"
        ),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False, comment="the kind of listed body (SI 2018/223)"),
        sa.Column("organisation_id", sa.Text(), nullable=True, comment="whose credentials sent it"),
        sa.Column("reference", sa.Text(), nullable=True, comment="the body's own"),
        sa.Column("referrer", postgresql.JSONB(), nullable=False, comment="{name, role, phone, email}"),
        sa.Column("about", postgresql.JSONB(), nullable=False, comment="the person's details as referred; never sent on"),
        sa.Column("consent", postgresql.JSONB(), nullable=False, comment="{to_refer, to_share_contact, given_on, how}"),
        sa.Column("reason", sa.Text(), nullable=False, comment="homeless | threatened"),
        sa.Column("where_tonight", sa.Text(), nullable=False),
        sa.Column("homeless_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_duty_to_refer_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_to_refer")),
        comment="People whom a listed body referred with their agreement (Housing Act 1996 s213B)",
    )
    op.create_index("ix_duty_to_refer_received_at", "duty_to_refer", ["received_at", "id"])
    op.create_index("ix_duty_to_refer_contact_id", "duty_to_refer", ["contact_id"])

    op.create_table(
        "everyday_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False, comment="the team that does it"),
        sa.Column("reference", sa.Text(), nullable=True, comment="the owning team's"),
        sa.Column("state", sa.Text(), nullable=False, comment="booked | to_chase | done | not_done"),
        sa.Column("chase_on", sa.Date(), nullable=True),
        sa.Column("chased", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("held_by", sa.Text(), nullable=False, comment="who chases"),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_everyday_task_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_everyday_task")),
        comment="A bill, a claim, a repair: done together or booked, and chased",
    )
    op.create_index("ix_everyday_task_state", "everyday_task", ["state", "opened_at", "id"])
    op.create_index("ix_everyday_task_contact_id", "everyday_task", ["contact_id"])

    op.create_table(
        "speaker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("scope", _TEXTS, nullable=False, comment="domains of need; empty: everything"),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.Column("proof_seen_by", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True, comment="the last day it counts"),
        sa.Column("word_salt", sa.LargeBinary(), nullable=True),
        sa.Column("word_digest", sa.LargeBinary(), nullable=True, comment="scrypt of the chosen word"),
        sa.Column("state", sa.Text(), nullable=False, comment="standing | ended"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker")),
        comment="Who may speak about a person: themself by a chosen word, or somebody for them",
    )
    op.create_index("ix_speaker_person_id", "speaker", ["person_id", "recorded_at", "id"])
    op.create_table(
        "speaker_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="as asked: need be nobody's"),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_check")),
        comment="Calls in which a chosen word was tried",
    )
    op.create_index("ix_speaker_check_person_id", "speaker_check", ["person_id", "asked_at"])

    op.create_table(
        "immigration_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("turns_on", sa.Text(), nullable=False, comment="the decision that turns on it"),
        sa.Column("sealed", sa.Text(), nullable=False, comment="JWE: what was answered"),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_immigration_answer")),
        comment="Immigration status where a decision turns on it: sealed, on no event, in no list",
    )
    op.create_index("ix_immigration_answer_person_id", "immigration_answer", ["person_id", "turns_on", "asked_at"])
    op.create_table(
        "no_recourse_route",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("state", sa.Text(), nullable=False, comment="open | closed"),
        sa.Column("assessment", postgresql.JSONB(), nullable=True, comment="{kind, result, by, on}"),
        sa.Column("destitution", postgresql.JSONB(), nullable=False, comment="[{kind, by, on}]"),
        sa.Column("advice", postgresql.JSONB(), nullable=True, comment="{organisation_id, by, on}"),
        sa.Column("home_office", postgresql.JSONB(), nullable=False, comment="[{duty, reason, by, on}]: recorded here only"),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_no_recourse_route_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_recourse_route")),
        comment="The way without recourse to public funds: assessment, help in destitution, regulated advice",
    )
    op.create_index(
        "uq_no_recourse_route_open", "no_recourse_route", ["person_id"], unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_no_recourse_route_state", "no_recourse_route", ["state", "opened_at", "id"])


def downgrade() -> None:
    for table in (
        "no_recourse_route",
        "immigration_answer",
        "speaker_check",
        "speaker",
        "everyday_task",
        "duty_to_refer",
        "handover",
        "homelessness_application",
    ):
        op.drop_table(table)
    op.drop_column("need", "priority_signs")
    op.drop_index("ix_contact_held_by", "contact")
    for name in ("asked_again", "confirmed", "held_since", "held_by"):
        op.drop_column("contact", name)
