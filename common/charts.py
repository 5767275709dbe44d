"""Charts for pages: pygal's drawing without script or style, so that the content policy, dark mode and print hold.

Colours come from ``static/css/charts.css``. The numbers belong beside each chart, in a table.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from lxml import etree

SVG = "{http://www.w3.org/2000/svg}"
WIDTH, HEIGHT = 580, 320
TEXT_SIZE = 15
MOST_LABELS = 11
ROW, ROOM = 20, 110
LAST_LABEL = 32  # half of a label that stands under the last point of a line
WIDER = 0.5 * TEXT_SIZE  # by how much a Chinese character is wider than pygal thinks

Series = Mapping[str, Sequence[float | int | None]]


@cache
def library() -> Any:
    """pygal, loaded with the first chart, without the finder of plug-ins that it leaves in every later import."""
    import pygal
    import pygal.style

    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]
    return pygal


def bars(title: str, labels: Sequence[str], series: Series, *, stacked: bool = False) -> SafeString:
    """Upright bars over short ``labels``; a missing value is a gap."""
    pygal = library()
    return _drawn(pygal.StackedBar if stacked else pygal.Bar, title, labels, series)


def across(title: str, labels: Sequence[str], series: Series, *, stacked: bool = False) -> SafeString:
    """Bars that lie beside ``labels`` of any length, the first on top."""
    pygal = library()
    turned = {name: values[::-1] for name, values in series.items()}
    thick = len(labels) * (1 if stacked else len(series))
    margin = 8 + WIDER * max((sum(ord(sign) > 0x2E80 for sign in label) for label in labels), default=0)
    kind = pygal.HorizontalStackedBar if stacked else pygal.HorizontalBar
    more = {"height": ROOM + ROW * max(thick, len(labels) + 2, 5), "margin_left": margin}
    return _drawn(kind, title, labels[::-1], turned, **more)


def lines(title: str, labels: Sequence[str], series: Series) -> SafeString:
    """Lines over short ``labels``; a missing value breaks the line."""
    return _drawn(library().Line, title, labels, series, margin_right=LAST_LABEL)


def _drawn(kind: Any, title: str, labels: Sequence[str], series: Series, **more: Any) -> SafeString:
    sizes = dict.fromkeys(("label_font_size", "major_label_font_size", "legend_font_size"), TEXT_SIZE)
    every = 1 if "height" in more else max(1, -(-len(labels) // MOST_LABELS))
    plain = {"js": [], "css": [], "no_prefix": True, "truncate_legend": -1, "truncate_label": -1}
    frame = {
        "width": WIDTH,
        "height": HEIGHT,
        "margin": 8,
        "legend_at_bottom": True,
        "legend_at_bottom_columns": len(series) or 1,
    }
    scale = {"max_scale": 6, "x_labels_major_every": every, "show_minor_x_labels": every == 1}
    chart = kind(
        **plain | frame | scale | more,
        show_legend=True,
        style=library().style.Style(**sizes),
        formatter=_number,
        value_formatter=_number,
        x_value_formatter=_number,
    )
    chart.x_labels = [str(label) for label in labels]
    for name, values in series.items():
        chart.add(str(name), list(values))
    return mark_safe(_quiet(chart.render(), title))  # pygal escapes what it draws


def _number(value: float) -> str:
    """A number on the scale: with separators, without decimals that say nothing."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def _quiet(drawing: bytes, title: str) -> str:
    """The drawing with its title for all readers, the values as titles of its marks, and nothing that runs."""
    root = etree.fromstring(drawing, etree.XMLParser(remove_comments=True, resolve_entities=False))
    for name in ("defs", "title"):
        for found in root.findall(f"{SVG}{name}"):
            root.remove(found)
    for found in root.findall(f".//{SVG}g"):
        found.attrib.pop("id", "")
        if "overlay" in found.get("class", ""):
            parent = found.getparent()
            if parent is not None:
                parent.remove(found)
            continue
        told = [found.findtext(f"{SVG}desc[@class='{kind}']") for kind in ("x_label", "value")]
        for desc in found.findall(f"{SVG}desc"):
            found.remove(desc)
        if told[1] is not None:
            etree.SubElement(found, f"{SVG}title").text = ": ".join(one for one in told if one)
    root.attrib.pop("id", "")
    root.attrib.update({"role": "img", "aria-label": title, "class": "chart"})
    head = etree.Element(f"{SVG}title")
    head.text = title
    root.insert(0, head)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="unicode")
