"""Questions from pages, answers from the helper process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from dlplay.runs import Store, open_store
from dlplay.runs.requests import answer, ask, forget, open_requests

QUESTION = {"experiment": {"seed": 1, "name": "x"}}


def test_a_new_question_is_open_until_it_is_answered(store: Store) -> None:
    asked = ask(store, "summary", QUESTION)
    assert asked.is_open
    assert open_requests(store) == [asked]
    answer(store, asked.key, {"parameters": 83})
    answered = ask(open_store(), "summary", QUESTION)
    assert not answered.is_open
    assert answered.answer == {"parameters": 83}
    assert open_requests(store) == []


def test_the_same_question_is_filed_once_whatever_the_order_of_its_parts(store: Store) -> None:
    first = ask(store, "summary", {"a": 1, "b": {"c": 2, "d": 3}})
    again = ask(store, "summary", {"b": {"d": 3, "c": 2}, "a": 1})
    assert first == again
    assert len(open_requests(store)) == 1


def test_another_kind_or_another_value_is_another_question(store: Store) -> None:
    keys = {
        ask(store, kind, question).key
        for kind in ("summary", "download")
        for question in ({"a": 1}, {"a": 2}, {"a": "1"})
    }
    assert len(keys) == 6


def test_many_sessions_asking_at_once_file_it_once() -> None:
    def ask_in_a_session_of_its_own(_: int) -> str:
        return ask(open_store(), "summary", QUESTION).key

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(ask_in_a_session_of_its_own, range(24)))
    assert len(keys) == 1
    assert len(open_requests(open_store())) == 1


def test_the_oldest_question_comes_first(store: Store) -> None:
    asked = [ask(store, "summary", {"number": number}) for number in range(5)]
    assert [request.key for request in open_requests(store)] == [r.key for r in asked]


def test_a_reason_takes_the_place_of_an_answer(store: Store) -> None:
    asked = ask(store, "summary", QUESTION)
    answer(store, asked.key, None, "LeNet-5 expects images.")
    refused = ask(store, "summary", QUESTION)
    assert (refused.is_open, refused.answer) == (False, None)
    assert refused.error == "LeNet-5 expects images."


def test_an_empty_answer_is_an_answer(store: Store) -> None:
    asked = ask(store, "download", QUESTION)
    answer(store, asked.key, {})
    assert ask(store, "download", QUESTION).answer == {}
    assert open_requests(store) == []


def test_what_is_forgotten_is_asked_anew(store: Store) -> None:
    first, second = ask(store, "summary", {"number": 1}), ask(store, "summary", {"number": 2})
    for request in (first, second):
        answer(store, request.key, {"done": True})
    forget(store, first.key)
    assert ask(store, "summary", {"number": 1}).is_open
    assert not ask(store, "summary", {"number": 2}).is_open
    forget(store)
    assert open_requests(store) == []
    assert ask(store, "summary", {"number": 2}).is_open
