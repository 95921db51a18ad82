//! Who takes part in a launch: a variant, with one of the interpreters of the run.

use std::fmt;

/// A variant with an interpreter. As text it is the name of the variant, followed by `@` and the interpreter's index in
/// the run unless it is the first: `native`, `native@2`.
///
/// Rust variants have one as well: each interpreter's Python is compared with Rust separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Contestant<'a> {
    /// Name of the variant; `embedded`, `null` and `reference` are names, too.
    pub variant: &'a str,
    /// The interpreter, from 0.
    pub interpreter: usize,
}

impl<'a> Contestant<'a> {
    /// The contestant of this text. Without a number it is a variant with the first interpreter.
    pub(crate) fn of(text: &'a str) -> Self {
        let parts = text.rsplit_once('@');
        let parsed = parts.and_then(|(variant, number)| Some((variant, number.parse().ok()?)));
        let (variant, interpreter) = parsed.unwrap_or((text, 0));
        Contestant { variant, interpreter }
    }

    /// Another variant with the same interpreter.
    pub(crate) fn with<'b>(self, variant: &'b str) -> Contestant<'b> {
        Contestant {
            variant,
            interpreter: self.interpreter,
        }
    }
}

impl fmt::Display for Contestant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.interpreter {
            0 => f.write_str(self.variant),
            at => write!(f, "{}@{at}", self.variant),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for (variant, interpreter, text) in [("rust", 0, "rust"), ("native", 2, "native@2"), ("", 0, "")] {
            let contestant = Contestant { variant, interpreter };
            assert_eq!(contestant.to_string(), text);
            assert_eq!(Contestant::of(text), contestant);
        }
        assert_eq!(Contestant::of("odd@name").variant, "odd@name");
        assert_eq!(Contestant::of("native@2").with("python").to_string(), "python@2");
    }
}
