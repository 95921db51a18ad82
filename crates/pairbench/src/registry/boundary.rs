//! Functions that take an argument through PyO3 and do nothing with it: the cost of a call before any work is done.
//!
//! The harness times them in the extension module. Each argument has the type that people usually write for it.

/// The submodule of the extension module that holds them. No pair has that name: no file of a pair starts like this.
pub(crate) const SUBMODULE: &str = "__boundary__";

#[cfg(feature = "python")]
pub(super) use functions::add;

#[cfg(feature = "python")]
mod functions {
    use pyo3::buffer::PyBuffer;
    use pyo3::prelude::*;
    use std::collections::HashMap;
    use std::hint::black_box;

    #[pyfunction]
    fn nothing() {}

    #[pyfunction]
    fn take_int(value: i64) {
        black_box(value);
    }

    #[pyfunction]
    fn take_float(value: f64) {
        black_box(value);
    }

    #[pyfunction]
    fn take_str(value: &str) {
        black_box(value);
    }

    #[pyfunction]
    fn take_bytes(value: &[u8]) {
        black_box(value);
    }

    #[pyfunction]
    fn take_buffer(value: PyBuffer<u8>) {
        black_box(value.item_count());
    }

    #[pyfunction]
    fn take_tuple(value: (f64, f64, f64)) {
        black_box(value);
    }

    #[pyfunction]
    fn take_ints(values: Vec<i64>) {
        black_box(values);
    }

    #[pyfunction]
    fn take_floats(values: Vec<f64>) {
        black_box(values);
    }

    #[pyfunction]
    fn take_strs(values: Vec<String>) {
        black_box(values);
    }

    #[pyfunction]
    fn take_dict(values: HashMap<String, i64>) {
        black_box(values);
    }

    /// The cost is in converting the vector to a list; filling it is a small part.
    #[pyfunction]
    fn give_ints(number: i64) -> Vec<i64> {
        (1000..1000 + number).collect()
    }

    #[pyfunction]
    fn give_floats(number: u32) -> Vec<f64> {
        (0..number).map(f64::from).collect()
    }

    /// Adds all of them to a module.
    pub fn add(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add_function(wrap_pyfunction!(nothing, module)?)?;
        module.add_function(wrap_pyfunction!(take_int, module)?)?;
        module.add_function(wrap_pyfunction!(take_float, module)?)?;
        module.add_function(wrap_pyfunction!(take_str, module)?)?;
        module.add_function(wrap_pyfunction!(take_bytes, module)?)?;
        module.add_function(wrap_pyfunction!(take_buffer, module)?)?;
        module.add_function(wrap_pyfunction!(take_tuple, module)?)?;
        module.add_function(wrap_pyfunction!(take_ints, module)?)?;
        module.add_function(wrap_pyfunction!(take_floats, module)?)?;
        module.add_function(wrap_pyfunction!(take_strs, module)?)?;
        module.add_function(wrap_pyfunction!(take_dict, module)?)?;
        module.add_function(wrap_pyfunction!(give_ints, module)?)?;
        module.add_function(wrap_pyfunction!(give_floats, module)?)
    }
}
