"""Answers that borrow from the input, and from what was set up."""


def python(words):
    """Keep the words that are followed by a longer one."""
    return [one for one, two in zip(words, words[1:]) if len(two) > len(one)]
