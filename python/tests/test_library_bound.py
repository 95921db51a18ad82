"""What the Python sides of the pairs answer that are bound by a library: known results."""

import hashlib
import json
import zlib

import pytest
from agreement import agrees, all_variants, opened

from library_bound import compression, hashing, regex_scan, sort_records, web_handler

NOW = 1_718_000_000

ROWS = [
    (1, "bob", "Graz", 5, 0.0, "2024-03-01"),
    (2, "Ann", "Bern", 5, -0.0, "2024-02-01"),
    (3, "Bob", "Bern", 7, -1.5, "2024-02-01"),
    (4, "ann", "Graz", 6, 0.0, "2023-12-31"),
]

LINES = [
    '10.0.0.1 - - [12/Jun/2024:10:00:00 +0000] "GET /a?b=c HTTP/1.1" 200 120 "x"',
    '10.0.0.2 - ann [12/Jun/2024:10:00:01 +0000] "GET /a HTTP/1.1" 304 -',
    "gate sshd[1]: Failed password for invalid user pi from 203.0.113.9 port 40000 ssh2",
    "gate sshd[1]: Failed password for root from 203.0.113.9 port 40001 ssh2",
    "\tat org.example.Cart.add(Cart.java:17)",
    "2024-06-12T10:00:00Z WARN auth: mail to a.b@c.de and f@g.hi, took 1.250 s,"
    r' who="A \"B\"" n=1',
    "deadbeef-0000-4000-8000-000000000000 is no event",
]


@all_variants({regex_scan: ["native"], sort_records: ["native"]})
def test_variants_answer_the_same_twice_and_leave_their_input_alone(module, variant):
    agrees(module, variant, {regex_scan: {"lines": LINES}, sort_records: {"rows": ROWS}}[module])


def request(method, path, query="", body=None):
    return {"method": method, "path": path, "query": query, "body": body}


def lend(member, book, days=2):
    body = json.dumps({"member": member, "book": book, "days": days})
    return request("POST", "/loans", body=body)


def answers(*requests):
    """Return status and content for each of some requests."""
    with opened(web_handler, "python") as function:
        responses = function(now=NOW, requests=list(requests))
        assert function(now=NOW, requests=[]) == []
    return [
        (status, json.loads(text) if "json" in kind else text) for status, kind, text in responses
    ]


def test_a_book_is_lent_and_comes_back():
    back = request("DELETE", "/loans/501/1")
    assert answers(lend(501, 1), lend(501, 1), lend(502, 1), back, back) == [
        (201, {"member": 501, "book": 1, "due": NOW + 2 * 86_400, "left": 0}),
        (409, {"error": "has_it_already"}),
        (409, {"error": "all_lent"}),
        (200, {"member": 501, "book": 1}),
        (404, {"error": "no_such_loan"}),
    ]


@pytest.mark.parametrize(
    ("refused", "status", "error"),
    [
        (lend(533, 1), 403, {"error": "member_is_blocked"}),
        (lend(601, 1), 404, {"error": "no_such_member"}),
        (lend(501, 2001), 404, {"error": "no_such_book"}),
        (lend(5, 3), 409, {"error": "too_many_loans"}),
        (lend(501, 1, 61), 422, {"error": "out_of_range", "fields": ["days"]}),
        (lend(501, 1, True), 422, {"error": "wrong_fields"}),
        (lend(501, 1 << 63), 422, {"error": "wrong_fields"}),
        (request("POST", "/loans", body="{"), 400, {"error": "not_json"}),
        (request("POST", "/loans"), 400, {"error": "no_body"}),
        (
            request("GET", "/books", "page=0&size=x"),
            422,
            {"error": "wrong_query", "fields": ["page", "size"]},
        ),
        (request("GET", "/books/2001"), 404, {"error": "no_such_book"}),
        (request("GET", "/books/x"), 404, {"error": "no_such_path"}),
        (
            request("PATCH", "/books/1/reviews/1"),
            405,
            {"error": "try_another_method", "fields": ["PUT", "DELETE"]},
        ),
    ],
)
def test_what_is_refused_says_why(refused, status, error):
    assert answers(refused) == [(status, error)]


def test_a_review_counts_once_and_is_escaped():
    def write(stars):
        body = json.dumps({"stars": stars, "text": "<\"'&>"})
        return request("PUT", "/books/13/reviews/501", body=body)

    before, first, second, after, page = answers(
        request("GET", "/books/13"),
        write(1),
        write(5),
        request("GET", "/books/13"),
        request("GET", "/pages/books/13"),
    )
    assert (first[0], second[0]) == (201, 200)
    assert after[1]["reviews"] == before[1]["reviews"] + 1 == second[1]["reviews"]
    stars = (before[1]["rating"] or 0) * before[1]["reviews"] + 5
    assert after[1]["rating"] == pytest.approx(stars / after[1]["reviews"])
    assert after[1]["latest"][0]["text"] == "<\"'&>"
    assert after[1]["latest"][0]["date"] == "2024-06-10"
    assert "<p>&lt;&quot;&#x27;&amp;&gt;</p>" in page[1]


def test_pages_of_a_search_are_parts_of_one_list():
    queries = ["title=RIVER&size=50", "title=RIVER&size=20&page=2"]
    whole, part = (text for _, text in answers(*(request("GET", "/books", q) for q in queries)))
    assert whole["books"][20:40] == part["books"]
    assert whole["total"] == part["total"] > 50
    titles = [(book["title"].encode(), book["id"]) for book in whole["books"]]
    assert titles == sorted(titles)
    assert all("river" in book["title"].lower() for book in whole["books"])


def test_a_failed_write_leaves_no_transaction_open():
    with web_handler.setup_python() as db:
        for status in (201, 409, 200, 404):
            again = lend(501, 1) if status in (201, 409) else request("DELETE", "/loans/501/1")
            assert web_handler.handle(db, NOW, again)[0] == status
            assert not db.in_transaction


def test_orders_worked_out_by_hand():
    before = list(ROWS)
    assert sort_records.python(ROWS) == [
        [4, 2, 3, 1],
        [3, 4, 1, 2],
        [3, 1, 2, 4],
        [2, 3, 4, 1],
        [2, 4, 1, 3],
        [3, 2, 4, 1],
    ]
    assert before == ROWS


def test_streams_end_in_the_checksum_of_what_was_compressed():
    # Adler-32 of nothing is 1, and of this word the example everywhere.
    assert compression.python([b"", b"Wikipedia", b"a" * 1_000]) == {
        "came_back": 3,
        "length": 1_009,
        "shrank_to_half": 1,
        "ends": ["789c00000001", "789c11e60398", "789c" + f"{zlib.adler32(b'a' * 1_000):08x}"],
    }
    assert set(compression.versions()) == {"zlib"}


def test_a_manifest_worked_out_by_hand():
    # FIPS 180-4's example, and the well-known one of nothing.
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    manifest = f"{abc}  0\n{nothing}  1\n{abc}  2\n".encode()
    assert hashing.python([b"abc", b"", b"abc"]) == {
        "manifest": hashlib.sha256(manifest).hexdigest(),
        "distinct": 2,
        "first": abc,
        "bytes": 6,
    }
    assert len(hashing.versions()) == 1


def test_a_report_worked_out_by_hand():
    assert regex_scan.python(LINES) == {
        "kinds": {"access": 2, "login": 2, "frame": 1, "event": 1, "other": 1},
        "paths": [("- GET /a", 1), ("ann GET /a", 1)],
        "statuses": {"200": 1, "304": 1},
        "sent": 120,
        "with_query": 1,
        "guesses": [("203.0.113.9 ?", 1), ("203.0.113.9 root", 1)],
        "ports": 80_001,
        "frames": [("Cart.java:17 add", 1)],
        "levels": {"WARN auth": 1},
        "fields": {"who": 1, "who quoted": 1, "n": 1},
        "masked": [r'mail to ***@c.de and ***@g.hi, took 1.250 s, who="A \"B\"" n=1'],
        "micros": 1_250_000,
        "requests": {"4": 1},
    }
