"""The home that somebody said who may not know of whoever lives there; who lives where, asked by the home."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    says = "the home they said with it, or with nobody named"
    op.add_column("homelessness_case", sa.Column("told_household_id", sa.Uuid(), nullable=True, comment=says))
    by = "who told it so, if not who opened it"
    op.add_column("homelessness_case", sa.Column("told_by", sa.Text(), nullable=True, comment=by))
    home = "told_household_id = household_id, household_id = null"
    op.execute(f"update homelessness_case set {home} where told_person_id is not null")
    op.create_index(
        "raw_known_person_households",
        "known_person",
        ["households"],
        postgresql_using="gin",
        postgresql_ops={"households": "jsonb_path_ops"},
    )


def downgrade() -> None:
    op.drop_index("raw_known_person_households", "known_person")
    op.execute("update homelessness_case set household_id = told_household_id where told_person_id is not null")
    op.drop_column("homelessness_case", "told_by")
    op.drop_column("homelessness_case", "told_household_id")
