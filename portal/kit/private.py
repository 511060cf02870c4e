"""A personal value on its way through the program: it can be handed on, and shown only where somebody says so."""

from __future__ import annotations

from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")


class Private(Generic[T]):
    """Prints "***" wherever it is printed, logged or formatted, and cannot be rendered: a template that should show
    it asks for `shown()`."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def shown(self) -> T:
        """The value, for the eyes of the person that it belongs to."""
        return self._value

    def __str__(self) -> str:
        return "***"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return "***"

    def __html__(self) -> NoReturn:
        raise TypeError("a private value is not rendered: ask for shown()")
