"""A concern that somebody raises about people whom they may not know; who lives where, asked by the home."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    says = "who raised it and may not know these people: they read what they wrote; null: as usual"
    op.add_column("safeguarding_concern", sa.Column("blind_by", sa.Text(), nullable=True, comment=says))
    op.create_index(
        "raw_known_person_households",
        "known_person",
        ["households"],
        postgresql_using="gin",
        postgresql_ops={"households": "jsonb_path_ops"},
    )


def downgrade() -> None:
    op.drop_index("raw_known_person_households", "known_person")
    op.drop_column("safeguarding_concern", "blind_by")
