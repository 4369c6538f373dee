"""Funds and their ledger."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "fund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="ncil | match | endowment | lottery | hardship"),
        sa.Column(
            "rules",
            postgresql.JSONB(),
            nullable=False,
            comment="shares, what it may be spent on, match ratio and cap",
        ),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False, comment="business time, like all below"),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("code", name=op.f("uq_fund_code")),
        comment="Funds",
    )
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Uuid(), nullable=False, comment="made from fund, kind and about: domain.Account"),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True, comment="the round, campaign, award or payment"),
        sa.Column("balance_pence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "case when kind in ('income', 'returned') then balance_pence <= 0"
            " when kind = 'transferred' then true else balance_pence >= 0 end",
            name=op.f("ck_ledger_account_nothing_below_nothing"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_ledger_account_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        comment="Accounts of the ledger, with their balances",
    )
    op.create_index("ix_ledger_account_fund_id", "ledger_account", ["fund_id", "kind"])
    op.create_index("ix_ledger_account_about_id", "ledger_account", ["about_id"])
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, comment="what it is for: the same is never posted twice"),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False, comment="the day it counts for: the financial year follows it"),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False, comment="business time"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("number", name=op.f("uq_ledger_entry_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_ledger_entry_reference")),
        comment="Entries of the ledger: only ever added",
    )
    op.create_index("ix_ledger_entry_dated", "ledger_entry", ["dated"])
    op.create_table(
        "ledger_posting",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("pence <> 0", name=op.f("ck_ledger_posting_something")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_posting_entry_id")),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_posting_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_posting")),
        comment="Lines of entries: only ever added, and nothing in sum in each fund",
    )
    op.create_index("uq_ledger_posting_entry_id", "ledger_posting", ["entry_id", "account_id"], unique=True)
    op.create_index("ix_ledger_posting_account_id", "ledger_posting", ["account_id"])
    op.create_table(
        "receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False, comment="the transaction's, in the publisher's own words"),
        sa.Column("kind", sa.Text(), nullable=False, comment="received | returned"),
        sa.Column("source", sa.Text(), nullable=False, comment="the development, the donor, the lottery"),
        sa.Column("agreement", sa.Text(), nullable=True, comment="developer-agreement reference"),
        sa.Column("planning_application", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column(
            "share_percent", sa.BigInteger(), nullable=False, comment="of the whole that is this fund's: 15, 25 or 100"
        ),
        sa.Column("gross_pence", sa.BigInteger(), nullable=False),
        sa.Column("share_pence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_receipt_fund_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_receipt_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        comment="Receipts of funds",
    )
    op.create_index("uq_receipt_reference", "receipt", ["fund_id", "reference"], unique=True)
    op.create_index("ix_receipt_received_on", "receipt", ["fund_id", "received_on", "id"])
    _guards()


def _guards() -> None:
    """What no code can go round: balances are sums, entries balance in each fund, history stands."""
    op.execute(
        """
        create function keep_balance() returns trigger language plpgsql as $$
        begin
            update ledger_account set balance_pence = balance_pence + new.pence where id = new.account_id;
            return null;
        end $$
        """
    )
    op.execute(
        "create trigger keep_balance after insert on ledger_posting for each row execute function keep_balance()"
    )
    # At the end of the transaction, when all lines of the entry are there.
    op.execute(
        """
        create function check_balanced() returns trigger language plpgsql as $$
        declare entry uuid := (case tg_table_name when 'ledger_entry' then to_jsonb(new) ->> 'id'
                               else to_jsonb(new) ->> 'entry_id' end)::uuid;
        begin
            if (select count(*) from ledger_posting where entry_id = entry) < 2 or exists (
                select from ledger_posting join ledger_account on ledger_account.id = account_id
                where entry_id = entry group by ledger_account.fund_id having sum(pence) <> 0
            ) then
                raise exception 'ledger entry % does not balance', entry using errcode = 'check_violation';
            end if;
            return null;
        end $$
        """
    )
    for table in ("ledger_entry", "ledger_posting"):
        op.execute(
            f"create constraint trigger check_balanced after insert on {table} deferrable initially deferred"
            " for each row execute function check_balanced()"
        )
    op.execute(
        """
        create function refuse_rewriting() returns trigger language plpgsql as $$
        begin
            raise exception 'the ledger is only ever added to' using errcode = 'check_violation';
        end $$
        """
    )
    for table in ("ledger_entry", "ledger_posting"):
        op.execute(
            f"create trigger refuse_rewriting before update or delete on {table}"
            " for each row execute function refuse_rewriting()"
        )


def downgrade() -> None:
    for table in ("receipt", "ledger_posting", "ledger_entry", "ledger_account", "fund"):
        op.drop_table(table)
    for function in ("refuse_rewriting", "check_balanced", "keep_balance"):
        op.execute(f"drop function {function}()")
