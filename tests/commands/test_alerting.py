import json
import re

from tests.commands.conftest import WARNING, Place
from tests.server import Server, answer

HOOK = '[[hook]]\nid = "soc"\nurl = "{}/hook"\nsecret = "whsec_bWFueSBzZWNyZXRzIGFyZSBrZXB0IGhlcmU="\n'


def hooked(place: Place, url: str) -> None:
    place.write("fenghuo.toml", 'sources = ["sources/*.toml"]\nallow_addresses = ["127.0.0.1/32"]\n' + HOOK.format(url))


def test_an_alert_is_delivered_listed_and_replayed_under_its_id(place: Place) -> None:
    with Server({"/hook": answer(b"", 204)}) as receiver:
        hooked(place, receiver.url)
        place.ok("import", "--alert", place.write("one.md", WARNING))
        delivery = place.json("deliveries", "--state", "delivered")[0]
        assert place.ok("replay", str(delivery["id"])) == "replayed 1, delivered 1, failed 0\n"
        assert place.json("deliveries", "--state", "dead") == []
    first, again = (r.headers["webhook-id"] for r in receiver.requests)
    assert first == again == delivery["event_id"]
    assert delivery["type"] == "notice.new"
    assert delivery["hook"] == "soc"
    assert delivery["created"].endswith("Z")


def test_a_replay_that_fails_exits_3(place: Place) -> None:
    with Server({"/hook": answer(b"", 204)}) as receiver:
        hooked(place, receiver.url)
        place.ok("import", "--alert", place.write("one.md", WARNING))
    result = place.run("replay", place.json("deliveries")[0]["event_id"])
    assert result.exit_code == 3
    assert result.stdout == "replayed 1, delivered 0, failed 1\n"


def test_a_replay_to_a_hook_that_is_configured_no_more_has_failed(place: Place) -> None:
    with Server({"/hook": answer(b"", 204)}) as receiver:
        hooked(place, receiver.url)
        place.ok("import", "--alert", place.write("one.md", WARNING))
    place.write("fenghuo.toml", 'sources = ["sources/*.toml"]\n')
    result = place.run("replay", place.json("deliveries")[0]["event_id"], "--json")
    assert result.exit_code == 3
    assert json.loads(result.stdout) == {"replayed": 1, "delivered": 0, "failed": 1}


def test_an_unknown_delivery_exits_4(place: Place) -> None:
    result = place.run("replay", "999")
    assert result.exit_code == 4
    assert result.stderr.count("\n") == 1


def test_a_test_message_goes_to_one_hook_signed(place: Place) -> None:
    with Server({"/hook": answer(b"", 204)}) as receiver:
        hooked(place, receiver.url)
        assert place.ok("test-alert", "soc") == "soc: accepted, status 204\n"
    assert "webhook-signature" in receiver.requests[0].headers
    assert place.json("deliveries") == []


def test_a_refused_test_message_is_one_line_and_exit_3_without_the_secret(place: Place) -> None:
    with Server({"/hook": answer(b"", 500)}) as receiver:
        hooked(place, receiver.url)
        result = place.run("test-alert", "soc")
    assert result.exit_code == 3
    assert result.stderr.count("\n") == 1
    assert "whsec" not in result.stderr


def test_an_unknown_hook_is_a_mistake(place: Place) -> None:
    result = place.run("test-alert", "nobody")
    assert result.exit_code == 2
    assert "nobody" in result.stderr


def test_a_notices_way_is_told_try_by_try(place: Place) -> None:
    answers = [answer(b"", 500), answer(b"", 204)]
    with Server({"/hook": lambda _: answers.pop(0)}) as receiver:
        hooked(place, receiver.url)
        place.ok("import", "--alert", place.write("one.md", WARNING))
        delivery = place.json("deliveries")[0]
        place.ok("replay", str(delivery["id"]))
        (said,) = place.json("deliveries", "--notice", delivery["notice_id"], "--hook", "soc")
        shown = place.json("show", delivery["notice_id"])["deliveries"]
    assert [(t["ok"], t["status"], t["error"]) for t in said["tries"]] == [
        (False, 500, "HTTP 500 Internal Server Error"),
        (True, 204, ""),
    ]
    assert [(d["hook"], d["state"], d["seen"] <= d["queued"] <= d["delivered"]) for d in shown] == [
        ("soc", "delivered", True)
    ]
    way = re.search(r"notice.new to soc delivered, tries 1, (.*)", place.ok("show", delivery["notice_id"]))
    assert way
    assert re.fullmatch(r"seen (\S+), queued (\S+), delivered (\S+): [\d.]+ s after it was seen", way[1])
    assert "500" in place.ok("deliveries", "--notice", delivery["notice_id"])


def test_hooks_are_listed_with_what_they_are_owed(place: Place) -> None:
    with Server({"/hook": answer(b"", 410)}) as receiver:
        hooked(place, receiver.url)
        place.ok("import", "--alert", place.write("one.md", WARNING))
        (said,) = place.json("hooks")
    assert (said["id"], said["to"], said["state"], said["dead"]) == ("soc", receiver.url, "disabled", 1)
    assert "410" in said["why"]
    assert "disabled" in place.ok("hooks")


def test_a_rule_is_tried_on_what_is_remembered_and_sends_nothing(place: Place) -> None:
    with Server({"/hook": answer(b"", 204)}) as receiver:
        hooked(place, receiver.url)
        place.ok("import", place.write("one.md", WARNING))
        said = place.json("rules", "try", "soc", "--since", "2000-01-01")
        assert (said["events"], said["sent"], said["by_type"]) == (1, 1, {"notice.new": 1})
        assert said["would_be_sent"][0]["id"] == place.json("notices")[0]["id"]
        with (place.path / "fenghuo.toml").open("a", encoding="utf-8") as file:
            file.write('[hook.when]\nplace = ["XX"]\n')
        result = place.run("rules", "try", "soc", "--since", "2000-01-01")
        assert result.stdout == ""
        assert "0 of 1 events would have been sent" in result.stderr
    assert receiver.requests == []


def test_a_rule_is_tried_only_for_a_hook_that_there_is(place: Place) -> None:
    assert place.run("rules", "try", "nobody").exit_code == 2
    assert place.run("rules", "break", "soc").exit_code == 2
