"""A journey's drawing: whatever the places, nothing leaves the map, tears it or makes it heavy."""

from __future__ import annotations

import gzip
import re
import time
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given, settings, strategies as st

from portal.maps import drawing, ground
from portal.maps.drawing import draw
from portal.maps.journey import travelled
from portal.maps.shapes import MARGIN
from portal.maps.viewmodels import HEIGHT, WIDTH, Journey, MapView, Stand, Stop
from tests.maps.journeys import JOURNEYS

Point = tuple[int, int]
_PAINTED_ON_A_PAGE = 30_000  # characters: what a map may weigh before it is compressed

towns = st.builds(
    Stop,
    name=st.text(max_size=60),
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    country=st.sampled_from(["FR", "CN", "XX", None]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(towns, min_size=1, max_size=9), st.one_of(st.none(), towns), st.sampled_from(Stand))
def test_any_places_make_a_map(stops: list[Stop], destination: Stop | None, stand: Stand) -> None:
    journey = travelled(stops, destination, stand)
    if journey is None:
        assert all((stop.lat, stop.lon) == (0, 0) for stop in stops)
        return
    view = draw(journey, "fr")
    assert sum(dot.kind in ("now", "arrived") for dot in view.dots) == 1
    assert outside(view) == []
    assert torn(view) == []
    assert weight(view) < _PAINTED_ON_A_PAGE


@pytest.mark.parametrize("name", JOURNEYS)
def test_known_journeys_are_drawn_whole(name: str) -> None:
    view = draw(JOURNEYS[name], "en")
    assert outside(view) == []
    assert torn(view) == []
    assert len(gzip.compress(painted(view).encode(), 3)) < 11_000
    named = {label.text for label in view.labels}
    assert view.journey.stops[-1].name in named
    if view.journey.destination:
        assert view.journey.destination.name in named
    assert not any(" " in label.text and label.text != label.text.strip() for label in view.labels)


@pytest.mark.parametrize("name", JOURNEYS)
def test_names_stay_on_the_map_and_apart(name: str) -> None:
    view = draw(JOURNEYS[name], "en")
    dots = {(dot.x, dot.y) for dot in view.dots}
    assert {(label.x, label.y) for label in view.labels} <= dots
    assert len({(label.x, label.y, label.side) for label in view.labels}) == len(view.labels)


def test_the_pacific_is_crossed_and_not_the_atlantic() -> None:
    view = draw(JOURNEYS["to_dallas"], "en")
    at = {dot.name: dot.x for dot in view.dots}
    assert at["Shenzhen"] < at["Anchorage"] < at["Dallas"]
    assert at["Dallas"] - at["Shenzhen"] > WIDTH / 2
    assert "Russia" in {name.text for name in view.names}


def test_islands_on_both_sides_of_the_antimeridian_are_neighbours() -> None:
    view = draw(JOURNEYS["fiji"], "en")
    at = {dot.name: (dot.x, dot.y) for dot in view.dots}
    assert at["Nadi"][0] < at["Taveuni"][0] < WIDTH
    assert len(view.ground.land) > 500


def test_the_way_back_is_on_the_same_map() -> None:
    there, back = draw(JOURNEYS["to_chile"], "en"), draw(JOURNEYS["from_chile"], "en")
    assert there.ground == back.ground
    assert {(dot.x, dot.y) for dot in there.dots} == {(dot.x, dot.y) for dot in back.dots}


def test_the_end_of_a_long_journey_gets_the_map_and_the_whole_an_inset() -> None:
    early, late = draw(JOURNEYS["from_china_early"], "en"), draw(JOURNEYS["from_china"], "en")
    assert early.inset is None
    assert late.inset is not None
    assert {dot.name for dot in late.dots} >= {"Roissy-en-France", "Lyon"}
    assert "Shenzhen" not in {dot.name for dot in late.dots}
    at = {dot.name: (dot.x, dot.y) for dot in late.dots}
    assert abs(at["Lyon"][1] - at["Roissy-en-France"][1]) > 100  # apart enough to be told apart
    x, y, wide, high = late.inset.frame
    assert 0 <= x <= late.inset.width - wide
    assert 0 <= y <= late.inset.height - high


def test_what_is_ahead_is_told_from_what_has_been_travelled() -> None:
    on_the_way, arrived = draw(JOURNEYS["in_france"], "en"), draw(JOURNEYS["delivered"], "en")
    assert [leg.ahead for leg in on_the_way.legs] == [False, True]
    assert [leg.ahead for leg in arrived.legs] == [False]
    assert [dot.kind for dot in on_the_way.dots] == ["passed", "first", "destination", "now"]
    assert arrived.dots[-1].kind == "arrived"


def test_a_single_place_is_shown_with_land_around_it() -> None:
    view = draw(JOURNEYS["single"], "fr")
    assert [(dot.kind, dot.name) for dot in view.dots] == [("now", "Rennes")]
    assert view.legs == ()
    assert len(view.ground.land) > 500


def test_two_points_in_one_city_are_one_dot_on_a_map_that_shows_the_country() -> None:
    view = draw(JOURNEYS["in_a_city"], "fr")
    assert {label.text for label in view.labels} == {"Lyon"}
    assert {name.text for name in view.names} & {"France", "Suisse", "Italie"}


@pytest.mark.parametrize(("language", "called"), [("fr", "Allemagne"), ("de", "Deutschland"), ("es", "Alemania")])
def test_countries_are_named_in_the_language_of_the_page(language: str, called: str) -> None:
    assert called in {name.text for name in draw(JOURNEYS["from_china"], language).names}


def test_borders_can_be_left_out_and_countries_names_with_them() -> None:
    bare = draw(JOURNEYS["from_china"], "fr", borders=False)
    assert bare.ground.borders == ""
    assert bare.names == ()
    assert bare.inset is not None
    assert bare.inset.ground.borders == ""
    assert bare.ground.land == draw(JOURNEYS["from_china"], "fr").ground.land


def test_journeys_in_one_country_share_its_drawing() -> None:
    one = draw(JOURNEYS["delivered"], "fr")
    corbas, lesquin, _ = JOURNEYS["delivered"].stops
    journey = travelled([corbas, lesquin, Stop("Douai", 50.37, 3.08, "FR")], stand=Stand.ARRIVED)
    assert journey is not None
    other = draw(journey, "fr")
    assert other.ground is one.ground
    assert other.legs != one.legs


def test_a_map_is_drawn_in_a_few_milliseconds_and_the_second_time_at_once() -> None:
    ground.prepare()
    cold, again = [], []
    for journey in JOURNEYS.values():
        for forget in (draw.cache_clear, ground.ground.cache_clear, drawing._countries.cache_clear):
            forget()
        cold.append(_seconds(journey))
        again.append(_seconds(journey))
    assert median(cold) < 0.02  # of the processor; 3 to 12 ms where this was written
    assert max(again) < 0.001


def _seconds(journey: Journey) -> float:
    began = time.process_time()
    draw(journey, "en")
    return time.process_time() - began


def painted(view: MapView) -> str:
    """All path data of a map."""
    grounds = [view.ground, view.inset.ground] if view.inset else [view.ground]
    legs = [*view.legs, *(view.inset.legs if view.inset else ())]
    return " ".join([*(part for under in grounds for part in (under.land, under.borders)), *(leg.path for leg in legs)])


def weight(view: MapView) -> int:
    return len(painted(view))


def lines(path: str) -> list[list[Point]]:
    """The points of a path's lines. Reads what `shapes` writes, and nothing else."""
    assert re.fullmatch(r"(M-?\d+[ -]\d+l[-\d ]+z?)*", path)
    found = []
    for part in path.split("M")[1:]:
        numbers = [int(word) for word in re.findall(r"-?\d+", part)]
        line = [(numbers[0], numbers[1])]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
            line.append((line[-1][0] + dx, line[-1][1] + dy))
        found.append([*line, line[0]] if part.endswith("z") else line)
    return found


def outside(view: MapView) -> list[object]:
    """Whatever lies beyond the view and its margin."""
    wrong: list[object] = [dot for dot in view.dots if not (0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT)]
    pictures = [(view.ground, view.legs, WIDTH, HEIGHT)]
    if view.inset:
        pictures.append((view.inset.ground, view.inset.legs, view.inset.width, view.inset.height))
    for under, legs, width, height in pictures:
        for path in (under.land, under.borders, *(leg.path for leg in legs)):
            wrong += [
                point
                for line in lines(path)
                for point in line
                if not (-MARGIN <= point[0] <= width + MARGIN and -MARGIN <= point[1] <= height + MARGIN)
            ]
    return wrong


def torn(view: MapView) -> list[object]:
    """Stretches that go straight across the map where one sees them."""
    seen: list[object] = []
    for path in (view.ground.land, view.ground.borders):
        for line in lines(path):
            for (ax, ay), (bx, by) in pairwise(line):
                inside = 0 < ay < HEIGHT and 0 < by < HEIGHT
                if inside and abs(bx - ax) > 0.75 * WIDTH:
                    seen.append((ax, ay, bx, by))
    return seen
