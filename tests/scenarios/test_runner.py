#!/usr/bin/python3
"""Tests of the runner itself: the fakes do what they say, and a wrong answer is noticed.
Run with: /usr/bin/python3 tests/scenarios/test_runner.py"""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from client import Connection, Rubbish, Silence, parse_head  # noqa: E402
from expect import check_answer, check_fakes, check_output  # noqa: E402
from fakes import Fake  # noqa: E402
from story import check_document, request_bytes  # noqa: E402
from values import Loader, Number, read_json, seconds, value_differences, write_json  # noqa: E402

import yaml  # noqa: E402


def script(text):
    return yaml.load(text, Loader)


class WithFake(unittest.TestCase):
    def setUp(self):
        self.fakes = []

    def tearDown(self):
        for fake in self.fakes:
            fake.close()

    def fake(self, text):
        self.fakes.append(Fake("users", script(text)))
        return self.fakes[-1]

    def ask(self, fake, request, timeout=3.0):
        connection = Connection(f"127.0.0.1:{fake.port}", timeout)
        self.addCleanup(connection.close)
        connection.send(request_bytes(request, "x:1")[0][0])
        return connection.read_answer("GET")


class Fakes(WithFake):
    def test_answers_json_with_the_digits_it_was_given(self):
        fake = self.fake("GET /a: { status: 201, json: { n: 1.10, big: 1e400 } }")
        answer = self.ask(fake, "GET /a")
        self.assertEqual((answer.status, answer.body), (201, b'{"n":1.10,"big":1e400}'))
        self.assertEqual(fake.received[0].line, "GET /a")

    def test_a_star_takes_the_rest_and_gives_it_to_the_body(self):
        fake = self.fake('GET /stock/*: { json: { sku: "{*}" } }')
        self.assertEqual(self.ask(fake, "GET /stock/a1").body, b'{"sku":"a1"}')

    def test_a_list_of_answers_is_played_in_turn_and_the_last_stays(self):
        fake = self.fake("GET /: [ { status: 500 }, { status: 204 } ]")
        self.assertEqual([self.ask(fake, "GET /").status for _ in range(3)], [500, 204, 204])

    def test_an_unscripted_request_is_a_mistake(self):
        fake = self.fake("GET /a: { status: 204 }")
        self.assertEqual(self.ask(fake, "GET /b").status, 404)
        self.assertEqual(len(fake.mistakes), 1)

    def test_down_refuses_and_start_listens_on_the_same_port(self):
        fake = self.fake("down")
        with self.assertRaises(ConnectionRefusedError):
            Connection(f"127.0.0.1:{fake.port}")
        fake.set_script(script("GET /: { body: hi }"))
        fake.start()
        self.assertEqual(self.ask(fake, "GET /").body, b"hi")
        fake.stop()
        with self.assertRaises(ConnectionRefusedError):
            Connection(f"127.0.0.1:{fake.port}")

    def test_hang_says_nothing_and_notices_who_leaves(self):
        fake = self.fake("GET /: hang")
        with self.assertRaises(Silence):
            self.ask(fake, "GET /", 0.2)
        self.doCleanups()
        self.assertEqual(check_fakes({"cancelled": {"users": "1"}}, {"users": fake}, 1.0), [])

    def test_half_a_body_a_reset_and_a_close_are_silence(self):
        for bad in ("{ half: true, body: abcdef }", "reset", "close", "{ close_after_head: true, body: abc }"):
            with self.assertRaises(Silence):
                self.ask(self.fake(f"GET /: {bad}"), "GET /")

    def test_chunked_gzip_and_repeated_headers(self):
        answer = self.ask(self.fake("GET /: { chunked: true, body: abcde, headers: { X: [a, b] } }"), "GET /")
        self.assertEqual((answer.body, answer.header_lines("x")), (b"abcde", ["a", "b"]))
        answer = self.ask(self.fake("GET /: { gzip: true, json: [1] }"), "GET /")
        self.assertEqual(answer.body[:2], b"\x1f\x8b")

    def test_trickle_takes_its_time(self):
        began = time.monotonic()
        self.ask(self.fake("GET /: { trickle: 5ms, body: abc }"), "GET /")
        self.assertGreater(time.monotonic() - began, 0.2)

    def test_a_misspelt_behaviour_is_refused(self):
        for bad in ("GET /: { stauts: 200 }", "GET /: hangs", "sideways"):
            with self.assertRaises(ValueError):
                Fake("users", script(bad))


class Judgement(WithFake):
    def answer(self, text):
        return self.ask(self.fake("GET /: " + text), "GET /")

    def wrong(self, expect, answer):
        return len(check_answer(script(expect), answer, 1.0, [9001]))

    def test_numbers_are_compared_by_their_digits(self):
        answer = self.answer("{ json: { a: 1.10 } }")
        self.assertEqual(self.wrong("body: { a: 1.10 }", answer), 0)
        self.assertEqual(self.wrong("body: { a: 1.1 }", answer), 1)
        self.assertEqual(self.wrong('body: { a: "1.10" }', answer), 1)

    def test_the_order_of_members_counts(self):
        answer = self.answer("{ json: { a: 1, b: 2 } }")
        self.assertEqual(self.wrong("body: { b: 2, a: 1 }", answer), 1)
        self.assertEqual(self.wrong("body_like: { b: 2 }", answer), 0)

    def test_status_headers_and_text(self):
        answer = self.answer("{ body: hello, headers: { A: b } }")
        self.assertEqual(self.wrong("{ status: 200, headers: { a: b, c: null }, body_text: hello }", answer), 0)
        self.assertEqual(self.wrong("{ status: 201, headers: { a: /x/, c: y }, body_text: no }", answer), 4)
        self.assertEqual(self.wrong("{ body_lacks: ell, body_contains: xyz }", answer), 2)

    def test_a_json_type_over_something_else_is_always_wrong(self):
        answer = self.answer('{ body: "<html>", headers: { Content-Type: application/json } }')
        self.assertEqual(self.wrong("status: 200", answer), 1)

    def test_degraded_compares_parameters_without_their_order_and_wants_no_store(self):
        text = "{ json: 1, headers: { Degraded: 'a;source=value;reason=reset, b;source=omit', Cache-Control: no-store } }"
        answer = self.answer(text)
        self.assertEqual(self.wrong("degraded: a;reason=reset;source=value, b;source=omit", answer), 0)
        self.assertEqual(self.wrong("degraded: b;source=omit, a;reason=reset;source=value", answer), 1)
        self.assertEqual(self.wrong("degraded: null", answer), 1)
        self.assertEqual(self.wrong("degraded: a", self.answer("{ json: 1, headers: { Degraded: a } }")), 1)

    def test_a_problem_needs_its_members_and_no_address(self):
        good = ("{ status: 502, headers: { Content-Type: application/problem+json }, "
                "json: { type: a, title: b, status: 502, call: c, reason: reset, request_id: r } }")
        self.assertEqual(self.wrong("problem: { call: c, reason: reset }", self.answer(good)), 0)
        self.assertEqual(self.wrong("problem: { call: d, reason: null }", self.answer(good)), 2)
        leaks = good.replace("title: b", 'title: "127.0.0.1:9001 is down"')
        self.assertEqual(self.wrong("problem: {}", self.answer(leaks)), 1)
        self.assertEqual(self.wrong("problem: {}", self.answer("{ status: 502, json: {} }")), 5)

    def test_received_compares_lines_headers_and_bodies(self):
        fake = self.fake("POST /: { status: 204 }")
        self.ask(fake, {"line": "POST /", "json": {"a": Number("1.0")}, "headers": {"X": "y"}})
        services = {"users": fake}
        for expect, wrong in (("[ POST / ]", 0), ("[]", 1), ("1..2", 0), ("0", 1),
                              ("[ { line: POST /, headers: { X: y, Z: null }, body: { a: 1.0 } } ]", 0),
                              ("[ { line: POST /, headers: { X: z }, body: { a: 1 } } ]", 2)):
            found = check_fakes(script("received: { users: " + expect + " }"), services, 0.1)
            self.assertEqual(len(found), wrong, (expect, found))

    def test_output_counts_lines_of_diagnostics(self):
        text = "a.yaml:1:2: error: no\n    1 | x\nb.yaml:3:4: warning: hm\n"
        self.assertEqual(check_output(script("{ exit: 1, errors: 1, warnings: 1, output: [ /no$/ ] }"), 1, text), [])
        found = check_output(script("{ exit: 0, errors: 2, lines: 1, output: [ no ], lacks: [ /hm/ ] }"), 1, text)
        self.assertEqual(len(found), 6)

    def test_rubbish_in_a_head_is_refused(self):
        for head in (b"HTTP/2 200 OK", b"HTTP/1.1 200 OK\r\nA : b", b"HTTP/1.1 200 OK\r\n folded", b"hello"):
            with self.assertRaises(Rubbish):
                parse_head(head)


class Files(unittest.TestCase):
    def test_a_key_twice_or_unknown_is_refused(self):
        with self.assertRaises(yaml.YAMLError):
            script("{ a: 1, a: 2 }")
        for bad in ("{ name: a, stpes: [] }", "{ name: a, request: GET /, expect: { stauts: 200 } }", "{ request: GET / }"):
            with self.assertRaises(ValueError):
                check_document(script(bad))

    def test_scalars_are_json_s(self):
        got = script("[on, no, 012, ~, 1.10, true, null, -1e5]")
        self.assertEqual(got, ["on", "no", "012", "~", Number("1.10"), True, None, Number("-1e5")])
        self.assertEqual([type(one) for one in got][2:5], [str, str, Number])
        self.assertEqual(write_json(got), '["on","no","012","~",1.10,true,null,-1e5]')

    def test_json_and_durations(self):
        with self.assertRaises(ValueError):
            read_json('{"a":1,"a":2}')
        with self.assertRaises(ValueError):
            read_json("NaN")
        self.assertEqual((seconds("250ms"), seconds("2s")), (0.25, 2.0))
        self.assertEqual(value_differences([True], [Number("1")]), ["body[0]: expected true, got 1"])


if __name__ == "__main__":
    unittest.main()
