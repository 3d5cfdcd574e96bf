"""The table of routes: every address of this site, and the role it needs.  What is not here is not there."""

from __future__ import annotations

from feeds.web import exchange, hub, login, metrics, syndication, wellknown
from feeds.web.api import columns, deliveries, health, hooks, notices, openapi, shapes, stream
from feeds.web.callers import Role
from feeds.web.questions import NoticesListed, Paged
from feeds.web.routing import Told, Way
from feeds.web.screens import about, actions, add, capture, notice, rules, sources, trends, wire
from feeds.web.screens import deliveries as ledger_screen
from feeds.web.screens import hooks as hooks_screen

V1 = "/api/v1"
COLUMN = f"{V1}/columns/{{source}}/{{column}}"

STATIC = "/static/"
"""Files of the program, open to anyone; the only addresses outside the table."""

TABLE: tuple[Way, ...] = (
    # the page
    Way("GET", "/", Role.READ, wire.wire),
    Way("GET", "/notices/{id}.cap", Role.READ, exchange.cap_alert),
    Way("GET", "/notices/{id}", Role.READ, notice.notice),
    Way("GET", "/captures/{id:int}", Role.READ, capture.capture),
    Way("POST", "/notices/{id}/merge", Role.OPERATE, actions.merge),
    Way("POST", "/notices/{id}/split", Role.OPERATE, actions.split),
    Way("GET", "/sources", Role.READ, sources.sources),
    Way("POST", "/sources/look", Role.OPERATE, actions.look),
    Way("POST", "/sources/pause", Role.OPERATE, actions.pause),
    Way("POST", "/sources/resume", Role.OPERATE, actions.resume),
    Way("GET", "/sources/{id}", Role.READ, sources.source),
    Way("GET", "/add", Role.OPERATE, add.form),
    Way("POST", "/add", Role.OPERATE, add.preview),
    Way("POST", "/add/save", Role.OPERATE, add.save),
    Way("GET", "/trends", Role.READ, trends.show),
    Way("GET", "/deliveries", Role.READ, ledger_screen.deliveries),
    Way("POST", "/deliveries/{id:int}/replay", Role.OPERATE, actions.replay),
    Way("GET", "/hooks", Role.READ, hooks_screen.hooks),
    Way("GET", "/hooks/new", Role.OPERATE, hooks_screen.hook),
    Way("POST", "/hooks/new", Role.OPERATE, actions.save_hook),
    Way("GET", "/hooks/{id}", Role.OPERATE, hooks_screen.hook),
    Way("POST", "/hooks/{id}", Role.OPERATE, actions.save_hook),
    Way("GET", "/hooks/{id}/trial", Role.OPERATE, hooks_screen.trial),
    Way("POST", "/hooks/{id}/test", Role.OPERATE, actions.test),
    Way("POST", "/hooks/{id}/remove", Role.OPERATE, actions.remove_hook),
    Way("GET", "/rules/new", Role.OPERATE, rules.rule),
    Way("POST", "/rules/new", Role.OPERATE, rules.save),
    Way("GET", "/rules/{number:int}", Role.OPERATE, rules.rule),
    Way("POST", "/rules/{number:int}", Role.OPERATE, rules.save),
    Way("POST", "/rules/{number:int}/remove", Role.OPERATE, rules.remove),
    Way("GET", "/about", Role.READ, about.about),
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
    Way("GET", "/healthz", Role.ANYONE, health.healthz),
    Way("GET", "/metrics", Role.READ, metrics.metrics),
    Way("GET", "/.well-known/security.txt", Role.ANYONE, wellknown.security),
    # the API
    Way("GET", f"{V1}/openapi.json", Role.READ, openapi.openapi),
    Way("GET", f"{V1}/health", Role.READ, health.health, Told(shapes.Health)),
    Way("GET", f"{V1}/stream", Role.READ, stream.stream, Told(media_type="text/event-stream")),
    Way("GET", f"{V1}/notices", Role.READ, notices.list_notices, Told(shapes.NoticeList, NoticesListed)),
    Way(
        "POST",
        f"{V1}/notices",
        Role.OPERATE,
        notices.submit,
        Told(shapes.SubmittedNotice, body=notices.Submitted, status=201),
    ),
    Way("GET", f"{V1}/notices/{{id}}", Role.READ, notices.one_notice, Told(shapes.NoticeShape)),
    Way(
        "POST", f"{V1}/notices/{{id}}/merge", Role.OPERATE, notices.merge, Told(shapes.NoticeShape, body=notices.Other)
    ),
    Way(
        "POST",
        f"{V1}/notices/{{id}}/split",
        Role.OPERATE,
        notices.split,
        Told(shapes.NoticeShape, body=notices.Address, status=201),
    ),
    Way(
        "POST",
        f"{V1}/split",
        Role.OPERATE,
        notices.split_sighting,
        Told(shapes.NoticeShape, body=notices.Address, status=201),
    ),
    Way("POST", f"{V1}/explain", Role.OPERATE, notices.explain, Told(shapes.Explained, body=notices.Text)),
    Way("GET", f"{V1}/sources", Role.READ, columns.list_columns, Told(shapes.ColumnList, columns.ColumnsAsked)),
    Way(
        "POST",
        f"{V1}/sources",
        Role.OPERATE,
        columns.save,
        Told(shapes.SavedSource, body=columns.Previewed, status=201),
    ),
    Way(
        "POST",
        f"{V1}/sources/preview",
        Role.OPERATE,
        columns.preview,
        Told(shapes.PreviewShape, body=columns.NewSource),
    ),
    Way(
        "PATCH",
        f"{V1}/sources/{{source}}",
        Role.OPERATE,
        columns.put_paused,
        Told(shapes.ColumnKeys, body=columns.Paused),
    ),
    Way("POST", f"{V1}/sources/{{source}}/look", Role.OPERATE, columns.look_now, Told(shapes.ColumnKeys, status=202)),
    Way("GET", f"{COLUMN}", Role.READ, columns.one_column, Told(shapes.ColumnShape)),
    Way("PATCH", f"{COLUMN}", Role.OPERATE, columns.put_paused, Told(shapes.ColumnKeys, body=columns.Paused)),
    Way("GET", f"{COLUMN}/looks", Role.READ, columns.list_looks, Told(shapes.LookList, Paged)),
    Way("POST", f"{COLUMN}/look", Role.OPERATE, columns.look_now, Told(shapes.ColumnKeys, status=202)),
    Way("GET", f"{V1}/incidents", Role.READ, columns.list_incidents, Told(shapes.IncidentList, Paged)),
    Way("GET", f"{V1}/coverage", Role.READ, columns.coverage, Told(shapes.CoverageShape, columns.CoverageAsked)),
    Way(
        "GET",
        f"{V1}/deliveries",
        Role.READ,
        deliveries.list_deliveries,
        Told(shapes.DeliveryList, deliveries.DeliveriesAsked),
    ),
    Way("GET", f"{V1}/deliveries/{{id}}", Role.READ, deliveries.one_delivery, Told(shapes.DeliveryShape)),
    Way(
        "POST",
        f"{V1}/deliveries/replay",
        Role.OPERATE,
        deliveries.replay,
        Told(shapes.Replayed, body=deliveries.Again, status=202),
    ),
    Way("GET", f"{V1}/hooks", Role.READ, hooks.list_hooks, Told(shapes.HookList, Paged)),
    Way("POST", f"{V1}/hooks", Role.OPERATE, hooks.add_hook, Told(shapes.HookShape, body=hooks.NewHook, status=201)),
    Way("GET", f"{V1}/hooks/{{id}}", Role.READ, hooks.one_hook, Told(shapes.HookShape)),
    Way("PATCH", f"{V1}/hooks/{{id}}", Role.OPERATE, hooks.change_hook, Told(shapes.HookShape, body=hooks.HookChange)),
    Way("DELETE", f"{V1}/hooks/{{id}}", Role.OPERATE, hooks.remove_hook, Told(status=204)),
    Way("POST", f"{V1}/hooks/{{id}}/test", Role.OPERATE, hooks.test_hook, Told(shapes.Accepted)),
    Way("GET", f"{V1}/rules", Role.READ, hooks.list_rules, Told(shapes.RuleList)),
    Way("PUT", f"{V1}/rules", Role.OPERATE, hooks.put_rules, Told(shapes.RuleList, body=hooks.RulesGiven)),
    Way("POST", f"{V1}/rules/try", Role.OPERATE, hooks.try_rules, Told(shapes.TriedShape, body=hooks.Trial)),
)
