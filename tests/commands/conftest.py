"""A working directory with sources, an archive and the real command line."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import app
from tests.databases import put

CONFIG = 'sources = ["sources/*.toml"]\nallow_addresses = ["127.0.0.1/32"]\ncrawl = { per_host_delay = "0s" }\n'
MINISTRY = """id = "mps"
name = "公安部"
authority = "ministry"
homepage = "https://police.example/"
url = "https://police.example/tips/index.html"
aliases = ["公安部网站"]
"""


def article(title: str, url: str, *paragraphs: str, date: str = "2025-03-04", source: str = "反诈速递") -> str:
    """A document as archives keep them: front matter, heading, text."""
    body = "\n\n".join(paragraphs)
    head = f"title: {title}\nurl: {url}\nsource: {source}\ndate: {date}\nfetch_date: 2025-03-05T08:00:00.5"
    return f"---\n{head}\n---\n\n# {title}\n\n{body}\n"


WARNING = article(
    "公安部提醒：警惕赴缅北高薪招工骗局",
    "https://carrier.example/a/1.html",
    "近日，多名群众轻信网上招工广告，被骗往缅甸北部的电信网络诈骗园区，人身自由受到限制。",
    "公安机关提醒广大群众，切勿相信所谓月薪三万元的境外客服岗位，不要随陌生人偷越国境。如遇险情，请拨打110报警。",
    "（来源：公安部网站）",
)
RESULT = article(
    "中柬警方联合捣毁一处跨境电诈窝点",
    "https://carrier.example/a/2.html",
    "记者从公安部获悉，中国与柬埔寨警方近日在西哈努克开展联合行动，捣毁一处跨境电信网络诈骗窝点，抓获犯罪嫌疑人57名。",
    "目前，57名犯罪嫌疑人已被押解回国，案件正在进一步侦办中。",
    "（来源：公安部网站）",
)
OTHER_RESULT = article(
    "中柬警方再次捣毁一处跨境电诈窝点",
    "https://carrier.example/a/3.html",
    "记者从公安部获悉，中国与柬埔寨警方日前在金边开展联合行动，捣毁一处跨境电信网络诈骗窝点，抓获犯罪嫌疑人83名。",
    "目前，83名犯罪嫌疑人已被押解回国，案件正在进一步侦办中。",
    "（来源：公安部网站）",
)
PLAIN = (
    "城市图书馆本周六起延长开放时间，读者可以在晚上九点以前借阅图书，馆内还将举办三场读书会，欢迎市民朋友踊跃参加。\n"
)
RECIPE = article(
    "家常豆腐的三种做法",
    "https://carrier.example/a/5.html",
    "豆腐切成两厘米见方的小块，焯水后沥干，锅中放少许油，小火煎到两面金黄，再加入葱姜和酱油，焖煮五分钟即可出锅。",
)


@dataclass
class Place:
    """Where `fenghuo` is run."""

    path: Path

    def run(self, *args: str, stdin: str | bytes | None = None, config: bool = True) -> Result:
        """Run the real command in this process."""
        given = ["--config", str(self.path / "fenghuo.toml")] if config else []
        return CliRunner().invoke(app, [*given, *args], input=stdin)

    def ok(self, *args: str, stdin: str | bytes | None = None) -> str:
        """What a command prints that must succeed."""
        result = self.run(*args, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *args: str, stdin: str | bytes | None = None) -> Any:
        """What a command prints as JSON, whatever its exit code."""
        return json.loads(self.run(*args, "--json", stdin=stdin).stdout)

    def write(self, name: str, text: str) -> str:
        """Write a file here; its path."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return str(file)


def lay_out(folder: Path) -> Place:
    """An installation with one source in ``folder``."""
    here = Place(folder)
    here.write("fenghuo.toml", CONFIG)
    here.write("sources/mps.toml", MINISTRY)
    return here


def keep(here: Place) -> str:
    """A folder of five kept documents, one of them without front matter."""
    for number, text in enumerate((WARNING, RESULT, OTHER_RESULT, PLAIN, RECIPE)):
        here.write(f"archive/{number}.txt", text)
    return str(here.path / "archive")


@pytest.fixture
def bare(tmp_path: Path) -> Place:
    """An installation with one source that never ran."""
    return lay_out(tmp_path)


@pytest.fixture
def place(bare: Place) -> Place:
    """An installation with one source that knows nothing yet."""
    put(bare.path / "var" / "fenghuo.db")
    return bare


@pytest.fixture
def archive(bare: Place) -> str:
    """The kept documents."""
    return keep(bare)


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a place that has imported the kept documents."""
    here = lay_out(tmp_path_factory.mktemp("imported"))
    here.ok("import", keep(here))
    return here.path / "var"


@pytest.fixture
def filled(bare: Place, archive: str, imported: Path) -> Place:
    """A place that has imported the kept documents."""
    shutil.copytree(imported, bare.path / "var")
    return bare
