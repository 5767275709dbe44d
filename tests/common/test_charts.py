"""Charts for pages: real text and titles, nothing that runs, nothing that the content policy would refuse."""

import pytest
from lxml import etree

from common import charts

SVG = "{http://www.w3.org/2000/svg}"
DATA = {"来访": [1, 2, None], "<b>": [3, 0, 5]}


@pytest.mark.rule("REP-04")
@pytest.mark.parametrize("draw", [charts.bars, charts.across, charts.lines])
def test_a_chart_is_named_and_carries_no_style_or_script(draw):
    drawn = draw("每日<来客>", ["03-01", "<script>alert(1)</script>", "03-03"], DATA)
    root = etree.fromstring(drawn)
    assert (root.get("role"), root.get("aria-label"), root.findtext(f"{SVG}title")) == (
        "img",
        "每日<来客>",
        "每日<来客>",
    )
    names = {etree.QName(element).localname for element in root.iter()}
    assert names & {"style", "script", "desc", "foreignObject"} == set()
    held = {name for element in root.iter() for name in element.attrib}
    assert {name for name in held if name == "style" or name.startswith("on") or name == "id"} == set()


def test_marks_tell_their_value():
    root = etree.fromstring(charts.bars("每日来客", ["03-01", "03-02", "03-03"], {"来访": [1, 2, 5]}))
    titles = [element.text for element in root.iter(f"{SVG}title")]
    assert [one for one in ("03-01: 1", "03-02: 2", "03-03: 5") if one not in titles] == []


def test_lying_bars_begin_with_the_first_on_top():
    root = etree.fromstring(charts.across("人员", ["甲", "乙"], {"来访": [1, 2]}, stacked=True))
    bars = [group for group in root.iter(f"{SVG}g") if group.get("class") == "bar"]
    heights = {bar.findtext(f"{SVG}title"): float(bar.find(f"{SVG}rect").get("y")) for bar in bars}
    assert heights["甲: 1"] < heights["乙: 2"]


@pytest.mark.parametrize("draw", [charts.bars, charts.across, charts.lines])
def test_nothing_and_one_thing_can_be_drawn(draw):
    for labels, values in (([], []), (["一"], [0]), (["一"], [None])):
        assert "svg" in draw("空", labels, {"来访": values})
