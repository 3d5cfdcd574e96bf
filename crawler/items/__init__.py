"""The nouns of the program, in the order in which understanding grows.

    Source, Column      who publishes, and where (configuration)
    Due                 one look or visit that is owed now          store  -> spider
    Page                what the publisher answered                 spider -> reading
    Link, Listing       a list page understood                      reading
    Article             an article page understood                  reading
    Fetched, Understood an answer on its way through the pipelines
    Origin, Verdict     who says it, and what it means for us       judging
    Notice, Change      what we remember, and what just happened    judging -> store

Everything here is frozen, typed and free of behaviour that needs Scrapy, SQL, a clock or a log.  Times are POSIX
seconds (float, UTC) but for what a publisher wrote, which stays an RFC 3339 string in the publisher's zone.
"""

from crawler.items.catalogue import (
    Column,
    Duration,
    Expect,
    HttpUrl,
    Model,
    Slug,
    Source,
    TimeZone,
    parse_duration,
)
from crawler.items.fetching import (
    Due,
    Exchange,
    Look,
    Page,
)
from crawler.items.judging import (
    ALERTABLE_KINDS,
    Alike,
    Change,
    ChangeType,
    Doubt,
    Known,
    Notice,
    Origin,
    Place,
    Reason,
    Related,
    Revision,
    Sighting,
    Verdict,
    Wording,
    notice_json,
    timestamp,
    verdict_json,
)
from crawler.items.reading import (
    Article,
    Attribution,
    Basis,
    Claim,
    Cut,
    Fetched,
    Further,
    Link,
    Listing,
    Precision,
    Published,
    Understood,
)
from crawler.items.vocabulary import (
    Authority,
    Kind,
    Outcome,
    PageClass,
    Scope,
    State,
)

__all__ = [
    "ALERTABLE_KINDS",
    "Alike",
    "Article",
    "Attribution",
    "Authority",
    "Basis",
    "Change",
    "ChangeType",
    "Claim",
    "Column",
    "Cut",
    "Doubt",
    "Due",
    "Duration",
    "Exchange",
    "Expect",
    "Fetched",
    "Further",
    "HttpUrl",
    "Kind",
    "Known",
    "Link",
    "Listing",
    "Look",
    "Model",
    "Notice",
    "Origin",
    "Outcome",
    "Page",
    "PageClass",
    "Place",
    "Precision",
    "Published",
    "Reason",
    "Related",
    "Revision",
    "Scope",
    "Sighting",
    "Slug",
    "Source",
    "State",
    "TimeZone",
    "Understood",
    "Verdict",
    "Wording",
    "notice_json",
    "parse_duration",
    "timestamp",
    "verdict_json",
]
