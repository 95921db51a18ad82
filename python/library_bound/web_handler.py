"""The handler of a web API over an SQLite database: requests in, JSON and a little HTML out.

What most back ends do all day: find the route, check what came, ask a database with joins and
aggregates, write in a transaction, and put the rows into words; here for a lending library. SQLite
is C on both sides, and so are Python's driver and its encoder of JSON. What a port can move is the
code that holds them together.

The database is a file in a temporary folder, made in the set-up by one script that both sides have:
a write-ahead log, synchronous=OFF (with NORMAL, only a checkpoint would wait for the disk, once in
some batches and as long on both sides), foreign keys on, a cache that holds everything, no memory
mapping. Each write is a transaction of its own, and committed; a batch ends by deleting what it
wrote, so that the next call finds the database as this one did. Both drivers keep up to 128
statements prepared.

It does not show the web server, HTTP or a framework, nor waiting for a database across a network,
which is where most services spend their time. And each side has the SQLite that its users get: not
of one version, and not built alike.
"""

import json
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl

SCRIPT = """
PRAGMA page_size = 4096;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA wal_autocheckpoint = 1000;
PRAGMA foreign_keys = ON;
PRAGMA cache_size = -16000;
PRAGMA mmap_size = 0;
PRAGMA secure_delete = OFF;
BEGIN;
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE book (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    author INTEGER NOT NULL REFERENCES author,
    shelf TEXT NOT NULL,
    year INTEGER NOT NULL,
    copies INTEGER NOT NULL,
    lent INTEGER NOT NULL CHECK (lent BETWEEN 0 AND copies)
);
CREATE INDEX book_by_title ON book (title);
CREATE INDEX book_by_author ON book (author, title);
CREATE INDEX book_by_shelf ON book (shelf, title);
CREATE TABLE member (id INTEGER PRIMARY KEY, name TEXT NOT NULL, blocked INTEGER NOT NULL);
CREATE TABLE loan (
    member INTEGER NOT NULL REFERENCES member,
    book INTEGER NOT NULL REFERENCES book,
    due INTEGER NOT NULL,
    PRIMARY KEY (member, book)
);
CREATE INDEX loan_by_book ON loan (book);
CREATE INDEX loan_by_due ON loan (due);
CREATE TABLE review (
    book INTEGER NOT NULL REFERENCES book,
    member INTEGER NOT NULL REFERENCES member,
    stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (book, member)
);
CREATE INDEX review_by_member ON review (member);

CREATE TABLE word (id INTEGER PRIMARY KEY, quality, thing, place, family, first);
INSERT INTO word VALUES
    (0, 'Silent', 'River', 'the North', 'Ångström', 'Ada'),
    (1, 'Broken', 'Garden', 'Zürich', 'O''Brien', 'Béla'),
    (2, 'Golden', 'Letter', '"Nowhere"', 'Dürrenmatt & Sons', 'Chinua'),
    (3, 'Last', 'Winter', 'the <Machine>', 'Nakamura', 'Dorothy'),
    (4, 'Hidden', 'House', 'Śląsk', 'de la Cruz', 'Émile'),
    (5, 'Burning', 'Clock', 'the Sea', 'Smith', 'Fyodor'),
    (6, 'Empty', 'Bridge', 'Old Age', 'Иванова', 'Grace'),
    (7, 'Long', 'Sleep', 'Others', '村上', 'Hana'),
    (8, 'Second', 'Mirror', 'the Valley', 'García', 'Ismail'),
    (9, 'Small', 'Country', '100% Rain', 'Whitman', 'Jane'),
    (10, 'Paper', 'Library', 'Babel', 'Borges', 'Jorge');
INSERT INTO author
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150)
    SELECT i, a.first || ' ' || b.family
    FROM n JOIN word a ON a.id = i % 11 JOIN word b ON b.id = i / 11 % 11 ORDER BY i;
INSERT INTO book
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    SELECT i,
        CASE i % 3
            WHEN 0 THEN 'The ' || a.quality || ' ' || b.thing
            WHEN 1 THEN a.thing || ' of ' || b.place
            ELSE a.quality || ' ' || b.thing || ', ' || (i % 7 + 1)
        END,
        i * 37 % 150 + 1,
        substr('artscrimedramahumorlyricnovelverse', max(1, i % 7 * 5), 5 - (i % 7 = 0)),
        1800 + i * 7919 % 220, 0, 0
    FROM n JOIN word a ON a.id = i * 5 % 11 JOIN word b ON b.id = i / 11 % 11 ORDER BY i;
INSERT INTO member
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
    SELECT i, a.first || ' ' || b.family || ' ' || i, i % 41 = 0
    FROM n JOIN word a ON a.id = i * 3 % 11 JOIN word b ON b.id = i / 7 % 11 ORDER BY i;
-- Members from 501 on have borrowed nothing and said nothing: what a batch writes is theirs.
INSERT INTO loan
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2999)
    SELECT i / 6 + 1, (i / 6 * 97 + i % 6 * 331) % 2000 + 1,
        1718000000 + (i * 7919 % 60 - 30) * 86400
    FROM n WHERE i % 6 < (i / 6 + 1) % 6 ORDER BY i;
INSERT INTO review
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 23999)
    SELECT i / 12 + 1, (i / 12 * 31 + i % 12 * 37) % 500 + 1, 1 + i * i % 5,
        CASE i % 5
            WHEN 0 THEN 'Could not put it down: "' || a.quality || ' ' || b.thing || '" & more.'
            WHEN 1 THEN 'Not one ' || a.thing || ' in it.' || char(10) || '<b>Skip it.</b>'
            WHEN 2 THEN a.first || ' says it''s the best since ' || b.family || '. 🦀'
            ELSE 'On ' || b.place || ' and the ' || b.thing || ' of a ' || a.quality || ' youth.'
        END,
        1600000000 + i * 104729 % 100000000
    FROM n JOIN word a ON a.id = i * 7 % 11 JOIN word b ON b.id = i / 13 % 11
    WHERE i % 12 < i / 12 * i / 12 % 13 ORDER BY i;
UPDATE book SET copies = id % 4 + (SELECT count(*) FROM loan WHERE loan.book = book.id);
UPDATE book SET lent = copies - id % 4;
DROP TABLE word;
COMMIT;
"""

# What the database takes for an integer.
SMALLEST, LARGEST = -(1 << 63), (1 << 63) - 1
DAY = 86_400
MOST_LOANS = 5

# Compact and unescaped, as JSON travels; a call of json.dumps would make an encoder each time.
encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def versions():
    """Tell which libraries this side brings."""
    return {"SQLite": sqlite3.sqlite_version}


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status, error, fields=()):
        super().__init__(status, error, fields)
        self.status, self.error, self.fields = status, error, fields


class Call:
    """What a handler gets besides the numbers in the path."""

    __slots__ = ("body", "db", "now", "query")

    def __init__(self, db, now, query, body):
        self.db = db
        self.now = now
        self.query = query
        self.body = body


def as_json(status, value):
    """Answer with a value."""
    return status, "application/json", encode(value)


def as_page(title, body):
    """Answer with a page. The title is plain text, the body markup."""
    return (
        200,
        "text/html; charset=utf-8",
        '<!doctype html>\n<html lang="en">\n'
        f"<head><title>{escape(title)} – Library</title></head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n{body}</body>\n</html>\n",
    )


def is_number(text):
    """Say whether text is digits, and few enough of them."""
    return text.isascii() and text.isdigit() and len(text) <= 9


def number(query, name, default, largest, faults):
    """Read a number from 1 to the largest out of a query, or note a fault."""
    text = query.get(name)
    if text is None:
        return default
    if is_number(text) and 1 <= int(text) <= largest:
        return int(text)
    faults.append(name)
    return default


def fields_of(body, types):
    """Read the named fields of an object out of a body, each of its type."""
    if body is None:
        raise Refused(400, "no_body")
    try:
        value = json.loads(body)
    except ValueError:
        raise Refused(400, "not_json") from None
    if type(value) is not dict:
        raise Refused(422, "wrong_fields")
    fields = []
    for name, kind in types:
        field = value.get(name)
        # By type() instead of isinstance(): to the latter, True is an integer.
        if type(field) is not kind or (kind is int and not SMALLEST <= field <= LARGEST):
            raise Refused(422, "wrong_fields")
        fields.append(field)
    return fields


@contextmanager
def transaction(db):
    """Commit what is done in the block, or nothing of it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def one(db, error, sql, *values):
    """Return the only row, or refuse."""
    row = db.execute(sql, values).fetchone()
    if row is None:
        raise Refused(404, error)
    return row


def rating(total, count):
    """Return the mean of some stars, if there are any."""
    return total / count if count else None


def list_books(call):
    """Find books by title, author and shelf: one page of them, each with its rating."""
    query = dict(parse_qsl(call.query))
    faults = []
    page = number(query, "page", 1, 1_000, faults)
    size = number(query, "size", 10, 50, faults)
    conditions = []
    values = []
    if "author" in query:
        conditions.append("author = ?")
        values.append(number(query, "author", 0, 999_999, faults))
    if "shelf" in query:
        conditions.append("shelf = ?")
        values.append(query["shelf"])
    if "title" in query:
        pattern = query["title"].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        conditions.append("title LIKE ? ESCAPE '\\'")
        values.append(f"%{pattern}%")
    if faults:
        raise Refused(422, "wrong_query", faults)
    where = "WHERE " + " AND ".join(conditions) if conditions else ""
    (total,) = call.db.execute(f"SELECT count(*) FROM book {where}", values).fetchone()
    rows = call.db.execute(
        "SELECT b.id, b.title, a.name AS author, b.shelf, b.year, b.copies - b.lent AS available,"
        " count(r.stars) AS reviews, total(r.stars) AS stars"
        f" FROM (SELECT * FROM book {where} ORDER BY title, id LIMIT ? OFFSET ?) b"
        " JOIN author a ON a.id = b.author LEFT JOIN review r ON r.book = b.id"
        " GROUP BY b.id ORDER BY b.title, b.id",
        [*values, size, (page - 1) * size],
    )
    books = []
    for row in rows:
        book = dict(row)
        book["rating"] = rating(book.pop("stars"), book["reviews"])
        books.append(book)
    return as_json(200, {"books": books, "page": page, "total": total})


BOOK = (
    "SELECT b.id, b.title, a.name AS author, b.shelf, b.year, b.copies, b.lent"
    " FROM book b JOIN author a ON a.id = b.author WHERE b.id = ?"
)
STARS = "SELECT count(*) AS reviews, total(stars) AS stars FROM review WHERE book = ?"
LATEST = (
    "SELECT m.name AS member, r.stars, r.text, date(r.at, 'unixepoch') AS date"
    " FROM review r JOIN member m ON m.id = r.member"
    " WHERE r.book = ? ORDER BY r.at DESC, r.member LIMIT ?"
)


def show_book(call, wanted):
    """Describe a book with its latest reviews."""
    book = dict(one(call.db, "no_such_book", BOOK, wanted))
    count, stars = call.db.execute(STARS, (wanted,)).fetchone()
    book["rating"] = rating(stars, count)
    book["reviews"] = count
    book["latest"] = [dict(row) for row in call.db.execute(LATEST, (wanted, 5))]
    return as_json(200, book)


def book_page(call, wanted):
    """Describe a book to people."""
    book = one(call.db, "no_such_book", BOOK, wanted)
    count, stars = call.db.execute(STARS, (wanted,)).fetchone()
    left = book["copies"] - book["lent"]
    parts = [
        f"<p>by {escape(book['author'])}, {book['year']}, shelf {escape(book['shelf'])}</p>\n",
        f"<p>{left} of {book['copies']} here</p>\n" if left else "<p>all lent</p>\n",
    ]
    if count:
        parts.append(f"<h2>{stars / count:.1f} stars of 5</h2>\n<ul>\n")
        for row in call.db.execute(LATEST, (wanted, 10)):
            parts.append(
                f"<li><b>{escape(row['member'])}</b>, {row['date']}: {row['stars']} of 5"
                f"<p>{escape(row['text'])}</p></li>\n"
            )
        parts.append("</ul>\n")
    return as_page(book["title"], "".join(parts))


def list_loans(call, borrower):
    """Tell what a member has borrowed, what of it is late, and what that costs."""
    member = one(call.db, "no_such_member", "SELECT name FROM member WHERE id = ?", borrower)
    rows = call.db.execute(
        "SELECT l.book, b.title, a.name AS author, l.due FROM loan l"
        " JOIN book b ON b.id = l.book JOIN author a ON a.id = b.author"
        " WHERE l.member = ? ORDER BY l.due, l.book",
        (borrower,),
    )
    loans = []
    fee = 0
    for row in rows:
        loan = dict(row)
        late = max(0, (call.now - loan["due"]) // DAY)
        loan["days_late"] = late
        fee += 20 * late
        loans.append(loan)
    return as_json(200, {"member": member["name"], "loans": loans, "fee_cents": fee})


def list_shelves(call):
    """Count books and copies by shelf."""
    rows = call.db.execute(
        "SELECT shelf, count(*) AS books, sum(copies) AS copies, sum(lent) AS lent,"
        " max(year) AS newest FROM book GROUP BY shelf ORDER BY shelf"
    )
    return as_json(200, {"shelves": [dict(row) for row in rows]})


def late_page(call):
    """List the loans that are late, for the people at the desk."""
    query = dict(parse_qsl(call.query))
    faults = []
    most = number(query, "most", 20, 100, faults)
    if faults:
        raise Refused(422, "wrong_query", faults)
    rows = call.db.execute(
        "SELECT m.name AS member, b.title, date(l.due, 'unixepoch') AS due FROM loan l"
        " JOIN member m ON m.id = l.member JOIN book b ON b.id = l.book"
        " WHERE l.due < ? ORDER BY l.due, l.member, l.book LIMIT ?",
        (call.now, most),
    )
    items = [
        f"<tr><td>{escape(row['member'])}</td><td>{escape(row['title'])}</td>"
        f"<td>{row['due']}</td></tr>\n"
        for row in rows
    ]
    return as_page("Late", f"<table>\n{''.join(items)}</table>\n")


def lend(call):
    """Lend a book to a member, if there is one left and the member may have it."""
    member, book, days = fields_of(call.body, (("member", int), ("book", int), ("days", int)))
    if not 1 <= days <= 60:
        raise Refused(422, "out_of_range", ["days"])
    due = call.now + days * DAY
    with transaction(call.db):
        (blocked,) = one(
            call.db, "no_such_member", "SELECT blocked FROM member WHERE id = ?", member
        )
        if blocked:
            raise Refused(403, "member_is_blocked")
        left, has_it = one(
            call.db,
            "no_such_book",
            "SELECT copies - lent,"
            " EXISTS (SELECT 1 FROM loan WHERE member = ? AND book = b.id)"
            " FROM book b WHERE id = ?",
            member,
            book,
        )
        if has_it:
            raise Refused(409, "has_it_already")
        (loans,) = call.db.execute(
            "SELECT count(*) FROM loan WHERE member = ?", (member,)
        ).fetchone()
        if loans >= MOST_LOANS:
            raise Refused(409, "too_many_loans")
        if not left:
            raise Refused(409, "all_lent")
        call.db.execute("INSERT INTO loan VALUES (?, ?, ?)", (member, book, due))
        call.db.execute("UPDATE book SET lent = lent + 1 WHERE id = ?", (book,))
    return as_json(201, {"member": member, "book": book, "due": due, "left": left - 1})


def take_back(call, member, book):
    """Take a book back."""
    with transaction(call.db):
        sql = "DELETE FROM loan WHERE member = ? AND book = ?"
        if not call.db.execute(sql, (member, book)).rowcount:
            raise Refused(404, "no_such_loan")
        call.db.execute("UPDATE book SET lent = lent - 1 WHERE id = ?", (book,))
    return as_json(200, {"member": member, "book": book})


def write_review(call, book, member):
    """Write a review, or a better one."""
    stars, text = fields_of(call.body, (("stars", int), ("text", str)))
    faults = []
    if not 1 <= stars <= 5:
        faults.append("stars")
    if not 1 <= len(text) <= 400:
        faults.append("text")
    if faults:
        raise Refused(422, "out_of_range", faults)
    with transaction(call.db):
        one(call.db, "no_such_book", "SELECT 1 FROM book WHERE id = ?", book)
        one(call.db, "no_such_member", "SELECT 1 FROM member WHERE id = ?", member)
        (known,) = call.db.execute(
            "SELECT EXISTS (SELECT 1 FROM review WHERE book = ? AND member = ?)", (book, member)
        ).fetchone()
        call.db.execute(
            "INSERT INTO review VALUES (?, ?, ?, ?, ?) ON CONFLICT (book, member)"
            " DO UPDATE SET stars = excluded.stars, text = excluded.text, at = excluded.at",
            (book, member, stars, text, call.now),
        )
        count, total = call.db.execute(STARS, (book,)).fetchone()
    return as_json(200 if known else 201, {"reviews": count, "rating": rating(total, count)})


def delete_review(call, book, member):
    """Delete a review."""
    with transaction(call.db):
        sql = "DELETE FROM review WHERE book = ? AND member = ?"
        if not call.db.execute(sql, (book, member)).rowcount:
            raise Refused(404, "no_such_review")
    return as_json(200, {"book": book, "member": member})


ID = None  # in a pattern, a part that is a number
ROUTES = (
    ("GET", ("books",), list_books),
    ("GET", ("books", ID), show_book),
    ("GET", ("pages", "books", ID), book_page),
    ("GET", ("members", ID, "loans"), list_loans),
    ("GET", ("shelves",), list_shelves),
    ("GET", ("pages", "late"), late_page),
    ("POST", ("loans",), lend),
    ("DELETE", ("loans", ID, ID), take_back),
    ("PUT", ("books", ID, "reviews", ID), write_review),
    ("DELETE", ("books", ID, "reviews", ID), delete_review),
)


def numbers(pattern, parts):
    """Return the numbers in a path that has this pattern, otherwise nothing."""
    if len(parts) != len(pattern):
        return None
    found = []
    for expected, part in zip(pattern, parts):
        if expected is ID:
            if not is_number(part):
                return None
            found.append(int(part))
        elif part != expected:
            return None
    return found


def route(method, path):
    """Find who handles a request, and the numbers in its path."""
    parts = path.split("/")[1:]
    others = []
    for known, pattern, handler in ROUTES:
        found = numbers(pattern, parts)
        if found is not None:
            if known == method:
                return handler, found
            others.append(known)
    if others:
        raise Refused(405, "try_another_method", others)
    raise Refused(404, "no_such_path")


def handle(db, now, request):
    """Answer one request: a status, the type of the content, and the content."""
    try:
        handler, found = route(request["method"], request["path"])
        return handler(Call(db, now, request["query"], request["body"]), *found)
    except Refused as refused:
        answer = {"error": refused.error}
        if refused.fields:
            answer["fields"] = refused.fields
        return as_json(refused.status, answer)


@contextmanager
def setup_python():
    """Make the database, and connect to it."""
    with tempfile.TemporaryDirectory() as folder:
        # Without an isolation level, transactions begin where this file says so and nowhere else.
        connection = sqlite3.connect(
            str(Path(folder) / "library.sqlite"), isolation_level=None, cached_statements=128
        )
        with closing(connection) as db:
            db.executescript(SCRIPT)
            db.row_factory = sqlite3.Row
            yield db


def python(db, now, requests):
    """Answer all requests, one after the other."""
    return [handle(db, now, request) for request in requests]
