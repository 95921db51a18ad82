"""A small web API over PostgreSQL: FastAPI and asyncpg on uvicorn, and what else a team may run.

Each `serve_` function becomes the server at a port, over the database at an address.
"""

import contextlib
import datetime
import importlib.metadata
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

import asyncpg
import uvicorn
from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.exceptions import HTTPException

HOST = "127.0.0.1"
LIBRARIES = [
    "asyncpg",
    "fastapi",
    "flask",
    "granian",
    "gunicorn",
    "httptools",
    "jinja2",
    "orjson",
    "psycopg",
    "pydantic",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "uvloop",
]
POOL_SIZE = 10
POOL_TIMEOUT = 5
STATEMENT_TIMEOUT = "5s"
BOOKS_A_PAGE = 100

BOOK = (
    "SELECT b.id, b.title, b.author_id, a.name AS author, b.shelf, b.year, b.copies, "
    "(SELECT count(*) FROM loan l WHERE l.book_id = b.id) AS lent "
    "FROM book b JOIN author a ON a.id = b.author_id WHERE b.id = $1"
)
COUNT = (
    "SELECT count(*) FROM book b "
    "WHERE ($1::text IS NULL OR b.shelf = $1) AND b.year BETWEEN $2 AND $3"
)
PAGE = (
    "SELECT b.id, b.title, a.name AS author, b.shelf, b.year "
    "FROM book b JOIN author a ON a.id = b.author_id "
    "WHERE ($1::text IS NULL OR b.shelf = $1) AND b.year BETWEEN $2 AND $3 "
    "ORDER BY b.title, b.id LIMIT 100 OFFSET $4::int"
)
AUTHOR = (
    "SELECT a.name AS author, count(DISTINCT b.id) AS books, "
    "(SELECT count(*) FROM loan l JOIN book lb ON lb.id = l.book_id "
    "WHERE lb.author_id = a.id) AS loans, "
    "count(r.book_id) AS reviews, round(avg(r.stars), 2)::float8 AS stars "
    "FROM author a LEFT JOIN book b ON b.author_id = a.id "
    "LEFT JOIN review r ON r.book_id = b.id WHERE a.id = $1 GROUP BY a.id"
)
SHELVES = (
    "SELECT b.shelf, count(DISTINCT b.id) AS books, count(r.book_id) AS reviews, "
    "round(avg(r.stars), 2)::float8 AS stars "
    "FROM book b LEFT JOIN review r ON r.book_id = b.id "
    "WHERE b.author_id = $1 GROUP BY b.shelf ORDER BY b.shelf"
)
COPIES = "SELECT copies FROM book WHERE id = $1 FOR UPDATE"
BLOCKED = "SELECT blocked FROM member WHERE id = $1"
LOAN = "SELECT due FROM loan WHERE member_id = $1 AND book_id = $2"
LENT = "SELECT count(*) FROM loan WHERE book_id = $1"
LEND = "INSERT INTO loan (member_id, book_id, due) VALUES ($1, $2, $3)"
RETURN = "DELETE FROM loan WHERE member_id = $1 AND book_id = $2"
REVIEWS = (
    "SELECT m.name AS member, r.stars, r.body, "
    "to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day "
    "FROM review r JOIN member m ON m.id = r.member_id "
    "WHERE r.book_id = $1 ORDER BY r.at DESC LIMIT 10"
)

BOOK_PAGE = Environment(autoescape=True).from_string("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{{ book.title }}</title>
</head>
<body>
<h1>{{ book.title }}</h1>
<p>{{ book.author }}, {{ book.year }} (shelf: {{ book.shelf }})</p>
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
</html>""")

MISSING_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>No such book</title>
</head>
<body>
<h1>No such book</h1>
</body>
</html>"""


def digits(value: Any) -> Any:
    """Refuse texts that only Python takes for integers."""
    if isinstance(value, str) and not re.fullmatch("-?[0-9]+", value):
        raise ValueError("not an integer")
    return value


def calendar_date(value: Any) -> datetime.date:
    """Read a date as it is written in JSON."""
    if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("not a date")
    return datetime.date.fromisoformat(value)


Id = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
PathId = Annotated[Id, BeforeValidator(digits)]
Year = Annotated[int, BeforeValidator(digits), Field(ge=0, le=9999)]
Shelf = Literal["arts", "crime", "drama", "humor", "lyric", "novel", "verse"]


class BookFilter(BaseModel):
    """Which books are asked for."""

    shelf: Shelf | None = None
    year_from: Year = 0
    year_to: Year = 9999
    page: Annotated[int, BeforeValidator(digits), Field(ge=1, le=1000)] = 1

    @property
    def offset(self) -> int:
        """How many books come before the page."""
        return BOOKS_A_PAGE * (self.page - 1)


class LoanRequest(BaseModel):
    """Who wants which book, and for how long."""

    model_config = ConfigDict(strict=True)

    member_id: Id
    book_id: Id
    start: Annotated[
        datetime.date,
        BeforeValidator(calendar_date),
        Field(alias="from", ge=datetime.date(2000, 1, 1), le=datetime.date(2099, 12, 31)),
    ]
    days: Annotated[int, Field(ge=1, le=60)]

    @property
    def due(self) -> datetime.date:
        """When it has to be back."""
        return self.start + datetime.timedelta(days=self.days)


class Refusal(Exception):
    """A request that fits and cannot be granted."""

    def __init__(self, status: int, detail: str):
        super().__init__(detail)
        self.status = status
        self.detail = detail


def invalid(fields: set[str]) -> dict:
    """Name the fields that do not fit."""
    return {"detail": "invalid request", "fields": sorted(fields)}


def book_reply(row: Mapping) -> dict:
    """Make the answer of a row."""
    return {
        "id": row["id"],
        "title": row["title"],
        "author": {"id": row["author_id"], "name": row["author"]},
        "shelf": row["shelf"],
        "year": row["year"],
        "copies": row["copies"],
        "lent": row["lent"],
    }


def statistics_reply(author: Mapping, shelves: list) -> dict:
    """Make the answer of an author and the shelves."""
    return {**author, "by_shelf": [dict(row) for row in shelves]}


def loan_reply(loan: LoanRequest) -> dict:
    """Make the answer of a loan that was granted."""
    return {
        "member_id": loan.member_id,
        "book_id": loan.book_id,
        "due": loan.due.isoformat(),
    }


def render_book(book: Mapping, reviews: list) -> str:
    """Make the page of a book."""
    return BOOK_PAGE.render(book=book, free=book["copies"] - book["lent"], reviews=reviews)


class AsyncpgLibrary:
    """The statements, over a pool of connections."""

    def __init__(self, database: str):
        self.database = database

    async def open(self) -> None:
        """Connect."""
        self.pool = await asyncpg.create_pool(
            self.database,
            min_size=POOL_SIZE,
            max_size=POOL_SIZE,
            server_settings={"statement_timeout": STATEMENT_TIMEOUT},
        )

    async def close(self) -> None:
        """Disconnect."""
        await self.pool.close()

    def connection(self):
        """Take a connection for as long as a `with` lasts."""
        return self.pool.acquire(timeout=POOL_TIMEOUT)

    def transaction(self, connection):
        """Begin one, and end it with the `with`."""
        return connection.transaction(isolation="read_committed")

    async def book(self, book_id: int) -> dict | None:
        """Find a book."""
        async with self.connection() as connection:
            row = await connection.fetchrow(BOOK, book_id)
        return row and book_reply(row)

    async def books(self, query: BookFilter) -> dict:
        """Count the books that fit, and list a page of them."""
        condition = (query.shelf, query.year_from, query.year_to)
        async with self.connection() as connection:
            total = await connection.fetchval(COUNT, *condition)
            rows = await connection.fetch(PAGE, *condition, query.offset)
        return {"total": total, "page": query.page, "books": [dict(row) for row in rows]}

    async def statistics(self, author_id: int) -> dict | None:
        """Sum up an author's books."""
        async with self.connection() as connection:
            author = await connection.fetchrow(AUTHOR, author_id)
            if author is None:
                return None
            shelves = await connection.fetch(SHELVES, author_id)
        return statistics_reply(author, shelves)

    async def lend(self, loan: LoanRequest) -> None:
        """Lend a book, or raise why not."""
        member_id, book_id = loan.member_id, loan.book_id
        async with self.connection() as connection, self.transaction(connection):
            copies = await connection.fetchval(COPIES, book_id)
            if copies is None:
                raise Refusal(404, "no such book")
            blocked = await connection.fetchval(BLOCKED, member_id)
            if blocked is None:
                raise Refusal(404, "no such member")
            if blocked:
                raise Refusal(403, "this member is blocked")
            if await connection.fetchrow(LOAN, member_id, book_id):
                raise Refusal(409, "this member has it already")
            if await connection.fetchval(LENT, book_id) >= copies:
                raise Refusal(409, "no copy is left")
            await connection.execute(LEND, member_id, book_id, loan.due)

    async def give_back(self, member_id: int, book_id: int) -> bool:
        """Take a book back; tell whether it was lent."""
        async with self.connection() as connection:
            return await connection.execute(RETURN, member_id, book_id) == "DELETE 1"

    async def book_page(self, book_id: int) -> str | None:
        """Make the page of a book with its latest reviews."""
        async with self.connection() as connection:
            book = await connection.fetchrow(BOOK, book_id)
            if book is None:
                return None
            reviews = await connection.fetch(REVIEWS, book_id)
        return render_book(book, reviews)


Reply = Callable[[Any], Response]


def create_app(library: Any, reply: Reply = JSONResponse) -> FastAPI:
    """Make the API over a library; `reply` makes JSON of what has been found."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI):
        await library.open()
        yield
        await library.close()

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    @app.exception_handler(RequestValidationError)
    async def refuse_invalid(_request: Request, error: RequestValidationError) -> Response:
        places = [one["loc"][1:] for one in error.errors()]
        fields = {
            str(place[0]) if place and isinstance(place[0], str) else "body" for place in places
        }
        return JSONResponse(invalid(fields), 422)

    @app.exception_handler(Refusal)
    async def refuse(_request: Request, refusal: Refusal) -> Response:
        return JSONResponse({"detail": refusal.detail}, refusal.status)

    @app.exception_handler(HTTPException)
    async def refuse_path(_request: Request, error: HTTPException) -> Response:
        return JSONResponse({"detail": str(error.detail).lower()}, error.status_code)

    @app.exception_handler(TimeoutError)
    async def refuse_busy(_request: Request, _error: TimeoutError) -> Response:
        return JSONResponse({"detail": "busy"}, 503)

    @app.exception_handler(Exception)
    async def fail(_request: Request, _error: Exception) -> Response:
        return JSONResponse({"detail": "internal error"}, 500)

    @app.get("/health")
    async def health():
        return reply({"status": "ok"})

    @app.get("/books/{book_id}")
    async def book(book_id: PathId):
        found = await library.book(book_id)
        if found is None:
            raise Refusal(404, "no such book")
        return reply(found)

    @app.get("/books")
    async def books(query: Annotated[BookFilter, Query()]):
        return reply(await library.books(query))

    @app.get("/authors/{author_id}/statistics")
    async def statistics(author_id: PathId):
        found = await library.statistics(author_id)
        if found is None:
            raise Refusal(404, "no such author")
        return reply(found)

    @app.post("/loans")
    async def lend(loan: LoanRequest):
        await library.lend(loan)
        lent = reply(loan_reply(loan))
        lent.status_code = 201
        return lent

    @app.delete("/loans/{member_id}/{book_id}")
    async def give_back(member_id: PathId, book_id: PathId):
        if not await library.give_back(member_id, book_id):
            raise Refusal(404, "no such loan")
        return Response(status_code=204)

    @app.get("/books/{book_id}/page")
    async def page(book_id: PathId):
        found = await library.book_page(book_id)
        return HTMLResponse(MISSING_PAGE, 404) if found is None else HTMLResponse(found)

    return app


def from_environment() -> FastAPI:
    """Make the API for a server with processes of its own."""
    return create_app(AsyncpgLibrary(os.environ["LIBRARY_DATABASE"]))


def versions():
    """Return the libraries that are here."""
    found = {}
    for name in LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def run_uvicorn(app: FastAPI, port: int) -> None:
    """Serve until the process is told to end."""
    uvicorn.run(
        app,
        host=HOST,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )


def serve_python(port, database):
    """Serve as most teams do."""
    run_uvicorn(create_app(AsyncpgLibrary(database)), port)


def serve_orjson(port, database):
    """Make JSON by orjson."""
    import orjson

    def reply(value):
        return Response(orjson.dumps(value), media_type="application/json")

    run_uvicorn(create_app(AsyncpgLibrary(database), reply), port)


def serve_processes(port, database):
    """Run as many processes as there are cores, two at least."""
    workers = max(2, os.cpu_count() or 1)
    run_module(
        f"uvicorn service.library_api:from_environment --factory --host {HOST} --port {port}"
        f" --workers {workers} --loop uvloop --http httptools --no-access-log --log-level warning",
        database,
    )


def serve_granian(port, database):
    """Run a server that is written in Rust in place of uvicorn."""
    run_module(
        f"granian service.library_api:from_environment --factory --host {HOST} --port {port}"
        " --workers 1 --loop uvloop --interface asgi --no-access-log --log-level warning",
        database,
    )


def run_module(command, database):
    """Become a program that starts processes of its own."""
    os.environ["LIBRARY_DATABASE"] = database
    os.execv(sys.executable, [sys.executable, "-m", *command.split()])


def serve_sqlalchemy(port, database):
    """Use an ORM in place of SQL."""
    from . import _sqlalchemy

    run_uvicorn(create_app(_sqlalchemy.OrmLibrary(database)), port)


def serve_flask(port, database):
    """Serve by Flask in threads, under gunicorn."""
    from gunicorn.app.base import BaseApplication

    from . import _flask

    class Server(BaseApplication):
        def load_config(self):
            self.cfg.set("bind", f"{HOST}:{port}")
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("threads", POOL_SIZE)
            self.cfg.set("keepalive", 60)
            self.cfg.set("graceful_timeout", 1)
            self.cfg.set("loglevel", "warning")

        def load(self):
            return _flask.create_app(_flask.PsycopgLibrary(database))

    Server().run()
