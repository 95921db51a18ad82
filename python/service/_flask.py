"""The API by Flask over psycopg 3, in threads, as many teams run it."""

import psycopg
from flask import Flask, Response, request
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from .library_api import (
    AUTHOR,
    BLOCKED,
    BOOK,
    COPIES,
    COUNT,
    LEND,
    LENT,
    LOAN,
    MISSING_PAGE,
    PAGE,
    POOL_SIZE,
    POOL_TIMEOUT,
    RETURN,
    REVIEWS,
    SHELVES,
    STATEMENT_TIMEOUT,
    BookFilter,
    LoanRequest,
    PathId,
    Refusal,
    book_reply,
    invalid,
    loan_reply,
    render_book,
    statistics_reply,
)


class BookPath(BaseModel):
    """What names a book in a path."""

    book_id: PathId


class AuthorPath(BaseModel):
    """What names an author in a path."""

    author_id: PathId


class LoanPath(BookPath):
    """What names a loan in a path."""

    member_id: PathId


class PsycopgLibrary:
    """The statements, over a pool of connections."""

    def __init__(self, database: str):
        self.pool = ConnectionPool(
            database,
            min_size=POOL_SIZE,
            max_size=POOL_SIZE,
            timeout=POOL_TIMEOUT,
            open=False,
            kwargs={
                "autocommit": True,
                "cursor_factory": psycopg.RawCursor,
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT}",
                "row_factory": dict_row,
            },
        )

    def open(self) -> None:
        """Connect."""
        self.pool.open(wait=True)

    def book(self, book_id: int) -> dict | None:
        """Find a book."""
        with self.pool.connection() as connection:
            row = connection.execute(BOOK, (book_id,)).fetchone()
        return book_reply(row) if row else None

    def books(self, query: BookFilter) -> dict:
        """Count the books that fit, and list a page of them."""
        condition = (query.shelf, query.year_from, query.year_to)
        with self.pool.connection() as connection:
            total = connection.execute(COUNT, condition).fetchone()["count"]
            rows = connection.execute(PAGE, (*condition, query.offset)).fetchall()
        return {"total": total, "page": query.page, "books": rows}

    def statistics(self, author_id: int) -> dict | None:
        """Sum up an author's books."""
        with self.pool.connection() as connection:
            author = connection.execute(AUTHOR, (author_id,)).fetchone()
            if author is None:
                return None
            shelves = connection.execute(SHELVES, (author_id,)).fetchall()
        return statistics_reply(author, shelves)

    def lend(self, loan: LoanRequest) -> None:
        """Lend a book, or raise why not."""
        member_id, book_id = loan.member_id, loan.book_id
        with self.pool.connection() as connection, connection.transaction():
            book = connection.execute(COPIES, (book_id,)).fetchone()
            if book is None:
                raise Refusal(404, "no such book")
            member = connection.execute(BLOCKED, (member_id,)).fetchone()
            if member is None:
                raise Refusal(404, "no such member")
            if member["blocked"]:
                raise Refusal(403, "this member is blocked")
            if connection.execute(LOAN, (member_id, book_id)).fetchone():
                raise Refusal(409, "this member has it already")
            if connection.execute(LENT, (book_id,)).fetchone()["count"] >= book["copies"]:
                raise Refusal(409, "no copy is left")
            connection.execute(LEND, (member_id, book_id, loan.due))

    def give_back(self, member_id: int, book_id: int) -> bool:
        """Take a book back; tell whether it was lent."""
        with self.pool.connection() as connection:
            return connection.execute(RETURN, (member_id, book_id)).rowcount > 0

    def book_page(self, book_id: int) -> str | None:
        """Make the page of a book with its latest reviews."""
        with self.pool.connection() as connection:
            book = connection.execute(BOOK, (book_id,)).fetchone()
            if book is None:
                return None
            reviews = connection.execute(REVIEWS, (book_id,)).fetchall()
        return render_book(book, reviews)


def create_app(library: PsycopgLibrary) -> Flask:
    """Make the API over a library."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.json.ensure_ascii = False
    app.json.sort_keys = False
    app.url_map.merge_slashes = False
    library.open()

    def html(page: str, status: int) -> Response:
        return Response(page, status, mimetype="text/html")

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException):
        return {"detail": error.name.lower()}, error.code

    @app.errorhandler(Refusal)
    def refusal(error: Refusal):
        return {"detail": error.detail}, error.status

    @app.errorhandler(ValidationError)
    def invalid_parameters(error: ValidationError):
        return invalid({str(e["loc"][0]) if e["loc"] else "body" for e in error.errors()}), 422

    @app.errorhandler(PoolTimeout)
    def busy(error: Exception):
        return {"detail": "busy"}, 503

    @app.get("/health")
    def health():
        return {"status": "ok"}

    @app.get("/books/<book_id>")
    def book(book_id: str):
        found = library.book(BookPath(book_id=book_id).book_id)
        if found is None:
            raise Refusal(404, "no such book")
        return found

    @app.get("/books")
    def books():
        values = {name: values[-1] for name, values in request.args.lists()}
        return library.books(BookFilter.model_validate(values))

    @app.get("/authors/<author_id>/statistics")
    def statistics(author_id: str):
        found = library.statistics(AuthorPath(author_id=author_id).author_id)
        if found is None:
            raise Refusal(404, "no such author")
        return found

    @app.post("/loans")
    def lend():
        loan = LoanRequest.model_validate_json(request.get_data())
        library.lend(loan)
        return loan_reply(loan), 201

    @app.delete("/loans/<member_id>/<book_id>")
    def give_back(member_id: str, book_id: str):
        path = LoanPath(member_id=member_id, book_id=book_id)
        if not library.give_back(path.member_id, path.book_id):
            raise Refusal(404, "no such loan")
        response = Response(status=204)
        del response.headers["Content-Type"]
        return response

    @app.get("/books/<book_id>/page")
    def book_page(book_id: str):
        page = library.book_page(BookPath(book_id=book_id).book_id)
        if page is None:
            return html(MISSING_PAGE, 404)
        return html(page, 200)

    return app
