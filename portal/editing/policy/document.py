"""A policy as a shop writes it, version `policy/1`: what each table and member may be, and what contradicts itself.

docs/policies.md explains every member. Whatever is not a member here is refused. What is odd, but means something, is
not refused but remarked by `review`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from portal.editing.answers import RANK, Action, Verdict
from portal.editing.policy.fields import (
    DAYS,
    Amounts,
    Clock,
    Country,
    Days,
    Flag,
    Holiday,
    Kind,
    Language,
    Method,
    Moment,
    Name,
    PageAddress,
    Percent,
    Ruling,
    Span,
    Texts,
    Units,
    WeekDay,
    Zone,
)

WITH_FEES: Final = (Action.QUANTITY, Action.CANCEL_LINE, Action.CANCEL_ORDER, Action.RETURN)
_WORKING_WEEK: Final = DAYS[:5]


EVERY_DAY: Final = ""


def _times(value: object) -> object:
    """One time for every opening day, or a time for each day."""
    if not isinstance(value, dict):
        return {EVERY_DAY: value}
    if strange := [day for day in value if day not in DAYS]:
        raise ValueError(f"{strange[0]!r} is no day: {', '.join(DAYS)}")
    return value


class Table(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class CalendarTable(Table):
    """When the shop works: for cut-off times, and for days without a clock."""

    zone: Zone | None = None
    opening_days: tuple[WeekDay, ...] = Field(default=_WORKING_WEEK, min_length=1)
    holidays: tuple[Holiday, ...] = ()


class FeeTable(Table):
    """What is kept back of a refund."""

    percent: Percent = 0
    flat: Amounts = Field(default_factory=dict)
    free_for: Span | None = None

    @model_validator(mode="after")
    def _is_something(self) -> FeeTable:
        if not self.percent and not any(self.flat.values()):
            raise ValueError("is nothing: give percent, flat or both, or leave the fee out")
        return self


Times = Annotated[dict[str, Clock], Field(min_length=1), BeforeValidator(_times)]


class RuleTable(Table):
    """What every action and every exception can say."""

    verdict: Ruling
    window: Span | None = None
    cut_off: Times | None = None
    afterwards: Ruling = Verdict.NO
    text: Texts = Field(default_factory=dict)
    text_afterwards: Texts = Field(default_factory=dict)

    @property
    def is_limited(self) -> bool:
        """Whether it ends by itself."""
        return self.window is not None or self.cut_off is not None

    @model_validator(mode="after")
    def _gets_narrower(self) -> RuleTable:
        if self.is_limited and RANK[self.afterwards] > RANK[self.verdict]:
            raise ValueError(
                f'afterwards is "{self.afterwards}", which allows more than "{self.verdict}": '
                "what may not be done at once may not be done later"
            )
        return self


class FeeRuleTable(RuleTable):
    """An action that pays something back."""

    fee: FeeTable | None = None


class SwapTable(RuleTable):
    """Another size or colour."""

    options: tuple[Name, ...] | None = Field(default=None, min_length=1)
    dearer: Ruling = Verdict.ALLOWED
    cheaper: Ruling = Verdict.ALLOWED


class QuantityTable(FeeRuleTable):
    """More or fewer of an item."""

    up: Ruling = Verdict.ALLOWED
    down: Ruling = Verdict.ALLOWED
    maximum: Units | None = None


class AddressTable(RuleTable):
    """Where it is sent."""

    other_country: Ruling = Verdict.ASK
    other_region: Ruling = Verdict.ALLOWED
    part_shipped: Ruling = Verdict.ASK

    @model_validator(mode="after")
    def _stays_in_the_country(self) -> AddressTable:
        if self.other_country is Verdict.ALLOWED:
            raise ValueError('other_country can be "ask" or "no": taxes and carriers are other ones there')
        return self


class ReturnTable(FeeRuleTable):
    """Sending something back."""

    counts_from: Literal["arrival", "shipping", "placing"] = "arrival"
    page: PageAddress | None = None


class PreparingTable(Table):
    """What the warehouse has begun with."""

    verdict: Ruling = Verdict.ASK

    @model_validator(mode="after")
    def _is_asked(self) -> PreparingTable:
        if self.verdict is Verdict.ALLOWED:
            raise ValueError('verdict can be "ask" or "no": what is being packed is nobody\'s to change from outside')
        return self


class RefundsTable(Table):
    """How long paying back takes."""

    days: Days


class AddingTable(Table):
    """What customers read who want more."""

    text: Texts


class WhenTable(Table):
    """For which orders and items an exception is: all that is given has to fit, of each list one."""

    products: tuple[Name, ...] = ()
    skus: tuple[Name, ...] = ()
    categories: tuple[Name, ...] = ()
    tags: tuple[Name, ...] = ()
    flags: tuple[Flag, ...] = ()
    kinds: tuple[Kind, ...] = ()
    shops: tuple[Name, ...] = ()
    channels: tuple[Name, ...] = ()
    countries: tuple[Country, ...] = ()
    methods: tuple[Method, ...] = ()
    placed_from: Moment | None = None
    placed_until: Moment | None = None

    @model_validator(mode="after")
    def _names_something(self) -> WhenTable:
        if not self.model_fields_set or not any(getattr(self, name) for name in self.model_fields_set):
            raise ValueError("names nothing: an exception for everything is the action's own rule")
        return self


ExceptionAction = Literal[
    "swap", "quantity", "cancel_line", "cancel_order", "address", "instructions", "return", "problem"
]
_OF_GOODS: Final = ("swap", "quantity", "cancel_line", "cancel_order")


class ExceptionTable(FeeRuleTable):
    """A rule for some orders or items, in the place of the actions' own."""

    name: Name
    actions: tuple[ExceptionAction, ...] = Field(default=_OF_GOODS, min_length=1)
    when: WhenTable

    @model_validator(mode="after")
    def _fee_is_for_something(self) -> ExceptionTable:
        if self.fee and not any(Action(name) in WITH_FEES for name in self.actions):
            raise ValueError(f"fee is for {', '.join(WITH_FEES)}: none of them is among its actions")
        return self


class PolicyDocument(Table):
    """The whole file. An action that it does not name is as in the standard policy."""

    schema_: Literal["policy/1"] = Field(alias="schema")
    languages: tuple[Language, ...] = ()
    calendar: CalendarTable = CalendarTable()
    swap: SwapTable | None = None
    quantity: QuantityTable | None = None
    cancel_line: FeeRuleTable | None = None
    cancel_order: FeeRuleTable | None = None
    address: AddressTable | None = None
    instructions: RuleTable | None = None
    return_: ReturnTable | None = Field(default=None, alias="return")
    problem: RuleTable | None = None
    adding: AddingTable | None = None
    preparing: PreparingTable = PreparingTable()
    refunds: RefundsTable | None = None
    exceptions: tuple[ExceptionTable, ...] = ()

    def rules(self) -> Iterator[tuple[tuple[str | int, ...], RuleTable]]:
        """Every rule with its path in the file."""
        for action in Action:
            table = getattr(self, member(action), None)
            if isinstance(table, RuleTable):
                yield (action.value,), table
        yield from ((("exceptions", place), table) for place, table in enumerate(self.exceptions))


def member(action: Action) -> str:
    """Under which name the document has an action."""
    return "return_" if action is Action.RETURN else action.value


def contradictions(document: PolicyDocument) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What cannot be meant, of which several members have a part: path and what is wrong."""
    names = Counter(table.name.casefold() for table in document.exceptions)
    for place, table in enumerate(document.exceptions):
        if names[table.name.casefold()] > 1:
            yield ("exceptions", place, "name"), f"{table.name!r} is given twice: names tell exceptions apart"
        if document.calendar.zone is None:
            days = (table.when.placed_from, table.when.placed_until)
            if any(day is not None and not hasattr(day, "hour") for day in days):
                yield ("exceptions", place, "when"), "names a day: calendar.zone has to say on which clock it begins"
    for path, rule in document.rules():
        if rule.cut_off is not None and document.calendar.zone is None:
            yield (*path, "cut_off"), "is a time on the shop's clock: calendar.zone has to say which, like Europe/Paris"


def known_members() -> dict[str, frozenset[str]]:
    """The members of every table of a file, by the table's name; those of the whole file under "". Of an
    exception's own tables as well."""
    tables: dict[str, Any] = {"": PolicyDocument, "exceptions": ExceptionTable, "when": WhenTable, "fee": FeeTable}
    for name, field in PolicyDocument.model_fields.items():
        for part in getattr(field.annotation, "__args__", (field.annotation,)):
            if isinstance(part, type) and issubclass(part, Table):
                tables[field.alias or name] = part
    return {
        name: frozenset(field.alias or own for own, field in table.model_fields.items())
        for name, table in tables.items()
    }
