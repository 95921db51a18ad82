CREATE TABLE author (
    id int PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE book (
    id int PRIMARY KEY,
    title text NOT NULL,
    author_id int NOT NULL REFERENCES author,
    shelf text NOT NULL,
    year int NOT NULL,
    copies int NOT NULL
);

CREATE TABLE member (
    id int PRIMARY KEY,
    name text NOT NULL,
    blocked boolean NOT NULL
);

CREATE TABLE loan (
    member_id int REFERENCES member,
    book_id int REFERENCES book,
    due date NOT NULL,
    PRIMARY KEY (member_id, book_id)
);

CREATE TABLE review (
    book_id int REFERENCES book,
    member_id int REFERENCES member,
    stars int NOT NULL CHECK (stars BETWEEN 1 AND 5),
    body text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (book_id, member_id)
);

-- Author 149 has only two books without reviews; author 150 has no book.
INSERT INTO author (id, name)
SELECT i,
    (ARRAY['Ada', 'Bjørn', 'Chloé', 'Dmitri', 'Ewa', 'Fionn', 'Gülay', 'Hana', 'Iñaki', 'Jörg', 'Kōji', 'Léa', 'Małgorzata',
        'Niamh', 'Ólafur'])[1 + i % 15]
    || ' ' ||
    (ARRAY['Almeida', 'O''Brien', 'Čapek', 'Dvořák', 'Eriksson', 'Smith & Daughter', 'García', 'Hughes', 'Ito', 'Ødegård'])[1 + i / 15 % 10]
FROM generate_series(1, 150) AS i;

INSERT INTO book (id, title, author_id, shelf, year, copies)
SELECT i,
    (ARRAY['The Long', 'A Quiet', 'The "Last"', 'An Honest', 'The Crooked', 'One Hundred', 'The Glass', 'Every Other', 'The Émigré''s',
        'A <Very> Short', 'Midnight', 'The Unwritten', 'Salt &'])[1 + i * 5 % 13]
    || ' ' ||
    (ARRAY['Winter', 'Garden', 'Harbour', 'Argument', 'Café', 'Orchard', 'Railway', 'Letter', 'Map', 'Señor', 'Lighthouse', 'Übung',
        'Room', 'Violin', 'Border', 'Name', 'River', 'Clock', 'Inheritance'])[1 + i * 7 % 19]
    || (ARRAY['', ' of Glass', '', ', Part Two', '', ' & Other Stories', ' in Kraków'])[1 + i / 3 % 7],
    CASE WHEN i > 1998 THEN 149 ELSE 1 + (i * 7 + i / 148) % 148 END,
    (ARRAY['arts', 'crime', 'drama', 'humor', 'lyric', 'novel', 'verse'])[1 + (i * 3 + i / 11) % 7],
    1800 + i * 37 % 220,
    CASE WHEN i = 1999 THEN 1 WHEN i = 2000 THEN 0 ELSE i * 11 / 3 % 4 END
FROM generate_series(1, 2000) AS i;

INSERT INTO member (id, name, blocked)
SELECT i,
    (ARRAY['Alice', 'Bruno', 'Céline', 'Dağhan', 'Elif', 'François', 'Greta', 'Håkon', 'Inés', 'José', 'Katarzyna', 'Łukasz', 'Mia',
        'Noël', 'Oisín', 'Petra', 'Quentin', 'Rósa', 'Søren', 'Tomáš'])[1 + i % 20]
    || ' ' ||
    (ARRAY['Abel', 'Bonnet', 'Carvalho', 'D''Angelo', 'Engström', 'Fischer & Sohn', 'Grünwald', 'Horvat', 'Ibáñez', 'Jansen', 'Kovács',
        'Lindqvist', 'Müller', 'Novák', 'Okafor', 'Pérez', 'Quinn', 'Rossi', 'Şahin', 'Tanaka', 'Urban', 'Vega', 'Weiß', 'Ximénez',
        'Yılmaz', 'Zając', 'van den Berg', 'de la Cruz', 'Stein', 'North'])[1 + i / 20 % 30],
    i % 41 = 0
FROM generate_series(1, 600) AS i;

-- Members 1 to 500 only; books below 100 are lent more often.
INSERT INTO loan (member_id, book_id, due)
SELECT 1 + i * 7 % 500,
    CASE WHEN i % 4 = 0 THEN 1 + i * 13 % 99 ELSE 1 + i * 17 % 1998 END,
    DATE '2026-02-01' + i * 5 % 60
FROM generate_series(1, 1250) AS i
ON CONFLICT DO NOTHING;

UPDATE book
SET copies = book.copies + lent.n
FROM (SELECT book_id, count(*)::int AS n FROM loan GROUP BY book_id) AS lent
WHERE lent.book_id = book.id;

-- No row of a book has the time of another, since each has its own i; books 1990 to 2000 have no review.
INSERT INTO review (book_id, member_id, stars, body, at)
SELECT CASE WHEN i % 5 = 0 THEN 1 + i * 3 % 97 ELSE 1 + i * 29 % 1989 END,
    1 + (i * 11 + i / 600) % 600,
    1 + (i * 7 / 3 + i / 13) % 5,
    (ARRAY['I read it in one night.', 'She said "never again" & meant it.', 'Slow at first; then it isn''t.', 'Très émouvant, à relire.',
        'If a < b and b > c, who is left?', 'Wonderful 📚', 'Nicht schlecht, aber zu lang – größtenteils.', 'Not for me.',
        '<b>Bold</b> of the author to end it there.', 'Książka świetna, polecam każdemu.', 'Read "chapter 9" twice.'])[1 + i % 11]
    || (ARRAY['', E'\nThe second half is better.', '', ' 5 > 4, as they say.', E'\n\nP.S. Don''t skip the notes & maps.', '',
        ' Борхес would agree.', E'\n<script>alert("no")</script>'])[1 + i / 7 % 8]
    || repeat(' It stays with you.', i % 4),
    TIMESTAMPTZ '2019-01-01 00:00:00+00' + i * INTERVAL '5 hours 7 minutes 11 seconds'
FROM generate_series(1, 12000) AS i
ON CONFLICT DO NOTHING;

CREATE INDEX book_author_id ON book (author_id);
CREATE INDEX book_shelf_year ON book (shelf, year);
CREATE INDEX book_title ON book (title, id);
CREATE INDEX loan_book_id ON loan (book_id);
CREATE INDEX review_book_id_at ON review (book_id, at DESC);

ANALYZE;
