"""What somebody records of a person whom they may not know stands as they typed it, for them alone."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLES = (
    "contact",
    "everyday_task",
    "handover",
    "homelessness_application",
    "duty_to_refer",
    "queue_entry",
    "referral",
    "landlord_message",
    "recovery_hold",
    "outreach_offer",
    "meeting_plan",
    "speaker",
    "immigration_answer",
    "no_recourse_route",
    "community_membership",
    "device_loan",
    "lone_visit",
)
# One of them stands beside another that was taken blindly: table, columns, where.
_ONE_AT_A_TIME = {
    "uq_recovery_hold_waiting": ("recovery_hold", ["person_id", "creditor"], "state in ('requested', 'unanswered')"),
    "uq_outreach_offer_open": ("outreach_offer", ["household_id", "kind"], "status in ('offered', 'held')"),
    "uq_meeting_plan_standing": ("meeting_plan", ["person_id"], "state = 'standing'"),
    "uq_no_recourse_route_open": ("no_recourse_route", ["person_id"], "state = 'open'"),
    "uq_community_membership_person": (
        "community_membership",
        ["group_id", "person_id"],
        "left_on is null and person_id is not null",
    ),
}


def upgrade() -> None:
    says = "who took it and may not know the person: true for nobody else; null: as usual"
    for table in _TABLES:
        op.add_column(table, sa.Column("blind_by", sa.Text(), nullable=True, comment=says))
    for name, (table, columns, where) in _ONE_AT_A_TIME.items():
        op.drop_index(name, table)
        op.create_index(
            name,
            table,
            [*columns, "blind_by"],
            unique=True,
            postgresql_where=sa.text(where),
            postgresql_nulls_not_distinct=True,
        )


def downgrade() -> None:
    for name, (table, columns, where) in _ONE_AT_A_TIME.items():
        op.drop_index(name, table)
        op.create_index(name, table, columns, unique=True, postgresql_where=sa.text(where))
    for table in reversed(_TABLES):
        op.drop_column(table, "blind_by")
