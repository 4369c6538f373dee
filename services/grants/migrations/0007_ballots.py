"""Ballots and votes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('ballot',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False, comment='approval | points | ranking'),
    sa.Column('rule', sa.Text(), nullable=False, comment='equal_shares | equal_shares_topped_up | greedy | phragmen'),
    sa.Column('budget_pence', sa.BigInteger(), nullable=False),
    sa.Column('step_pence', sa.BigInteger(), nullable=False, comment='by how much Equal Shares raises a share at a time'),
    sa.Column('most_choices', sa.Integer(), nullable=True),
    sa.Column('most_points', sa.Integer(), nullable=True),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False, comment='business time, like all below'),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), nullable=False, comment='draft | open | closed | counted | returned | adopted'),
    sa.Column('rules', sa.Text(), nullable=True, comment='what was frozen at opening'),
    sa.Column('rules_hash', sa.Text(), nullable=True),
    sa.Column('voter_key', sa.LargeBinary(), nullable=True, comment="makes voters' marks; destroyed at close"),
    sa.Column('made_by', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_early', sa.Text(), nullable=True, comment='the public reason'),
    sa.Column('voters', sa.Integer(), nullable=True),
    sa.Column('result', postgresql.JSONB(), nullable=True, comment='winners and why; never altered'),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decisions', postgresql.JSONB(), nullable=False, comment='what officers decided and the panel said'),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ballot')),
    comment='Ballots'
    )
    op.create_index('ix_ballot_opens_at', 'ballot', ['opens_at', 'id'], unique=False)
    op.create_table('ballot_project',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ballot_id', sa.Uuid(), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False, comment='on the paper; drawn at opening'),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=True),
    sa.Column('ward', sa.Text(), nullable=True),
    sa.Column('cost_pence', sa.BigInteger(), nullable=False),
    sa.Column('decision', sa.Text(), nullable=True, comment='adopted | returned | not_funded'),
    sa.Column('decision_reason', sa.Text(), nullable=True, comment='public'),
    sa.Column('answer', sa.Text(), nullable=True, comment='upheld | withdrawn, by the panel'),
    sa.Column('answer_reason', sa.Text(), nullable=True, comment='public'),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_ballot_project_ballot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ballot_project')),
    comment='Projects on ballots'
    )
    op.create_index('uq_ballot_project_ref', 'ballot_project', ['ballot_id', 'ref'], unique=True)
    op.create_table('vote',
    sa.Column('id', sa.Uuid(), nullable=False, comment='random, not in the order of time'),
    sa.Column('ballot_id', sa.Uuid(), nullable=False),
    sa.Column('paper', sa.Text(), nullable=False),
    sa.Column('ward', sa.Text(), nullable=False),
    sa.Column('age_band', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_vote_ballot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vote')),
    comment='Votes of open ballots'
    )
    op.create_index('ix_vote_ballot_id', 'vote', ['ballot_id'], unique=False)
    op.create_table('vote_group',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ballot_id', sa.Uuid(), nullable=False),
    sa.Column('paper', sa.Text(), nullable=False),
    sa.Column('ward', sa.Text(), nullable=False),
    sa.Column('age_band', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('voters', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_vote_group_ballot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vote_group')),
    comment='Votes of closed ballots, counted'
    )
    op.create_index('ix_vote_group_ballot_id', 'vote_group', ['ballot_id'], unique=False)
    op.create_table('vote_receipt',
    sa.Column('ballot_id', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_vote_receipt_ballot_id')),
    sa.PrimaryKeyConstraint('ballot_id', 'digest', name=op.f('pk_vote_receipt')),
    comment='Receipts of votes, as digests'
    )
    op.create_table('voter_mark',
    sa.Column('ballot_id', sa.Uuid(), nullable=False),
    sa.Column('mark', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_voter_mark_ballot_id')),
    sa.PrimaryKeyConstraint('ballot_id', 'mark', name=op.f('pk_voter_mark')),
    comment="Who has voted, as digests under the ballot's key"
    )
    op.create_table('voting_code',
    sa.Column('ballot_id', sa.Uuid(), nullable=False),
    sa.Column('mark', sa.LargeBinary(), nullable=False),
    sa.Column('used', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['ballot_id'], ['ballot.id'], name=op.f('fk_voting_code_ballot_id')),
    sa.PrimaryKeyConstraint('ballot_id', 'mark', name=op.f('pk_voting_code')),
    comment="Voting codes, as digests under the ballot's key"
    )


def downgrade() -> None:
    op.drop_table('voting_code')
    op.drop_table('voter_mark')
    op.drop_table('vote_receipt')
    op.drop_table('vote_group')
    op.drop_table('vote')
    op.drop_table('ballot_project')
    op.drop_table('ballot')
