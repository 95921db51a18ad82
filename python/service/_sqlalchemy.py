"""The library by SQLAlchemy's ORM over asyncpg, as many teams write it."""

import datetime

import asyncpg
from sqlalchemy import DateTime, Float, ForeignKey, cast, delete, func, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

from .library_api import (
    BOOKS_A_PAGE,
    POOL_SIZE,
    POOL_TIMEOUT,
    STATEMENT_TIMEOUT,
    BookFilter,
    LoanRequest,
    Refusal,
    render_book,
    statistics_reply,
)


class Base(DeclarativeBase):
    """What all tables have."""


class Author(Base):
    """An author."""

    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books = relationship("Book", back_populates="author")


class Book(Base):
    """A book."""

    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    shelf: Mapped[str]
    year: Mapped[int]
    copies: Mapped[int]
    author = relationship("Author", back_populates="books")
    reviews = relationship("Review", back_populates="book")


class Member(Base):
    """A member."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    blocked: Mapped[bool]


class Loan(Base):
    """A book that a member has."""

    __tablename__ = "loan"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    due: Mapped[datetime.date]
    book = relationship("Book")


class Review(Base):
    """What a member says of a book."""

    __tablename__ = "review"

    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    stars: Mapped[int]
    body: Mapped[str]
    at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    book = relationship("Book", back_populates="reviews")
    member = relationship("Member")


class OrmLibrary:
    """The library by models and sessions."""

    def __init__(self, database: str):
        def connect():
            return asyncpg.connect(
                database, server_settings={"statement_timeout": STATEMENT_TIMEOUT}
            )

        self.engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=connect,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_timeout=POOL_TIMEOUT,
        )
        self.session = async_sessionmaker(self.engine, expire_on_commit=False)

    async def open(self) -> None:
        """Connect."""
        connections = [await self.engine.connect() for _ in range(POOL_SIZE)]
        for connection in connections:
            await connection.close()

    async def close(self) -> None:
        """Disconnect."""
        await self.engine.dispose()

    async def find_book(self, session, book_id: int):
        """Find a book, and how often it is lent."""
        lent = select(func.count()).where(Loan.book_id == Book.id).scalar_subquery()
        statement = select(Book, lent).options(joinedload(Book.author)).where(Book.id == book_id)
        return (await session.execute(statement)).one_or_none()

    async def book(self, book_id: int) -> dict | None:
        """Find a book."""
        async with self.session() as session:
            found = await self.find_book(session, book_id)
        if found is None:
            return None
        book, lent = found
        return {
            "id": book.id,
            "title": book.title,
            "author": {"id": book.author.id, "name": book.author.name},
            "shelf": book.shelf,
            "year": book.year,
            "copies": book.copies,
            "lent": lent,
        }

    async def books(self, query: BookFilter) -> dict:
        """Count the books that fit, and list a page of them."""
        conditions = [Book.year.between(query.year_from, query.year_to)]
        if query.shelf is not None:
            conditions.append(Book.shelf == query.shelf)
        count = select(func.count()).select_from(Book).where(*conditions)
        page = (
            select(Book)
            .options(joinedload(Book.author))
            .where(*conditions)
            .order_by(Book.title, Book.id)
            .limit(BOOKS_A_PAGE)
            .offset(query.offset)
        )
        async with self.session() as session:
            total = await session.scalar(count)
            books = (await session.scalars(page)).all()
        return {
            "total": total,
            "page": query.page,
            "books": [
                {
                    "id": book.id,
                    "title": book.title,
                    "author": book.author.name,
                    "shelf": book.shelf,
                    "year": book.year,
                }
                for book in books
            ],
        }

    async def statistics(self, author_id: int) -> dict | None:
        """Sum up an author's books."""
        books = func.count(Book.id.distinct()).label("books")
        reviews = func.count(Review.book_id).label("reviews")
        stars = cast(func.round(func.avg(Review.stars), 2), Float).label("stars")
        loans = (
            select(func.count())
            .select_from(Loan)
            .join(Loan.book)
            .where(Book.author_id == author_id)
            .scalar_subquery()
            .label("loans")
        )
        totals = (
            select(Author.name.label("author"), books, loans, reviews, stars)
            .outerjoin(Author.books)
            .outerjoin(Book.reviews)
            .where(Author.id == author_id)
            .group_by(Author.id)
        )
        by_shelf = (
            select(Book.shelf, books, reviews, stars)
            .outerjoin(Book.reviews)
            .where(Book.author_id == author_id)
            .group_by(Book.shelf)
            .order_by(Book.shelf)
        )
        async with self.session() as session:
            author = (await session.execute(totals)).mappings().one_or_none()
            if author is None:
                return None
            shelves = (await session.execute(by_shelf)).mappings().all()
        return statistics_reply(author, shelves)

    async def lend(self, loan: LoanRequest) -> None:
        """Lend a book, or raise why not."""
        member_id, book_id = loan.member_id, loan.book_id
        async with self.session.begin() as session:
            book = await session.get(Book, book_id, with_for_update=True)
            if book is None:
                raise Refusal(404, "no such book")
            member = await session.get(Member, member_id)
            if member is None:
                raise Refusal(404, "no such member")
            if member.blocked:
                raise Refusal(403, "this member is blocked")
            if await session.get(Loan, (member_id, book_id)):
                raise Refusal(409, "this member has it already")
            count = select(func.count()).select_from(Loan).where(Loan.book_id == book_id)
            if await session.scalar(count) >= book.copies:
                raise Refusal(409, "no copy is left")
            session.add(Loan(member_id=member_id, book_id=book_id, due=loan.due))

    async def give_back(self, member_id: int, book_id: int) -> bool:
        """Take a book back; tell whether it was lent."""
        statement = delete(Loan).where(Loan.member_id == member_id, Loan.book_id == book_id)
        async with self.session.begin() as session:
            return (await session.execute(statement)).rowcount > 0

    async def book_page(self, book_id: int) -> str | None:
        """Make the page of a book with its latest reviews."""
        latest = (
            select(Review)
            .options(joinedload(Review.member))
            .where(Review.book_id == book_id)
            .order_by(Review.at.desc())
            .limit(10)
        )
        async with self.session() as session:
            found = await self.find_book(session, book_id)
            if found is None:
                return None
            reviews = (await session.scalars(latest)).all()
        book, lent = found
        return render_book(
            {
                "title": book.title,
                "author": book.author.name,
                "shelf": book.shelf,
                "year": book.year,
                "copies": book.copies,
                "lent": lent,
            },
            [
                {
                    "member": review.member.name,
                    "stars": review.stars,
                    "body": review.body,
                    "day": review.at.astimezone(datetime.timezone.utc).date(),
                }
                for review in reviews
            ],
        )
