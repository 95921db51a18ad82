//! The classes of work.

use serde::Serialize;

/// A class of work, on which the gain of a port depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Bytecode, arithmetic on small numbers, indexing.
    Interpreter,
    /// C loops over Python objects: `sum`, `zip`, `map`.
    Loops,
    /// Attributes and calls.
    Objects,
    /// Sorting and heaps of numbers.
    Sort,
    /// Making and freeing objects, the garbage collector.
    Allocation,
    /// `json`, `int()`, `float()`, `datetime`, `csv`.
    Parsing,
    /// Functions of `math`.
    Math,
    /// Regular expressions.
    Regex,
    /// `str` and `bytes`.
    Text,
    /// Sorting texts.
    TextSort,
    /// `dict` and `set`.
    Hashing,
    /// Integers with many digits.
    BigIntegers,
    /// C libraries: compression, databases, hashes, NumPy.
    Library,
    /// System calls.
    System,
    /// Innermost arithmetic loops that could be vectorised.
    Vector,
}

impl Class {
    /// All classes.
    pub const ALL: [Class; 15] = [
        Class::Interpreter,
        Class::Loops,
        Class::Objects,
        Class::Sort,
        Class::Allocation,
        Class::Parsing,
        Class::Math,
        Class::Regex,
        Class::Text,
        Class::TextSort,
        Class::Hashing,
        Class::BigIntegers,
        Class::Library,
        Class::System,
        Class::Vector,
    ];

    /// Its name in a sentence.
    pub fn label(self) -> &'static str {
        match self {
            Class::Interpreter => "bytecode and arithmetic",
            Class::Loops => "C loops over objects",
            Class::Objects => "attributes and calls",
            Class::Sort => "sorting numbers",
            Class::Allocation => "allocation",
            Class::Parsing => "parsing",
            Class::Math => "math functions",
            Class::Regex => "regular expressions",
            Class::Text => "str",
            Class::TextSort => "sorting texts",
            Class::Hashing => "dict and set",
            Class::BigIntegers => "big integers",
            Class::Library => "C libraries",
            Class::System => "system calls",
            Class::Vector => "loops that could be vectorised",
        }
    }
}
