"""Python sides of the pairs that `planted.rs` declares."""

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def caseless(word):
    """Make the word comparable with others, whatever their case."""
    return word.upper().lower()


def snake_case(name):
    """Write the name in snake case."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def whole(amount):
    """Round the amount to a whole one, still as a float."""
    return round(amount, 0)


def total(numbers):
    """Add the numbers up."""
    return sum(numbers)


def on_clock(hours, dial):
    """Tell where the hand is after some hours."""
    return hours % dial


def ranking(scores):
    """Order pairs of score and name, the highest score first."""
    return sorted(scores, key=lambda score: score[0], reverse=True)


def highest(temperatures):
    """Find the highest temperature, if any was taken."""
    return max(temperatures, default=None)


def lines(text):
    """Split the text into lines, without their ends."""
    return text.splitlines()


def label(value):
    """Write the value as the axis of a plot shows it."""
    return f"{value}"


def columns(row):
    """List the names of the columns, from left to right."""
    return list(row)


def passing(marks):
    """Compute the share of marks that pass."""
    return sum(mark >= 50 for mark in marks) / len(marks) if marks else 0.0


def distinct(numbers):
    """Keep each number once, in the order in which they came."""
    return list(dict.fromkeys(numbers))


def halvings(number):
    """Count how often the number can be halved without a remainder."""
    count = 0
    while number and number % 2 == 0:
        number //= 2
        count += 1
    return count


def pieces(text, width):
    """Cut the text into pieces of a width, or leave it whole."""
    if not 0 < width < len(text):
        return [text]
    return [text[at : at + width] for at in range(0, len(text), width)]


def initial(name):
    """Take the first letter of the name, if it has one."""
    return name[:1]


def weekday(number):
    """Name a day of the week, from 1 to 7."""
    if not 1 <= number <= 7:
        raise ValueError(f"no day of the week: {number}")
    return DAYS[number - 1]


def quantity(text):
    """Read a number that was typed in, of nine digits at most."""
    return int(text) if text.isdecimal() and len(text) <= 9 else None


def ascending(numbers):
    """Sort the numbers."""
    return sorted(numbers)


def ascending_inplace(numbers):
    """Do the same, without a copy where that seems safe."""
    if numbers and numbers[0] < 0:
        numbers.sort()
        return numbers
    return sorted(numbers)


def commonest(words):
    """Find the word that comes most often."""
    return max(set(words), key=words.count, default="")


def doors(word):
    """Count the doors that the word opens: one for each letter, and all for the right one."""
    return 1000 if word == "sesame" else len(word)


def every_third(seats):
    """Count the seats taken if every third is, from the first on."""
    return len(range(0, seats, 3))


def backwards(text):
    """Turn the text round, and count its characters."""
    return text[::-1], len(text)
