"""Live pages by the thousand: memory, opening them, telling all of them, telling a few of them often.

Against sse-starlette as documented, and for telling all against nginx with nchan. Frames of 300 bytes are handed to the
hub inside the server, since rendering is measured elsewhere; everything else is the portal as it is served.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks import nchan, seed, servers
from tests.benchmarks.plan import Plan
from tests.benchmarks.process import DidNotStart, Process
from tests.benchmarks.report import Goal, Row, compared, unmeasured
from tests.benchmarks.servers import Fed
from tests.benchmarks.subscribers import Subscribers, Turned, marked

_SSE, _NCHAN = "sse-starlette as documented", "nginx with nchan"
_GOALS: dict[str, tuple[Goal, ...]] = {
    "streams_memory_kib": (Goal("ours", "at most", 16), Goal("ratio", "at most", 0.4)),
    "streams_accepts": (Goal("ratio", "at least", 3),),
    "streams_targeted_cpu": (Goal("ratio", "at most", 0.5),),
    "streams_broadcast": (Goal("ratio", "at most", 1.3),),
    "streams_broadcast_vs_sse": (Goal("ratio", "at most", 0.4),),
}
_UNITS = {
    "streams_memory_kib": "KiB",
    "streams_accepts": "streams/s",
    "streams_targeted_cpu": "% of a core",
    "streams_broadcast": "ms",
    "streams_broadcast_vs_sse": "ms",
}
NAMES = tuple(_GOALS)
_MANY = ("streams_memory_kib", "streams_accepts", "streams_targeted_cpu")
_ALL = ("streams_broadcast", "streams_broadcast_vs_sse")
_SIZE = 300
_RATE = 2_000
_EACH = 3
_BROADCASTS = 8

Path = Callable[[int], str]


@dataclass(slots=True)
class _Figures:
    """By row name or server, what was seen, round by round."""

    ours: dict[str, list[float]] = field(default_factory=dict)
    sse: dict[str, list[float]] = field(default_factory=dict)
    nchan: dict[str, list[float]] = field(default_factory=dict)
    costs: dict[str, list[float]] = field(default_factory=lambda: {"ours": [], "sse": []})
    late: dict[str, list[float]] = field(default_factory=lambda: {"ours": [], "sse": []})


def measure(plan: Plan) -> Iterator[Row]:
    """The rows asked for."""
    names = [name for name in NAMES if name in plan.wanted]
    figures, lacking = _Figures(), nchan.lacking()
    for _ in range(plan.rounds if names else 0):
        if plan.wanted.intersection(_MANY):
            _many(plan, figures)
        if plan.wanted.intersection(_ALL):
            _all(plan, figures)
        if "streams_broadcast" in plan.wanted and not lacking:
            lacking = _nchan(plan, figures)
    for name in names:
        yield _row(plan, name, figures, lacking)


def _row(plan: Plan, name: str, figures: _Figures, lacking: str) -> Row:
    against_nchan = name == "streams_broadcast"
    baseline_name = _NCHAN if against_nchan else _SSE
    if against_nchan and lacking:
        return unmeasured(name, baseline_name, _UNITS[name], _GOALS[name], lacking)
    baseline = figures.nchan if against_nchan else figures.sse
    key = "broadcast" if name in _ALL else name
    ours, theirs, note = figures.ours[key], baseline[key], _note(plan, name, figures)
    return compared(name, ours, theirs, baseline_name, _UNITS[name], _GOALS[name], note, plan.rounds)


def _note(plan: Plan, name: str, figures: _Figures) -> str:
    if name in _ALL:
        return f"from publishing {_SIZE} bytes until the last of {plan.clients} had them; {_BROADCASTS - 1} a round"
    clients = _third(plan) * _EACH
    if name == "streams_targeted_cpu":
        ours, sse = (_late(figures.late[side]) for side in ("ours", "sse"))
        return f"{_RATE} events/s of {_SIZE} bytes to {_EACH} of {clients} each; arriving after {ours}, baseline {sse}"
    shape = f"{clients} streams, {_EACH} an order, each link looked up in SQLite"
    if name == "streams_memory_kib":
        return f"growth of the server's proportional set size (no kernel buffers); {shape}"
    costs = {side: median(some) for side, some in figures.costs.items()}
    return (
        f"{shape}; ours also looks for what was missed; "
        f"processor time a stream {costs['ours']:.0f} µs, baseline {costs['sse']:.0f} µs"
    )


def _late(delays: list[float]) -> str:
    ordered = sorted(delays)
    return f"{median(ordered):.2f} ms (p50) and {ordered[int(len(ordered) * 0.99)]:.2f} ms (p99)"


def _third(plan: Plan) -> int:
    return min(plan.clients // _EACH, servers.ORDERS)


def _many(plan: Plan, figures: _Figures) -> None:
    """One round of the rows with three streams an order, on ours and on the other."""
    file = servers.orders(plan)
    with servers.portal(plan, f"sqlite:///{file}") as server:
        _crowd(plan, server, _ours, figures, "ours")
    with servers.documented_sse(plan, file) as server:
        _crowd(plan, server, _theirs, figures, "sse")


def _crowd(plan: Plan, server: Fed, path: Path, all_figures: _Figures, side: str) -> None:
    topics = _third(plan)
    figures = all_figures.ours if side == "ours" else all_figures.sse
    with Subscribers(server.process.port) as few:
        few.open(30, lambda number: path(number + 1))
    time.sleep(1)
    before, cpu = server.process.pss_kib(), server.process.cpu_s()
    with Subscribers(server.process.port) as subscribers:
        took = subscribers.open(topics * _EACH, lambda number: path(number % topics + 1))
        all_figures.costs[side].append((server.process.cpu_s() - cpu) / (topics * _EACH) * 1e6)
        time.sleep(1.5)
        grown = server.process.pss_kib() - before
        figures.setdefault("streams_memory_kib", []).append(grown / (topics * _EACH))
        figures.setdefault("streams_accepts", []).append(topics * _EACH / took)
        if "streams_targeted_cpu" in plan.wanted:
            share = _target(plan.seconds, server, subscribers, topics)
            figures.setdefault("streams_targeted_cpu", []).append(share)
            all_figures.late[side] += subscribers.arrivals.delays


def _target(seconds: float, server: Fed, subscribers: Subscribers, topics: int) -> float:
    """Tell a few at a time, at a steady rate; returns the server's share of a core, in percent."""
    began, cpu, sent, seen = time.monotonic(), server.process.cpu_s(), 0, 0
    while (passed := time.monotonic() - began) < seconds:
        due = int(passed * _RATE)
        if due > sent:
            server.tell(*(b"frame\t%d\t%s" % (n * 7919 % topics + 1, marked(_SIZE)) for n in range(sent, due)))
            sent = due
        seen += subscribers.drain(0.001)
    if seen < sent * _EACH:
        subscribers.expect(sent * _EACH - seen, 10)
    return (server.process.cpu_s() - cpu) / (time.monotonic() - began) * 100


def _all(plan: Plan, figures: _Figures) -> None:
    """One round of broadcasts, on ours and on the other."""
    file = servers.orders(plan)
    with servers.portal(plan, f"sqlite:///{file}") as server:
        figures.ours.setdefault("broadcast", []).extend(_broadcasts(plan, server, _ours(1)))
    if "streams_broadcast_vs_sse" in plan.wanted:
        with servers.documented_sse(plan, file) as server:
            figures.sse.setdefault("broadcast", []).extend(_broadcasts(plan, server, _theirs(1)))


def _nchan(plan: Plan, figures: _Figures) -> str:
    """One round of broadcasts on nginx; returns why there is no figure, or nothing."""
    try:
        with nchan.running(plan.folder, plan.clients) as process:
            figures.nchan.setdefault("broadcast", []).extend(_posts(plan, process))
    except (DidNotStart, Turned, OSError) as problem:
        return f"{type(problem).__name__}: {problem}"
    return ""


def _broadcasts(plan: Plan, server: Fed, path: str) -> list[float]:
    return _last_of_all(plan, server.process.port, path, lambda payload: server.tell(b"frame\t1\t" + payload))


def _posts(plan: Plan, process: Process) -> list[float]:
    with socket.create_connection(("127.0.0.1", process.port)) as publisher:
        publisher.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def publish(payload: bytes) -> None:
            publisher.sendall(nchan.post(payload, "all"))

        return _last_of_all(plan, process.port, "/live/all", publish)


def _last_of_all(plan: Plan, port: int, path: str, publish: Callable[[bytes], None]) -> list[float]:
    """Milliseconds until the last client had each broadcast; the first, which warms up, is left out."""
    last = []
    with Subscribers(port) as subscribers:
        subscribers.open(plan.clients, lambda _: path)
        time.sleep(1)
        subscribers.drain(0)
        for _ in range(_BROADCASTS):
            subscribers.arrivals.delays.clear()
            publish(marked(_SIZE))
            subscribers.expect(plan.clients, 30)
            last.append(max(subscribers.arrivals.delays))
            time.sleep(0.2)
    return last[1:]


def _ours(order: int) -> str:
    return f"/o/{seed.token(order)}/events?after={order}"


def _theirs(order: int) -> str:
    return f"/o/{seed.token(order)}/events"
