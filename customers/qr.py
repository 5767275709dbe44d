"""QR codes on prints: addresses that name no person and no number."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def drawn(address: str) -> SafeString:
    """A QR code of one of our own addresses, as inline SVG."""
    drawing = segno.make(address, micro=False, error="m").svg_inline(scale=3, border=1)
    return mark_safe(drawing)  # drawn by the library from our own address
