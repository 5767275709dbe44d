"""What the log keeps of a request that was refused: one line by its route; a traceback is for what went wrong (500)."""

import logging


class Refusals(logging.Filter):
    """Rewrites a record of ``django.request`` below 500: method, route, status and the account's number, nothing else.

    The sentence of a refusal may name people and a path may hold a code; neither is written.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", 500)
        request = getattr(record, "request", None)
        if status >= 500 or request is None:
            return True
        match = getattr(request, "resolver_match", None)
        # Only if the page asked who it is: writing a line asks nothing of the database.
        who = getattr(getattr(request, "_cached_user", None), "pk", None)
        record.msg = "refused: %s %s with %d, account %s"
        record.args = (request.method, match.route if match else "no such page", status, who or "-")
        record.exc_info = record.exc_text = None
        return True
