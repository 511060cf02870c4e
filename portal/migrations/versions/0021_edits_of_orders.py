"""edits of orders"""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('pending', 'requested', 'sending', 'stuck')")
_ONLY_GROWS = {  # a later migration that makes one of these tables anew on SQLite has to make its triggers anew
    "edit_log": ("UPDATE", "DELETE"),
    "edit_log_private": ("UPDATE",),  # its rows go when personal data are erased
}


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "edit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=36), nullable=False),
        sa.Column("client_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("version", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stake", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("policy", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("rule", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("verdict", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("quote", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("fee", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("who", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=True),
        sa.Column("locale", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("undo_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("holder", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_edit_order_id_order"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit")),
    )
    with op.batch_alter_table("edit", schema=None) as batch_op:
        batch_op.create_index("ix_edit_due_at", ["due_at"], unique=False)
        batch_op.create_index("ix_edit_order_id", ["order_id"], unique=False)
        batch_op.create_index("uq_edit_open", ["order_id"], unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN)
        batch_op.create_index("uq_edit_order_id_client_key", ["order_id", "client_key"], unique=True)
        batch_op.create_index("uq_edit_ref", ["ref"], unique=True)

    op.create_table(
        "edit_hold",
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_edit_hold_order_id_order"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_edit_hold")),
    )
    op.create_table(
        "edit_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("was", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("became", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("who", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["edit_id"], ["edit.id"], name=op.f("fk_edit_log_edit_id_edit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit_log")),
    )
    with op.batch_alter_table("edit_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edit_log_edit_id"), ["edit_id"], unique=False)

    op.create_table(
        "edit_private",
        sa.Column("edit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("change", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("touched", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("variant", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("before", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("said", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("pay_url", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("staff", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edit_id"], ["edit.id"], name=op.f("fk_edit_private_edit_id_edit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edit_id", name=op.f("pk_edit_private")),
    )
    op.create_table(
        "edit_log_private",
        sa.Column("log_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("before", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("after", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["log_id"], ["edit_log.id"], name=op.f("fk_edit_log_private_log_id_edit_log"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_edit_log_private")),
    )
    for table, acts in _ONLY_GROWS.items():
        for act in acts:
            _forbid(table, act)


def downgrade() -> None:
    """Back."""
    op.drop_table("edit_log_private")
    op.drop_table("edit_private")
    with op.batch_alter_table("edit_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_edit_log_edit_id"))

    op.drop_table("edit_log")
    op.drop_table("edit_hold")
    with op.batch_alter_table("edit", schema=None) as batch_op:
        batch_op.drop_index("uq_edit_ref")
        batch_op.drop_index("uq_edit_order_id_client_key")
        batch_op.drop_index("uq_edit_open", postgresql_where=_OPEN, sqlite_where=_OPEN)
        batch_op.drop_index("ix_edit_order_id")
        batch_op.drop_index("ix_edit_due_at")

    op.drop_table("edit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION edit_log_only_grows()")


def _forbid(table: str, act: str) -> None:
    """Have the database itself refuse to change what was logged."""
    name = f"{table}_no_{act.lower()}"
    if op.get_bind().dialect.name == "sqlite":
        says = "SELECT RAISE(ABORT, 'the log of edits only grows');"
        op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN {says} END")
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION edit_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the log of edits only grows'; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION edit_log_only_grows()")
