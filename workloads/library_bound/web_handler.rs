//! The handler of a web API over an SQLite database: requests in, JSON and a little HTML out.
//!
//! What most back ends do all day: find the route, check what came, ask a database with joins and aggregates,
//! write in a transaction, and put the rows into words; here for a lending library. SQLite is C on both sides,
//! and so are Python's driver and its encoder of JSON. What a port can move is the code that holds them
//! together.
//!
//! The database is a file in a temporary folder, made in the set-up by one script that both sides have: a
//! write-ahead log, synchronous=OFF (with NORMAL, only a checkpoint would wait for the disk, once in some
//! batches and as long on both sides), foreign keys on, a cache that holds everything, no memory mapping. Each
//! write is a transaction of its own, and committed; a batch ends by deleting what it wrote, so that the next
//! call finds the database as this one did. Both drivers keep up to 128 statements prepared.
//!
//! It does not show the web server, HTTP or a framework, nor waiting for a database across a network, which is
//! where most services spend their time. And each side has the SQLite that its users get: not of one version,
//! and not built alike.

use pairbench::registry::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::types::Value;
use rusqlite::{
    Connection, OptionalExtension, Params, Row, Transaction, TransactionBehavior, params, params_from_iter,
};
use serde_json::json;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{self, Write};

/// What came in.
#[derive(Debug, Clone, Serialize)]
pub struct Input {
    /// Seconds since 1970.
    now: i64,
    /// To be answered one after the other. The last ones delete what the others have written.
    requests: Vec<Request>,
}

/// A request, as a web server hands it over.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Request {
    method: &'static str,
    path: String,
    /// What followed the question mark, still encoded.
    query: String,
    body: Option<String>,
}

/// A status, the type of the content, and the content.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Response(u16, &'static str, String);

const SCRIPT: &str = r#"
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
"#;

const NOW: i64 = 1_718_000_000;
const DAY: i64 = 86_400;
const MOST_LOANS: i64 = 5;

impl Request {
    fn new(method: &'static str, path: impl Into<String>) -> Self {
        Request {
            method,
            path: path.into(),
            query: String::new(),
            body: None,
        }
    }

    fn query(self, query: impl Into<String>) -> Self {
        Request {
            query: query.into(),
            ..self
        }
    }

    fn body(self, body: impl ToString) -> Self {
        Request {
            body: Some(body.to_string()),
            ..self
        }
    }

    /// The request that undoes this one, whether or not it wrote anything.
    fn undo(&self) -> Option<Request> {
        let body: serde_json::Value = serde_json::from_str(self.body.as_deref()?).ok()?;
        match self.method {
            "POST" => Some(Request::new(
                "DELETE",
                format!("/loans/{}/{}", body["member"].as_u64()?, body["book"].as_u64()?),
            )),
            _ => Some(Request::new("DELETE", &*self.path)),
        }
    }
}

/// Up to this size a batch begins with the edges; larger ones are what visitors do.
const SMALL: u64 = 120;

/// Four reads to one write; one in ten does something wrong.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mistakes: Vec<Request> = edges().into_iter().filter(|edge| edge.undo().is_none()).collect();
    let mut edges = if size <= SMALL { edges() } else { Vec::new() }.into_iter();
    let mut requests = Vec::new();
    let mut undo: Vec<Request> = Vec::new();
    while ((requests.len() + undo.len()) as u64) < size {
        let request = edges.next().unwrap_or_else(|| {
            // On the whole, as much is brought back as is lent.
            if rng.random_range(0..100) < undo.len().min(20) {
                undo.swap_remove(rng.random_range(0..undo.len() as u32) as usize)
            } else {
                visit(&mistakes, &mut rng)
            }
        });
        // A write takes the room of what undoes it as well.
        match request.undo() {
            Some(_) if (requests.len() + undo.len() + 2) as u64 > size => {
                requests.push(Request::new("GET", "/shelves"));
            }
            undoing => {
                undo.extend(undoing);
                requests.push(request);
            }
        }
    }
    requests.extend(undo);
    Input { now: NOW, requests }
}

fn visit(mistakes: &[Request], rng: &mut ChaCha8Rng) -> Request {
    // Some books are asked for much more often than others.
    let book = 1 + (rng.random::<f64>().powi(2) * 2000.0) as u32;
    let reader = rng.random_range(501..=600_u32);
    match rng.random_range(0..100_u32) {
        0..16 => Request::new("GET", "/books").query(search(rng)),
        16..43 => Request::new("GET", format!("/books/{book}")),
        43..56 => Request::new("GET", format!("/pages/books/{book}")),
        56..72 => Request::new("GET", format!("/members/{}/loans", rng.random_range(1..=500_u32))),
        72 => Request::new("GET", "/shelves"),
        73..76 => Request::new("GET", "/pages/late").query(format!("most={}", rng.random_range(5..=30_u32))),
        76..84 => {
            // A quarter of the books is lent out; who asks for one has seen on most occasions whether it is.
            let book = if rng.random_bool(0.8) && book.is_multiple_of(4) {
                book - 1
            } else {
                book
            };
            let days = rng.random_range(1..=60_u32);
            Request::new("POST", "/loans").body(json!({"member": reader, "book": book, "days": days}))
        }
        84..90 => {
            let text = *REVIEWS.choose(rng).expect("not empty");
            Request::new("PUT", format!("/books/{book}/reviews/{reader}"))
                .body(json!({"stars": rng.random_range(1..=5_u32), "text": text}))
        }
        _ => mistakes.choose(rng).expect("not empty").clone(),
    }
}

const REVIEWS: [&str; 4] = [
    "Could not put it down.",
    "Not for me.\n\nThe \"twist\" is none & the ending <spoiler> \\o/",
    "Für alle, die Zürich mögen. 🦀",
    "As every one of this author's: slow to begin, then a river of names, and at the end a single letter \
     that explains it all. I have read it twice.",
];

fn search(rng: &mut ChaCha8Rng) -> String {
    const SHELVES: [&str; 7] = ["arts", "crime", "drama", "humor", "lyric", "novel", "verse"];
    const TITLES: [&str; 7] = [
        "river",
        "The+Go",
        "of%20the",
        "Z%C3%BCrich",
        "100%25",
        "+&+",
        "clock%2C+3",
    ];
    let page = rng.random_range(1..=3_u32);
    match rng.random_range(0..6_u32) {
        0 => format!("page={page}"),
        1 => format!("author={}", rng.random_range(1..=150_u32)),
        2 => format!("title={}", TITLES.choose(rng).expect("not empty")),
        3 => format!(
            "shelf={}&title={}&size=20",
            SHELVES.choose(rng).expect("not empty"),
            TITLES.choose(rng).expect("not empty")
        ),
        _ => format!("shelf={}&page={page}", SHELVES.choose(rng).expect("not empty")),
    }
}

/// Just inside and just outside of what is valid. The first ones write.
fn edges() -> Vec<Request> {
    let mut edges = writes();
    edges.extend(wrong_bodies());
    edges.extend(paths());
    edges.extend(queries());
    edges
}

fn writes() -> Vec<Request> {
    let lend = |member: i64, book: i64, days: i64| {
        Request::new("POST", "/loans").body(json!({"member": member, "book": book, "days": days}))
    };
    let review = |book, member, stars: i64, text: String| {
        Request::new("PUT", format!("/books/{book}/reviews/{member}"))
            .body(json!({"stars": stars, "text": text, "language": "de"}))
    };
    let mut writes = vec![lend(501, 1, 1), lend(501, 1, 60)]; // twice, and the only one of it
    writes.push(lend(502, 1, 14));
    writes.push(Request::new("GET", "/books/1"));
    writes.push(Request::new("GET", "/members/501/loans"));
    for book in [2, 3, 5, 6, 7] {
        writes.push(lend(501, book, 14));
    }
    // Blocked, not a member, not a book, all lent.
    writes.extend([
        lend(533, 2, 14),
        lend(i64::MAX, 2, 14),
        lend(503, i64::MIN, 14),
        lend(503, 4, 14),
    ]);
    writes.extend([lend(503, 3, 0), lend(503, 3, 61), lend(-1, -1, -1)]);
    writes.push(Request::new("DELETE", "/loans/501/1"));
    writes.push(Request::new("DELETE", "/loans/501/1"));
    writes.push(review(13, 501, 1, "x".into()));
    writes.push(review(13, 501, 5, "🦀".repeat(400)));
    writes.push(Request::new("GET", "/books/13"));
    writes.push(Request::new("GET", "/pages/books/13"));
    writes.extend([review(13, 501, 0, "x".into()), review(13, 501, 6, String::new())]);
    writes.extend([
        review(13, 501, 3, "ö".repeat(401)),
        review(13, 601, 3, "x".into()),
    ]);
    writes.push(review(2001, 501, 3, "x".into()));
    writes.push(Request::new("DELETE", "/books/13/reviews/501"));
    writes.push(Request::new("DELETE", "/books/13/reviews/501"));
    writes
}

fn wrong_bodies() -> Vec<Request> {
    const BODIES: [&str; 7] = [
        "",
        "{",
        "null",
        "[]",
        "{}",
        "{'member': 501}",
        r#"{"member": 501, "book": 2, "days": -9223372036854775809}"#,
    ];
    let lend = || Request::new("POST", "/loans");
    let mut requests = vec![lend()];
    requests.extend(BODIES.map(|body| lend().body(body)));
    for (field, value) in [
        ("member", json!("501")),
        ("book", json!(null)),
        ("days", json!("7")),
        ("days", json!(7.0)),
        ("days", json!(true)),
        ("days", json!([7])),
        ("days", json!(1_u64 << 63)),
    ] {
        let mut body = json!({"member": 501, "book": 2, "days": 7});
        body[field] = value;
        requests.push(lend().body(body));
    }
    requests
}

fn paths() -> Vec<Request> {
    const PATHS: [(&str, &str); 26] = [
        ("GET", "/"),
        ("GET", ""),
        ("GET", "/book"),
        ("GET", "/books/"),
        ("GET", "//books"),
        ("GET", "/books/+1"),
        ("GET", "/books/1.0"),
        ("GET", "/books/٣"),
        ("GET", "/books/1234567890"),
        ("GET", "/books/999999999"),
        ("GET", "/books/007"),
        ("GET", "/books/4"),
        ("GET", "/pages/books/0"),
        ("GET", "/pages/books/1"),
        ("GET", "/pages/books/4"),
        ("GET", "/members/0/loans"),
        ("GET", "/members/41/loans"),
        ("GET", "/members/600/loans"),
        ("GET", "/pages/late"),
        ("GET", "/shelves"),
        ("GET", "/loans"),
        ("get", "/books"),
        ("PATCH", "/books/1/reviews/2"),
        ("DELETE", "/books/1/reviews"),
        ("DELETE", "/books/1/reviews/x"),
        ("DELETE", "/loans/600/2000"),
    ];
    PATHS.map(|(method, path)| Request::new(method, path)).into()
}

fn queries() -> Vec<Request> {
    const QUERIES: [&str; 19] = [
        "page=1000&size=50",
        "page=1001&author=1000000",
        "page=0&size=51",
        "page=&size=",
        "page",
        "size=50&size=2",
        "page=+1",
        "page=%31&size=1",
        "author=999999",
        "shelf=Arts",
        "shelf=arts&author=10",
        "title=_",
        "title=%25",
        "title=%5C",
        "title=%zz%2",
        "title=%ff",
        "title=Z%C3%BCRICH",
        "title=the+broken&page=2&size=3",
        "a=b&&c=d=e&=f&title=A&title=<machine>&size=3",
    ];
    let mut requests: Vec<Request> = QUERIES
        .into_iter()
        .map(|query| Request::new("GET", "/books").query(query))
        .collect();
    for query in ["most=100", "most=101", "most=1&page=x"] {
        requests.push(Request::new("GET", "/pages/late").query(query));
    }
    requests
}

/// Why a request is not answered as it wants to be.
enum Failure {
    /// The visitor did something wrong.
    Refused(u16, &'static str, Vec<&'static str>),
    /// The database did.
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Failure::Database(error)
    }
}

fn refused(status: u16, error: &'static str) -> Failure {
    Failure::Refused(status, error, Vec::new())
}

/// Refuses if there are faults.
fn check(faults: Vec<&'static str>, error: &'static str) -> Result<(), Failure> {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::Refused(422, error, faults))
    }
}

/// What a handler gets.
struct Call<'a> {
    db: &'a Connection,
    now: i64,
    /// Those in the path.
    numbers: Vec<i64>,
    query: &'a str,
    body: Option<&'a str>,
}

type Reply = Result<Response, Failure>;

fn as_json(status: u16, value: &impl Serialize) -> Response {
    let text = serde_json::to_string(value).expect("answers have string keys");
    Response(status, "application/json", text)
}

/// A page. The title is plain text, the body markup.
fn as_page(title: &str, body: &str) -> Response {
    let title = Escaped(title);
    let text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><title>{title} – Library</title></head>\n\
         <body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    );
    Response(200, "text/html; charset=utf-8", text)
}

/// Text as it is in markup, as Python's `html.escape` writes it.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#x27;",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

/// The number that text is, if it is digits, and few enough of them.
fn parse_number(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits && text.len() <= 9 {
        text.parse().ok()
    } else {
        None
    }
}

type Query = HashMap<String, String>;

/// Decodes a query as a form does, and as Python's `parse_qsl`: a name without a value is none.
fn parse_query(query: &str) -> Query {
    query
        .split('&')
        .filter_map(|field| field.split_once('='))
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    let digit = |at: usize| char::from(*text.as_bytes().get(at)?).to_digit(16);
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        at += 1;
        match (byte, digit(at), digit(at + 1)) {
            (b'+', ..) => bytes.push(b' '),
            (b'%', Some(high), Some(low)) => {
                bytes.push((high << 4 | low) as u8);
                at += 2;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// A number from 1 to the largest out of a query; what is there and is none is a fault.
fn number(
    query: &Query,
    name: &'static str,
    default: i64,
    largest: i64,
    faults: &mut Vec<&'static str>,
) -> i64 {
    let Some(text) = query.get(name) else {
        return default;
    };
    match parse_number(text) {
        Some(number) if (1..=largest).contains(&number) => number,
        _ => {
            faults.push(name);
            default
        }
    }
}

/// The fields of an object in a body, each of its type.
fn fields_of<'a, T: Deserialize<'a>>(body: Option<&'a str>) -> Result<T, Failure> {
    let body = body.ok_or_else(|| refused(400, "no_body"))?;
    serde_json::from_str(body).map_err(|error| match error.is_data() {
        true => refused(422, "wrong_fields"),
        false => refused(400, "not_json"),
    })
}

/// The only row, or a refusal.
fn one<T>(
    db: &Connection,
    error: &'static str,
    sql: &str,
    values: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<T, Failure> {
    let row = db.prepare_cached(sql)?.query_row(values, read).optional()?;
    row.ok_or_else(|| refused(404, error))
}

/// All rows.
fn all<T>(
    db: &Connection,
    sql: &str,
    values: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    db.prepare_cached(sql)?.query_map(values, read)?.collect()
}

/// A transaction of which nothing is left unless it is committed.
fn begin(db: &Connection) -> rusqlite::Result<Transaction<'_>> {
    Transaction::new_unchecked(db, TransactionBehavior::Immediate)
}

/// The mean of some stars, if there are any.
fn rating(total: f64, count: i64) -> Option<f64> {
    (count > 0).then(|| total / count as f64)
}

#[derive(Serialize)]
struct FoundBook {
    id: i64,
    title: String,
    author: String,
    shelf: String,
    year: i64,
    available: i64,
    reviews: i64,
    rating: Option<f64>,
}

#[derive(Serialize)]
struct FoundBooks {
    books: Vec<FoundBook>,
    page: i64,
    total: i64,
}

/// Finds books by title, author and shelf: one page of them, each with its rating.
fn list_books(call: &Call<'_>) -> Reply {
    let query = parse_query(call.query);
    let mut faults = Vec::new();
    let page = number(&query, "page", 1, 1_000, &mut faults);
    let size = number(&query, "size", 10, 50, &mut faults);
    let mut conditions = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    if query.contains_key("author") {
        conditions.push("author = ?");
        values.push(number(&query, "author", 0, 999_999, &mut faults).into());
    }
    if let Some(shelf) = query.get("shelf") {
        conditions.push("shelf = ?");
        values.push(shelf.clone().into());
    }
    if let Some(title) = query.get("title") {
        let pattern = title
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        conditions.push("title LIKE ? ESCAPE '\\'");
        values.push(format!("%{pattern}%").into());
    }
    check(faults, "wrong_query")?;
    let filter = match conditions.is_empty() {
        true => String::new(),
        false => format!("WHERE {}", conditions.join(" AND ")),
    };
    let total = call
        .db
        .prepare_cached(&format!("SELECT count(*) FROM book {filter}"))?
        .query_row(params_from_iter(&values), |row| row.get(0))?;
    values.extend([size.into(), ((page - 1) * size).into()]);
    let sql = format!(
        "SELECT b.id, b.title, a.name AS author, b.shelf, b.year, b.copies - b.lent AS available, \
         count(r.stars) AS reviews, total(r.stars) AS stars \
         FROM (SELECT * FROM book {filter} ORDER BY title, id LIMIT ? OFFSET ?) b \
         JOIN author a ON a.id = b.author LEFT JOIN review r ON r.book = b.id \
         GROUP BY b.id ORDER BY b.title, b.id"
    );
    let books = all(call.db, &sql, params_from_iter(&values), |row| {
        let reviews = row.get(6)?;
        Ok(FoundBook {
            id: row.get(0)?,
            title: row.get(1)?,
            author: row.get(2)?,
            shelf: row.get(3)?,
            year: row.get(4)?,
            available: row.get(5)?,
            reviews,
            rating: rating(row.get(7)?, reviews),
        })
    })?;
    Ok(as_json(200, &FoundBooks { books, page, total }))
}

#[derive(Serialize)]
struct Book {
    id: i64,
    title: String,
    author: String,
    shelf: String,
    year: i64,
    copies: i64,
    lent: i64,
}

#[derive(Serialize)]
struct Review {
    member: String,
    stars: i64,
    text: String,
    date: String,
}

#[derive(Serialize)]
struct ShownBook {
    #[serde(flatten)]
    book: Book,
    rating: Option<f64>,
    reviews: i64,
    latest: Vec<Review>,
}

fn find_book(db: &Connection, wanted: i64) -> Result<Book, Failure> {
    const BOOK: &str = "SELECT b.id, b.title, a.name AS author, b.shelf, b.year, b.copies, b.lent \
                        FROM book b JOIN author a ON a.id = b.author WHERE b.id = ?";
    one(db, "no_such_book", BOOK, [wanted], |row| {
        Ok(Book {
            id: row.get(0)?,
            title: row.get(1)?,
            author: row.get(2)?,
            shelf: row.get(3)?,
            year: row.get(4)?,
            copies: row.get(5)?,
            lent: row.get(6)?,
        })
    })
}

/// How many reviews a book has, and how many stars in all of them.
fn stars_of(db: &Connection, book: i64) -> rusqlite::Result<(i64, f64)> {
    const STARS: &str = "SELECT count(*) AS reviews, total(stars) AS stars FROM review WHERE book = ?";
    db.prepare_cached(STARS)?
        .query_row([book], |row| Ok((row.get(0)?, row.get(1)?)))
}

fn latest_reviews(db: &Connection, book: i64, most: i64) -> rusqlite::Result<Vec<Review>> {
    const LATEST: &str = "SELECT m.name AS member, r.stars, r.text, date(r.at, 'unixepoch') AS date \
                          FROM review r JOIN member m ON m.id = r.member \
                          WHERE r.book = ? ORDER BY r.at DESC, r.member LIMIT ?";
    all(db, LATEST, [book, most], |row| {
        Ok(Review {
            member: row.get(0)?,
            stars: row.get(1)?,
            text: row.get(2)?,
            date: row.get(3)?,
        })
    })
}

/// Describes a book with its latest reviews.
fn show_book(call: &Call<'_>) -> Reply {
    let wanted = call.numbers[0];
    let book = find_book(call.db, wanted)?;
    let (reviews, stars) = stars_of(call.db, wanted)?;
    let shown = ShownBook {
        book,
        rating: rating(stars, reviews),
        reviews,
        latest: latest_reviews(call.db, wanted, 5)?,
    };
    Ok(as_json(200, &shown))
}

/// Describes a book to people.
fn book_page(call: &Call<'_>) -> Reply {
    let wanted = call.numbers[0];
    let book = find_book(call.db, wanted)?;
    let (count, stars) = stars_of(call.db, wanted)?;
    let mut body = format!(
        "<p>by {}, {}, shelf {}</p>\n",
        Escaped(&book.author),
        book.year,
        Escaped(&book.shelf)
    );
    match book.copies - book.lent {
        0 => body.push_str("<p>all lent</p>\n"),
        left => append(&mut body, format_args!("<p>{left} of {} here</p>\n", book.copies)),
    }
    if let Some(rating) = rating(stars, count) {
        append(&mut body, format_args!("<h2>{rating:.1} stars of 5</h2>\n<ul>\n"));
        for review in latest_reviews(call.db, wanted, 10)? {
            let Review {
                member,
                stars,
                text,
                date,
            } = &review;
            let (member, text) = (Escaped(member), Escaped(text));
            append(
                &mut body,
                format_args!("<li><b>{member}</b>, {date}: {stars} of 5<p>{text}</p></li>\n"),
            );
        }
        body.push_str("</ul>\n");
    }
    Ok(as_page(&book.title, &body))
}

fn append(text: &mut String, more: fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes everything");
}

#[derive(Serialize)]
struct Loan {
    book: i64,
    title: String,
    author: String,
    due: i64,
    days_late: i64,
}

#[derive(Serialize)]
struct Loans {
    member: String,
    loans: Vec<Loan>,
    fee_cents: i64,
}

/// Tells what a member has borrowed, what of it is late, and what that costs.
fn list_loans(call: &Call<'_>) -> Reply {
    const LOANS: &str = "SELECT l.book, b.title, a.name AS author, l.due FROM loan l \
                         JOIN book b ON b.id = l.book JOIN author a ON a.id = b.author \
                         WHERE l.member = ? ORDER BY l.due, l.book";
    let borrower = call.numbers[0];
    let name = "SELECT name FROM member WHERE id = ?";
    let member = one(call.db, "no_such_member", name, [borrower], |row| row.get(0))?;
    let loans = all(call.db, LOANS, [borrower], |row| {
        let due = row.get(3)?;
        Ok(Loan {
            book: row.get(0)?,
            title: row.get(1)?,
            author: row.get(2)?,
            due,
            days_late: (call.now - due).div_euclid(DAY).max(0),
        })
    })?;
    let fee_cents = loans.iter().map(|loan| 20 * loan.days_late).sum();
    let loans = Loans {
        member,
        loans,
        fee_cents,
    };
    Ok(as_json(200, &loans))
}

#[derive(Serialize)]
struct Shelf {
    shelf: String,
    books: i64,
    copies: i64,
    lent: i64,
    newest: i64,
}

#[derive(Serialize)]
struct Shelves {
    shelves: Vec<Shelf>,
}

/// Counts books and copies by shelf.
fn list_shelves(call: &Call<'_>) -> Reply {
    const SHELVES: &str = "SELECT shelf, count(*) AS books, sum(copies) AS copies, sum(lent) AS lent, \
                           max(year) AS newest FROM book GROUP BY shelf ORDER BY shelf";
    let shelves = all(call.db, SHELVES, [], |row| {
        Ok(Shelf {
            shelf: row.get(0)?,
            books: row.get(1)?,
            copies: row.get(2)?,
            lent: row.get(3)?,
            newest: row.get(4)?,
        })
    })?;
    Ok(as_json(200, &Shelves { shelves }))
}

/// Lists the loans that are late, for the people at the desk.
fn late_page(call: &Call<'_>) -> Reply {
    const LATE: &str = "SELECT m.name AS member, b.title, date(l.due, 'unixepoch') AS due FROM loan l \
                        JOIN member m ON m.id = l.member JOIN book b ON b.id = l.book \
                        WHERE l.due < ? ORDER BY l.due, l.member, l.book LIMIT ?";
    let mut faults = Vec::new();
    let most = number(&parse_query(call.query), "most", 20, 100, &mut faults);
    check(faults, "wrong_query")?;
    let mut body = String::from("<table>\n");
    let mut statement = call.db.prepare_cached(LATE)?;
    let mut rows = statement.query([call.now, most])?;
    while let Some(row) = rows.next()? {
        let text = |at| row.get_ref(at)?.as_str().map_err(rusqlite::Error::from);
        let (member, title, due) = (Escaped(text(0)?), Escaped(text(1)?), text(2)?);
        append(
            &mut body,
            format_args!("<tr><td>{member}</td><td>{title}</td><td>{due}</td></tr>\n"),
        );
    }
    body.push_str("</table>\n");
    Ok(as_page("Late", &body))
}

#[derive(Deserialize)]
struct NewLoan {
    member: i64,
    book: i64,
    days: i64,
}

#[derive(Serialize)]
struct Lent {
    member: i64,
    book: i64,
    due: i64,
    left: i64,
}

/// Lends a book to a member, if there is one left and the member may have it.
fn lend(call: &Call<'_>) -> Reply {
    const LEFT: &str = "SELECT copies - lent, \
                        EXISTS (SELECT 1 FROM loan WHERE member = ? AND book = b.id) \
                        FROM book b WHERE id = ?";
    let NewLoan { member, book, days } = fields_of(call.body)?;
    if !(1..=60).contains(&days) {
        check(vec!["days"], "out_of_range")?;
    }
    let due = call.now + days * DAY;
    let db = begin(call.db)?;
    let blocked = "SELECT blocked FROM member WHERE id = ?";
    if one(&db, "no_such_member", blocked, [member], |row| row.get(0))? {
        return Err(refused(403, "member_is_blocked"));
    }
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let (left, has_it): (i64, bool) = one(&db, "no_such_book", LEFT, [member, book], read)?;
    if has_it {
        return Err(refused(409, "has_it_already"));
    }
    let loans: i64 = db
        .prepare_cached("SELECT count(*) FROM loan WHERE member = ?")?
        .query_row([member], |row| row.get(0))?;
    if loans >= MOST_LOANS {
        return Err(refused(409, "too_many_loans"));
    }
    if left == 0 {
        return Err(refused(409, "all_lent"));
    }
    db.prepare_cached("INSERT INTO loan VALUES (?, ?, ?)")?
        .execute([member, book, due])?;
    db.prepare_cached("UPDATE book SET lent = lent + 1 WHERE id = ?")?
        .execute([book])?;
    db.commit()?;
    let left = left - 1;
    Ok(as_json(
        201,
        &Lent {
            member,
            book,
            due,
            left,
        },
    ))
}

#[derive(Serialize)]
struct MemberAndBook {
    member: i64,
    book: i64,
}

/// Takes a book back.
fn take_back(call: &Call<'_>) -> Reply {
    let (member, book) = (call.numbers[0], call.numbers[1]);
    let db = begin(call.db)?;
    let deleted = db
        .prepare_cached("DELETE FROM loan WHERE member = ? AND book = ?")?
        .execute([member, book])?;
    if deleted == 0 {
        return Err(refused(404, "no_such_loan"));
    }
    db.prepare_cached("UPDATE book SET lent = lent - 1 WHERE id = ?")?
        .execute([book])?;
    db.commit()?;
    Ok(as_json(200, &MemberAndBook { member, book }))
}

#[derive(Deserialize)]
struct NewReview<'a> {
    stars: i64,
    #[serde(borrow)]
    text: Cow<'a, str>,
}

#[derive(Serialize)]
struct Rating {
    reviews: i64,
    rating: Option<f64>,
}

/// Writes a review, or a better one.
fn write_review(call: &Call<'_>) -> Reply {
    const WRITE: &str = "INSERT INTO review VALUES (?, ?, ?, ?, ?) ON CONFLICT (book, member) \
                         DO UPDATE SET stars = excluded.stars, text = excluded.text, at = excluded.at";
    let (book, member) = (call.numbers[0], call.numbers[1]);
    let NewReview { stars, text } = fields_of(call.body)?;
    let mut faults = Vec::new();
    if !(1..=5).contains(&stars) {
        faults.push("stars");
    }
    if !(1..=400).contains(&text.chars().count()) {
        faults.push("text");
    }
    check(faults, "out_of_range")?;
    let db = begin(call.db)?;
    let nothing = |_: &Row<'_>| Ok(());
    one(
        &db,
        "no_such_book",
        "SELECT 1 FROM book WHERE id = ?",
        [book],
        nothing,
    )?;
    one(
        &db,
        "no_such_member",
        "SELECT 1 FROM member WHERE id = ?",
        [member],
        nothing,
    )?;
    let known: bool = db
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM review WHERE book = ? AND member = ?)")?
        .query_row([book, member], |row| row.get(0))?;
    db.prepare_cached(WRITE)?
        .execute(params![book, member, stars, text, call.now])?;
    let (reviews, total) = stars_of(&db, book)?;
    db.commit()?;
    let rating = rating(total, reviews);
    Ok(as_json(
        if known { 200 } else { 201 },
        &Rating { reviews, rating },
    ))
}

#[derive(Serialize)]
struct BookAndMember {
    book: i64,
    member: i64,
}

/// Deletes a review.
fn delete_review(call: &Call<'_>) -> Reply {
    let (book, member) = (call.numbers[0], call.numbers[1]);
    let db = begin(call.db)?;
    let deleted = db
        .prepare_cached("DELETE FROM review WHERE book = ? AND member = ?")?
        .execute([book, member])?;
    if deleted == 0 {
        return Err(refused(404, "no_such_review"));
    }
    db.commit()?;
    Ok(as_json(200, &BookAndMember { book, member }))
}

/// A part of a path between slashes.
enum Part {
    Is(&'static str),
    Number,
}

use Part::{Is, Number};

type Handler = fn(&Call<'_>) -> Reply;

const ROUTES: [(&str, &[Part], Handler); 10] = [
    ("GET", &[Is("books")], list_books),
    ("GET", &[Is("books"), Number], show_book),
    ("GET", &[Is("pages"), Is("books"), Number], book_page),
    ("GET", &[Is("members"), Number, Is("loans")], list_loans),
    ("GET", &[Is("shelves")], list_shelves),
    ("GET", &[Is("pages"), Is("late")], late_page),
    ("POST", &[Is("loans")], lend),
    ("DELETE", &[Is("loans"), Number, Number], take_back),
    ("PUT", &[Is("books"), Number, Is("reviews"), Number], write_review),
    (
        "DELETE",
        &[Is("books"), Number, Is("reviews"), Number],
        delete_review,
    ),
];

/// The numbers in a path that has this pattern.
fn numbers(pattern: &[Part], parts: &[&str]) -> Option<Vec<i64>> {
    if parts.len() != pattern.len() {
        return None;
    }
    let mut found = Vec::new();
    for (expected, part) in pattern.iter().zip(parts) {
        match expected {
            Number => found.push(parse_number(part)?),
            Is(expected) if expected == part => {}
            Is(_) => return None,
        }
    }
    Some(found)
}

/// Who handles a request, and the numbers in its path.
fn route(method: &str, path: &str) -> Result<(Handler, Vec<i64>), Failure> {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let mut others = Vec::new();
    for (known, pattern, handler) in ROUTES {
        if let Some(found) = numbers(pattern, &parts) {
            if known == method {
                return Ok((handler, found));
            }
            others.push(known);
        }
    }
    Err(match others.is_empty() {
        true => refused(404, "no_such_path"),
        false => Failure::Refused(405, "try_another_method", others),
    })
}

#[derive(Serialize)]
struct Refusal {
    error: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<&'static str>,
}

fn try_handle(db: &Connection, now: i64, request: &Request) -> Reply {
    let (handler, numbers) = route(request.method, &request.path)?;
    handler(&Call {
        db,
        now,
        numbers,
        query: &request.query,
        body: request.body.as_deref(),
    })
}

fn handle(db: &Connection, now: i64, request: &Request) -> Response {
    match try_handle(db, now, request) {
        Ok(response) => response,
        Err(Failure::Refused(status, error, fields)) => as_json(status, &Refusal { error, fields }),
        Err(Failure::Database(error)) => panic!("{} {}: {error}", request.method, request.path),
    }
}

/// The database in a folder of its own, which goes with it.
struct Library {
    db: Connection,
    _folder: tempfile::TempDir,
}

fn open() -> rusqlite::Result<Library> {
    let folder = tempfile::tempdir().expect("the temporary folder takes a folder");
    let db = Connection::open(folder.path().join("library.sqlite"))?;
    db.set_prepared_statement_cache_capacity(128);
    db.execute_batch(SCRIPT)?;
    Ok(Library { db, _folder: folder })
}

fn rust(library: &Library, input: &Input) -> Vec<Response> {
    input
        .requests
        .iter()
        .map(|request| handle(&library.db, input.now, request))
        .collect()
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::LibraryBound,
        "a web API's handler over an SQLite database",
    )
    .input(generate)
    .cases("requests", &[120, 150, 1_500])
    .tolerance(Tolerance::EXACT)
    .versions(|| vec![("SQLite", rusqlite::version().into())])
    .rust_variant_with("rust", || open().expect("the script is valid"), rust)
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_batch_holds_all_edges() {
        let batch = generate(SMALL, 1).requests;
        assert!(edges().iter().all(|edge| batch.contains(edge)));
    }

    #[test]
    fn any_size_and_seed_gives_as_many_requests() {
        for size in [0, 1, 2, 3, 47, 121, 300] {
            for seed in [0, 1, u64::MAX] {
                assert_eq!(generate(size, seed).requests.len() as u64, size);
            }
        }
    }

    #[test]
    fn a_batch_leaves_the_database_as_it_was() {
        let library = open().unwrap();
        let rows = || {
            [
                "SELECT group_concat(member || ':' || book || ':' || due) FROM loan",
                "SELECT group_concat(book || ':' || member || ':' || stars || text || at) FROM review",
                "SELECT group_concat(id || ':' || copies || ':' || lent) FROM book",
            ]
            .map(|sql| {
                library
                    .db
                    .query_row(sql, [], |row| row.get::<_, String>(0))
                    .unwrap()
            })
        };
        let before = rows();
        let input = generate(600, 3);
        let wrote = rust(&library, &input)
            .iter()
            .filter(|answer| answer.0 == 201)
            .count();
        assert!(wrote > 20, "{wrote}");
        assert!(before == rows());
    }

    /// Status and content of the answers to some requests.
    fn answers(requests: Vec<Request>) -> Vec<(u16, String)> {
        let responses = rust(&open().unwrap(), &Input { now: NOW, requests });
        responses
            .into_iter()
            .map(|Response(status, _, text)| (status, text))
            .collect()
    }

    fn lend(member: i64, book: i64) -> Request {
        Request::new("POST", "/loans").body(json!({"member": member, "book": book, "days": 2}))
    }

    #[test]
    fn a_book_is_lent_and_comes_back() {
        let back = || Request::new("DELETE", "/loans/501/1");
        let [lent, twice, other, came, again] =
            answers(vec![lend(501, 1), lend(501, 1), lend(502, 1), back(), back()])
                .try_into()
                .unwrap();
        // Of book 1 there is one copy more than is lent.
        assert_eq!(
            lent,
            (201, r#"{"member":501,"book":1,"due":1718172800,"left":0}"#.into())
        );
        assert_eq!(twice, (409, r#"{"error":"has_it_already"}"#.into()));
        assert_eq!(other, (409, r#"{"error":"all_lent"}"#.into()));
        assert_eq!(came, (200, r#"{"member":501,"book":1}"#.into()));
        assert_eq!(again, (404, r#"{"error":"no_such_loan"}"#.into()));
    }

    #[test]
    fn what_is_refused_says_why() {
        let lend_days =
            |days| Request::new("POST", "/loans").body(json!({"member": 1, "book": 1, "days": days}));
        let get = |path, query| Request::new("GET", path).query(query);
        for (request, status, text) in [
            (lend(533, 1), 403, r#"{"error":"member_is_blocked"}"#),
            (lend(601, 1), 404, r#"{"error":"no_such_member"}"#),
            (lend(501, 2001), 404, r#"{"error":"no_such_book"}"#),
            // Member 5 has five loans.
            (lend(5, 3), 409, r#"{"error":"too_many_loans"}"#),
            (
                lend_days(json!(61)),
                422,
                r#"{"error":"out_of_range","fields":["days"]}"#,
            ),
            (lend_days(json!(true)), 422, r#"{"error":"wrong_fields"}"#),
            (
                Request::new("POST", "/loans").body("{"),
                400,
                r#"{"error":"not_json"}"#,
            ),
            (Request::new("POST", "/loans"), 400, r#"{"error":"no_body"}"#),
            (
                get("/books", "page=0&size=x"),
                422,
                r#"{"error":"wrong_query","fields":["page","size"]}"#,
            ),
            (get("/books/2001", ""), 404, r#"{"error":"no_such_book"}"#),
            (get("/books/x", ""), 404, r#"{"error":"no_such_path"}"#),
            (
                Request::new("PATCH", "/books/1/reviews/1"),
                405,
                r#"{"error":"try_another_method","fields":["PUT","DELETE"]}"#,
            ),
        ] {
            assert_eq!(
                answers(vec![request.clone()]),
                [(status, text.into())],
                "{request:?}"
            );
        }
    }

    #[test]
    fn a_review_counts_and_is_escaped() {
        let write = |stars| {
            Request::new("PUT", "/books/13/reviews/501").body(json!({"stars": stars, "text": "<\"'&>"}))
        };
        let shown = |request| answers(vec![write(1), write(5), request])[2].1.clone();
        let [first, second] = answers(vec![write(1), write(5)]).try_into().unwrap();
        assert_eq!((first.0, second.0), (201, 200));
        let page = shown(Request::new("GET", "/pages/books/13"));
        assert!(page.contains("<p>&lt;&quot;&#x27;&amp;&gt;</p>"), "{page}");
        let value: serde_json::Value =
            serde_json::from_str(&shown(Request::new("GET", "/books/13"))).unwrap();
        assert_eq!(value["latest"][0]["text"], "<\"'&>");
        assert_eq!(value["latest"][0]["date"], "2024-06-10");
    }

    #[test]
    fn queries_are_decoded_as_forms_are() {
        let query = parse_query("a=1&b=x+y%20z&c&d=&a=2&e=%C3%BC%zz%4&f=g=h&=i&%ff=%ff");
        let expected = [
            ("a", "2"),
            ("b", "x y z"),
            ("e", "ü%zz%4"),
            ("f", "g=h"),
            ("", "i"),
            ("\u{fffd}", "\u{fffd}"),
        ];
        assert_eq!(
            query,
            expected.map(|(name, value)| (name.into(), value.into())).into()
        );
    }
}
