"""where orders go"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("order_private", schema=None) as batch_op:
        batch_op.add_column(sa.Column("town", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("town_country", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("town_lat", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("town_lon", sa.Float(), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("order_private", schema=None) as batch_op:
        batch_op.drop_column("town_lon")
        batch_op.drop_column("town_lat")
        batch_op.drop_column("town_country")
        batch_op.drop_column("town")
