"""`merge` and `split`: what people correct stays corrected."""

from __future__ import annotations

import json

from tests.commands.conftest import Place

TITLE = "滨江警方：58名跨境电诈嫌疑人被押解回国"
TEXT = (
    "7月3日上午，滨江警方在松原国际机场将58名涉嫌跨境电信网络诈骗的犯罪嫌疑人从柬埔寨金边押解回国。\n"
    "据介绍，今年2月以来，滨江警方先后接到群众报案41起，涉案金额达3260万元。\n"
    "专案组辗转四省十二市开展侦查，逐步查明了一个以投资黄金期货为幌子的诈骗团伙。\n"
    "该团伙在境外租用写字楼，分设引流、话务、技术、洗钱四个小组，以高额回报诱骗被害人下载虚假投资软件。\n"
    "经中柬两国警方密切协作，当地执法部门于6月18日对该窝点实施清查，当场查获手机326部、电脑97台。"
)
OTHER = TEXT.replace("58名", "59名").replace("326部", "327部")


def line(number: int, text: str = TEXT, host: str = "paper.example") -> str:
    url = f"https://{host}/{number}.html"
    said = {"url": url, "fetched_at": f"2025-07-04T0{number}:00:00Z", "title": TITLE, "text": text}
    return json.dumps(said, ensure_ascii=False) + "\n"


def ids(place: Place) -> list[str]:
    return [n["id"] for n in place.json("notices")]


def test_a_merged_notice_is_part_of_the_other_and_its_id_still_leads_there(place: Place) -> None:
    place.ok("import", "-", stdin=line(1) + line(2, OTHER))
    b, a = ids(place)
    assert [r["id"] for r in place.json("show", a)["related"]] == [b]
    merged = place.json("merge", a, b)
    assert (ids(place), merged["related"]) == ([a], [])
    assert place.json("show", b)["id"] == a
    assert {(s["url"], s["role"], s["because"]) for s in merged["sightings"]} >= {
        ("https://paper.example/2.html", "reprint", "merged by hand")
    }


def test_a_merger_survives_later_readings_and_reprints(place: Place) -> None:
    place.ok("import", "-", stdin=line(1) + line(2, OTHER))
    b, a = ids(place)
    place.ok("merge", a, b)
    counts = place.json("import", "-", stdin=line(2, OTHER) + line(3, OTHER, "third.example"))
    assert (counts["unchanged"], counts["reprint"]) == (1, 1)
    assert len(place.json("show", a)["sightings"]) == 3
    assert place.json("show", a)["body"] == place.json("show", a)["body"].replace("59名", "58名")


def test_a_split_sighting_is_a_notice_for_good(place: Place) -> None:
    place.ok("import", "-", stdin=line(1) + line(2, TEXT + "\n（本报综合）", "other.example"))
    (a,) = ids(place)
    there = "https://other.example/2.html"
    apart = place.json("split", there)
    assert set(ids(place)) == {a, apart["id"]}
    assert [s["url"] for s in place.json("show", a)["sightings"]] == ["https://paper.example/1.html"]
    assert [(r["id"], r["because"]) for r in apart["related"]] == [(a, "split by hand")]
    counts = place.json("import", "-", stdin=line(2, TEXT + "\n（本报综合）", "other.example"))
    assert counts["unchanged"] == 1
    assert len(ids(place)) == 2


def test_what_was_merged_can_be_split_again(place: Place) -> None:
    place.ok("import", "-", stdin=line(1) + line(2, OTHER))
    b, a = ids(place)
    place.ok("merge", a, b)
    assert place.json("split", "https://paper.example/2.html")["id"] == b
    assert set(ids(place)) == {a, b}


def test_what_cannot_be_corrected_is_said_in_one_line(place: Place) -> None:
    place.ok("import", "-", stdin=line(1) + line(2, TEXT, "other.example"))
    (a,) = ids(place)
    for args, said in (
        (("merge", a, a), "is"),
        (("merge", a, "ntc_x"), "no such notice"),
        (("split", "https://nowhere.example/"), "no notice was read there"),
        (("split", "https://paper.example/1.html"), "speaks for"),
    ):
        result = place.run(*args)
        assert result.exit_code == 4
        assert said in result.stderr
        assert len(result.stderr.splitlines()) == 1
    place.ok("split", "https://other.example/2.html")
    assert "only sighting" in place.run("split", "https://other.example/2.html").stderr


def test_an_explanation_says_what_a_text_is_to_what_is_known(place: Place) -> None:
    assert place.json("explain", "-", stdin=f"{TITLE}\n\n{TEXT}")["known"] == []
    place.ok("import", "-", stdin=line(1))
    (a,) = ids(place)
    copy = place.write("copy.jsonl", line(2, TEXT + "\n（本报综合）", "other.example"))
    (known,) = place.json("explain", copy)["known"]
    assert (known["id"], known["relation"]) == (a, "same")
    (known,) = place.json("explain", place.write("other.jsonl", line(3, OTHER, "other.example")))["known"]
    assert (known["id"], known["relation"]) == (a, "related")
    assert "58人 ≠ 59人" in known["because"] or "59人 ≠ 58人" in known["because"]
    shown = place.ok("explain", place.write("again.jsonl", line(1)))
    assert "read at this address before" in shown
