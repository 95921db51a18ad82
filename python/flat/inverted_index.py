"""A search engine in memory: documents indexed by their words, and queries with ranked answers.

The search box over a shop's articles, a wiki, mails or the files of a project. Building the index
is splitting text and filling dictionaries of dictionaries of lists; a query is parsed, documents
are found by set operations and by the places of words, and ranked by BM25 (Robertson and others,
1994).

It does not show an index on disk, compressed lists of documents, or what skipping those that
cannot reach the top would gain: what sets a search engine apart from this. Words lose the endings
of English plurals by Harman's S stemmer (1991), and the most frequent ones are left out.
"""

import re
from math import log

try:
    from pairbench_native import inverted_index as ext
except ImportError:
    ext = None

# `\w` without the underscore: what str.isalnum() accepts.
WORD = re.compile(r"[^\W_]+")
# A phrase in quotes or a word, with a sign or without.
CLAUSE = re.compile(r'([+-]?)(?:"([^"]*)"|([^\W_]+))')
STOP_WORDS = frozenset(
    ("a", "and", "as", "at", "by", "for", "from", "in", "is", "it", "of", "on", "or", "the", "to")
)
K1 = 1.2
B = 0.75
TOP = 10


def words_of(text):
    """Return the words of a text in order, in lower case and without the most frequent ones."""
    return [word for word in WORD.findall(text.lower()) if word not in STOP_WORDS]


def stem(word):
    """Cut off the ending of a plural."""
    if not word.endswith("s"):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return word if word.endswith(("us", "ss")) else word[:-1]


class Index:
    """Where each term stands: its documents, and its places in each of them."""

    def __init__(self, words_of):
        self.words_of = words_of
        self.postings = {}
        self.lengths = []

    def terms_of(self, text):
        """Return the terms of a text in order."""
        return [stem(word) for word in self.words_of(text)]

    def add(self, text):
        """Add the next document."""
        number = len(self.lengths)
        postings = self.postings
        terms = self.terms_of(text)
        for place, term in enumerate(terms):
            documents = postings.get(term)
            if documents is None:
                postings[term] = {number: [place]}
            elif number in documents:
                documents[number].append(place)
            else:
                documents[number] = [place]
        self.lengths.append(len(terms))

    def matching(self, terms):
        """Return the documents that have these terms one after another."""
        if len(terms) == 1:
            return self.postings.get(terms[0], {}).keys()
        postings = [self.postings.get(term, {}) for term in terms]
        common = postings[0].keys()
        for documents in postings[1:]:
            common = common & documents.keys()
        return {number for number in common if follows(number, postings)}

    def rank(self, terms, candidates):
        """Return the score of each candidate that has one of the terms."""
        total = len(self.lengths)
        average = sum(self.lengths) / max(total, 1)
        scores = {}
        for term in terms:
            documents = self.postings.get(term, {})
            rarity = log(1 + (total - len(documents) + 0.5) / (len(documents) + 0.5))
            for number, places in documents.items():
                if number in candidates:
                    often = len(places)
                    norm = K1 * (1 - B + B * self.lengths[number] / average)
                    score = rarity * often * (K1 + 1) / (often + norm)
                    scores[number] = scores.get(number, 0.0) + score
        return scores


def follows(number, postings):
    """Whether the terms with these postings follow one another in a document."""
    starts = postings[0][number]
    for distance, documents in enumerate(postings[1:], 1):
        places = documents[number]
        starts = [start for start in starts if start + distance in places]
    return bool(starts)


def parse(index, query):
    """Return the clauses of a query: ``+``, ``-`` or nothing, and terms; phrases are a ``+``."""
    for sign, phrase, word in CLAUSE.findall(query):
        terms = index.terms_of(word or phrase)
        if terms:
            yield sign or ("" if word else "+"), terms


def search(index, query):
    """Return how many documents a query finds, and the best of them with their scores."""
    required = None
    optional = set()
    excluded = set()
    wanted = []
    for sign, terms in parse(index, query):
        documents = index.matching(terms)
        if sign == "-":
            excluded.update(documents)
            continue
        wanted += terms
        if sign == "+":
            required = documents if required is None else required & documents
        else:
            optional.update(documents)
    candidates = (optional if required is None else required) - excluded
    scores = index.rank(wanted, candidates)
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return {"hits": len(ranked), "top": ranked[:TOP]}


def answer(words_of, documents, queries):
    """Index all documents, then answer all queries."""
    index = Index(words_of)
    for text in documents:
        index.add(text)
    return {
        "answers": [search(index, query) for query in queries],
        "distinct": len(index.postings),
        "terms": sum(index.lengths),
    }


def python(documents, queries):
    """Compute everything in plain Python."""
    return answer(words_of, documents, queries)


def native(documents, queries):
    """Call Rust for ``words_of``, once a document and a few times a query.

    It is the hottest function, a quarter of the time, though ``re`` is C already.
    """
    return answer(ext.words_of, documents, queries)
