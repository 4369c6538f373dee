"""Notes, plans and what is shared of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False, comment="need_to_know.Part: who may read it"),
        sa.Column("words", sa.Text(), nullable=True, comment="null: misfiled, taken away"),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("state", sa.Text(), nullable=False, comment="standing | struck | misfiled"),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("pinned_by", sa.Text(), nullable=True),
        sa.Column(
            "reader_workers",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="of a restricted note, with its author",
        ),
        sa.Column("reader_roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("draft_key", sa.Text(), nullable=True, comment="the author's draft it came from: finished once"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "worded_at", sa.DateTime(timezone=True), nullable=False, comment="since when the words that stand are these"
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("struck_by", sa.Text(), nullable=True),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("strike_reason", sa.Text(), nullable=True),
        sa.Column("taken_away_by", sa.Text(), nullable=True),
        sa.Column("taken_away_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "digests",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="of every wording that was taken away, oldest first",
        ),
        sa.Column(
            "moved_here_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it came here from a file it did not belong to",
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_note_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        comment="Notes: the words that stand",
    )
    op.create_index("ix_note_household_id", "note", ["household_id", "pinned", "occurred_at", "id"], unique=False)
    op.create_index(
        "uq_note_draft",
        "note",
        ["recorded_by", "draft_key"],
        unique=True,
        postgresql_where=sa.text("draft_key is not null"),
    )
    op.create_table(
        "note_person",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_note_person_note_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_note_person_person_id")),
        sa.PrimaryKeyConstraint("note_id", "person_id", name=op.f("pk_note_person")),
        comment="Whom notes are about",
    )
    op.create_index("ix_note_person_person_id", "note_person", ["person_id"], unique=False)
    op.create_table(
        "note_wording",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("worded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_by", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_note_wording_note_id")),
        sa.PrimaryKeyConstraint("note_id", "number", name=op.f("pk_note_wording")),
        comment="Earlier wordings of notes",
    )
    op.create_table(
        "note_reading",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("reader_workers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reader_roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_note_reading_note_id")),
        sa.PrimaryKeyConstraint("note_id", "number", name=op.f("pk_note_reading")),
        comment="Who might read notes before that was changed",
    )
    op.create_table(
        "data_breach",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="misfiled_note"),
        sa.Column("state", sa.Text(), nullable=False, comment="open | decided | closed"),
        sa.Column("note_id", sa.Uuid(), nullable=False, comment="the blank on the wrong file"),
        sa.Column("moved_to_note_id", sa.Uuid(), nullable=False),
        sa.Column("wrong_household_id", sa.Uuid(), nullable=False),
        sa.Column("right_household_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False, comment="how it came about, in the finder's words"),
        sa.Column(
            "salt", sa.LargeBinary(), nullable=False, comment="of the digests: nobody else can guess what they were of"
        ),
        sa.Column(
            "there_from", sa.DateTime(timezone=True), nullable=False, comment="since when it stood on the wrong file"
        ),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decide_by",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="72 hours after it was found, as time passes",
        ),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True, comment="nobody had decided by then"),
        sa.Column("risk", sa.Text(), nullable=True, comment="unlikely | likely | high"),
        sa.Column("report", sa.Boolean(), nullable=True, comment="to the Information Commissioner"),
        sa.Column("tell", sa.Boolean(), nullable=True, comment="the people it is about"),
        sa.Column(
            "decisions",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="each as it was made, the first one first",
        ),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True, comment="the Commissioner's"),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("measures", sa.Text(), nullable=True, comment="what was done so that it does not happen again"),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["moved_to_note_id"], ["note.id"], name=op.f("fk_data_breach_moved_to_note_id")),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_data_breach_note_id")),
        sa.ForeignKeyConstraint(
            ["right_household_id"], ["household.id"], name=op.f("fk_data_breach_right_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["wrong_household_id"], ["household.id"], name=op.f("fk_data_breach_wrong_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_breach")),
        comment="Personal data breaches and what was decided of them",
    )
    op.create_index("ix_data_breach_state", "data_breach", ["state", "decide_by", "id"], unique=False)
    op.create_index("uq_data_breach_note_id", "data_breach", ["note_id"], unique=True)
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="whose plan it is"),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="draft | agreed | ended"),
        sa.Column("what_matters", sa.Text(), nullable=True, comment="in their own words"),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("agreed_number", sa.Integer(), nullable=False, comment="how many versions were agreed"),
        sa.Column(
            "agreed_version", sa.BigInteger(), nullable=True, comment="the version of this row that was agreed last"
        ),
        sa.Column(
            "answers",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what they said by a shared link",
        ),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_plan_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_plan_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        comment="Plans",
    )
    op.create_index("ix_plan_household_id", "plan", ["household_id", "made_at", "id"], unique=False)
    op.create_index(
        "ix_plan_review_on", "plan", ["review_on"], unique=False, postgresql_where=sa.text("state <> 'ended'")
    )
    op.create_index(
        "uq_plan_living",
        "plan",
        ["person_id", "household_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_table(
        "plan_goal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False, comment="need_to_know.Part: who may read it"),
        sa.Column("words", sa.Text(), nullable=False, comment="the resident's own"),
        sa.Column("language", sa.Text(), nullable=True, comment="BCP 47, when it is not English"),
        sa.Column("english", sa.Text(), nullable=True),
        sa.Column("shown_words", sa.Text(), nullable=True, comment="on a shared copy that others may see, instead"),
        sa.Column("wanted_by", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="open | achieved | dropped"),
        sa.Column("achieved_on", sa.Date(), nullable=True),
        sa.Column("ended_words", sa.Text(), nullable=True, comment="how we know it was reached, or why it was dropped"),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_goal_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_goal")),
        comment="Goals of plans",
    )
    op.create_index("uq_plan_goal_number", "plan_goal", ["plan_id", "number"], unique=True)
    op.create_table(
        "plan_action",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False, comment="need_to_know.Part: who may read it"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("shown_words", sa.Text(), nullable=True, comment="on a shared copy that others may see, instead"),
        sa.Column("whose", sa.Text(), nullable=False, comment="theirs | ours | partners"),
        sa.Column("worker", sa.Text(), nullable=True, comment="who of us"),
        sa.Column("organisation_id", sa.Uuid(), nullable=True, comment="which partner: triage's id"),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="to_do | doing | done | dropped"),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column(
            "progress",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{at, by, state, words}], the first one first",
        ),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["plan_goal.id"], name=op.f("fk_plan_action_goal_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_action_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_action")),
        comment="Actions of plans",
    )
    op.create_index(
        "ix_plan_action_worker_waiting",
        "plan_action",
        ["worker", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("worker is not null and state in ('to_do', 'doing')"),
    )
    op.create_index("uq_plan_action_number", "plan_action", ["plan_id", "number"], unique=True)
    op.create_table(
        "plan_agreement",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "content",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="goals and actions, compartments included",
        ),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the content's canonical JSON"),
        sa.Column("how", sa.Text(), nullable=False, comment="face_to_face | phone | link"),
        sa.Column(
            "whole", sa.Boolean(), nullable=False, comment="false: by a shared copy that some of it was left out of"
        ),
        sa.Column("words", sa.Text(), nullable=True, comment="what they said to it"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_agreement_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "number", name=op.f("pk_plan_agreement")),
        comment="Agreed versions of plans",
    )


def downgrade() -> None:
    op.drop_table("plan_agreement")
    op.drop_index(
        "ix_plan_action_worker_waiting",
        table_name="plan_action",
        postgresql_where=sa.text("worker is not null and state in ('to_do', 'doing')"),
    )
    op.drop_index("uq_plan_action_number", table_name="plan_action")
    op.drop_table("plan_action")
    op.drop_index("uq_plan_goal_number", table_name="plan_goal")
    op.drop_table("plan_goal")
    op.drop_index("ix_plan_household_id", table_name="plan")
    op.drop_index("ix_plan_review_on", table_name="plan", postgresql_where=sa.text("state <> 'ended'"))
    op.drop_index("uq_plan_living", table_name="plan", postgresql_where=sa.text("state <> 'ended'"))
    op.drop_table("plan")
    op.drop_index("ix_data_breach_state", table_name="data_breach")
    op.drop_index("uq_data_breach_note_id", table_name="data_breach")
    op.drop_table("data_breach")
    op.drop_table("note_reading")
    op.drop_table("note_wording")
    op.drop_index("ix_note_person_person_id", table_name="note_person")
    op.drop_table("note_person")
    op.drop_index("ix_note_household_id", table_name="note")
    op.drop_index("uq_note_draft", table_name="note", postgresql_where=sa.text("draft_key is not null"))
    op.drop_table("note")
