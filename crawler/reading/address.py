"""Addresses of pages: absolute, canonical, and as the key under which one page is one thing."""

from __future__ import annotations

import base64
import binascii
import hashlib
import posixpath
import re
from functools import cache, lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit
from zlib import crc32

from crawler.reading.terms import terms

KEY_LENGTH = 300  # of store.tables.links.key
_PORTS = {"http": 80, "https": 443}
_UNRESERVED = "-._~"  # RFC 3986, section 2.3, with letters and digits
_PATH_SAFE = _UNRESERVED + "!$&'()*+,;=:@/"
_SEVERAL_COLUMNS = re.compile(
    r"^/(?:n\d+/)+(c\d+)/content(\.s?html?)$"
)  # one document under several n-paths (mps.gov.cn and kin)
_REMEMBERED = 2048  # addresses: most links of a list were there when it was read last
_WECHAT = "mp.weixin.qq.com"
_WECHAT_SHORT = re.compile(r"^/s/([A-Za-z0-9_-]{22})/?$")
_WECHAT_NAMES = {"appmsgid": "mid", "itemidx": "idx", "sign": "sn"}
_WECHAT_KEPT = ("__biz", "mid", "idx", "sn")


@lru_cache(maxsize=20_000)
def split(url: str) -> SplitResult:
    """`urlsplit`, remembered: a look needs the parts of its address four times, which was a twentieth of its cost.

    Raises ValueError.
    """
    return urlsplit(url)


@lru_cache(maxsize=_REMEMBERED)
def join(base: str, href: str) -> str | None:
    """``href`` of a page at ``base`` as an absolute http(s) address; None for anything that cannot be fetched so.

    Tab, CR and LF inside and white space around are dropped and ``\\`` is ``/``, as browsers do (WHATWG URL, 4.4).
    """
    href = re.sub(r"[\t\r\n\0]", "", href).strip().replace("\\", "/").replace("&amp;", "&")
    try:
        parts = urlsplit(urljoin(base, href))
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return _unsplit(
        parts.scheme, _host(parts.hostname, port, parts.scheme), _quoted(parts.path or "/"), parts.query, parts.fragment
    )


def canonical_url(url: str) -> str:
    """``url`` without what follows the reader (tracking, session, fragment); for people, so the scheme stays.

    WeChat long and short links take the form of `wechat_url`.  A text that is no http(s) address comes back as it is.
    """
    if not (parts := _split(url)):
        return url
    if long := wechat_url(url):
        return long
    host = _host(parts.hostname or "", parts.port, parts.scheme)
    return _unsplit(parts.scheme, host, _path(parts.path), _query(parts.query), parts.fragment)


@lru_cache(maxsize=_REMEMBERED)
def url_key(url: str) -> str:
    """The identity of the page at ``url``: scheme-less canonical host, path and query, at most 300 characters.

    ``wx:<uin>:<mid>:<idx>`` and ``wxs:<22 characters>`` for WeChat, whose other parameters change with every reader.
    """
    if not (parts := _split(url)):
        return _short(url.strip())
    if parts.hostname == _WECHAT and (key := _wechat_key(parts)):
        return key
    path = _without_index(_path(parts.path))
    host = _host(parts.hostname or "", None if parts.port in _PORTS.values() else parts.port, "")
    if several := _SEVERAL_COLUMNS.match(path):
        path = f"/{several[1]}/content{several[2]}"
    return _short(_unsplit("", host, path, _query(parts.query, in_order=True), parts.fragment))


def wechat_url(url: str) -> str | None:
    """The lasting form of a WeChat article's address; None for other addresses and for temporary ones."""
    parts = _split(url)
    if not parts or parts.hostname != _WECHAT:
        return None
    if short := _WECHAT_SHORT.match(parts.path):
        return f"https://{_WECHAT}/s/{short[1]}"
    kept = _wechat_query(parts)
    if parts.path.rstrip("/") != "/s" or not {"__biz", "mid", "idx"} <= kept.keys():
        return None
    return f"https://{_WECHAT}/s?" + "&".join(f"{k}={kept[k]}" for k in _WECHAT_KEPT if kept.get(k))


def wechat_key(biz: str, mid: str, idx: str) -> str | None:
    """``wx:<uin>:<mid>:<idx>``; ``biz`` is Base64 of the account's number, often unpadded; None if not."""
    numbers = (account_number(biz) or "", mid, idx)
    return "wx:" + ":".join(numbers) if all(n.isascii() and n.isdigit() and len(n) < 40 for n in numbers) else None


def account_number(biz: str) -> str | None:
    """The number (uin) of the WeChat account whose ``__biz`` is ``biz``; None if that is no Base64 of a number."""
    try:
        uin = base64.b64decode(biz.rstrip("=") + "=" * (-len(biz.rstrip("=")) % 4), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return uin if uin.isdigit() and len(uin) < 40 else None


def account_of(key: str) -> str | None:
    """The number of the WeChat account that a link's ``key`` names; None for others and for short links."""
    scheme, _, rest = key.partition(":")
    return rest.partition(":")[0] if scheme == "wx" else None


def _wechat_key(parts: SplitResult) -> str | None:
    if short := _WECHAT_SHORT.match(parts.path):
        return f"wxs:{short[1]}"
    found = _wechat_query(parts)
    return wechat_key(found.get("__biz", ""), found.get("mid", ""), found.get("idx", ""))


def _wechat_query(parts: SplitResult) -> dict[str, str]:
    """The four parameters that name a WeChat article, under their present names."""
    pairs = parse_qsl(parts.query.replace("\\x26amp;", "&").replace("&amp;", "&"))
    named = {_WECHAT_NAMES.get(k, k): v.strip() for k, v in pairs}
    if "__biz" in named:
        named["__biz"] = named["__biz"].rstrip("=") + "=" * (-len(named["__biz"].rstrip("=")) % 4)
    return {k: v for k, v in named.items() if k in _WECHAT_KEPT}


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(re.sub(r"[\t\r\n]", "", url).strip())
        return parts if parts.scheme in _PORTS and parts.hostname and parts.port != -1 else None
    except ValueError:
        return None


def _host(name: str, port: int | None, scheme: str) -> str:
    name = name.lower().rstrip(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            name = quote(name)
    name = f"[{name}]" if ":" in name else name
    return name if port is None or port == _PORTS.get(scheme) else f"{name}:{port}"


def _quoted(part: str) -> str:
    """One way to write every character (RFC 3986, 6.2.2): plain where it may be, capitals in hex digits."""
    return re.sub(r"%[0-9A-Fa-f]{2}", _plain, quote(part, safe=_PATH_SAFE + "%", errors="surrogatepass"))


def _plain(escape: re.Match[str]) -> str:
    character = chr(int(escape[0][1:], 16))
    return character if character.isascii() and (character.isalnum() or character in _UNRESERVED) else escape[0].upper()


def _path(path: str) -> str:
    """Dot segments resolved, double slashes and session parameters gone, one way of quoting (RFC 3986, section 6.2)."""
    path = re.sub(r"/{2,}", "/", path) or "/"
    segments = posixpath.normpath(path) + ("/" if path.endswith(("/", "/.", "/..")) else "")
    kept = re.sub(r";(\w+)=[^/;]*", lambda m: "" if _matches(m[1].lower(), "session") else m[0], segments)
    return re.sub(r"/{2,}", "/", _quoted(kept))


def _without_index(path: str) -> str:
    folder, _, name = path.rpartition("/")
    path = folder + "/" if name.lower() in terms("address")["index"] else path
    return path.rstrip("/")


def _query(query: str, in_order: bool = False) -> str:
    """The parameters that choose a page; sorted when ``in_order``, for a key."""
    pairs = [
        (k, v)
        for k, v in parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        if not _follows_reader(k.lower())
    ]
    return urlencode(sorted(pairs) if in_order else pairs, errors="surrogateescape", safe=_UNRESERVED + "/:,")


def _follows_reader(name: str) -> bool:
    return _matches(name, "noise") or _matches(name, "session")


def _matches(name: str, which: str) -> bool:
    whole, prefixes = _names(which)
    return name in whole or name.startswith(prefixes)


@cache
def _names(which: str) -> tuple[frozenset[str], tuple[str, ...]]:
    names = terms("address")[which]
    return frozenset(n for n in names if n[-1] != "*"), tuple(n[:-1] for n in names if n[-1] == "*")


def _unsplit(scheme: str, host: str, path: str, query: str, fragment: str) -> str:
    """Put together again; of fragments only routes of a script page (``#/detail/1``) choose a page."""
    route = f"#{fragment}" if fragment.startswith(("/", "!/")) else ""
    return (f"{scheme}://" if scheme else "") + host + path + (f"?{query}" if query else "") + route


def _short(key: str) -> str:
    if len(key) <= KEY_LENGTH:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{key[: KEY_LENGTH - len(digest) - 1]}~{digest}"


SHARDS = 512
"""Shares into which hosts are dealt, for many processes to work on (crawler.cluster).

Changing it needs all processes stopped, and each ``shard`` in the store computed anew.
"""


def shard_of(url: str) -> int:
    """The shard of the host that ``url`` names."""
    try:
        host = split(url).hostname or ""
    except ValueError:  # "http://[": it is refused when it is fetched
        host = ""
    return crc32(host.encode("utf-8", "replace")) % SHARDS
