//! What a bench executable hands to a run.

use crate::registry::{Pair, Registry};

/// What one bench executable measures.
#[derive(Debug)]
///
/// A crate with pairs in files of their own makes it of the [registry](crate::registry) that its build script wrote; one that
/// declares its pairs in the bench begins with [`suite!`](crate::suite).
pub struct Suite {
    /// The pairs.
    pub registry: Registry,
    /// Puts the extension module into the embedded interpreter, before that starts.
    pub register_extension: Option<fn()>,
}

impl Suite {
    /// What [`suite!`](crate::suite) expands to: a suite of this package without pairs.
    #[doc(hidden)]
    pub fn of(package: &'static str, manifest_dir: &str) -> Self {
        Suite {
            registry: Registry::new(package, manifest_dir),
            register_extension: None,
        }
    }

    /// Adds a pair under a name of its own, made of `a-z`, `0-9` and `_`.
    ///
    /// # Panics
    ///
    /// When the pair is not one of [`Pair::of`], or its name is taken or is none.
    #[track_caller]
    pub fn pair(mut self, name: &'static str, pair: impl Into<Pair>) -> Self {
        let bench = std::panic::Location::caller().file();
        self.registry.declare(name, pair.into(), bench);
        self
    }
}

/// Begins the pairs of a bench, which [`Suite::pair`](crate::cli::Suite::pair) adds and
/// [`Suite::run`](crate::cli::Suite::run) measures:
///
/// ```no_run
/// use pairbench::prelude::*;
///
/// fn main() -> ExitCode {
///     suite!()
///         .pair("total", Pair::of("shop.pricing:total").calls("benches/total.jsonl").rust(total))
///         .run()
/// }
///
/// fn total(prices: &[f64], tax: f64) -> f64 {
///     prices.iter().sum::<f64>() * (1.0 + tax)
/// }
/// ```
#[macro_export]
macro_rules! suite {
    () => {
        $crate::cli::Suite::of(env!("CARGO_PKG_NAME"), env!("CARGO_MANIFEST_DIR"))
    };
}
