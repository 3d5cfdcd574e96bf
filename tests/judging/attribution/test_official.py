from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Authority
from crawler.judging.attribution.official import governmental, office, official_name

BODIES = {
    Authority.MINISTRY: """
        公安部 公安部网站 公安部官网 中华人民共和国公安部 公安部刑侦局 公安部刑事侦查局
        @公安部网安局 公安部新闻传媒中心 公安部刑侦局微信公众号 外交部领事司 外交部发言人办公室
        领事直通车 中国领事服务网 工信部网站 国家发改委 中国司法部
    """,
    Authority.AGENCY: """
        国家反诈中心 国家反诈中心APP 国家反诈中心（微信公众号） 国家网信办 中央网信办 网信中国
        国家移民管理局 国家税务总局网站 国务院打击治理电信网络新型违法犯罪工作部际联席会议办公室
        海南省市场监督管理局 重庆市北碚区网信办 国家安全部
    """,
    Authority.POLICE: """
        云南省公安厅 广州市公安局 广州市公安局天河区分局 西双版纳州公安局 孟连县公安局
        普洱边境管理支队 云南警方 深圳公安 平安北京 平安普洱 首都网警 绍兴网警巡查执法
        北京市反诈中心 杭州反诈 香港警务处 香港警務處 反詐騙協調中心 澳门司法警察局 新加坡警察部队
        FBI
    """,
    Authority.EMBASSY: """
        中国驻缅甸大使馆 驻柬埔寨使馆 中国驻清迈总领事馆 中华人民共和国驻泰王国大使馆
        中国驻缅甸大使馆微信公众号 驻曼德勒总领馆
    """,
    Authority.REGULATOR: """
        金融监管总局 国家金融监督管理总局 原银保监会 中国人民银行 中国证监会
    """,
    Authority.COURT: """
        最高人民法院 最高法网站 北京市海淀区人民法院 广东省高级人民法院
    """,
    Authority.PROCURATORATE: """
        最高检 浙江省人民检察院
    """,
    Authority.INTERNATIONAL: """
        国际刑警组织 UNODC
    """,
}

NOBODY = """
    平安银行 平安夜 平安好医生 平安中国 人民公安报 人民法院报 检察日报 正义网 中国警察网 新华社
    央视新闻 某某驻缅甸记者 公安部门 公安部门口小店 公安部门反诈中心 公安部新闻稿整理 公安部提醒
    公安部等部门 法院路小学 网络 反诈中心 XX反诈中心 全民反诈中心 腾讯反诈中心 阿里反诈中心
    中国反诈中心 张三 当地警方 警方 公安机关 全国公安机关 冒充公安局 假冒公安部 某市公安局 国家电网
    综合公安部、新华社 公安部和新华社 长安街知事
"""


@pytest.mark.parametrize(("authority", "name"), [(a, n) for a, names in BODIES.items() for n in names.split()])
def test_an_official_body_is_known_by_its_name(authority: Authority, name: str) -> None:
    found = office(name)
    assert found
    assert found.authority is authority


@pytest.mark.parametrize("name", NOBODY.split())
def test_a_name_that_only_resembles_one_is_not_official(name: str) -> None:
    assert office(name) is None


def test_a_spelling_is_matched_as_it_stands_only_by_its_official_name() -> None:
    assert official_name("公安部") is Authority.MINISTRY
    assert official_name("公安部网站") is None


@pytest.mark.parametrize("host", ["www.mps.gov.cn", "mps.gov.cn", "police.gov.hk", "www.gov.uk", "www.ic3.gov"])
def test_a_host_below_a_public_registry_is_governmental(host: str) -> None:
    assert governmental(host)


@pytest.mark.parametrize("host", ["mps.gov.cn.example", "mps-gov.cn", "notgov.cn", "people.com.cn", "", "gov.example"])
def test_a_host_elsewhere_is_not(host: str) -> None:
    assert not governmental(host)


@given(st.text("公安部驻大使馆局网站中国省市反诈心（）@、 abc", max_size=200))
def test_any_name_survives(name: str) -> None:
    found = office(name)
    assert found is None or found.authority.official


@pytest.mark.parametrize("part", ["公安局", "驻", "反诈", "平安", "（", "网站", "市", "中国人民银行"])
def test_a_name_without_end_is_nobodys(part: str) -> None:
    assert office(part * 100_000) is None
