//! stub
use pairbench::registry::prelude::*;
#[cfg_attr(feature="python", pyo3::pyfunction)]
fn escape(x: u64) -> u64 { x }
/// pair
pub fn pair() -> Pair {
    Pair::new(Profile::HotLoop, "stub").input(|s, _| s).cases("n", &[1]).native(pairbench::native![escape]).rust(|x: &u64| escape(*x)).build()
}
