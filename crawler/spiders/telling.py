"""What Scrapy says of items that fail: the lookout has said why, in one line; a page itself is never in the log."""

from __future__ import annotations

import logging
from typing import Any

from scrapy.logformatter import LogFormatter

from crawler.exceptions import FenghuoError


class Brief(LogFormatter):
    """Scrapy's words without the item, which holds a foreign page of up to 8 MB; a traceback is for bugs of ours."""

    def item_error(self, item: Any, exception: BaseException, response: Any, spider: Any) -> Any:
        """Say nothing of an error that has a name, and of a bug where it showed."""
        level = logging.DEBUG if isinstance(exception, FenghuoError) else logging.ERROR
        return {"level": level, "msg": "Error processing %(url)s", "args": {"url": item.due.url}}
