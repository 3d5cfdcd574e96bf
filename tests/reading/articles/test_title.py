import pytest

from crawler.reading.articles.locate import find_marks, parse, values_on
from crawler.reading.articles.title import Names, clean_title, cut_site, of_text, read_title
from tests.reading.pages import PARAGRAPHS, TITLE

NAMES = Names.of("海城市公安局", "海城警方")


def read(markup: str, listed: str = "", **meta: str) -> str:
    root = parse(f"<html>{markup}<p>x</p></html>")
    return read_title(root, find_marks(root, values_on(root)), meta, NAMES, listed, None)


def test_the_publishers_meta_tag_is_trusted_first() -> None:
    assert read("<h1>别的</h1>", articletitle=TITLE) == TITLE


@pytest.mark.parametrize(
    "end",
    ["_海城市公安局", "-海城市公安局", " - 警方提示 - 海城市公安局", "_警方提示_海城警方", "|海城在线", "--海城网"],
)
def test_site_and_folder_are_cut_from_the_title_element(end: str) -> None:
    assert cut_site(TITLE + end, NAMES) == TITLE
    assert read(f"<title>{TITLE}{end}</title>") == TITLE


def test_a_bar_inside_a_headline_stays() -> None:
    assert cut_site("关注 | 九十名嫌疑人被移交", NAMES) == "关注 | 九十名嫌疑人被移交"


def test_a_heading_that_names_the_site_is_no_title() -> None:
    assert read(f"<title>{TITLE}</title><h1>海城市公安局</h1>") == TITLE
    assert read("<title>正文</title><h1>海城市公安局</h1>", listed=TITLE) == TITLE


def test_the_lists_word_picks_the_right_heading() -> None:
    assert read(f"<h1>“净网”专项行动专题</h1><h1>{TITLE}</h1>", listed=TITLE) == TITLE


def test_the_lists_word_repairs_a_polluted_or_cut_title() -> None:
    assert read("", listed=TITLE, articletitle=f"{TITLE}-平安海城") == TITLE
    assert read("", listed=TITLE, articletitle=TITLE[:12] + "…") == TITLE
    assert read("", listed=TITLE, articletitle="完全另一个标题文字") == TITLE


def test_a_title_the_list_cut_short_is_taken_whole_from_the_page() -> None:
    assert read(f"<h1>{TITLE}</h1>", listed=TITLE[:14] + "...") == TITLE


def test_a_word_like_more_on_the_list_does_not_replace_a_title() -> None:
    assert read(f"<h1>{TITLE}</h1>", listed="更多") == TITLE


def test_an_attribute_cut_by_a_quote_is_mended_by_the_heading() -> None:
    assert read("<h1>谨防“代办”骗局升级</h1>", **{"og:title": "谨防"}) == "谨防“代办”骗局升级"


def test_a_title_has_one_line_of_at_most_300_characters() -> None:
    assert clean_title(" 谨\u200b防\n诈骗\x00 ") == "谨防 诈骗"
    assert len(clean_title("长" * 1_000_000)) == 300


def test_a_text_without_a_title_is_called_by_the_line_that_repeats() -> None:
    assert of_text([PARAGRAPHS[0], "警方回应账户封停", PARAGRAPHS[1], "警方回应账户封停"], NAMES) == "警方回应账户封停"
    assert of_text([TITLE, *PARAGRAPHS], NAMES) == TITLE


@pytest.mark.parametrize("end", [" 云州省中医药研究院附属医院", "-CIT 海城电子设计", "-纪检", "_反诈"])
def test_what_the_site_put_behind_a_title_goes_where_the_page_shows_the_title_alone(end: str) -> None:
    assert read(f"<title>{TITLE}{end}</title><div><b>{TITLE}</b></div>") == TITLE


def test_a_headline_of_two_lines_stays_whole() -> None:
    whole = "海城警方通报 九十二名嫌疑人被移交"
    first, second = whole.split()
    assert read(f"<title>{whole}</title><div><b>{first}</b><br><b>{second}</b></div>") == whole


def test_a_sites_own_heading_does_not_hide_the_title() -> None:
    logo = '<h1><a href="/">海城生活 吃喝玩乐一站搞定</a></h1>'
    assert read(f"<title>{TITLE}</title>{logo}") == TITLE
    assert read(f"<title>海城生活</title><h1>{TITLE}</h1>{logo}") == TITLE


def test_a_title_that_is_only_a_sites_name_gives_way_to_a_heading() -> None:
    assert read(f"<title>云州在线</title><h1>{TITLE}</h1>", **{"og:title": "云州在线"}) == TITLE


@pytest.mark.parametrize("start", ["海城市公安局_", "首页 > ", "首页 > 警方提示 > ", "海城警方 - "])
def test_site_and_breadcrumb_before_a_title_go(start: str) -> None:
    assert cut_site(f"{start}{TITLE}", NAMES) == TITLE


def test_a_columns_word_before_a_title_is_the_publishers() -> None:
    assert cut_site(f"以案说法 | {TITLE}", NAMES) == f"以案说法 | {TITLE}"


def test_a_page_whose_title_was_edited_is_believed_before_a_list_that_was_read_earlier() -> None:
    before, now = "提醒中国公民谨慎前往北部山区，防范招工骗局", "提醒中国公民暂勿前往北部山区，防范招工骗局"
    assert read(f"<title>{now}_海城市公安局</title><h1>{now}</h1>", listed=before) == now
    assert read("<h1>北部山区景点介绍</h1>", listed=before) == before
