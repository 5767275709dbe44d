"""Charts that a spreadsheet draws itself, over the cells of their own sheet."""

from __future__ import annotations

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart._chart import ChartBase
from openpyxl.worksheet.worksheet import Worksheet

from common.excel import HEAD_ROW

from .tables import Drawing, Table

COLOURS = ("006667", "D97706", "5B7DB1", "9A6FB0", "7A8B3C", "B7191C", "89867E")
WIDTH, HEIGHT = 24, 9.5


def chart(frame: Worksheet, table: Table, drawing: Drawing) -> ChartBase:
    """The chart of a table: its first column along, the drawn columns up."""
    made = LineChart() if drawing.kind == "line" else BarChart()
    made.title, made.width, made.height = drawing.title or table.title, WIDTH, HEIGHT
    end = HEAD_ROW + len(table.rows)
    for at in drawing.of:
        made.add_data(Reference(frame, min_col=at + 1, min_row=HEAD_ROW, max_row=end), titles_from_data=True)
    made.set_categories(Reference(frame, min_col=1, min_row=HEAD_ROW + 1, max_row=end))
    for colour, series in zip(COLOURS, made.series, strict=False):
        series.graphicalProperties.solidFill = colour
        series.graphicalProperties.line.solidFill = colour
    if drawing.kind == "stacked":
        made.grouping, made.overlap = "stacked", 100
    made.x_axis.delete = made.y_axis.delete = False
    made.y_axis.majorGridlines.spPr = None
    made.legend.position = "b"
    if len(drawing.of) == 1:
        made.legend = None
    return made
