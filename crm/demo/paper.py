"""A sheet for the demo's files: one page of PDF that says what it is."""

LINES = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    b"<< /Length 54 >>\nstream\nBT /F1 28 Tf 90 720 Td (DEMO - not a contract) Tj ET  \nendstream",
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)


def made() -> bytes:
    """The bytes of the sheet."""
    body, starts = b"%PDF-1.4\n", list[int]()
    for n, line in enumerate(LINES, 1):
        starts.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (n, line)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(LINES) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(LINES) + 1, len(body))
    return body + head + table + tail
