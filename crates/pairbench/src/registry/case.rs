//! The kind of work that a pair does, its cases, and how close its outputs must be.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The kind of work that a pair does, as its author declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// One clear hot function.
    HotLoop,
    /// No function takes more than 40 % of the time; the cost is in allocation and the like.
    Flat,
    /// Work that can be divided over several cores.
    Parallel,
    /// Many things waiting at once.
    Concurrent,
    /// Bound by a database or a library written in C.
    LibraryBound,
    /// A server with a database, in its own process.
    Service,
    /// Not declared.
    Undeclared,
}

impl Profile {
    /// All profiles, in the order in which a report shows them.
    pub const ALL: [Profile; 7] = [
        Profile::HotLoop,
        Profile::Flat,
        Profile::Parallel,
        Profile::Concurrent,
        Profile::LibraryBound,
        Profile::Service,
        Profile::Undeclared,
    ];

    /// The name on the command line and in folder names, with `-`.
    pub fn slug(self) -> &'static str {
        match self {
            Profile::HotLoop => "hot-loop",
            Profile::Flat => "flat",
            Profile::Parallel => "parallel",
            Profile::Concurrent => "concurrent",
            Profile::LibraryBound => "library-bound",
            Profile::Service => "service",
            Profile::Undeclared => "undeclared",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.slug().replace('-', " "))
    }
}

impl std::str::FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = text.replace('_', "-");
        Profile::ALL
            .into_iter()
            .find(|profile| profile.slug() == wanted)
            .ok_or_else(|| {
                let known: Vec<_> = Profile::ALL.iter().map(|p| p.slug()).collect();
                format!("unknown profile {text:?}; known profiles: {}", known.join(", "))
            })
    }
}

/// One input: its size, in the unit that the pair states. The seed is that of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// How big the input is.
    pub size: u64,
    /// Whether this is the case that a plain `cargo bench` measures.
    pub default: bool,
}

/// How far apart two floats may be to count as the same answer: `|a - b| <= absolute + relative * max(|a|, |b|)`.
///
/// Integers, strings, booleans and shapes are always compared exactly. NaN equals NaN here, because the sides agree if
/// both return "not a number".
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tolerance {
    /// Allowed difference as a share of the larger magnitude.
    pub relative: f64,
    /// Allowed difference in addition to that, for values near zero.
    pub absolute: f64,
}

impl Tolerance {
    /// Bit for bit, except that `0.0` equals `-0.0`.
    pub const EXACT: Tolerance = Tolerance {
        relative: 0.0,
        absolute: 0.0,
    };

    /// A relative tolerance only.
    pub const fn relative(relative: f64) -> Self {
        Tolerance {
            relative,
            absolute: 0.0,
        }
    }

    /// Whether the two floats count as the same.
    pub fn accepts(self, a: f64, b: f64) -> bool {
        if a == b || (a.is_nan() && b.is_nan()) {
            return true;
        }
        // Infinities of the same sign were equal above; any other combination would pass below, as `inf <= inf`.
        a.is_finite()
            && b.is_finite()
            && (a - b).abs() <= self.absolute + self.relative * a.abs().max(b.abs())
    }
}

impl Default for Tolerance {
    /// One part in 10⁹: room for another order of summation, none for another algorithm.
    fn default() -> Self {
        Tolerance::relative(1e-9)
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.relative, self.absolute) {
            (0.0, 0.0) => f.write_str("exact"),
            (r, 0.0) => write!(f, "relative {r:e}"),
            (0.0, a) => write!(f, "absolute {a:e}"),
            (r, a) => write!(f, "relative {r:e} plus absolute {a:e}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerance_is_strict_where_it_should_be() {
        let t = Tolerance::relative(1e-9);
        assert!(t.accepts(1.0, 1.0 + 5e-10) && !t.accepts(1.0, 1.0 + 5e-9));
        assert!(t.accepts(f64::NAN, f64::NAN) && !t.accepts(f64::NAN, 1.0));
        assert!(t.accepts(f64::INFINITY, f64::INFINITY));
        assert!(!t.accepts(f64::INFINITY, f64::NEG_INFINITY) && !t.accepts(f64::INFINITY, 1.0));
        assert!(Tolerance::EXACT.accepts(0.0, -0.0) && !Tolerance::EXACT.accepts(1.0, 1.0 + f64::EPSILON));
        assert!(
            !t.accepts(0.0, 1e-300)
                && Tolerance {
                    relative: 0.0,
                    absolute: 1e-12
                }
                .accepts(0.0, 1e-13)
        );
    }

    #[test]
    fn profiles_parse_back() {
        for profile in Profile::ALL {
            assert_eq!(profile.slug().parse(), Ok(profile));
        }
        assert_eq!("hot_loop".parse(), Ok(Profile::HotLoop));
        assert!("hot".parse::<Profile>().unwrap_err().contains("hot-loop"));
    }
}
