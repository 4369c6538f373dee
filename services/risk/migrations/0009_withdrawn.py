"""Rows that a full extract no longer has; homes of approved lists as signals; where people lived before."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FULL = "full: what is not in it is gone"
_CALLS = "(fact is null) = (kind = 'cohort') and (cohort_id is null) = (fact is not null)"
_HOME_STATES = "waiting, called (a signal says how far it is) or passed"
_STATES = "state in ('queued', 'running', {held}'succeeded', 'failed')"


def upgrade() -> None:
    _register()
    _loads()
    _signals()
    _rename_placings("placing", "placed")
    _lived_before()


def _register() -> None:
    op.add_column(
        "data_product",
        sa.Column("extract", sa.Text(), nullable=False, server_default="delta", comment="full or delta"),
    )
    op.add_column(
        "data_product",
        sa.Column(
            "may_lose",
            sa.SmallInteger(),
            nullable=False,
            server_default="10",
            comment="percent of its records that a full extract may lack",
        ),
    )


def _loads() -> None:
    for column in (
        sa.Column("extract", sa.Text(), nullable=False, server_default="delta", comment=_FULL),
        sa.Column("withdrawn", sa.BigInteger(), comment="records that a full extract no longer had"),
        sa.Column("ended", sa.BigInteger(), comment="facts that went on until then"),
        sa.Column("confirmed_by", sa.Text(), comment="who let it go on though it lacked much"),
        sa.Column("confirmation", sa.Text()),
    ):
        op.add_column("source_load", column)
    op.alter_column("source_load", "state", comment="queued, running, held, succeeded or failed")
    op.drop_constraint(op.f("ck_source_load_state"), "source_load")
    op.create_check_constraint(op.f("ck_source_load_state"), "source_load", _STATES.format(held="'held', "))


def _signals() -> None:
    op.alter_column(
        "signal",
        "fact",
        nullable=True,
        comment="the fact that called for it; none: a list did",
    )
    op.alter_column("signal", "occurrence", comment="what makes it one: the month it happened in, or the list")
    op.add_column("signal", sa.Column("cohort_id", sa.Uuid(), comment="whose list called for it"))
    op.create_table_comment("signal", "Fresh facts, and homes of approved lists, that call for an offer of help")
    # Offers of lists made before: what they told is with triage, here they are counted.
    op.execute(
        """
        insert into signal (id, version, kind, household, resident, occurrence, cohort_id, source, observed_on, offer,
                            state, found_at)
        select uuidv7(), 1, 'cohort', home.household, home.resident, cast(home.publication_id as text), list.cohort_id,
               coalesce(home.source, ''), cast(list.decided_at as date), 'money_help', home.state, list.decided_at
        from cohort_published_home home join cohort_publication list on list.id = home.publication_id
        where home.state in ('raised', 'introducing') and home.resident is not null
        on conflict do nothing
        """
    )
    op.create_check_constraint(op.f("ck_signal_calls"), "signal", _CALLS)
    op.drop_constraint(op.f("ck_cohort_published_home_state"), "cohort_published_home")
    op.execute("update cohort_published_home set state = 'called' where state in ('raised', 'introducing')")
    op.create_check_constraint(
        op.f("ck_cohort_published_home_state"), "cohort_published_home", "state in ('waiting', 'called', 'passed')"
    )
    op.alter_column("cohort_published_home", "state", comment=_HOME_STATES)
    op.drop_index("ix_cohort_published_home_resident", "cohort_published_home")
    op.drop_column("cohort_published_home", "resident")
    op.drop_column("cohort_published_home", "source")
    op.create_index("ix_known_offer_signal_id", "known_offer", ["signal_id"])


def _rename_placings(before: str, after: str) -> None:
    """`placing` is a reserved word in PostgreSQL (overlay ... placing), so every statement had to quote it."""
    op.execute(f'alter table "{before}" rename to "{after}"')
    for index in ("household", "resident"):
        op.execute(f"alter index ix_{before}_{index} rename to ix_{after}_{index}")
    for constraint in (f"pk_{before}", f"ck_{before}_certainty", f"ck_{before}_probability"):
        renamed = constraint.replace(before, after)
        op.execute(f'alter table "{after}" rename constraint {constraint} to {renamed}')


def _lived_before() -> None:
    op.create_table(
        "lived_before",
        sa.Column("resident", sa.Uuid(), nullable=False, comment="pseudonym"),
        sa.Column("until", sa.Date(), nullable=False, comment="the first day on which it was so no longer"),
        sa.Column("household", sa.Uuid(), comment="pseudonym; null: none"),
        sa.PrimaryKeyConstraint("resident", "until", name=op.f("pk_lived_before")),
        comment="Households of residents before",
    )
    op.create_index("ix_lived_before_household", "lived_before", ["household"])
    # The day is the council's own, as kit.clock has it. Of two changes on one day the first had lasted.
    op.execute(
        """
        create function note_moved() returns trigger language plpgsql as $$
        begin
            insert into lived_before (resident, until, household)
            select old.resident, cast(moment at time zone 'Europe/London' as date), old.household
            from (select clock_timestamp() + make_interval(
                secs => coalesce((select max(offset_seconds) from business_clock), 0)) as moment) as now
            on conflict do nothing;
            return null;
        end $$
        """
    )
    op.execute(
        """
        create function forget_moves() returns trigger language plpgsql as $$
        begin
            delete from lived_before where resident = old.resident
                and not exists (select from placed where placed.resident = old.resident);
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger note_moved after update of household on placed for each row"
        " when (old.resident = new.resident and old.household is distinct from new.household)"
        " execute function note_moved()"
    )
    op.execute("create trigger forget_moves after delete on placed for each row execute function forget_moves()")
    op.execute(
        "create trigger forget_moves_of_others after update of resident on placed for each row"
        " when (old.resident <> new.resident) execute function forget_moves()"
    )


def downgrade() -> None:
    for trigger in ("forget_moves_of_others", "forget_moves", "note_moved"):
        op.execute(f"drop trigger {trigger} on placed")
    op.execute("drop function forget_moves()")
    op.execute("drop function note_moved()")
    op.drop_table("lived_before")
    _rename_placings("placed", "placing")
    op.drop_index("ix_known_offer_signal_id", "known_offer")
    op.add_column("cohort_published_home", sa.Column("source", sa.Text()))
    op.add_column("cohort_published_home", sa.Column("resident", sa.Uuid()))
    op.drop_constraint(op.f("ck_cohort_published_home_state"), "cohort_published_home")
    op.execute(
        """
        update cohort_published_home home set resident = signal.resident, source = signal.source,
            state = case signal.state when 'introducing' then 'introducing' else 'raised' end
        from signal where signal.kind = 'cohort' and signal.household = home.household
            and signal.occurrence = cast(home.publication_id as text)
        """
    )
    op.create_check_constraint(
        op.f("ck_cohort_published_home_state"),
        "cohort_published_home",
        "state in ('waiting', 'raised', 'introducing', 'passed')",
    )
    op.create_index(
        "ix_cohort_published_home_resident",
        "cohort_published_home",
        ["resident"],
        postgresql_where=sa.text("state = 'introducing'"),
    )
    op.execute("delete from signal where kind = 'cohort'")
    op.drop_constraint(op.f("ck_signal_calls"), "signal")
    op.drop_column("signal", "cohort_id")
    op.alter_column("signal", "fact", nullable=False)
    op.execute("update source_load set state = 'failed' where state = 'held'")
    op.drop_constraint(op.f("ck_source_load_state"), "source_load")
    op.create_check_constraint(op.f("ck_source_load_state"), "source_load", _STATES.format(held=""))
    op.alter_column("source_load", "state", comment="queued, running, succeeded or failed")
    for name in ("confirmation", "confirmed_by", "ended", "withdrawn", "extract"):
        op.drop_column("source_load", name)
    op.drop_column("data_product", "may_lose")
    op.drop_column("data_product", "extract")
