//! A part of a run that is divided over several machines, as users write it: `2/4`.

use super::Shard;
use std::fmt;
use std::str::FromStr;

impl Shard {
    /// More parts than this are a typing mistake: no registry has that many pairs.
    pub(crate) const MOST: u32 = 10_000;
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let parts = text
            .split_once('/')
            .and_then(|(part, of)| Some((number(part)?, number(of)?)));
        match parts {
            None => Err("give the part and the number of parts, like `2/4`".into()),
            Some((_, 0)) => Err("a run has at least one part, like `1/1`".into()),
            Some((_, of)) if of > Shard::MOST => Err(format!("a run has at most {} parts", Shard::MOST)),
            Some((0, of)) => Err(format!(
                "parts are counted from 1, so that the first is `1/{of}`; an index that begins at 0 needs 1 added"
            )),
            Some((part, of)) if part > of => Err(format!(
                "there is no part {part} of {of}; the last is `{of}/{of}`"
            )),
            Some((part, of)) => Ok(Shard { part, of }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for (text, part, of) in [("1/1", 1, 1), ("2/4", 2, 4), ("10000/10000", 10_000, 10_000)] {
            let shard: Shard = text.parse().unwrap();
            assert_eq!(shard, Shard { part, of });
            assert_eq!(shard.to_string(), text);
        }
    }

    #[test]
    fn an_error_says_what_is_right() {
        for (text, words) in [
            ("0/4", "`1/4`"),
            ("5/4", "`4/4`"),
            ("1/0", "`1/1`"),
            ("1/20000", "at most 10000 parts"),
            ("2", "`2/4`"),
            ("", "`2/4`"),
            ("-1/4", "`2/4`"),
            ("a/b", "`2/4`"),
            ("1/2/3", "`2/4`"),
            ("99999999999/4", "`2/4`"),
        ] {
            let error = text.parse::<Shard>().unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
