"""What sources used to say of somebody."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_record",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False, comment="the identity columns that had a value then"),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["record.record_id"],
            name=op.f("fk_former_record_record_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_record")),
        comment="What sources used to say",
    )
    op.create_index("ix_former_record_record", "former_record", ["record_id"])
    op.execute(
        """
        create function keep_former_record() returns trigger language plpgsql as $$
        begin
            insert into former_record (record_id, said, since, until)
            values (
                old.record_id,
                jsonb_strip_nulls(to_jsonb(old) - array[
                    'record_id', 'source', 'reference', 'digest', 'pseudonym', 'load_id', 'first_seen', 'changed_at',
                    'withdrawn_at'
                ]),
                old.changed_at,
                new.changed_at
            );
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger keep_former_record after update on record for each row"
        " when (old.digest is distinct from new.digest) execute function keep_former_record()"
    )


def downgrade() -> None:
    op.execute("drop trigger keep_former_record on record")
    op.execute("drop function keep_former_record()")
    op.drop_table("former_record")
