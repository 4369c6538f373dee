"""Proposals and campaigns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('participation_code',
    sa.Column('mark', sa.LargeBinary(), nullable=False, comment='of the code and the postcode'),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('mark', name=op.f('pk_participation_code')),
    comment='Codes for taking part without an account, as digests'
    )
    op.create_table('participation_pass',
    sa.Column('mark', sa.LargeBinary(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('mark', name=op.f('pk_participation_pass')),
    comment='Passes for taking part without an account, as digests'
    )
    op.create_table('proposal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False, comment='proposal | consultation'),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('ward', sa.Text(), nullable=True),
    sa.Column('author_mark', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('supports', sa.Integer(), nullable=False),
    sa.Column('supports_needed', sa.Integer(), nullable=True),
    sa.Column('comments', sa.Integer(), nullable=False, comment='those shown'),
    sa.Column('moderation', sa.Text(), nullable=True),
    sa.Column('moderation_words', sa.Text(), nullable=True, comment='public, told to the author'),
    sa.Column('answer_due_on', sa.Date(), nullable=True),
    sa.Column('becomes', sa.Text(), nullable=True, comment='project | ballot | application | debate'),
    sa.Column('became', sa.Text(), nullable=True, comment='address of what it became'),
    sa.Column('answer', sa.Text(), nullable=True, comment='public'),
    sa.Column('answered_by', sa.Text(), nullable=True),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False, comment='business time, like all below'),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
    comment='Proposals and consultations'
    )
    op.create_index('ix_proposal_raised_at', 'proposal', ['raised_at', 'id'], unique=False)
    op.create_index('ix_proposal_state', 'proposal', ['state', 'answer_due_on'], unique=False)
    op.create_table('campaign',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('group_name', sa.Text(), nullable=False, comment='who does it: public'),
    sa.Column('ward', sa.Text(), nullable=True),
    sa.Column('target_pence', sa.BigInteger(), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False, comment='business time, like all below'),
    sa.Column('state', sa.Text(), nullable=False, comment='draft | open | funded | failed | withdrawn'),
    sa.Column('checks', postgresql.JSONB(), nullable=False, comment='deliverability: found in order, by whom, words'),
    sa.Column('fund_id', sa.Uuid(), nullable=True, comment='the match fund'),
    sa.Column('match_percent', sa.BigInteger(), nullable=True, comment='its rule as it stood at opening'),
    sa.Column('match_most_pence', sa.BigInteger(), nullable=True),
    sa.Column('reserved_pence', sa.BigInteger(), nullable=False),
    sa.Column('pledged_pence', sa.BigInteger(), nullable=False),
    sa.Column('match_pence', sa.BigInteger(), nullable=False),
    sa.Column('backers', sa.BigInteger(), nullable=False),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_reason', sa.Text(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['fund_id'], ['fund.id'], name=op.f('fk_campaign_fund_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign')),
    comment='Crowdfunding campaigns'
    )
    op.create_index('ix_campaign_made_at', 'campaign', ['made_at', 'id'], unique=False)
    op.create_table('proposal_comment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('author_mark', sa.LargeBinary(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('shown', sa.Boolean(), nullable=True, comment='null: waits for a moderator'),
    sa.Column('moderation', sa.Text(), nullable=True),
    sa.Column('moderation_words', sa.Text(), nullable=True, comment='public, told to the author'),
    sa.Column('moderated_by', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_comment_proposal_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_comment')),
    comment='Comments on proposals'
    )
    op.create_index('ix_proposal_comment_proposal_id', 'proposal_comment', ['proposal_id', 'said_at', 'id'], unique=False)
    op.create_table('proposal_support',
    sa.Column('proposal_id', sa.Uuid(), nullable=False),
    sa.Column('mark', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id'], name=op.f('fk_proposal_support_proposal_id')),
    sa.PrimaryKeyConstraint('proposal_id', 'mark', name=op.f('pk_proposal_support')),
    comment='Who supports a proposal, as digests'
    )
    op.create_table('pledge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('mark', sa.LargeBinary(), nullable=False, comment="a digest of the backer's account"),
    sa.Column('pence', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False, comment='pledged | withdrawn | due | released'),
    sa.Column('pledged_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('pence > 0', name=op.f('ck_pledge_something')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_pledge_campaign_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pledge')),
    comment='Pledges to campaigns'
    )
    op.create_index('uq_pledge_mark', 'pledge', ['campaign_id', 'mark'], unique=True)


def downgrade() -> None:
    op.drop_table('pledge')
    op.drop_table('proposal_support')
    op.drop_table('proposal_comment')
    op.drop_table('campaign')
    op.drop_table('proposal')
    op.drop_table('participation_pass')
    op.drop_table('participation_code')
