"""The command `jalon`, for every test of it."""

from tests.support.shell import jalon

__all__ = ["jalon"]
