//! A small web API over PostgreSQL, as a server of its own on each side, asked over HTTP.
//!
//! What most back ends do all day: find the route, validate what came, ask a database with joins and aggregates, write in a
//! transaction, and send JSON or a page; here for a lending library. Python is FastAPI with Pydantic on uvicorn (uvloop and
//! httptools) over asyncpg, Rust is axum with serde over tokio-postgres: the same statements, ten connections to the database,
//! no log of requests. A call is 80 visitors, a steady mix of all routes, over 1, 8 or 64 connections that stay open; each
//! connection sends its next request when the last one is answered.
//!
//! PostgreSQL is the machine's own, or comes with a Python package, and is started for the measurement in a temporary folder on
//! a Unix socket, without waiting for the disk. Each server has a database of its own, made from one template.
//!
//! It does not show a network, nor TLS, nor a database that is larger than memory or shared with others; servers, client and
//! database share the cores of this machine.

#[cfg(unix)]
#[path = "_database.rs"]
mod database;
/// Where there are no Unix sockets.
#[cfg(not(unix))]
mod database {
    pub const PACKAGE: &str = "";
    pub enum Database {}
    pub struct Postgres;

    pub fn needs_package() -> bool {
        false
    }

    impl Postgres {
        pub fn find() -> Result<(), String> {
            Err("PostgreSQL is started on a Unix socket, which this system does not have".into())
        }

        pub fn version() -> Option<String> {
            None
        }
    }

    impl Database {
        pub fn new() -> Result<Self, String> {
            Postgres::find().map(|()| unreachable!("it never is there"))
        }

        pub fn url(&self) -> &str {
            match *self {}
        }

        pub fn process(&self) -> u32 {
            match *self {}
        }

        pub fn content(&self) -> Result<String, String> {
            match *self {}
        }
    }
}

#[path = "_load.rs"]
mod load;

use std::collections::{BTreeSet, HashMap};
use std::net::Ipv4Addr;
use std::process;
use std::time::Duration;

use askama::Template;
use axum::body::Bytes;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use chrono::{Datelike, Days, NaiveDate};
use deadpool_postgres::{Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime};
use pairbench::registry::prelude::*;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_postgres::{NoTls, Row};

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    let pair = Pair::new(
        Profile::Service,
        "a web API over PostgreSQL, as a server of its own",
    )
    .input(load::generate)
    .cases("connections", &[1, 8, 64])
    .python(&["orjson", "granian", "processes", "sqlalchemy", "flask"])
    .requires("python", "fastapi")
    .requires("python", "uvicorn")
    .requires("python", "uvloop")
    .requires("python", "httptools")
    .requires("python", "asyncpg")
    .requires("python", "jinja2")
    .requires("python", "pydantic")
    .requires("granian", "granian")
    .requires("sqlalchemy", "sqlalchemy")
    .requires("sqlalchemy", "greenlet")
    .requires("flask", "flask")
    .requires("flask", "gunicorn")
    .requires("flask", "psycopg")
    .requires("flask", "psycopg_binary")
    .requires("flask", "psycopg_pool");
    let pair = match database::needs_package() {
        true => pair.requires("python", database::PACKAGE),
        false => pair,
    };
    pair.versions(|| {
        let crates = [
            "axum",
            "deadpool-postgres",
            "hyper",
            "serde_json",
            "tokio",
            "tokio-postgres",
        ];
        let mut versions: Vec<_> = crates.map(|name| (name, crate::locked(name).to_string())).into();
        versions.extend(database::Postgres::version().map(|version| ("PostgreSQL", version)));
        versions
    })
    .served(load::Library)
    .rust_server("rust", serve)
    .build()
}

const CONNECTIONS: usize = 10;
const BODY_LIMIT: usize = 64 * 1024;
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(5);
/// How long requests that are under way may take to finish after SIGTERM.
const GRACE: Duration = Duration::from_millis(500);
const PAGE_SIZE: i32 = 100;
const SHELVES: [&str; 7] = ["arts", "crime", "drama", "humor", "lyric", "novel", "verse"];

const BOOK: &str = "SELECT b.id, b.title, b.author_id, a.name AS author, b.shelf, b.year, b.copies, (SELECT count(*) FROM loan l WHERE l.book_id = b.id) AS lent FROM book b JOIN author a ON a.id = b.author_id WHERE b.id = $1";
const COUNT: &str =
    "SELECT count(*) FROM book b WHERE ($1::text IS NULL OR b.shelf = $1) AND b.year BETWEEN $2 AND $3";
const PAGE: &str = "SELECT b.id, b.title, a.name AS author, b.shelf, b.year FROM book b JOIN author a ON a.id = b.author_id WHERE ($1::text IS NULL OR b.shelf = $1) AND b.year BETWEEN $2 AND $3 ORDER BY b.title, b.id LIMIT 100 OFFSET $4::int";
const AUTHOR: &str = "SELECT a.name AS author, count(DISTINCT b.id) AS books, (SELECT count(*) FROM loan l JOIN book lb ON lb.id = l.book_id WHERE lb.author_id = a.id) AS loans, count(r.book_id) AS reviews, round(avg(r.stars), 2)::float8 AS stars FROM author a LEFT JOIN book b ON b.author_id = a.id LEFT JOIN review r ON r.book_id = b.id WHERE a.id = $1 GROUP BY a.id";
const BY_SHELF: &str = "SELECT b.shelf, count(DISTINCT b.id) AS books, count(r.book_id) AS reviews, round(avg(r.stars), 2)::float8 AS stars FROM book b LEFT JOIN review r ON r.book_id = b.id WHERE b.author_id = $1 GROUP BY b.shelf ORDER BY b.shelf";
const COPIES: &str = "SELECT copies FROM book WHERE id = $1 FOR UPDATE";
const BLOCKED: &str = "SELECT blocked FROM member WHERE id = $1";
const DUE: &str = "SELECT due FROM loan WHERE member_id = $1 AND book_id = $2";
const LENT: &str = "SELECT count(*) FROM loan WHERE book_id = $1";
const LEND: &str = "INSERT INTO loan (member_id, book_id, due) VALUES ($1, $2, $3)";
const RETURN: &str = "DELETE FROM loan WHERE member_id = $1 AND book_id = $2";
const REVIEWS: &str = "SELECT m.name AS member, r.stars, r.body, to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day FROM review r JOIN member m ON m.id = r.member_id WHERE r.book_id = $1 ORDER BY r.at DESC LIMIT 10";

const NO_SUCH_BOOK_PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>No such book</title>
</head>
<body>
<h1>No such book</h1>
</body>
</html>"#;

/// Serves the library on 127.0.0.1 at `port` from the database with this URL, until SIGTERM ends the process. What
/// keeps it from starting is written to the standard error output; the process then ends with status 1.
pub fn serve(port: u16, database: &str) -> ! {
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no threads can be started: {error}"))
        .and_then(|runtime| runtime.block_on(run(port, database)));
    match outcome {
        Ok(()) => process::exit(0),
        Err(message) => {
            eprintln!("the library does not start: {message}");
            process::exit(1)
        }
    }
}

async fn run(port: u16, database: &str) -> Result<(), String> {
    let pool = connect(database).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|error| format!("cannot listen on port {port}: {error}"))?
        .tap_io(|stream| {
            // Without it answers are only slower.
            let _ = stream.set_nodelay(true);
        });
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, routes(pool)).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    tokio::select! {
        outcome = server => outcome.map_err(|error| error.to_string()),
        () = async {
            terminated().await;
            let _ = stop.send(());
            tokio::time::sleep(GRACE).await;
        } => Ok(()),
    }
}

/// Waits for SIGTERM.
async fn terminated() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            terminate.recv().await;
            return;
        }
    }
    std::future::pending::<()>().await
}

/// A pool all of whose connections are open.
async fn connect(database: &str) -> Result<Pool, String> {
    let mut config: tokio_postgres::Config = database
        .parse()
        .map_err(|error| format!("the address names no database: {error}"))?;
    config.options("-c statement_timeout=5s");
    let manager = Manager::from_config(
        config,
        NoTls,
        ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        },
    );
    let pool = Pool::builder(manager)
        .max_size(CONNECTIONS)
        .wait_timeout(Some(WAIT_FOR_CONNECTION))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| error.to_string())?;
    let mut open = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        open.push(
            pool.get()
                .await
                .map_err(|error| format!("no connection to the database: {error}"))?,
        );
    }
    drop(open);
    Ok(pool)
}

fn routes(pool: Pool) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/books", get(books))
        .route("/books/{book_id}", get(book))
        .route("/books/{book_id}/page", get(book_page))
        .route("/authors/{author_id}/statistics", get(statistics))
        .route("/loans", post(lend))
        .route("/loans/{member_id}/{book_id}", delete(take_back))
        .fallback(async || NOT_FOUND)
        .method_not_allowed_fallback(async || {
            Failure::Refused(StatusCode::METHOD_NOT_ALLOWED, "method not allowed")
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(pool)
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

#[derive(Serialize)]
struct Author {
    id: i32,
    name: String,
}

#[derive(Serialize)]
struct Book {
    id: i32,
    title: String,
    author: Author,
    shelf: String,
    year: i32,
    copies: i32,
    lent: i64,
}

impl From<Row> for Book {
    fn from(row: Row) -> Self {
        Self {
            id: row.get("id"),
            title: row.get("title"),
            author: Author {
                id: row.get("author_id"),
                name: row.get("author"),
            },
            shelf: row.get("shelf"),
            year: row.get("year"),
            copies: row.get("copies"),
            lent: row.get("lent"),
        }
    }
}

async fn book(State(pool): State<Pool>, Ids([id]): Ids<1>) -> Result<Json<Book>, Failure> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(BOOK).await?;
    let row = client.query_opt(&statement, &[&id]).await?.ok_or(NO_SUCH_BOOK)?;
    Ok(Json(row.into()))
}

#[derive(Serialize)]
struct Books {
    total: i64,
    page: i32,
    books: Vec<ListedBook>,
}

#[derive(Serialize)]
struct ListedBook {
    id: i32,
    title: String,
    author: String,
    shelf: String,
    year: i32,
}

impl From<Row> for ListedBook {
    fn from(row: Row) -> Self {
        Self {
            id: row.get("id"),
            title: row.get("title"),
            author: row.get("author"),
            shelf: row.get("shelf"),
            year: row.get("year"),
        }
    }
}

async fn books(State(pool): State<Pool>, filter: BookFilter) -> Result<Json<Books>, Failure> {
    let BookFilter {
        shelf,
        year_from,
        year_to,
        page,
    } = filter;
    let offset = PAGE_SIZE * (page - 1);
    let client = pool.get().await?;
    let statement = client.prepare_cached(COUNT).await?;
    let total = client
        .query_one(&statement, &[&shelf, &year_from, &year_to])
        .await?
        .get(0);
    let statement = client.prepare_cached(PAGE).await?;
    let rows = client
        .query(&statement, &[&shelf, &year_from, &year_to, &offset])
        .await?;
    Ok(Json(Books {
        total,
        page,
        books: rows.into_iter().map(ListedBook::from).collect(),
    }))
}

#[derive(Serialize)]
struct Statistics {
    author: String,
    books: i64,
    loans: i64,
    reviews: i64,
    stars: Option<f64>,
    by_shelf: Vec<ShelfStatistics>,
}

#[derive(Serialize)]
struct ShelfStatistics {
    shelf: String,
    books: i64,
    reviews: i64,
    stars: Option<f64>,
}

impl From<Row> for ShelfStatistics {
    fn from(row: Row) -> Self {
        Self {
            shelf: row.get("shelf"),
            books: row.get("books"),
            reviews: row.get("reviews"),
            stars: row.get("stars"),
        }
    }
}

async fn statistics(State(pool): State<Pool>, Ids([id]): Ids<1>) -> Result<Json<Statistics>, Failure> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(AUTHOR).await?;
    let author = client
        .query_opt(&statement, &[&id])
        .await?
        .ok_or(Failure::Refused(StatusCode::NOT_FOUND, "no such author"))?;
    let statement = client.prepare_cached(BY_SHELF).await?;
    let shelves = client.query(&statement, &[&id]).await?;
    Ok(Json(Statistics {
        author: author.get("author"),
        books: author.get("books"),
        loans: author.get("loans"),
        reviews: author.get("reviews"),
        stars: author.get("stars"),
        by_shelf: shelves.into_iter().map(ShelfStatistics::from).collect(),
    }))
}

#[derive(Serialize)]
struct Loan {
    member_id: i32,
    book_id: i32,
    due: NaiveDate,
}

async fn lend(State(pool): State<Pool>, loan: Loan) -> Result<(StatusCode, Json<Loan>), Failure> {
    let Loan {
        member_id,
        book_id,
        due,
    } = &loan;
    let mut client = pool.get().await?;
    // Returning early drops the transaction, which rolls it back.
    let transaction = client.transaction().await?;

    let statement = transaction.prepare_cached(COPIES).await?;
    let copies: i32 = transaction
        .query_opt(&statement, &[book_id])
        .await?
        .ok_or(NO_SUCH_BOOK)?
        .get(0);

    let statement = transaction.prepare_cached(BLOCKED).await?;
    let member = transaction.query_opt(&statement, &[member_id]).await?;
    let member = member.ok_or(Failure::Refused(StatusCode::NOT_FOUND, "no such member"))?;
    if member.get(0) {
        return Err(Failure::Refused(StatusCode::FORBIDDEN, "this member is blocked"));
    }

    let statement = transaction.prepare_cached(DUE).await?;
    if transaction
        .query_opt(&statement, &[member_id, book_id])
        .await?
        .is_some()
    {
        return Err(Failure::Refused(
            StatusCode::CONFLICT,
            "this member has it already",
        ));
    }

    let statement = transaction.prepare_cached(LENT).await?;
    let lent: i64 = transaction.query_one(&statement, &[book_id]).await?.get(0);
    if lent >= i64::from(copies) {
        return Err(Failure::Refused(StatusCode::CONFLICT, "no copy is left"));
    }

    let statement = transaction.prepare_cached(LEND).await?;
    transaction
        .execute(&statement, &[member_id, book_id, due])
        .await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(loan)))
}

async fn take_back(
    State(pool): State<Pool>,
    Ids([member_id, book_id]): Ids<2>,
) -> Result<StatusCode, Failure> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(RETURN).await?;
    match client.execute(&statement, &[&member_id, &book_id]).await? {
        0 => Err(Failure::Refused(StatusCode::NOT_FOUND, "no such loan")),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

#[derive(Template)]
#[template(
    source = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{ book.title }}</title>
</head>
<body>
<h1>{{ book.title }}</h1>
<p>{{ book.author.name }}, {{ book.year }} (shelf: {{ book.shelf }})</p>
<p>Free copies: {{ free }} of {{ book.copies }}</p>
<h2>Latest reviews</h2>
{%- for review in reviews %}
<article>
<h3>{{ review.member }}: {{ review.stars }}/5</h3>
<p>{{ review.body }}</p>
<p>{{ review.day }}</p>
</article>
{%- else %}
<p>No reviews yet.</p>
{%- endfor %}
</body>
</html>"#,
    ext = "html"
)]
struct BookPage {
    book: Book,
    free: i64,
    reviews: Vec<Review>,
}

struct Review {
    member: String,
    stars: i32,
    body: String,
    day: String,
}

impl From<Row> for Review {
    fn from(row: Row) -> Self {
        Self {
            member: row.get("member"),
            stars: row.get("stars"),
            body: row.get("body"),
            day: row.get("day"),
        }
    }
}

async fn book_page(State(pool): State<Pool>, Ids([id]): Ids<1>) -> Result<Response, Failure> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(BOOK).await?;
    let Some(row) = client.query_opt(&statement, &[&id]).await? else {
        return Ok((StatusCode::NOT_FOUND, Html(NO_SUCH_BOOK_PAGE)).into_response());
    };
    let book = Book::from(row);
    let statement = client.prepare_cached(REVIEWS).await?;
    let rows = client.query(&statement, &[&id]).await?;
    // Others can use the connection while the page is written.
    drop(client);
    let page = BookPage {
        free: i64::from(book.copies) - book.lent,
        book,
        reviews: rows.into_iter().map(Review::from).collect(),
    };
    Ok(Html(page.render()?).into_response())
}

/// The integers of the path, in its order.
struct Ids<const N: usize>([i32; N]);

impl<S: Send + Sync, const N: usize> FromRequestParts<S> for Ids<N> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Path(found) = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await?;
        // The router takes an empty segment for a parameter where more follows.
        if found.iter().any(|(_, text)| text.is_empty()) {
            return Err(NOT_FOUND);
        }
        let mut checks = Checks::default();
        let mut ids = [0; N];
        for (id, (name, text)) in ids.iter_mut().zip(&found) {
            *id = checks.value(name, integer(text));
        }
        checks.finish()?;
        Ok(Self(ids))
    }
}

/// Which books are asked for.
struct BookFilter {
    shelf: Option<String>,
    year_from: i32,
    year_to: i32,
    page: i32,
}

impl<S: Send + Sync> FromRequestParts<S> for BookFilter {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        // The last one counts where a parameter is given more than once.
        let Query(mut given) = Query::<HashMap<String, String>>::from_request_parts(parts, state)
            .await
            .map_err(|_| Failure::invalid("query"))?;
        let mut checks = Checks::default();
        let known = |shelf: &String| SHELVES.contains(&shelf.as_str());
        let shelf = given
            .remove("shelf")
            .map(|shelf| checks.value("shelf", Some(shelf).filter(known)));
        let mut number = |name, low, high, default| match given.get(name) {
            Some(text) => checks.value(name, integer(text).filter(|n| (low..=high).contains(n))),
            None => default,
        };
        let year_from = number("year_from", 0, 9999, 0);
        let year_to = number("year_to", 0, 9999, 9999);
        let page = number("page", 1, 1000, 1);
        checks.finish()?;
        Ok(Self {
            shelf,
            year_from,
            year_to,
            page,
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for Loan {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Failure::Refused(StatusCode::PAYLOAD_TOO_LARGE, "too large")
            } else {
                Failure::invalid("body")
            }
        })?;
        let given: Map<String, Value> =
            serde_json::from_slice(&body).map_err(|_| Failure::invalid("body"))?;
        let number = |name| given.get(name)?.as_i64().and_then(|n| i32::try_from(n).ok());
        let mut checks = Checks::default();
        let member_id = checks.value("member_id", number("member_id"));
        let book_id = checks.value("book_id", number("book_id"));
        let days = checks.value("days", number("days").filter(|days| (1..=60).contains(days)));
        let from = checks.value("from", given.get("from").and_then(Value::as_str).and_then(date));
        checks.finish()?;
        let due = from
            .checked_add_days(Days::new(days.unsigned_abs().into()))
            .ok_or_else(|| Failure::invalid("from"))?;
        Ok(Self {
            member_id,
            book_id,
            due,
        })
    }
}

/// Gathers the names of all fields that do not fit.
#[derive(Default)]
struct Checks(BTreeSet<String>);

impl Checks {
    fn value<T: Default>(&mut self, name: &str, value: Option<T>) -> T {
        value.unwrap_or_else(|| {
            self.0.insert(name.to_owned());
            T::default()
        })
    }

    fn finish(self) -> Result<(), Failure> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Failure::Invalid(self.0))
        }
    }
}

/// An optional minus and digits, within 32 bits.
fn integer(text: &str) -> Option<i32> {
    if text.starts_with('+') {
        None
    } else {
        text.parse().ok()
    }
}

/// A date of this century written as 2026-03-01.
fn date(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shape {
        return None;
    }
    text.parse()
        .ok()
        .filter(|date: &NaiveDate| (2000..=2099).contains(&date.year()))
}

const NOT_FOUND: Failure = Failure::Refused(StatusCode::NOT_FOUND, "not found");
const NO_SUCH_BOOK: Failure = Failure::Refused(StatusCode::NOT_FOUND, "no such book");

/// Why a request is not answered as the client hoped.
enum Failure {
    /// The fields that do not fit.
    Invalid(BTreeSet<String>),
    Refused(StatusCode, &'static str),
    Busy,
    Internal(String),
}

impl Failure {
    fn invalid(field: &str) -> Self {
        Self::Invalid(BTreeSet::from([field.to_owned()]))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, detail) = match self {
            Self::Invalid(fields) => {
                let body = json!({ "detail": "invalid request", "fields": fields });
                return (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response();
            }
            Self::Refused(status, detail) => (status, detail),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::Internal(cause) => {
                eprintln!("internal error: {cause}");
                (StatusCode::INTERNAL_SERVER_ERROR, "internal error")
            }
        };
        (status, Json(json!({ "detail": detail }))).into_response()
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(_) => Self::Busy,
            PoolError::Backend(error) => error.into(),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        // What the database said is not in the text of the error itself.
        Self::Internal(
            error
                .as_db_error()
                .map_or_else(|| error.to_string(), ToString::to_string),
        )
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<PathRejection> for Failure {
    fn from(rejection: PathRejection) -> Self {
        match rejection {
            PathRejection::FailedToDeserializePathParams(error) => match error.into_kind() {
                ErrorKind::InvalidUtf8InPathParam { key } => Self::invalid(&key),
                other => Self::Internal(other.to_string()),
            },
            other => Self::Internal(other.to_string()),
        }
    }
}
