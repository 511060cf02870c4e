"""what of an order was paid back, and what is still to be paid"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refunded", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("outstanding", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.drop_column("outstanding")
        batch_op.drop_column("refunded")
