//! What a pair's author expects of a variant.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An expectation: on the default case the variant is at least `at_least` times as fast as the baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// Name of the variant.
    pub variant: String,
    /// The smallest accepted ratio baseline ÷ variant.
    pub at_least: f64,
}

impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at least {}×", self.variant, self.at_least)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Pair, PairBuilder, Profile};

    fn pair() -> PairBuilder<u64> {
        Pair::new(Profile::HotLoop, "adds")
            .input(|size, seed| size + seed)
            .cases("numbers", &[1, 2, 3])
            .python(&["numpy"])
    }

    #[test]
    fn a_floor_may_be_declared_before_its_variant() {
        let pair = pair()
            .at_least("rust", 10.0)
            .at_least("numpy", 0.5)
            .rust(|x: &u64| x + 1)
            .build();
        let floors: Vec<String> = pair.floors().iter().map(ToString::to_string).collect();
        assert_eq!(floors, ["rust at least 10×", "numpy at least 0.5×"]);
    }

    #[test]
    #[should_panic(expected = ".at_least(\"rayon\", …) names no variant of this pair besides the baseline")]
    fn a_floor_names_a_variant() {
        pair().rust(|x: &u64| x + 1).at_least("rayon", 2.0).build();
    }

    #[test]
    #[should_panic(expected = "names no variant of this pair besides the baseline")]
    fn the_baseline_has_no_floor() {
        pair().rust(|x: &u64| x + 1).at_least("python", 1.0).build();
    }

    #[test]
    fn a_floor_is_a_positive_number() {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let built =
                std::panic::catch_unwind(|| pair().rust(|x: &u64| x + 1).at_least("rust", bad).build());
            assert!(built.is_err(), "{bad}");
        }
    }

    #[test]
    #[should_panic(expected = "two floors for rust")]
    fn a_variant_has_one_floor() {
        pair()
            .rust(|x: &u64| x + 1)
            .at_least("rust", 2.0)
            .at_least("rust", 3.0)
            .build();
    }
}
