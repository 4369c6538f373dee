"""Hardship payments."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('desk_training',
    sa.Column('worker', sa.Text(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('trained_on', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False, comment='the first day it holds no longer'),
    sa.Column('recorded_by', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('worker', name=op.f('pk_desk_training')),
    comment='Training for payments at the desk'
    )
    op.create_table('hardship_payment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
    sa.Column('household_id', sa.Uuid(), nullable=True),
    sa.Column('fund_code', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False, comment='themselves | friend_or_family | organisation | worker'),
    sa.Column('taken_by', sa.Text(), nullable=False, comment="who typed it in: a worker, or an organisation's"),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False, comment='business time, like all below'),
    sa.Column('decide_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('strand', sa.Text(), nullable=False),
    sa.Column('need', sa.Text(), nullable=False),
    sa.Column('shock', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False, comment='what happened, as they told it'),
    sa.Column('amount_pence', sa.BigInteger(), nullable=False),
    sa.Column('way', sa.Text(), nullable=False),
    sa.Column('sort_code', sa.Text(), nullable=True, comment='until it is paid'),
    sa.Column('account_number', sa.Text(), nullable=True, comment='until it is paid, then its last four figures'),
    sa.Column('supplier', sa.Text(), nullable=True),
    sa.Column('why_not_cash', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('before', sa.BigInteger(), nullable=False, comment='payments to them in the twelve months before'),
    sa.Column('advice', sa.Text(), nullable=True, comment='offered with it: the cause, not only the day'),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approve_by', sa.DateTime(timezone=True), nullable=True, comment='thirty minutes; then a manager sees it'),
    sa.Column('escalated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_by', sa.Text(), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refusal', sa.Text(), nullable=True),
    sa.Column('refusal_words', sa.Text(), nullable=True, comment='told to them'),
    sa.Column('refused_by', sa.Text(), nullable=True),
    sa.Column('question', sa.Text(), nullable=True, comment='why they ask to look again'),
    sa.Column('sampled', sa.Boolean(), nullable=False),
    sa.Column('check_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_by', sa.Text(), nullable=True),
    sa.Column('finding', sa.Text(), nullable=True),
    sa.Column('finding_words', sa.Text(), nullable=True),
    sa.Column('returned_because', sa.Text(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hardship_payment')),
    comment='Hardship payments'
    )
    op.create_index('ix_hardship_payment_check', 'hardship_payment', ['check_at', 'id'], unique=False, postgresql_where=sa.text('sampled and finding is null'))
    op.create_index('ix_hardship_payment_household_id', 'hardship_payment', ['household_id', 'paid_at'], unique=False)
    op.create_index('ix_hardship_payment_person_id', 'hardship_payment', ['person_id', 'paid_at'], unique=False)
    op.create_index('ix_hardship_payment_state', 'hardship_payment', ['state', 'asked_at', 'id'], unique=False)


def downgrade() -> None:
    op.drop_table('hardship_payment')
    op.drop_table('desk_training')
