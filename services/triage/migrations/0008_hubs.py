"""Hubs and their day: rota, tickets, rooms, appointments, interpreters, lone visits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hub",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, comment="how to find it: a public address"),
        sa.Column(
            "hours",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="{week: {mon: [[opens, closes]]}, bank_holidays: [[opens, closes]], special: {day: [...]}}",
        ),
        sa.Column(
            "minutes_each", sa.Integer(), nullable=False, comment="how long a conversation takes, until it is measured"
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_hub")),
        comment="Places where anybody may walk in",
    )
    op.create_table(
        "hub_room",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False, comment="nobody outside hears what is said"),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["hub"], ["hub.code"], name=op.f("fk_hub_room_hub")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_room")),
        comment="Rooms to talk in",
    )
    op.create_index("uq_hub_room_hub_name", "hub_room", ["hub", "name"], unique=True)
    op.create_table(
        "hub_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False, comment="the worker's principal id"),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="duty | standby | absent"),
        sa.Column("covered_by", sa.Uuid(), nullable=True, comment="who stands in for an absence"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("worker"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state <> 'absent'"),
            using="gist",
            name="ex_hub_shift_worker",
        ),
        sa.ForeignKeyConstraint(["covered_by"], ["hub_shift.id"], name=op.f("fk_hub_shift_covered_by")),
        sa.ForeignKeyConstraint(["hub"], ["hub.code"], name=op.f("fk_hub_shift_hub")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_shift")),
        comment="The rota: nobody is in two places at once",
    )
    op.create_index("ix_hub_shift_hub", "hub_shift", ["hub", "starts_at"], unique=False)
    op.create_table(
        "hub_ticket",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="what is called"),
        sa.Column("about", sa.Text(), nullable=True, comment="one of the twelve domains of need"),
        sa.Column("language", sa.Text(), nullable=True, comment="BCP 47"),
        sa.Column("sooner", sa.Text(), nullable=True, comment="why before those who came earlier"),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id, if they said who they are"),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("seat_apart", sa.Boolean(), nullable=False, comment="offer a private room at once"),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting | called | with_someone | ended | left"),
        sa.Column("desk", sa.Text(), nullable=True, comment="the table or room they are called to"),
        sa.Column(
            "said_minutes", sa.Integer(), nullable=True, comment="the wait they were told; null: we could not say"
        ),
        sa.Column("said_at_most", sa.Integer(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_hub_ticket_contact_id")),
        sa.ForeignKeyConstraint(["hub"], ["hub.code"], name=op.f("fk_hub_ticket_hub")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub_ticket")),
        comment="People who walked in, by number",
    )
    op.create_index(
        "ix_hub_ticket_contact_id",
        "hub_ticket",
        ["contact_id"],
        unique=False,
        postgresql_where=sa.text("contact_id is not null"),
    )
    op.create_index("ix_hub_ticket_hub", "hub_ticket", ["hub", "arrived_at"], unique=False)
    op.create_index(
        "ix_hub_ticket_open",
        "hub_ticket",
        ["hub", "arrived_at"],
        unique=False,
        postgresql_where=sa.text("state not in ('ended', 'left')"),
    )
    op.create_index(
        "ix_hub_ticket_person_id",
        "hub_ticket",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("person_id is not null"),
    )
    op.create_index("uq_hub_ticket_number", "hub_ticket", ["hub", "day", "number"], unique=True)
    op.create_table(
        "appointment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="at_hub | home_visit | phone | room_only"),
        sa.Column(
            "person_id", sa.Uuid(), nullable=True, comment="casefile's id, never changed by a merge; null: room only"
        ),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("hub", sa.Text(), nullable=False, comment="where, or from where a visit starts"),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=False, comment="the worker's principal id"),
        sa.Column("about", sa.Text(), nullable=True, comment="one of the twelve domains of need"),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="booked | arrived | kept | missed | cancelled | to_rearrange"
        ),
        sa.Column("remind", sa.Boolean(), nullable=False, comment="they agreed to be reminded"),
        sa.Column("missed_because", sa.Text(), nullable=True),
        sa.Column("follow_up_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up", sa.Text(), nullable=True, comment="what was done after it was missed"),
        sa.Column("follow_up_late_at", sa.DateTime(timezone=True), nullable=True, comment="rang a manager"),
        sa.Column("booked_by", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("room_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state in ('booked', 'arrived')"),
            using="gist",
            name="ex_appointment_room",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("worker"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state in ('booked', 'arrived')"),
            using="gist",
            name="ex_appointment_worker",
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_appointment_contact_id")),
        sa.ForeignKeyConstraint(["hub"], ["hub.code"], name=op.f("fk_appointment_hub")),
        sa.ForeignKeyConstraint(["room_id"], ["hub_room.id"], name=op.f("fk_appointment_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        comment="Appointments and visits; no room and no worker twice at one time",
    )
    op.create_index(
        "ix_appointment_contact_id",
        "appointment",
        ["contact_id"],
        unique=False,
        postgresql_where=sa.text("contact_id is not null"),
    )
    op.create_index("ix_appointment_hub", "appointment", ["hub", "starts_at", "id"], unique=False)
    op.create_index("ix_appointment_person_id", "appointment", ["person_id", "starts_at", "id"], unique=False)
    op.create_index("ix_appointment_worker", "appointment", ["worker", "starts_at"], unique=False)
    op.create_table(
        "interpreter_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False, comment="phone | face_to_face | british_sign_language"),
        sa.Column("language", sa.Text(), nullable=False, comment="BCP 47"),
        sa.Column("dialect", sa.Text(), nullable=True),
        sa.Column("gender", sa.Text(), nullable=False, comment="any | woman | man: whom they can speak in front of"),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id; null: help without a name"),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("hub", sa.Text(), nullable=True),
        sa.Column(
            "asked_alone", sa.Boolean(), nullable=False, comment="a worker asked about safety with nobody else there"
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False, comment="by phone: when it was asked for"),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, comment="somebody must be there by then"),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="asked | booked | joined | ended | not_found | cancelled"
        ),
        sa.Column("interpreter", sa.Text(), nullable=True, comment="professional | bilingual_staff | family_or_friend"),
        sa.Column("interpreter_code", sa.Text(), nullable=True, comment="the agency's number of the interpreter"),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True, comment="nobody was there in time"),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("interpreter_code"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state in ('booked', 'joined')"),
            using="gist",
            name="ex_interpreter_request_interpreter",
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_interpreter_request_appointment_id")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_interpreter_request_contact_id")),
        sa.ForeignKeyConstraint(["hub"], ["hub.code"], name=op.f("fk_interpreter_request_hub")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter_request")),
        comment="Interpreters asked for, and what came of it",
    )
    op.create_index("ix_interpreter_request_appointment_id", "interpreter_request", ["appointment_id"], unique=False)
    op.create_index("ix_interpreter_request_contact_id", "interpreter_request", ["contact_id"], unique=False)
    op.create_index("ix_interpreter_request_requested_at", "interpreter_request", ["requested_at", "id"], unique=False)
    op.create_table(
        "lone_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False, comment="whose duty manager is rung"),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id, never changed by a merge"),
        sa.Column("where_to", sa.Text(), nullable=False, comment="in the worker's words; shown to whoever is rung"),
        sa.Column("accompanied_by", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, comment="in | overdue | escalated | out"),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rung", postgresql.ARRAY(sa.Text()), nullable=False, comment="the duty managers who were rung"),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=True, comment="who sees to it that they are found"),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found", sa.Text(), nullable=True, comment="how it ended, where somebody had to look"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_lone_visit_appointment_id")),
        sa.ForeignKeyConstraint(["hub"], ["hub.code"], name=op.f("fk_lone_visit_hub")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lone_visit")),
        comment="Visits made alone",
    )
    op.create_index("ix_lone_visit_appointment_id", "lone_visit", ["appointment_id"], unique=False)
    op.create_index("ix_lone_visit_hub", "lone_visit", ["hub", "checked_in_at", "id"], unique=False)
    op.create_index(
        "uq_lone_visit_worker", "lone_visit", ["worker"], unique=True, postgresql_where=sa.text("state <> 'out'")
    )
    op.create_table(
        "meeting_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("steps", postgresql.ARRAY(sa.Text()), nullable=False, comment="what to do, as codes"),
        sa.Column("words", sa.Text(), nullable=True, comment="what to do, in words"),
        sa.Column("person_told", sa.Boolean(), nullable=False),
        sa.Column("not_told_because", sa.Text(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="standing | ended"),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_plan")),
        comment="How to meet somebody safely: a plan, not a label",
    )
    op.create_index(
        "uq_meeting_plan_standing",
        "meeting_plan",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'standing'"),
    )


def downgrade() -> None:
    for table in (
        "meeting_plan",
        "lone_visit",
        "interpreter_request",
        "appointment",
        "hub_ticket",
        "hub_shift",
        "hub_room",
        "hub",
    ):
        op.drop_table(table)
