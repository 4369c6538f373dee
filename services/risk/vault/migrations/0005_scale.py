"""What linking a whole borough, and only what changed, needs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_record_register_household",
        "record",
        ["household_reference"],
        postgresql_where=sa.text("source = 'casefile'"),
    )
    op.create_table(
        "unlinked",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unlinked")),
        comment="Records that came in, say something else or were withdrawn since they were last linked",
    )
    # By statement: a load of a million records puts them down at once.
    op.execute(
        """
        create function note_arrived() returns trigger language plpgsql as $$
        begin
            insert into unlinked (record_id) select record_id from arrived;
            return null;
        end $$
        """
    )
    op.execute(
        """
        create function note_changed() returns trigger language plpgsql as $$
        begin
            insert into unlinked (record_id)
            select record_id from arrived join former using (record_id)
            where arrived.digest <> former.digest or arrived.withdrawn_at is distinct from former.withdrawn_at;
            return null;
        end $$
        """
    )
    # Whoever links a record in the transaction that brings it says so beforehand.
    later = "when (current_setting('vault.settling', true) is distinct from 'on')"
    op.execute(
        "create trigger note_arrived after insert on record referencing new table as arrived"
        f" for each statement {later} execute function note_arrived()"
    )
    op.execute(
        "create trigger note_changed after update on record referencing old table as former new table as arrived"
        f" for each statement {later} execute function note_changed()"
    )
    op.execute(
        "insert into unlinked (record_id) select record_id from record left join record_key using (record_id)"
        " where record_key.digest is distinct from record.digest"
    )


def downgrade() -> None:
    op.execute("drop trigger note_changed on record")
    op.execute("drop trigger note_arrived on record")
    op.execute("drop function note_changed()")
    op.execute("drop function note_arrived()")
    op.drop_table("unlinked")
    op.drop_index("ix_record_register_household", "record")
