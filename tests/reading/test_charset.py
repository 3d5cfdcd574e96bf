import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.charset import decode, refused

TEXT = "谨防境外高薪招聘骗局，切勿轻信陌生来电。" * 3
RARE = TEXT + "𠮷野家与镕基"


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "utf-8", "iso-8859-1", "no-such-charset", None])
def test_gb18030_bytes_are_read_whatever_the_header_says(declared: str | None) -> None:
    assert decode(RARE.encode("gb18030"), declared) == RARE


@pytest.mark.parametrize("declared", ["gb2312", "iso-8859-1", "big5", None])
def test_utf8_bytes_are_read_whatever_the_header_says(declared: str | None) -> None:
    assert decode(RARE.encode(), declared) == RARE


def test_a_charset_named_in_the_page_alone_is_enough() -> None:
    text = '<meta charset="big5">' + "謹防跨境電信詐騙，請勿輕信陌生來電。" * 3
    assert decode(text.encode("big5"), None) == text


def test_an_xml_declaration_names_a_charset() -> None:
    text = '<?xml version="1.0" encoding="Shift_JIS"?><p>海外の求人詐欺に注意してください</p>'
    assert decode(text.encode("shift_jis"), None) == text


def test_a_byte_order_mark_outranks_every_label() -> None:
    assert decode("\ufeff境外".encode("utf-16-le"), "gbk") == "境外"
    assert decode("\ufeff境外".encode(), "gbk") == "境外"


def test_a_character_cut_at_the_end_does_not_change_the_charset() -> None:
    assert decode(TEXT.encode()[:-1], None) == TEXT[:-1]
    assert decode(TEXT.encode("gb18030")[:-1], "gb2312") == TEXT[:-1]


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_one_broken_byte_spoils_one_character_only(charset: str) -> None:
    raw = bytearray((TEXT * 20).encode(charset))
    raw[300:300] = b"\xff"
    read = decode(bytes(raw), "gb2312" if charset == "gb18030" else charset)
    assert 1 <= read.count("\ufffd") <= 2
    assert read.endswith(TEXT)


def test_utf7_is_never_honoured() -> None:
    assert "<script>" not in decode(b"+ADw-script+AD4-", "utf-7")
    assert refused(b"", "UTF-7") == "UTF-7"
    assert refused(b'<meta charset="unicode-1-1-utf-7">', None) == "unicode-1-1-utf-7"
    assert refused(b'<meta charset="utf-8">', "gb2312") == ""


def test_a_western_page_keeps_its_accents() -> None:
    assert decode("Señor, cuidado con las estafas".encode("cp1252"), "iso-8859-1") == "Señor, cuidado con las estafas"


@given(
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"]),
    st.binary(max_size=400),
    st.sampled_from([None, "gb2312", "utf-8", "iso-2022-jp", "big5", "rot13", "idna", "utf-16", ""]),
)
def test_any_bytes_become_text_without_controls(mark: bytes, body: bytes, declared: str | None) -> None:
    text = decode(mark + body, declared)
    assert not {c for c in text if c < " " or c == "\x7f"} - set("\t\n\f\r")
