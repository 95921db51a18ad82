//! What a bench executable hands to a run.

use crate::registry::{Pair, Registry};

/// What one bench executable measures.
#[derive(Debug)]
///
/// A crate with pairs in files of their own makes it from the [registry](crate::registry) that its build script wrote;
/// one that declares its pairs in the bench starts with [`suite!`](crate::suite).
pub struct Suite {
    /// The pairs.
    pub registry: Registry,
    /// Registers the extension module with the embedded interpreter before it starts.
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
    /// When the pair was not made by [`Pair::of`], or its name is taken or invalid.
    #[track_caller]
    pub fn pair(mut self, name: &'static str, pair: impl Into<Pair>) -> Self {
        let bench = std::panic::Location::caller().file();
        self.registry.declare(name, pair.into(), bench);
        self
    }
}

/// Starts the suite of a bench: [`Suite::pair`](crate::cli::Suite::pair) adds pairs and
/// [`Suite::run`](crate::cli::Suite::run) measures them:
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
