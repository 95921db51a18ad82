//! The functions of the counting module, in a submodule whose name no pair can have.

use super::{Counted, Mark};
use crate::registry::{Registry, Variant};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyTuple};

/// The first call fills caches, and what it frees stays in free lists for the second. They are made right before the
/// counted calls, because answering a request in between uses the same lists.
const WARM_UP_CALLS: usize = 2;

/// Adds the submodule to the extension module.
///
/// - `install()` counts the requests to the interpreter's allocators for the rest of the process.
/// - `count(function, positional, named, calls)` returns the counts of each of `calls` calls, including the freeing of
///   their results.
/// - `count_rust(pair, variant, size, seed, calls)` does the same for a Rust variant, once it is set up on its input.
///
/// Both first make `WARM_UP_CALLS` calls that are not counted.
///
/// # Errors
///
/// Those of Python, when a module cannot be created.
pub fn add_counting(module: &Bound<'_, PyModule>, registry: fn() -> Registry) -> PyResult<()> {
    let py = module.py();
    let child = PyModule::new(py, Variant::COUNTING_MODULE)?;
    let rust = move |arguments: &Bound<'_, PyTuple>, _: Option<&Bound<'_, PyDict>>| {
        let (pair, variant, size, seed, calls) = arguments.extract()?;
        let py = arguments.py();
        py.detach(|| count_rust(&registry(), pair, variant, size, seed, calls))
    };
    child.add("count_rust", PyCFunction::new_closure(py, None, None, rust)?)?;
    child.add_function(wrap_pyfunction!(install, &child)?)?;
    child.add_function(wrap_pyfunction!(count, &child)?)?;
    module.add_submodule(&child)
}

impl<'py> IntoPyObject<'py> for Counted {
    type Target = PyDict;
    type Output = Bound<'py, PyDict>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let dict = PyDict::new(py);
        dict.set_item("allocations", self.allocations)?;
        dict.set_item("reallocations", self.reallocations)?;
        dict.set_item("bytes", self.bytes)?;
        dict.set_item("peak", self.peak)?;
        Ok(dict)
    }
}

fn count_rust(
    registry: &Registry,
    pair: &str,
    variant: &str,
    size: u64,
    seed: u64,
    calls: usize,
) -> PyResult<Vec<Counted>> {
    let entry = registry.get(pair);
    let opened = entry.and_then(|entry| entry.pair.open_rust(variant, size, seed));
    let missing = || {
        PyValueError::new_err(format!(
            "the counting module has no Rust variant {pair}/{variant}"
        ))
    };
    let mut opened = opened.ok_or_else(missing)?;
    count_calls(calls, || {
        opened.time(1);
        Ok(())
    })
}

/// The counts of each of `calls` calls, after the warm-up calls. Nothing else uses an allocator meanwhile.
fn count_calls(calls: usize, mut call: impl FnMut() -> PyResult<()>) -> PyResult<Vec<Counted>> {
    let mut counts = Vec::with_capacity(calls);
    for _ in 0..WARM_UP_CALLS {
        call()?;
    }
    for _ in 0..calls {
        let mark = Mark::now();
        call()?;
        counts.push(mark.since());
    }
    Ok(counts)
}

#[cfg(any(PyPy, GraalPy))]
mod python {
    use super::*;
    use pyo3::exceptions::PyNotImplementedError;

    fn refuse<T>() -> PyResult<T> {
        Err(PyNotImplementedError::new_err(
            "this interpreter does not expose its allocators",
        ))
    }

    #[pyfunction]
    pub(super) fn install() -> PyResult<()> {
        refuse()
    }

    #[pyfunction]
    pub(super) fn count(
        _function: &Bound<'_, PyAny>,
        _positional: &Bound<'_, PyTuple>,
        _named: &Bound<'_, PyDict>,
        _calls: usize,
    ) -> PyResult<Vec<Counted>> {
        refuse()
    }
}

#[cfg(not(any(PyPy, GraalPy)))]
mod python {
    use super::*;
    use pyo3::ffi;

    /// `PY_VECTORCALL_ARGUMENTS_OFFSET`, which is public from 3.12 on: there is room before the first argument.
    const ROOM: usize = 1 << (usize::BITS - 1);

    #[pyfunction]
    pub(super) fn install() {
        super::super::hooks::install();
    }

    /// The arguments are laid out before counting starts, so that only the function itself is counted.
    #[pyfunction]
    pub(super) fn count(
        function: &Bound<'_, PyAny>,
        positional: &Bound<'_, PyTuple>,
        named: &Bound<'_, PyDict>,
        calls: usize,
    ) -> PyResult<Vec<Counted>> {
        let py = function.py();
        let names = PyTuple::new(py, named.keys())?;
        let values = named.values();
        let arguments: Vec<Bound<'_, PyAny>> = positional.iter().chain(values).collect();
        let mut pointers = vec![std::ptr::null_mut()];
        pointers.extend(arguments.iter().map(Bound::as_ptr));
        count_calls(calls, || {
            // SAFETY: the arguments live until the end of this function; their number is right, there is a free slot
            // before them, and `names` names the last ones.
            let result = unsafe {
                ffi::PyObject_Vectorcall(
                    function.as_ptr(),
                    pointers.as_mut_ptr().add(1),
                    positional.len() | ROOM,
                    names.as_ptr(),
                )
            };
            if result.is_null() {
                return Err(PyErr::fetch(py));
            }
            // SAFETY: a new reference, which nobody else owns.
            unsafe { ffi::Py_DECREF(result) };
            Ok(())
        })
    }
}

use python::{count, install};
