"""Recipients that housing told, and what somebody did about those whom no mailbox or system reaches."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("name", sa.Text(), "of one that triage does not know: the body, not a person"),
    ("kind", sa.Text(), "as what it was told: school | gp | ..."),
    ("settled_as", sa.Text(), "told | impossible | disproportionate: what somebody did or found"),
    ("settled_how", sa.Text(), "letter | email | phone | in_person"),
    ("settled_reason", sa.Text(), "why it was impossible or out of proportion"),
    ("settled_by", sa.Text(), None),
    ("settled_at", sa.DateTime(timezone=True), None),
)


def upgrade() -> None:
    for name, kind, says in _COLUMNS:
        op.add_column("rights_recipient", sa.Column(name, kind, nullable=True, comment=says))
    op.alter_column(
        "rights_recipient", "organisation_id", comment="triage's; of one that is named here, an id of its own"
    )
    op.alter_column("rights_recipient", "told", comment="system | mailbox | by_hand | impossible")
    op.add_column(
        "rights_request",
        sa.Column(
            "recipients_of",
            sa.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="the services that have said who had a copy",
        ),
    )
    op.execute("update rights_request set recipients_of = array['triage'] where recipients_at is not null")


def downgrade() -> None:
    op.drop_column("rights_request", "recipients_of")
    op.alter_column("rights_recipient", "told", comment="system | mailbox | impossible")
    op.alter_column("rights_recipient", "organisation_id", comment="triage's")
    op.execute("delete from rights_recipient where told = 'by_hand'")
    for name, _, _ in reversed(_COLUMNS):
        op.drop_column("rights_recipient", name)
