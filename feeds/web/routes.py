"""The table of routes: every address of this site, and the role it needs.  What is not here is not there."""

from __future__ import annotations

from feeds.web import api, exchange, hub, login, metrics, pages, syndication, wellknown
from feeds.web.callers import Role
from feeds.web.routing import Way

STATIC = "/static/"
"""Files of the program, open to anyone; the only addresses outside the table."""

TABLE: tuple[Way, ...] = (
    # the page
    Way("GET", "/", Role.READ, pages.overview),
    Way("GET", "/notices/{id}.cap", Role.READ, exchange.cap_alert),
    Way("GET", "/notices/{id}", Role.READ, pages.notice),
    Way("GET", "/sources", Role.READ, pages.sources),
    Way("GET", "/deliveries", Role.READ, pages.deliveries),
    Way("GET", "/login", Role.ANYONE, login.form),
    Way("POST", "/login", Role.ANYONE, login.log_in),
    Way("POST", "/logout", Role.ANYONE, login.log_out),
    # feeds; a feed's own token opens it alone
    Way("GET", "/feeds/stix.json", Role.READ, exchange.stix_bundle),
    Way("GET", "/feeds/misp/{name}", Role.READ, exchange.misp_file),
    Way("GET", "/feeds/{path:path}", Role.READ, syndication.feed),
    Way("GET", "/feeds.opml", Role.READ, syndication.feed_list),
    Way("POST", "/hub", Role.ANYONE, hub.subscribe, strangers=True),
    # probes
    Way("GET", "/healthz", Role.ANYONE, api.healthz),
    Way("GET", "/metrics", Role.READ, metrics.metrics),
    Way("GET", "/.well-known/security.txt", Role.ANYONE, wellknown.security),
    # the API
    Way("GET", "/api/v1/notices", Role.READ, api.list_notices),
    Way("GET", "/api/v1/notices/{id}", Role.READ, api.one_notice),
    Way("GET", "/api/v1/sources", Role.READ, api.list_sources),
    Way("GET", "/api/v1/coverage", Role.READ, api.coverage),
    Way("GET", "/api/v1/deliveries", Role.READ, api.list_deliveries),
    Way("GET", "/api/v1/health", Role.READ, api.health),
)
