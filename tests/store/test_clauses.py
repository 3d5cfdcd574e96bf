from crawler.store import Store
from crawler.store.wire import clauses
from crawler.store.wire.clauses import MOST, number

MANY = list(range(1, 31))


def test_the_notices_that_share_most_come_first(store: Store) -> None:
    with store.begin() as tx:
        clauses.add(tx, "a", MANY[:10])
        clauses.add(tx, "b", MANY[:20])
        clauses.add(tx, "c", [99])
    with store.read() as tx:
        assert clauses.met(tx, MANY).notices == (number("b"), number("a"))
        assert clauses.met(tx, []).notices == ()


def test_one_clause_in_common_is_enough_for_a_short_text_only(store: Store) -> None:
    with store.begin() as tx:
        clauses.add(tx, "a", [1])
    with store.read() as tx:
        assert clauses.met(tx, [1, 2, 3]).notices == (number("a"),)
        assert clauses.met(tx, MANY).notices == ()


def test_adding_twice_adds_nothing(store: Store) -> None:
    with store.begin() as tx:
        clauses.add(tx, "a", MANY)
        clauses.add(tx, "a", MANY)
        assert clauses.met(tx, MANY).notices == (number("a"),)


def test_a_clause_of_many_notices_is_common_and_then_everybody_s(store: Store) -> None:
    with store.begin() as tx:
        for n in range(6):
            clauses.add(tx, f"n{n}", [1, 100 + n])
        assert clauses.met(tx, [1, 2]).common == {1}
        assert len(clauses.met(tx, [1, 2]).notices) == 6
        for n in range(6, MOST + 1):
            clauses.add(tx, f"n{n}", [1, 100 + n])
        found = clauses.met(tx, [1, 103])
        assert (found.notices, found.common) == ((number("n3"),), {1})
        clauses.add(tx, "late", [1])
        assert clauses.met(tx, [1]).notices == ()


def test_a_number_is_never_the_one_that_stands_for_everybody() -> None:
    assert number("ntc_a") == number("ntc_a") != number("ntc_b")
    assert number("") != 0
