"""What a form of a page does: the same operations as the API's, then back to the page with a word of what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crawler.config.hooks import Hook, When
from crawler.exceptions import ConfigError
from feeds import operations
from feeds.web.context import context_of
from feeds.web.forms import form_of
from feeds.web.screens import conditions
from feeds.web.screens.hooks import edit


def back(path: str, done: str, anchor: str = "") -> Response:
    """To ``path``, which says what was ``done`` (a key of `view.DONE`)."""
    return RedirectResponse(f"{path}?done={done}{'#' + quote(anchor, safe='/') if anchor else ''}", 303)


def merge(request: Request) -> Response:
    """Make another notice part of this one."""
    context, kept = context_of(request), request.path_params["id"]
    other = form_of(request).get("other", "").strip().rpartition("/")[2]
    notice = operations.merge(context.store, kept, other, context.now())
    return back(f"/notices/{notice.id}", "merged", "provenance")


async def split(request: Request) -> Response:
    """Make a sighting a notice of its own."""
    context = context_of(request)
    async with context.reading():
        address = form_of(request).get("address", "")
        parted = await operations.split_aside(context.configuration, address, context.now())
    return back(f"/notices/{parted.notice.id}", "split")


def look(request: Request) -> Response:
    """Look at a column, or at all of a source, now."""
    return _on_columns(request, operations.look_now, "looking")


def pause(request: Request) -> Response:
    """Look at a column no more until it is resumed."""
    return _on_columns(request, operations.pause, "paused")


def resume(request: Request) -> Response:
    """Look again at what was paused."""
    return _on_columns(request, operations.resume, "resumed")


def _on_columns(request: Request, act: Any, done: str) -> Response:
    context, name = context_of(request), form_of(request).get("name", "")
    act(context.store, context.catalogue, name, context.now())
    source, _, column = name.partition("/")
    return back(f"/sources/{quote(source, safe='')}", done, name if column else "")


def replay(request: Request) -> Response:
    """Send a delivery again."""
    context, id = context_of(request), request.path_params["id"]
    operations.replay(context.store, [str(id)], context.now())
    return back("/deliveries", "replayed", f"d{id}")


async def test(request: Request) -> Response:
    """Send a test message to a hook."""
    answer = await operations.test_alert(context_of(request).settings, request.path_params["id"])
    return back("/hooks", "tested" if answer.ok else "untold", request.path_params["id"])


async def save_hook(request: Request) -> Response:
    """Add a hook, or change one; the form comes back with what is wrong in it."""
    context, form = context_of(request), form_of(request)
    id = request.path_params.get("id") or form.get("id", "").strip()
    known = next((h for h in context.settings.hook if h.id == id), None)
    if known and not request.path_params.get("id"):
        return edit(request, None, form, f"{id}: there is such a hook already")
    try:
        await run_in_threadpool(operations.save_hook, context.configuration, id, given(form, known))
    except ConfigError as e:
        return edit(request, known, form, str(e))
    return back("/hooks", "saved", id)


def remove_hook(request: Request) -> Response:
    """Take a hook out of the configuration."""
    operations.remove_hook(context_of(request).configuration, request.path_params["id"])
    return back("/hooks", "removed")


def given(form: Mapping[str, str], before: Hook | None) -> dict[str, Any]:
    """What a hook's form says, as the configuration writes it; what is left empty is taken away.

    An address or secret that is left empty stays as it is: neither is shown to whoever edits.
    """
    said: dict[str, Any] = {name: form.get(name, "").strip() or None for name in ("digest", "quiet")}
    said |= {
        name: form[name].strip()
        for name in ("url", "secret")
        if form.get(name, "").strip() or (before is None and name == "url")
    }
    said["events"] = [name.removeprefix("event.") for name in form if name.startswith("event.")] or None
    said["language"] = form.get("language") or None
    said["enabled"] = None if form.get("enabled") else False
    for group in conditions.GROUPS:
        said[group] = conditions.given(form, group, getattr(before, group) if before else When()) or None
    return said
