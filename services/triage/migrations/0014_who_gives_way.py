"""What the protected person has booked gives way unseen; what was booked of somebody unknown to the booker is theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_BLIND = {
    "appointment": "by somebody who may not know them: it is not in their diary",
    "hub_ticket": "taken by somebody who may not know them",
    "interpreter_request": "asked for by somebody who may not know them",
}
_COMMENTS = {
    "kind": ("at_hub | home_visit | phone | room_only", "at_hub | home_visit | phone | room_only | time_only"),
    "person_id": (
        "casefile's id, never changed by a merge; null: room only",
        "casefile's id, never changed by a merge; null: held for nobody named",
    ),
}
_ONE_AT_A_TIME = {"ex_appointment_room": "room_id", "ex_appointment_worker": "worker"}


def upgrade() -> None:
    kept = "gave way unseen: room and worker stay taken till it is moved"
    op.add_column(
        "appointment",
        sa.Column("keeps_place", sa.Boolean(), server_default=sa.false(), nullable=False, comment=kept),
    )
    for table, comment in _BLIND.items():
        op.add_column(
            table, sa.Column("blind", sa.Boolean(), server_default=sa.false(), nullable=False, comment=comment)
        )
    for column, (before, after) in _COMMENTS.items():
        op.alter_column("appointment", column, comment=after, existing_comment=before)
    _exclude("state in ('booked', 'arrived') or keeps_place")


def downgrade() -> None:
    _exclude("state in ('booked', 'arrived')")
    for column, (before, after) in _COMMENTS.items():
        op.alter_column("appointment", column, comment=before, existing_comment=after)
    for table in _BLIND:
        op.drop_column(table, "blind")
    op.drop_column("appointment", "keeps_place")


def _exclude(holds: str) -> None:
    # Alembic's own operation takes no expression in an exclusion.
    for name, column in _ONE_AT_A_TIME.items():
        op.drop_constraint(name, "appointment")
        op.execute(
            f"alter table appointment add constraint {name} exclude using gist"
            f" ({column} with =, tstzrange(starts_at, ends_at) with &&) where ({holds})"
        )
