import json

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
