import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from cli import COMMANDS
from crawler.config.hooks import Hook, Rule, When
from crawler.config.publishing import Cap, WebSub
from crawler.config.settings import CrawlSettings, EvidenceSettings, Settings
from crawler.items import Authority, Column, Expect, Kind, Scope, Source, State
from crawler.platforms import PLATFORMS
from crawler.platforms.json import ArticleFields

ROOT = Path(__file__).parents[2]
CONFIGURE = (ROOT / "docs" / "configure.md").read_text("utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READMES = [(ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")]
MODELS = [
    Settings,
    CrawlSettings,
    EvidenceSettings,
    Hook,
    When,
    Rule,
    Source,
    Column,
    Expect,
    ArticleFields,
    WebSub,
    Cap,
]
MODELS += [platform.Options for platform in PLATFORMS.values()]
SECRET = "whsec_c2VjcmV0IG9mIGEgdGVzdCwgMjQgYnl0ZXM="


def title(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("model", MODELS, ids=lambda m: f"{m.__module__}.{m.__name__}")
def test_every_key_is_documented(model: type[BaseModel]) -> None:
    words = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`[^`]+`", CONFIGURE))))
    assert set(model.model_fields) <= words | {"crawl", "hook", "column"}


@pytest.mark.parametrize("words", [Authority, Kind, Scope], ids=lambda w: w.__name__)
def test_every_word_a_key_may_hold_is_documented(words: type[Authority]) -> None:
    assert {w.value for w in words} <= set(re.findall(r"`([\w-]+)`", CONFIGURE))


def test_every_state_of_a_column_is_explained() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "operate.md").read_text("utf-8"), re.M)
    assert {s.value for s in State} <= set(explained)


def test_every_documented_key_exists() -> None:
    documented = set(re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", CONFIGURE, re.M))
    known = {field for model in MODELS for field in model.model_fields}
    assert {key for cell in documented for key in re.findall(r"\w+", cell)} <= known


def test_defaults_in_the_tables_are_the_defaults() -> None:
    for model in (Settings, CrawlSettings, Hook, Column, Source):
        for name, field in model.model_fields.items():
            if isinstance(field.default, bool):
                assert f"| `{name}` | `{str(field.default).lower()}` |" in CONFIGURE, name
            elif isinstance(field.default, str) and field.default and len(field.default) < 20:
                assert f'| `{name}` | `"{field.default}"` |' in CONFIGURE, name


def test_every_command_is_documented() -> None:
    operate = (ROOT / "docs" / "operate.md").read_text("utf-8")
    commands = list(COMMANDS)
    assert len(commands) > 10
    assert [c for c in commands if f"`fenghuo {c}" not in operate] == []


def test_no_command_is_documented_that_does_not_exist() -> None:
    commands = set(COMMANDS)
    for page in PAGES:
        mentioned = set(
            re.findall(r"fenghuo ([a-z][a-z-]*)", " ".join(re.findall(r"`[^`\n]+`", page.read_text("utf-8"))))
        )
        assert mentioned <= commands, title(page)


def test_every_make_target_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for readme in READMES:
        assert set(re.findall(r"^ {4}make (\w+)", readme, re.M)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_both_readmes_have_the_same_shape() -> None:
    english, chinese = ([re.match("#+", line)[0] for line in r.splitlines() if line[:1] == "#"] for r in READMES)
    assert english == chinese
    rows = [len(re.findall(r"^\|", r, re.M)) for r in READMES]
    assert rows[0] == rows[1]


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (re.findall(r"^ {4}((?:make|\.venv)[^#\n]*)", r, re.M) for r in READMES)
    assert [c.strip() for c in english] == [c.strip() for c in chinese]


def test_the_example_configuration_is_valid_and_names_defaults_only() -> None:
    text = (ROOT / "fenghuo.example.toml").read_text("utf-8")
    data = tomllib.loads(text)
    default = Settings().model_dump()
    given = Settings.model_validate(data).model_dump()
    assert {k: given[k] for k in data} == {k: default[k] for k in data}


def test_the_examples_comments_are_valid_once_uncommented() -> None:
    text = (ROOT / "fenghuo.example.toml").read_text("utf-8")
    uncommented = re.sub(r"^# (?=[a-z_]+ = |\[\[)", "", text, flags=re.M)
    without_files = re.sub(r'^(\w+)_file = ".*?"', rf'\1 = "{SECRET}"', uncommented, flags=re.M)
    settings = Settings.model_validate(tomllib.loads(without_files))
    assert len(settings.hook) == 2
    assert settings.crawl.user_agent != Settings().crawl.user_agent


@pytest.mark.parametrize("readme", READMES, ids=["en", "zh"])
def test_the_examples_in_the_readme_are_valid(readme: str) -> None:
    hook, source = (tomllib.loads(block) for block in re.findall(r"^```toml\n(.*?)^```", readme, re.M | re.S))
    hook["hook"][0]["secret"] = SECRET  # from the environment, for the user
    assert Settings.model_validate(hook).hook[0].id == "soc"
    assert Source.model_validate(source).column[0].url.startswith("https://")


def test_decisions_are_numbered_without_gaps_and_short() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(d.name[:4]) for d in decisions] == list(range(1, len(decisions) + 1))
    assert [title(d) for d in decisions if len(d.read_text("utf-8").splitlines()) > 30] == []


def test_every_direct_dependency_has_a_decision() -> None:
    decided = " ".join(d.read_text("utf-8").lower() for d in (ROOT / "docs" / "decisions").glob("*.md"))
    names = re.findall(r"^[\w-]+", (ROOT / "requirements.in").read_text("utf-8"), re.M)
    assert [n for n in names if n.lower().rstrip("0123456789") not in decided] == []
