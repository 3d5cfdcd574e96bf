"""金融监管总局: files of JSON for lists and documents."""

from __future__ import annotations

import json

from crawler import platforms
from crawler.items import Due, PageClass
from tests.platforms.conftest import Make, titles

URL = "https://www.office.example/cn/view/pages/ItemList.html?itemPId=923&itemId=4097&itemUrl=ItemListRightList.html"
FILE = "https://www.office.example/cn/static/data/DocInfo/SelectDocByItemIdAndChild/data_itemId=4097,pageIndex=1,pageSize=18.json"


def test_the_page_for_people_leads_to_the_file(site: Make) -> None:
    at = site("nfra", URL)
    assert at.entrance(at.page("<div ng-app></div>")) == FILE
    assert at.entrance(at.page("<div ng-app></div>", "https://www.office.example/cn/view/pages/index.html")) is None


def test_rows_are_documents_and_pointers_to_other_sites_are_not(site: Make) -> None:
    at = site("nfra", FILE)
    days = enumerate(titles(3))
    rows = [{"docId": 1_200_000 + n, "docTitle": t, "publishDate": f"{d} 09:30:00"} for n, (t, d) in days]
    elsewhere = {"docId": 1, "docTitle": "专题", "isTitleLink": "1"}
    page = at.data(json.dumps({"rptCode": 200, "data": {"rows": [*rows, elsewhere]}}))
    assert at.entrance(page) is None
    assert at.read(page)[0] == (
        "https://www.office.example/cn/view/pages/ItemDetail.html?docId=1200000",
        "关于防范境外招工骗局的第1号提醒",
        "2026-02-27",
    )
    assert len(at.read(page)) == 3
    link = platforms.read_list(page, at.source, at.column).links[0]
    assert link.fetch_url == "https://www.office.example/cn/static/data/DocInfo/SelectByDocId/data_docId=1200000.json"
    assert link.aliases == ("doc:www.office.example/nfra/1200000",)


def test_only_the_first_three_pages_are_files(site: Make) -> None:
    at = site("nfra", FILE)
    second = at.next(at.data("{}"))
    assert second == FILE.replace("pageIndex=1", "pageIndex=2")
    fourth = at.next(at.data("{}", FILE.replace("pageIndex=1", "pageIndex=3")))
    assert (
        fourth
        == "https://www.office.example/cbircweb/DocInfo/SelectDocByItemIdAndChild?itemId=4097&pageSize=18&pageIndex=4"
    )
    assert at.next(at.data("{}", fourth)) == fourth.replace("pageIndex=4", "pageIndex=5")


def test_a_document_is_read_from_its_file(site: Make) -> None:
    at = site("nfra", FILE)
    words = "<p>警惕“境外高息理财”，保护个人信息。</p><p>如已受骗，请立即报警。</p>"
    body = f'<style>p{{margin:0}}</style><div class="Section0">{words}</div>'
    data = {"docTitle": "关于境外高息理财的风险提示", "docClob": body, "publishDate": "2026-02-27 09:30:00"}
    shown = "https://www.office.example/cn/view/pages/ItemDetail.html?docId=1200000"
    due = Due("x/y", "https://www.office.example/data_docId=1200000.json", "key", shown=shown)
    article = platforms.read_article(at.data(json.dumps({"data": data}), due.url), at.source, at.column, due)
    assert (article.page_class, article.url) == (PageClass.ARTICLE, shown)
    assert article.body == "警惕“境外高息理财”，保护个人信息。\n如已受骗，请立即报警。"
