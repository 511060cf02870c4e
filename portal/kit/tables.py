"""The base of every table: one metadata, with names for constraints so that migrations can change them."""

from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by themselves only in a column of the exact type INTEGER, which holds 64 bits there.
BigId = BigInteger().with_variant(Integer, "sqlite")


class Table(SQLModel):
    """The base class of tables."""


def key() -> Any:
    """A 64-bit row id that the database gives out, rising."""
    return Field(default=None, primary_key=True, sa_type=BigId)


def link(target: str, *, index: bool = True, primary_key: bool = False) -> Any:
    """A reference to another table's row; deleting that row deletes this one."""
    return Field(
        foreign_key=target, index=index and not primary_key, primary_key=primary_key, sa_type=BigId, ondelete="CASCADE"
    )
