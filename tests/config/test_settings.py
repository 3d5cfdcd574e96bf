"""fenghuo.toml, the environment and source files become typed objects; every mistake is one line that says where."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import platforms
from crawler.config.catalogue import Catalogue, load_catalogue, load_source
from crawler.config.settings import CrawlSettings, Hook, Settings, load_settings, parse_size
from crawler.config.toml import line_of
from crawler.exceptions import ConfigError

MINISTRY = 'id = "mps"\nname = "公安部"\nauthority = "ministry"\nurl = "https://police.example/tips/"\n'
COLUMNS = """id = "mps"
name = "公安部"
authority = "ministry"

[[column]]
id = "tips"
url = "https://police.example/tips/"

[[column]]
id = "news"
url = "https://police.example/news/"
"""
EXAMPLE = """
data_dir     = "var"
database_url = ""
sources      = []
listen       = "127.0.0.1:8750"
base_url     = ""
allow_addresses = []
respect_robots  = true
read_token = ""
admin_token = ""
crawl = { workers = 1, concurrency = 16, per_host_delay = "1s", timeout = "30s", max_page = "8MB" }
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FENGHUO_CONFIG", raising=False)
    return tmp_path


def save(text: str, name: str = "fenghuo.toml") -> Path:
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def loaded(text: str, env: Mapping[str, str] | None = None) -> Settings:
    return load_settings(save(text), env or {})


def refused(text: str, env: Mapping[str, str] | None = None) -> str:
    """What is said of a configuration that is wrong."""
    with pytest.raises(ConfigError) as caught:
        loaded(text, env)
    return one_line(caught.value)


def source_refused(*texts: str) -> str:
    """What is said of a catalogue one of whose files is wrong."""
    for number, text in enumerate(texts):
        save(text, f"sources/{number}.toml")
    with pytest.raises(ConfigError) as caught:
        load_catalogue(loaded('sources = ["sources/*.toml"]'), platforms.check)
    return one_line(caught.value).replace(f"{Path.cwd()}/", "")


def one_line(error: ConfigError) -> str:
    assert error.exit_code == 2
    assert len(str(error).splitlines()) == 1
    return str(error)


# ---- what is there without a word ------------------------------------------------------------------------------------


def test_the_example_of_the_contract_says_what_is_so_without_it() -> None:
    assert loaded(EXAMPLE) == loaded("") == load_settings(env={})
    assert Settings.model_validate(tomllib.loads(EXAMPLE)) == Settings()


def test_without_a_file_there_are_a_database_the_shipped_catalogue_and_a_local_page(here: Path) -> None:
    settings = load_settings(env={})
    assert settings.data_dir == here / "var"
    assert settings.database_url == f"sqlite:///{here}/var/fenghuo.db"
    assert (settings.host, settings.port, settings.base_url) == ("127.0.0.1", 8750, "http://127.0.0.1:8750")
    assert "mfa" in load_catalogue(settings, platforms.check).sources


def test_a_hook_sends_new_revised_and_withdrawn_notices_unless_it_says_otherwise() -> None:
    (hook,) = loaded('[[hook]]\nid = "soc"\nurl = "https://soc.example/hook"').hook
    assert hook.events == ("notice.new", "notice.revised", "notice.withdrawn")
    assert not any(hook.when.model_dump().values())


def test_a_source_needs_a_url_and_nothing_that_could_be_inferred() -> None:
    column = load_source(save(MINISTRY)).column[0]
    assert (column.id, column.every, column.platform, column.enabled) == ("main", 900.0, "html", True)


# ---- where things are ------------------------------------------------------------------------------------------------


def test_paths_are_relative_to_the_configuration_file(here: Path) -> None:
    text = 'data_dir = "data"\ndatabase_url = "sqlite:///db/x.db"\nsources = ["s/*.toml", "/etc/fenghuo/*.toml"]'
    settings = load_settings(save(text, "conf/here.toml"), {})
    assert settings.data_dir == here / "conf" / "data"
    assert settings.database_url == f"sqlite:///{here}/conf/db/x.db"
    assert settings.sources == (f"{here}/conf/s/*.toml", "/etc/fenghuo/*.toml")


@pytest.mark.parametrize("url", ["sqlite:////srv/x.db", "postgresql+psycopg://fenghuo@db.example/fenghuo"])
def test_an_absolute_database_stays_where_it_is(url: str) -> None:
    assert loaded(f'database_url = "{url}"').database_url == url


def test_a_file_is_named_by_argument_then_by_environment_then_by_habit() -> None:
    save('listen = "127.0.0.1:1"')
    env = {"FENGHUO_CONFIG": str(save('listen = "127.0.0.1:2"', "named.toml"))}
    assert load_settings(save('listen = "127.0.0.1:3"', "argument.toml"), env).port == 3
    assert load_settings(env=env).port == 2
    assert load_settings(env={}).port == 1


def test_a_named_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"^nowhere\.toml: no such configuration file$"):
        load_settings(env={"FENGHUO_CONFIG": "nowhere.toml"})


# ---- mistakes in the configuration -----------------------------------------------------------------------------------

HOOKS = """
[[hook]]
id = "soc"
url = "https://soc.example/hook"

[[hook]]
id = "chat"
url = "feishu://token"
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('# ours\nlistne = "127.0.0.1:1"', "fenghuo.toml:2: listne: unknown key"),
        ("\n\nrespect_robots = [1]", "fenghuo.toml:3: respect_robots: Input should be a valid boolean"),
        ('listen = "8750"', "fenghuo.toml:1: listen: not an address to listen on: '8750'"),
        ('crawl = { timeout = "soon" }', "fenghuo.toml:1: crawl.timeout: not a duration: 'soon'"),
        ('[crawl]\nworkers = 1\nmax_page = "8 parsecs"', "fenghuo.toml:3: crawl.max_page: not a size: '8 parsecs'"),
        ("[crawl]\nworkers = 0", "fenghuo.toml:2: crawl.workers: Input should be greater than or equal to 1"),
        ('crawl = 5\nlisten = "127.0.0.1:1"', "fenghuo.toml:1: crawl: Input should be a valid dictionary"),
        ("crawl.workers = 1\ncrawl.worker = 2", "fenghuo.toml:2: crawl.worker: unknown key"),
        ('allow_addresses = [\n  "10.0.0.0/8",\n  "10.0.0.300/8",\n]', "fenghuo.toml:3: allow_addresses.1: "),
        ('allow_addresses = ["127.0.0.1/8"]', "fenghuo.toml:1: allow_addresses.0: 127.0.0.1/8 has host bits set"),
        (HOOKS + 'kind = "x"', "fenghuo.toml:9: hook.1.kind: unknown key"),
        (HOOKS + 'when = { scop = ["domestic"] }', "fenghuo.toml:9: hook.1.when.scop: unknown key"),
        (HOOKS + '[hook.when]\nkind = ["warnings"]', "fenghuo.toml:10: hook.1.when.kind.0: Input should be 'warning'"),
        (HOOKS + 'when = { authority = ["mps"] }', "hook.1.when.authority.0: unknown authority 'mps'; there are offic"),
        (HOOKS + 'digest = "15 minutes"', "fenghuo.toml:9: hook.1.digest: not a duration"),
        (HOOKS + 'events = ["notice.gone"]', "fenghuo.toml:9: hook.1.events.0: Input should be 'notice.new'"),
        (HOOKS.replace("feishu://token", "token"), "fenghuo.toml:8: hook.1.url: has no scheme"),
        (HOOKS + '[[hook]]\nurl = "feishu://token"', "fenghuo.toml:9: hook.2.id: Field required"),
        (HOOKS.replace('"chat"', '"soc"'), "fenghuo.toml:7: hook.1.id: hook ids are not unique: soc"),
        ('hook = [\n  { id = "a", url = "x://" },\n  { id = "b", urll = "y://" },\n]', "fenghuo.toml:3: hook.1.url"),
        ('"odd\\nkey" = 1', "fenghuo.toml:1: odd key: unknown key"),
        ('# first\nlisten = "127.0.0.1:1', "fenghuo.toml:2: not valid TOML: "),
        ("# first\nlisten = 1\nlisten = 2\n# last", "fenghuo.toml:3: not valid TOML: Cannot overwrite a value"),
        ("[crawl]\nworkers = [\n  1,\n", "fenghuo.toml:3: not valid TOML: "),
    ],
)
def test_a_mistake_is_one_line_naming_file_line_and_key(text: str, said: str) -> None:
    assert said in refused(text)


def test_a_text_that_looks_like_a_key_is_not_taken_for_one() -> None:
    text = '[crawl]\nuser_agent = """\nworkers = 0\n[other]\n"""\n# workers = 0\nworkers = 0'
    assert refused(text).startswith("fenghuo.toml:7: crawl.workers: ")


def test_a_file_in_another_charset_is_one_line_with_the_line() -> None:
    Path("fenghuo.toml").write_bytes('listen = "127.0.0.1:1"\n# 配置\n'.encode("gb18030"))
    with pytest.raises(ConfigError, match=r"^fenghuo\.toml:2: not UTF-8; save the file as UTF-8$"):
        load_settings(env={})


def test_a_byte_order_mark_is_no_mistake() -> None:
    Path("fenghuo.toml").write_bytes(b'\xef\xbb\xbflisten = "127.0.0.1:1"')
    assert load_settings(env={}).port == 1


# ---- mistakes in a source file ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MINISTRY.replace("ministry", "minstry"), "sources/0.toml:3: authority: Input should be 'ministry', "),
        (MINISTRY.replace("https:", "ftp:"), "sources/0.toml:4: url: not an http(s) address: 'ftp://"),
        (MINISTRY + 'every = "5m"', "sources/0.toml:5: every: unknown key"),
        (MINISTRY + 'timezone = "Asia/Peking"', "sources/0.toml:5: timezone: unknown time zone: 'Asia/Peking'"),
        (MINISTRY.replace('"mps"', '"MPS"'), "sources/0.toml:1: id: String should match pattern"),
        (MINISTRY.replace('name = "公安部"\n', ""), "sources/0.toml:1: name: Field required"),
        (COLUMNS + 'evry = "5m"', "sources/0.toml:12: column.1.evry: unknown key"),
        (COLUMNS + 'every = "often"', "sources/0.toml:12: column.1.every: not a duration: 'often'"),
        (COLUMNS + "expect = { min_item = 5 }", "sources/0.toml:12: column.1.expect.min_item: unknown key"),
        (COLUMNS + "[column.expect]\nmin_items = -1", "sources/0.toml:13: column.1.expect.min_items: "),
        (COLUMNS + 'platform = "htm"', "sources/0.toml:12: mps/news: platform: unknown 'htm'; there are c_channel, "),
        (COLUMNS + 'links = "ul..list a"', "sources/0.toml:12: mps/news: links: 'ul..list a' is not a CSS selector"),
        (COLUMNS + 'platform = "json"', "sources/0.toml:9: mps/news: json.url: Field required"),
        (
            COLUMNS + 'platform = "json"\n[column.json]\nurl = "/{id}"\nitem = "x"',
            "sources/0.toml:15: mps/news: json.item: unknown key",
        ),
        (COLUMNS.replace("news", "tips"), "sources/0.toml:10: column.1.id: column ids are not unique: tips"),
        (COLUMNS.replace('id = "tips"', "").replace('id = "news"', ""), "sources/0.toml:9: column.1.id: column ids"),
        ('id = "mps"\nname = "公安部"\nauthority = "ministry"', "sources/0.toml:1: column: Field required"),
    ],
)
def test_a_mistake_in_a_source_is_one_line_naming_file_line_and_key(text: str, said: str) -> None:
    assert source_refused(text).startswith(said)


def test_two_sources_cannot_have_one_id() -> None:
    said = source_refused(MINISTRY, "# ours\n" + MINISTRY)
    assert said == "sources/1.toml:2: id: 'mps' is already taken by sources/0.toml"


def test_a_pattern_that_names_no_file_is_named_with_its_line(here: Path) -> None:
    save(MINISTRY, "sources/mps.toml")
    text = 'listen = "127.0.0.1:1"\nsources = [\n  "sources/*.toml",\n  "more/*.toml",\n]'
    with pytest.raises(ConfigError) as caught:
        load_catalogue(loaded(text))
    assert one_line(caught.value) == f"fenghuo.toml:4: sources.1: no file matches '{here}/more/*.toml'"


def test_a_file_that_two_patterns_name_is_read_once() -> None:
    save(MINISTRY, "sources/mps.toml")
    assert list(load_catalogue(loaded('sources = ["sources/*.toml", "sources/mps.toml"]')).sources) == ["mps"]


# ---- environment, variables, secrets ---------------------------------------------------------------------------------


def test_any_key_comes_from_the_environment_and_wins_over_the_file() -> None:
    env = {
        "FENGHUO_CRAWL__CONCURRENCY": "32",
        "FENGHUO_CRAWL__TIMEOUT": "5",
        "FENGHUO_CRAWL__REVISIT": '["1m", "1h"]',
        "FENGHUO_ALLOW_ADDRESSES": '["10.0.0.0/8"]',
        "FENGHUO_LISTEN": "127.0.0.1:9000",
        "FENGHUO_RESPECT_ROBOTS": "false",
        "FENGHUO_HOOK": '[{ id = "soc", url = "https://soc.example/hook" }]',
        "HOME": "/elsewhere",
    }
    settings = loaded('listen = "127.0.0.1:1"\ncrawl = { concurrency = 2, workers = 3 }', env)
    crawl = CrawlSettings(concurrency=32, workers=3, timeout=5.0, revisit=(60.0, 3600.0))
    assert settings.crawl == crawl
    assert (settings.port, settings.respect_robots, settings.allow_addresses) == (9000, False, ("10.0.0.0/8",))
    assert settings.hook == (Hook(id="soc", url="https://soc.example/hook"),)


def test_a_whole_table_of_the_environment_is_under_its_single_keys() -> None:
    env = {"FENGHUO_CRAWL__WORKERS": "2", "FENGHUO_CRAWL": "{ workers = 4, concurrency = 8 }"}
    assert loaded("crawl = { workers = 1 }", env).crawl == CrawlSettings(workers=2, concurrency=8)


@pytest.mark.parametrize("token", ["20261120", "2026-11-20", "true", "1e3", "a # b", "[x", '{"', "1\nadmin_token = 2"])
def test_a_token_of_the_environment_stays_the_text_it_is(token: str) -> None:
    assert loaded("", {"FENGHUO_READ_TOKEN": token}).read_token == token


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"FENGHUO_LISTNE": "127.0.0.1:1"}, "environment FENGHUO_LISTNE: listne: unknown key"),
        ({"FENGHUO_CRAWL__CONCURRENCY": "many"}, "environment FENGHUO_CRAWL__CONCURRENCY: crawl.concurrency: Input"),
        ({"FENGHUO_CRAWL__REVISIT": '["1m", "x"]'}, "environment FENGHUO_CRAWL__REVISIT: crawl.revisit.1: not a dura"),
        ({"FENGHUO_CRAWL__WORKER": "1"}, "environment FENGHUO_CRAWL__WORKER: crawl.worker: unknown key"),
        ({"FENGHUO_HOOK": '[{ id = "a" }]'}, "environment FENGHUO_HOOK: hook.0.url: Field required"),
        ({"FENGHUO_HOOK__0__URL": "x://y"}, "environment FENGHUO_HOOK__0__URL: hook.0.url: hook is not a table; set "),
        ({"FENGHUO_LISTEN__PORT": "1"}, "environment FENGHUO_LISTEN__PORT: listen.port: listen is not a table"),
        ({"FENGHUO_READ_TOKEN_FILE": "nowhere"}, "environment FENGHUO_READ_TOKEN_FILE: read_token_file: cannot read "),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(env: dict[str, str], said: str) -> None:
    assert refused('listen = "127.0.0.1:1"' + HOOKS, env).startswith(said)


def test_a_mistake_in_the_file_is_not_blamed_on_a_variable() -> None:
    env = {"FENGHUO_CRAWL__WORKERS": "2", "FENGHUO_CONFIG": "fenghuo.toml"}
    assert refused("[crawl]\nconcurrency = 0", env).startswith("fenghuo.toml:2: crawl.concurrency: ")
    assert refused("config = 0", env).startswith("fenghuo.toml:1: config: ")


def test_variables_are_replaced_in_every_text() -> None:
    text = """
        read_token = "${TOKEN}"
        listen = "127.0.0.1:${PORT:-8750}"
        base_url = "https://${HOST:-}${PATH_}"
        [[hook]]
        id = "soc"
        url = "https://soc.example/${TOKEN}"
        when = { source = ["${WHO}", "b"] }
    """
    settings = loaded(text, {"TOKEN": "abc", "PATH_": "x/y", "WHO": "mps"})
    assert (settings.read_token, settings.port, settings.base_url) == ("abc", 8750, "https://x/y")
    assert settings.hook[0].url == "https://soc.example/abc"
    assert settings.hook[0].when.source == ("mps", "b")


def test_what_a_variable_holds_is_not_replaced_again() -> None:
    assert loaded('read_token = "${A}"', {"A": "${B}"}).read_token == "${B}"


def test_a_variable_that_is_not_set_is_named_where_it_is_used() -> None:
    said = refused('# ${TOKEN} is ours\nlisten = "127.0.0.1:1"\nread_token = "${TOKEN}"')
    assert said == "fenghuo.toml:3: read_token: ${TOKEN} is not set; set it or write ${TOKEN:-default}"


def test_a_source_file_has_variables_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE", "mirror.example")
    text = MINISTRY.replace("police.example", "${SITE}")
    assert load_source(save(text)).column[0].url == "https://mirror.example/tips/"
    monkeypatch.delenv("SITE")
    assert source_refused(text).startswith("sources/0.toml:4: url: ${SITE} is not set")


def test_a_source_is_not_changed_by_variables_meant_for_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENGHUO_NAME", "x")
    assert load_source(save(MINISTRY)).name == "公安部"


def test_secrets_are_read_from_files_beside_the_configuration() -> None:
    save("whsec_c2VjcmV0\n", "conf/keys/soc")
    save("  12345 ", "conf/keys/admin")
    text = 'admin_token_file = "keys/admin"\n[[hook]]\nid = "soc"\nurl = "https://x.example/"\nsecret_file = "keys/soc"'
    settings = load_settings(save(text, "conf/f.toml"), {"FENGHUO_READ_TOKEN_FILE": "keys/admin"})
    assert (settings.admin_token, settings.read_token, settings.hook[0].secret) == ("12345", "12345", "whsec_c2VjcmV0")
    assert sorted(settings.secrets) == ["12345", "12345", "whsec_c2VjcmV0"]


@pytest.mark.parametrize("secret", ["whsec_", "whsec_!", "whsec_密", "whsec_c2VjcmV0 whsec_abc"])
def test_a_secret_that_no_receiver_could_verify_is_refused_and_not_told(secret: str) -> None:
    text = refused(f'[[hook]]\nid = "soc"\nurl = "https://x.example/"\nsecret = "{secret}"')
    assert text == "fenghuo.toml:1: hook.0: secret is not whsec_ and base64 (Standard Webhooks)"


def test_the_secret_of_another_service_is_whatever_it_gave_out() -> None:
    assert loaded('[[hook]]\nid = "f"\nurl = "feishu://token"\nsecret = "密!"').hook[0].secret == "密!"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('base_url = "fenghuo.example"', "base_url: not the address of a site"),
        ('base_url = "https:///x"', "base_url: not the address of a site"),
        ('database_url = "postgres://user:hidden@host/db"', "database_url: write sqlite:///FILE or postgresql+psycopg"),
        ('crawl = { timeout = "0s" }', "crawl.timeout: Input should be greater than 0"),
        ('[[hook]]\nid = "soc"\nurl = "https:///x"', "hook.0.url: has no host"),
    ],
)
def test_an_address_or_a_time_that_cannot_be_is_refused(line: str, said: str) -> None:
    text = refused(line)
    assert said in text
    assert "hidden" not in text


@pytest.mark.parametrize(("content", "said"), [(None, "cannot read "), ("\n", "is empty")])
def test_a_secret_file_that_holds_none_is_named_with_its_line(content: str | None, said: str) -> None:
    if content is not None:
        save(content, "soc.key")
    text = refused(HOOKS + 'secret_file = "soc.key"')
    assert text.startswith("fenghuo.toml:9: hook.1.secret_file: ")
    assert said in text


def test_no_mistake_tells_a_secret() -> None:
    texts = ("read_token = [{0}]", "[[hook]]\nid='a'\nurl='x://y'\nsecret = [{0}]", "[crawl]\nread_token = {0}")
    for text in texts:
        assert "whsec_hidden" not in refused(text.format('"whsec_hidden"'))


# ---- the line of a key -----------------------------------------------------------------------------------------------

_KEY = st.sampled_from(["a", "b-1", "c_d", '"e.f"', "g.h", "'键'"])
_VALUE = st.sampled_from(
    ["1", '"x = 1"', "[2]", "{ p = 1, q.r = [2] }", '"""\na = 1\n[b-1]\n"""', "'''\n[[t]]\n\n'''", "[\n  1, # a = 1\n]"]
)
_BETWEEN = st.sampled_from(["", "# a = 1\n", "\n\n", "  # [t]\n"])


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[tuple[str, ...], int]]:
    """A TOML text of tables, rows and keys, and the line on which each of its keys stands."""
    text, lines, rows = "", {}, 0
    for number in range(draw(st.integers(1, 5))):
        table: tuple[str, ...] = ()
        if number:
            text += draw(_BETWEEN)
            kind = draw(st.sampled_from(["row", "table", "inside"] if rows else ["row", "table"]))
            header, table = {
                "row": ("[[row]]", ("row", str(rows))),
                "table": (f"[t{number}.'u.v']", (f"t{number}", "u.v")),
                "inside": (f"[row.in{number}]", ("row", str(rows - 1), f"in{number}")),
            }[kind]
            rows += kind == "row"
            lines[table] = text.count("\n") + 1
            text += f"{header}\n"
        for key in draw(st.lists(_KEY, unique=True, max_size=4)):
            text += draw(_BETWEEN)
            path = ("g", "h") if key == "g.h" else (key.strip("\"'"),)
            lines[table + path] = text.count("\n") + 1
            text += f"{draw(st.sampled_from(['', '  ']))}{key} = {draw(_VALUE)}\n"
    return text, lines


@settings(max_examples=40)
@given(documents())
def test_the_line_of_every_key_is_the_one_on_which_it_stands(document: tuple[str, dict[tuple[str, ...], int]]) -> None:
    text, lines = document
    for path, line in lines.items():
        assert line_of(text, path) == line, path
        assert line_of(text, (*path, "nothing")) == line


@given(st.floats(0, 1e6).map(lambda n: round(n, 3)), st.sampled_from(["", "B", "kb", "MB", "GB"]))
def test_a_size_is_a_number_of_bytes_in_thousands(number: float, unit: str) -> None:
    factor = {"": 1, "B": 1, "kb": 10**3, "MB": 10**6, "GB": 10**9}[unit]
    assert parse_size(f"{number:f} {unit}") == int(number * factor)


# ---- the catalogue ---------------------------------------------------------------------------------------------------


def test_of_two_that_claim_a_name_the_official_source_has_it() -> None:
    paper = 'id = "paper"\nname = "公安部"\nauthority = "media"\nurl = "https://paper.example/"\naliases = ["晚报"]'
    sources = [load_source(save(text, f"{n}.toml")) for n, text in enumerate((paper, MINISTRY))]
    assert Catalogue.of(sources).names == {"公安部": "mps", "晚报": "paper"}


def test_a_disabled_column_is_known_and_not_looked_at() -> None:
    source = load_source(save(COLUMNS + "enabled = false"))
    catalogue = Catalogue.of([source])
    assert list(catalogue.columns) == ["mps/tips", "mps/news"]
    assert [key for key, *_ in catalogue.enabled()] == ["mps/tips"]
    assert catalogue.source_of("mps/news") is source


def test_the_relatives_of_a_column_are_its_mirrors_those_it_mirrors_and_the_origins() -> None:
    column = '[[column]]\nid = "main"\nurl = "https://paper.example/"\nmirrors = ["mps/tips"]'
    paper = f'id = "paper"\nname = "晚报"\nauthority = "media"\n{column}'
    catalogue = Catalogue.of([load_source(save(COLUMNS)), load_source(save(paper, "paper.toml"))])
    assert catalogue.relatives("mps/tips", "mps") == ["paper/main", "mps/tips", "mps/news"]
    assert catalogue.relatives("paper/main", None) == ["mps/tips"]
    assert catalogue.relatives("gone/main", "nobody") == []
    assert catalogue.called == {"mps": "公安部", "paper": "晚报"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('quiet = "11pm-7am"', "hook.1.quiet: not a span of hours within a day: '11pm-7am'"),
        ('quiet = "07:00-07:00"', "hook.1.quiet: not a span of hours within a day"),
        ('timezone = "Peking"', "hook.1.timezone: unknown time zone: 'Peking'"),
        ('timezone = "../../etc/passwd"', "hook.1.timezone: unknown time zone"),
        ('template = "{{ notice.title"', "hook.1.template: the template's line 1: "),
        ('unsubscribe = "javascript:x"', "hook.1.unsubscribe: "),
        ("unless = { officially = true }", "hook.1.unless.officially: unknown key"),
        ('urgent = { published_within = "soon" }', "hook.1.urgent.published_within: not a duration"),
    ],
)
def test_a_mistake_in_what_a_hook_says_is_one_line(line: str, said: str) -> None:
    assert said in refused(HOOKS + line)


def test_a_webhook_has_one_form_and_no_template() -> None:
    text = refused('[[hook]]\nid = "soc"\nurl = "https://x.example/"\ntemplate = "x"')
    assert "template is for messages to people" in text


def test_a_template_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("{{ notice.title }}\n", "utf-8")
    file = tmp_path / "fenghuo.toml"
    file.write_text('[[hook]]\nid = "f"\nurl = "feishu://t"\ntemplate_file = "words.txt"', "utf-8")
    assert load_settings(file, {}).hook[0].template == "{{ notice.title }}"


@pytest.mark.parametrize(
    ("secret", "is_one"),
    [
        ("whsec_" + "A" * 32, True),
        ("whsec_" + "A" * 84, True),
        ("whsec_" + "A" * 100, False),
        ("whsk_" + "A" * 43 + "=", True),
        ("whsk_" + "A" * 86 + "==", True),
        ("whsk_" + "A" * 32, False),
        ("whsec_" + "A" * 32 + " whsk_" + "A" * 43 + "=", True),
        ("whsec_" + "A" * 32 + " whsk_x", False),
    ],
)
def test_secrets_of_standard_webhooks_are_shared_ones_and_ed25519_keys(secret: str, is_one: bool) -> None:
    text = f'[[hook]]\nid = "soc"\nurl = "https://x.example/"\nsecret = "{secret}"'
    if is_one:
        assert loaded(text).hook[0].secret == secret
    else:
        assert "secret is not" in refused(text)


def test_a_rule_speaks_for_hooks_that_there_are_and_that_have_no_conditions_of_their_own() -> None:
    (rule,) = loaded(HOOKS + '[[rule]]\nhooks = ["soc", "chat"]\nwhen = { place = ["MM"] }').rule
    assert (rule.hooks, rule.when.place, rule.when.given) == (("soc", "chat"), ("MM",), ["place"])
    unknown = refused(HOOKS + '[[rule]]\nhooks = ["ops"]')
    assert "a rule names no hook that there is: ops; there are soc, chat" in unknown
    own = HOOKS + 'when = { place = ["KH"] }\n[[rule]]\nhooks = ["chat"]'
    assert "hook chat has conditions of its own and a rule" in refused(own)
    assert "rule.0.hooks" in refused(HOOKS + "[[rule]]\nhooks = []")


def test_passwords_in_addresses_are_secrets_too_as_written_and_as_meant() -> None:
    secrets = loaded('[[hook]]\nid = "m"\nurl = "smtp://u:p%40ss@mx.example/?from=a@x.example&to=b@y.example"').secrets
    assert secrets == ("p%40ss", "p@ss")
