"""Pages of our own for the tests of reading: the shapes are those of the CMS families, the sentences are made up."""

from __future__ import annotations

from crawler.items import Authority, Column, Due, Page, Source

PARAGRAPHS = (
    "近日，有人冒充航运公司人事，以高薪招收海员为名，把求职者骗往境外园区。",
    "警方查明，该团伙先后在三座城市设点，共有四十一人上当，涉案金额逾九百万元。",
    "凡接到此类邀约的，请先向当地公安机关核实，切勿交出护照。",
)
BODY = "\n".join(PARAGRAPHS)
TITLE = "海城警方提醒：谨防“高薪招海员”跨境骗局"
FETCHED = 1_770_000_000.0  # 2026-02-02 in UTC
URL = "http://www.haicheng.example/jwzx/202601/t20260120_4417.html"

SOURCE = Source(
    id="haicheng",
    name="海城市公安局",
    authority=Authority.POLICE,
    aliases=("海城警方",),
    column=(Column(url="http://www.haicheng.example/jwzx/"),),
)


def html(
    body: str,
    *,
    title: str = f"{TITLE}_海城市公安局",
    head: str = "",
    info: str = "发布时间：2026-01-20 09:05　来源：海城市公安局　浏览次数：<b>318</b>",
    heading: str = TITLE,
) -> str:
    """A page as ministries make them: navigation, heading, line of facts, ``body``, editor, footer."""
    menu = "".join(f'<li><a href="/c{n}/">栏目{n}</a></li>' for n in range(40))
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>'
        f'<div class="nav"><ul>{menu}</ul></div><div class="position">当前位置：首页 &gt; 警方提示</div>'
        f'<div class="main"><h1>{heading}</h1><div class="info">{info}</div>{body}'
        '<div class="editor">责任编辑：周五</div></div>'
        f'<div class="side"><h3>最新</h3><ul>{menu}</ul><p>2026-01-31 另一条消息</p></div>'
        "<div>版权所有：海城市公安局</div></body></html>"
    )


def paragraphs(*lines: str) -> str:
    """``lines`` as indented paragraphs."""
    return "".join(f"<p>　　{line}</p>" for line in lines or PARAGRAPHS)


def page(markup: str | bytes, url: str = URL, status: int = 200, content_type: str = "text/html") -> Page:
    """An answer of the publisher."""
    body = markup if isinstance(markup, bytes) else markup.encode()
    return Page(url=url, status=status, body=body, content_type=content_type, fetched_at=FETCHED)


def due(url: str = URL, **known: str) -> Due:
    """A visit that is owed."""
    return Due(column="haicheng/main", url=url, **known)  # type: ignore[arg-type]
