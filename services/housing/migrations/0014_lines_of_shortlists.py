"""Lines of shortlists without foreign keys: a list is written whole, and checking each line cost a quarter of it."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("fk_shortlist_line_bid_id", "shortlist_line", type_="foreignkey")
    op.drop_constraint("fk_shortlist_line_advert_id", "shortlist_line", type_="foreignkey")


def downgrade() -> None:
    op.create_foreign_key("fk_shortlist_line_advert_id", "shortlist_line", "shortlist", ["advert_id"], ["advert_id"])
    op.create_foreign_key("fk_shortlist_line_bid_id", "shortlist_line", "bid", ["bid_id"], ["id"])
