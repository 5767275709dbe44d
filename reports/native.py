"""Charts that a spreadsheet draws itself, over the cells of their own sheet."""

from __future__ import annotations

from django.utils.translation import gettext as _
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart._chart import ChartBase
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from common.excel import HEAD_ROW

from .tables import INTEGER, Drawing, Table

COLOURS = ("006667", "D97706", "5B7DB1", "9A6FB0", "7A8B3C", "B7191C", "89867E")
GRID = "D5DAE0"
NARROW, WIDE, HEIGHT, CENTIMETRES = 22, 30, 9.5, 0.2  # a character of a column is 2 mm


def chart(frame: Worksheet, table: Table, drawing: Drawing) -> ChartBase:
    """The chart of a table: its first column along, the drawn columns up."""
    made = LineChart() if drawing.kind == "line" else BarChart()
    wide = round(sum(column.width for column in table.columns) * CENTIMETRES)
    made.title, made.width, made.height = drawing.title or table.title, min(max(wide, NARROW), WIDE), HEIGHT
    end = HEAD_ROW + len(table.rows)
    for at in drawing.of:
        made.add_data(Reference(frame, min_col=at + 1, min_row=HEAD_ROW, max_row=end), titles_from_data=True)
    made.set_categories(Reference(frame, min_col=1, min_row=HEAD_ROW + 1, max_row=end))
    for colour, series in zip(COLOURS, made.series, strict=False):
        series.graphicalProperties.solidFill = colour
        series.graphicalProperties.line.solidFill = colour
        if drawing.kind == "line":
            series.smooth = False  # a curve would show what was not counted
    if drawing.kind == "stacked":
        made.grouping, made.overlap = "stacked", 100
    _axes(made, table, drawing)
    made.legend.position = "b"
    if len(drawing.of) == 1:
        made.legend = None
    return made


def _axes(made: ChartBase, table: Table, drawing: Drawing) -> None:
    """Both axes named: what is along, what is counted; thin lines behind."""
    made.x_axis.delete = made.y_axis.delete = False
    made.x_axis.title = table.columns[0].title
    first = table.columns[drawing.of[0]]
    made.y_axis.title = first.title if len(drawing.of) == 1 else str(_("Count"))
    made.y_axis.number_format = INTEGER
    made.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=GRID, w=6350))
    for axis in (made.x_axis, made.y_axis):
        axis.title.overlay = False
        axis.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=CharacterProperties(sz=900, b=False))
    made.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=CharacterProperties(sz=1200, b=True))
