import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.normalise import compared, folded, nfkc, simplified, text_hash, without_pinyin
from tests.reading.pages import BODY


def test_width_punctuation_spaces_and_zero_width_characters_do_not_count() -> None:
    assert compared("海城 提醒：切勿转账!") == compared("海城\u200b提醒:切　勿转账！\n") == "海城提醒切勿转账"
    assert compared("ＱＱ群１２３") == "qq群123"


def test_toned_pinyin_in_brackets_is_noise_and_other_brackets_are_words() -> None:
    assert without_pinyin("網(wǎng)絡(luò)詐騙(App)，世衛(WHO)，微信(app)") == "網絡詐騙(App)，世衛(WHO)，微信(app)"


def test_a_traditional_mirror_of_a_text_compares_equal_to_it() -> None:
    mirrored = "警方提醒，電(diàn)信網(wǎng)絡(luò)詐騙團(tuán)伙正在緬北招募人員，請勿輕信。"
    assert compared(mirrored) == compared("警方提醒，电信网络诈骗团伙正在缅北招募人员，请勿轻信。")
    assert simplified("海城提醒") == "海城提醒"


def test_a_short_line_of_a_traditional_text_is_folded_with_it() -> None:
    assert folded(["電信網絡詐騙團伙與銀行來電", "責任編輯：某某"])[1] == "责任编辑：某某"


def test_a_changed_number_changes_the_hash_and_layout_does_not() -> None:
    assert text_hash(BODY) == text_hash(BODY.replace("\n", " \n\u3000\u3000"))
    assert text_hash(BODY) != text_hash(BODY.replace("四十一", "四十二"))
    assert len(text_hash(BODY)) == 64


def test_a_text_too_short_to_identify_anything_has_no_hash() -> None:
    assert text_hash("详见附件。") == ""


@given(st.text())
def test_comparing_is_idempotent(text: str) -> None:
    assert compared(compared(text)) == compared(text)


@given(st.text(st.one_of(st.characters(), st.sampled_from("，：；？！（）…\u3000\xa0\u0301\u0338"))))
def test_narrowing_the_wide_marks_first_makes_no_difference(text: str) -> None:
    assert nfkc(text) == unicodedata.normalize("NFKC", text)


def test_pinyin_without_tones_goes_where_a_text_is_full_of_it_and_words_stay() -> None:
    mirrored = "警(jing)方提醒，電(dian)信網(wang)絡(luo)詐(zha)騙團(tuan)伙正(zheng)在緬北招(zhao)募人員(yuan)。"
    assert compared(mirrored) == compared("警方提醒，电信网络诈骗团伙正在缅北招募人员。")
    assert without_pinyin("关注微信(app)和网站(he)") == "关注微信(app)和网站(he)"


def test_numbers_stay_whole_and_masks_do_not_count() -> None:
    assert compared("涉案3.5万元") != compared("涉案35万元")
    assert compared("第40、41期") != compared("第4041期")
    assert compared("1,079名") == compared("1079名")
    assert compared("诈*骗、 诈 骗") == "诈骗诈骗"
    assert compared("A&amp;B &quot;银行&quot;") == "ab银行"


def test_lines_that_a_page_writes_by_itself_do_not_count() -> None:
    assert compared("切勿转账\n阅读 1.2万 点赞 86\n本文已被查看 4271 次\n2025年6月1日 星期日 10:15:27") == "切勿转账"
    assert compared("滨江警方（浏览次数：1234次）提醒") == "滨江警方提醒"
    assert compared("公开查看合同5份") == "公开查看合同5份"


def test_half_a_surrogate_pair_is_survived() -> None:
    assert compared("\ud800缅北電詐") == compared("?缅北电诈")


@given(st.text())
def test_script_never_makes_a_difference(text: str) -> None:
    assert compared(simplified(text)) == compared(text)
