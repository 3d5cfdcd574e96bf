"""A publisher for tests: a list page and articles of our own words, which a test publishes, edits and deletes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.databases import put
from tests.server import Server, answer

ADVICE = (
    "近期，有不法分子以境外高薪工作为诱饵，诱骗群众前往缅甸妙瓦底一带的电诈园区，再以限制人身自由的方式强迫其实施电信网络诈骗。",
    "警方提醒：凡是声称包食宿、报销路费、出境即可高薪入职的招聘，都要提高警惕，切勿轻信，更不要随陌生人偷越国境。",
    "如家人在境外失联，请立即向户籍地公安机关报案，或拨打外交部全球领事保护与服务应急热线12308求助。",
)


@dataclass
class Publisher:
    """``with Publisher() as p: p.publish("标题")``; the list is at ``p.url``."""

    name: str = "示例公安厅"
    charset: str = "utf-8"
    articles: dict[str, tuple[str, tuple[str, ...], str]] = field(default_factory=dict)
    server: Server = field(default_factory=Server)

    def __enter__(self) -> Self:
        self.server.__enter__()
        self._list()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.__exit__(*error)

    @property
    def url(self) -> str:
        return f"{self.server.url}/tzgg/"

    def publish(self, title: str, body: tuple[str, ...] = ADVICE, date: str = "2026-11-20 09:30") -> str:
        """Put an article on top of the list; its path."""
        path = f"/tzgg/202611/t20261120_{1000 + len(self.articles)}.html"
        self.articles[path] = (title, (f"{title}。{self.name}今天发布本提示。", *body), date)
        self._render(path)
        return path

    def edit(self, path: str, old: str, new: str) -> None:
        title, body, date = self.articles[path]
        self.articles[path] = (title, tuple(p.replace(old, new) for p in body), date)
        self._render(path)

    def delete(self, path: str) -> None:
        del self.articles[path]
        self.server.answers.pop(path)
        self._list()

    def seed(self, count: int = 6) -> None:
        """History, so that the list looks like one."""
        for n in range(count):
            self.publish(
                f"关于做好第{n + 1}号窗口服务工作的通知安排",
                (f"第{n + 1}号服务窗口自下周起调整办公时间，请办事群众合理安排。" * 3,),
            )

    def page(self, title: str, inside: str) -> bytes:
        html = (
            f'<html><head><meta charset="{self.charset}"><title>{title}_{self.name}</title></head><body>'
            f'<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a><a href="/bsfw/">办事服务</a></div>'
            f'{inside}<div class="footer">版权所有 {self.name} <a href="/map.html">网站地图</a></div></body></html>'
        )
        return answer(html.encode(self.charset), Content_Type="text/html")

    def _list(self) -> None:
        rows = "".join(
            f'<li><a href="{path}">{title}</a><span>{date[:10]}</span></li>'
            for path, (title, _, date) in reversed(self.articles.items())
        )
        self.server.answers["/tzgg/"] = self.page("通知公告", f'<ul class="list">{rows}</ul>')

    def _render(self, path: str) -> None:
        title, body, date = self.articles[path]
        text = "".join(f"<p>　　{p}</p>" for p in body)
        inside = f'<h1>{title}</h1><div>发布时间：{date}　来源：{self.name}</div><div class="TRS_Editor">{text}</div>'
        self.server.answers[path] = self.page(title, inside)
        self._list()


def configure(folder: Path, publishers: dict[str, Publisher], hook: str = "", **more: str) -> Path:
    """A configuration file that polls ``publishers`` (by source id), the first of each kind a police office.

    Its database is there already, unless ``more`` says where it is to be.
    """
    sources = folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    for id, publisher in publishers.items():
        authority = "media" if id.startswith("media") else "police"
        (sources / f"{id}.toml").write_text(
            f'id = "{id}"\nname = "{publisher.name}"\nauthority = "{authority}"\nurl = "{publisher.url}"\n', "utf-8"
        )
    if not {"data_dir", "database_url"} & set(more):
        put(folder / "var" / "fenghuo.db")
    settings = {
        "data_dir": '"var"',
        "sources": '["sources/*.toml"]',
        "allow_addresses": '["127.0.0.0/8"]',
        "crawl": '{ per_host_delay = "0s", timeout = "3s" }',
    }
    lines = [f"{key} = {value}" for key, value in (settings | more).items()]
    if hook:
        lines += ["[[hook]]", 'id = "test"', f'url = "{hook}"', 'secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"']
        lines += ['events = ["notice.new", "notice.revised", "notice.withdrawn", "source.broken", "source.recovered"]']
    file = folder / "fenghuo.toml"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file
