"""A shortlist's lines lie together under their advert: one index where three were, and none of them scattered."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_shortlist_line_application_id", table_name="shortlist_line")
    op.drop_index("ix_shortlist_line_advert_id", table_name="shortlist_line")
    op.drop_constraint("pk_shortlist_line", "shortlist_line", type_="primary")
    op.create_primary_key("pk_shortlist_line", "shortlist_line", ["advert_id", "bid_id"])


def downgrade() -> None:
    op.drop_constraint("pk_shortlist_line", "shortlist_line", type_="primary")
    op.create_primary_key("pk_shortlist_line", "shortlist_line", ["bid_id"])
    op.create_index("ix_shortlist_line_advert_id", "shortlist_line", ["advert_id", "place", "first", "bid_id"])
    op.create_index("ix_shortlist_line_application_id", "shortlist_line", ["application_id"])
