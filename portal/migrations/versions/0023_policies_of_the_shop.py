"""policies of the shop"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "policy_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("format", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("published_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("published_by", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
    )
    for act in ("UPDATE", "DELETE"):
        _forbid(act)


def downgrade() -> None:
    """Back."""
    op.drop_table("policy_version")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION policy_version_only_grows()")


def _forbid(act: str) -> None:
    """Have the database itself refuse to change what was in force: edits name the version that decided."""
    name = f"policy_version_no_{act.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        says = "SELECT RAISE(ABORT, 'a published policy stays as it is');"
        op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON policy_version BEGIN {says} END")
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION policy_version_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'a published policy stays as it is'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {act} ON policy_version FOR EACH ROW "
        "EXECUTE FUNCTION policy_version_only_grows()"
    )
