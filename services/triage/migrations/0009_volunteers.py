"""Volunteers, community groups and devices lent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "volunteer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="theirs, told by themselves for this"),
        sa.Column("worker", sa.Text(), nullable=True, comment="their principal id, if they sign in"),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False, comment="BCP 47"),
        sa.Column("under_18", sa.Boolean(), nullable=False),
        sa.Column("guardian_agreed_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
        comment="People who give their time",
    )
    op.create_index(
        "uq_volunteer_worker", "volunteer", ["worker"], unique=True, postgresql_where=sa.text("worker is not null")
    )
    op.create_table(
        "volunteer_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True, comment="the last day; null: does not run out"),
        sa.Column("seen_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteer.id"], name=op.f("fk_volunteer_check_volunteer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_check")),
        comment="Checks of volunteers",
    )
    op.create_index("ix_volunteer_check_expires_on", "volunteer_check", ["expires_on"], unique=False)
    op.create_index("ix_volunteer_check_volunteer_id", "volunteer_check", ["volunteer_id", "kind"], unique=False)
    op.create_table(
        "volunteer_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="planned | given | not_given"),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="given; 0 until then"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("volunteer_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state <> 'not_given'"),
            using="gist",
            name="ex_volunteer_session_volunteer",
        ),
        sa.ForeignKeyConstraint(["hub"], ["hub.code"], name=op.f("fk_volunteer_session_hub")),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteer.id"], name=op.f("fk_volunteer_session_volunteer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_session")),
        comment="Hours that volunteers give",
    )
    op.create_index("ix_volunteer_session_hub", "volunteer_session", ["hub", "starts_at", "id"], unique=False)
    op.create_table(
        "volunteer_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=True, comment="gone once the task ends"),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("at_table", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="for the record of who looked; never shown to them"),
        sa.Column("state", sa.Text(), nullable=False, comment="handed | done | given_back"),
        sa.Column("handed_by", sa.Text(), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["volunteer_session.id"], name=op.f("fk_volunteer_task_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_task")),
        comment="Tasks the desk handed to volunteers",
    )
    op.create_index("ix_volunteer_task_session_id", "volunteer_task", ["session_id", "handed_at", "id"], unique=False)
    op.create_table(
        "community_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="food_club | peer_group | network"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False, comment="a code: food, isolation, women, youth ..."),
        sa.Column("hub", sa.Text(), nullable=True),
        sa.Column(
            "led_by", sa.Text(), nullable=False, comment="adviser, facilitator or convenor: a worker's principal id"
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hub"], ["hub.code"], name=op.f("fk_community_group_hub")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_group")),
        comment="Food clubs, peer groups, networks",
    )
    op.create_index("uq_community_group_kind_name", "community_group", ["kind", "name"], unique=True)
    op.create_table(
        "community_membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True, comment="casefile's id, never changed by a merge"),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=False, comment="the day they agreed to be a member"),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(person_id, organisation_id) = 1", name=op.f("ck_community_membership_person_or_organisation")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["community_group.id"], name=op.f("fk_community_membership_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_membership")),
        comment="Who belongs to a group, because they agreed to",
    )
    op.create_index(
        "ix_community_membership_group_id", "community_membership", ["group_id", "agreed_on", "id"], unique=False
    )
    op.create_index("ix_community_membership_person_id", "community_membership", ["person_id"], unique=False)
    op.create_index(
        "uq_community_membership_organisation",
        "community_membership",
        ["group_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("left_on is null and organisation_id is not null"),
    )
    op.create_index(
        "uq_community_membership_person",
        "community_membership",
        ["group_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("left_on is null and person_id is not null"),
    )
    op.create_table(
        "community_meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("led_by", sa.Text(), nullable=False, comment="who was there: the adviser of a food club"),
        sa.Column("headcount", sa.Integer(), nullable=True, comment="null until it was counted"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["community_group.id"], name=op.f("fk_community_meeting_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_meeting")),
        comment="Meetings, by date and headcount",
    )
    op.create_index("uq_community_meeting_group_id_held_on", "community_meeting", ["group_id", "held_on"], unique=True)
    op.create_table(
        "food_club_shop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("paid_pence", sa.Integer(), nullable=False),
        sa.Column("worth_pence", sa.Integer(), nullable=False),
        sa.Column("saw_adviser", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["community_meeting.id"], name=op.f("fk_food_club_shop_meeting_id")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["community_membership.id"], name=op.f("fk_food_club_shop_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_food_club_shop")),
        comment="Shops at food clubs",
    )
    op.create_index("ix_food_club_shop_membership_id", "food_club_shop", ["membership_id"], unique=False)
    op.create_index(
        "uq_food_club_shop_meeting_membership", "food_club_shop", ["meeting_id", "membership_id"], unique=True
    )
    op.create_table(
        "device_loan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False, comment="its tag"),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("with_sim", sa.Boolean(), nullable=False),
        sa.Column("lent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("ended_as", sa.Text(), nullable=True, comment="returned | kept | lost | broken"),
        sa.Column("lent_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["hub"], ["hub.code"], name=op.f("fk_device_loan_hub")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_loan")),
        comment="Devices lent",
    )
    op.create_index("ix_device_loan_due_on", "device_loan", ["due_on", "id"], unique=False)
    op.create_index("ix_device_loan_person_id", "device_loan", ["person_id"], unique=False)
    op.create_index(
        "uq_device_loan_out", "device_loan", ["device"], unique=True, postgresql_where=sa.text("ended_as is null")
    )
    op.create_table(
        "device_lesson",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("can_do_alone", sa.Boolean(), nullable=False, comment="as they say themselves"),
        sa.ForeignKeyConstraint(["loan_id"], ["device_loan.id"], name=op.f("fk_device_lesson_loan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_lesson")),
        comment="Lessons with devices lent",
    )
    op.create_index("ix_device_lesson_loan_id", "device_lesson", ["loan_id"], unique=False)


def downgrade() -> None:
    for table in (
        "device_lesson",
        "device_loan",
        "food_club_shop",
        "community_meeting",
        "community_membership",
        "community_group",
        "volunteer_task",
        "volunteer_session",
        "volunteer_check",
        "volunteer",
    ):
        op.drop_table(table)
