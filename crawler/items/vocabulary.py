"""The words that a field may have: what publishers, pages, looks and notices can be."""

from __future__ import annotations

from enum import StrEnum


class Authority(StrEnum):
    """What kind of publisher speaks; decides whether its word is official (contract, section 3)."""

    MINISTRY = "ministry"
    AGENCY = "agency"
    POLICE = "police"
    COURT = "court"
    PROCURATORATE = "procuratorate"
    EMBASSY = "embassy"
    REGULATOR = "regulator"
    INTERNATIONAL = "international"
    STATE_MEDIA = "state-media"
    MEDIA = "media"
    AGGREGATOR = "aggregator"
    ACCOUNT = "account"

    @property
    def official(self) -> bool:
        """Whether a notice that originates here is an official notice."""
        return self not in _UNOFFICIAL


_UNOFFICIAL = frozenset({Authority.STATE_MEDIA, Authority.MEDIA, Authority.AGGREGATOR, Authority.ACCOUNT})


class Kind(StrEnum):
    """What a notice does (contract, section 5)."""

    WARNING = "warning"
    ENFORCEMENT = "enforcement"
    POLICY = "policy"
    WANTED = "wanted"
    CASE = "case"
    FEATURE = "feature"
    OTHER = "other"


class Scope(StrEnum):
    """Where the fraud reaches."""

    CROSS_BORDER = "cross-border"
    DOMESTIC = "domestic"
    NONE = "none"


class PageClass(StrEnum):
    """What a page is, decided before anything is read from it."""

    ARTICLE = "article"
    LIST = "list"
    FEED = "feed"
    CHALLENGE = "challenge"  # a script or captcha stands before the content
    BLOCKED = "blocked"  # a firewall refuses us
    LOGIN = "login"
    DELETED = "deleted"  # the publisher says: gone
    VIOLATION = "violation"  # the platform took it away
    MOVED = "moved"
    TRUNCATED = "truncated"  # only the beginning came
    SHELL = "shell"  # markup without content
    ERROR = "error"  # an error text under status 200, or an error status
    UNKNOWN = "unknown"

    @property
    def gone(self) -> bool:
        """Whether somebody who must know says that the content is no more."""
        return self in _GONE


_GONE = frozenset({PageClass.DELETED, PageClass.VIOLATION})


class Outcome(StrEnum):
    """How one look at a column ended; every look has one, also a failed one."""

    BASELINE = "baseline"  # first ever look: read and stored, nothing sent
    NEW = "new"
    CHANGED = "changed"  # the list changed, no link is new
    UNCHANGED = "unchanged"
    CHALLENGED = "challenged"
    EMPTY = "empty"  # a list that used to have items has none
    LAYOUT = "layout"  # items, or the texts they lead to, are there no more where they used to be
    FAILED = "failed"  # network, TLS, HTTP status, size, time
    REFUSED = "refused"  # robots.txt or the address guard forbids it
    UNEQUIPPED = "unequipped"  # this machine lacks what the column needs: a browser

    @property
    def ok(self) -> bool:
        """Whether the publisher's list was truly observed."""
        return self in _OBSERVED


_OBSERVED = frozenset({Outcome.BASELINE, Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED})


class State(StrEnum):
    """The health of a column (contract, section 4, `sources`)."""

    OK = "ok"
    QUIET = "quiet"  # observed, but silent for longer than it ever was
    DEGRADED = "degraded"  # one look failed; or a part of it cannot be read
    CHALLENGED = "challenged"
    BROKEN = "broken"
    DISABLED = "disabled"
    NEW = "new"  # never looked at

    @property
    def in_trouble(self) -> bool:
        """Whether something may have been published that we do not see."""
        return self in (State.DEGRADED, State.CHALLENGED, State.BROKEN)
