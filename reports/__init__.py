"""Figures of the month, the workbook at its end, its archive."""
