//! The functions of a pair that Python can call through PyO3.

/// What a pair's `native` variant may call: made by [`native!`](crate::native).
#[derive(Debug, Default)]
pub struct Native {
    #[cfg(feature = "python")]
    pub(super) add: Option<python::Add>,
}

/// Lists the `#[pyfunction]`s that a pair's `native` variant calls, for
/// [`PairBuilder::native`](crate::registry::PairBuilder::native).
///
/// Python finds them as `from pairbench_native import PAIR`, then `PAIR.function(…)`. Without the calling crate's own
/// `python` feature the list is empty, so the functions may be compiled under `#[cfg(feature = "python")]`.
#[macro_export]
macro_rules! native {
    ($($function:path),+ $(,)?) => {{
        // The calling crate decides: Cargo may have enabled the feature here for another crate.
        #[cfg(feature = "python")]
        let native = $crate::registry::Native::functions(|module| {
            use $crate::registry::__pyo3 as pyo3;
            use pyo3::types::PyModuleMethods as _;
            $(module.add_function(pyo3::wrap_pyfunction!($function, module)?)?;)+
            Ok(())
        });
        #[cfg(not(feature = "python"))]
        let native = $crate::registry::Native::default();
        native
    }};
}

#[cfg(feature = "python")]
mod python {
    use super::Native;
    use crate::registry::{Registry, boundary};
    use pyo3::prelude::*;

    #[doc(hidden)]
    pub use pyo3 as __pyo3;

    /// Adds a pair's functions to its module.
    pub(crate) type Add = fn(&Bound<'_, PyModule>) -> PyResult<()>;

    impl Native {
        /// What [`native!`](crate::native) expands to.
        pub fn functions(add: Add) -> Self {
            Native { add: Some(add) }
        }
    }

    /// Fills the extension module: a submodule for each pair that has native functions, and one with functions by which
    /// the harness measures what a call costs.
    ///
    /// # Errors
    ///
    /// Those of Python, when a module cannot be created.
    pub fn add_native_modules(module: &Bound<'_, PyModule>, registry: &Registry) -> PyResult<()> {
        let py = module.py();
        let crossings = PyModule::new(py, boundary::SUBMODULE)?;
        boundary::add(&crossings)?;
        module.add_submodule(&crossings)?;
        for entry in registry.entries() {
            if let Some(add) = entry.pair.native().add {
                let child = PyModule::new(py, entry.name)?;
                add(&child)?;
                module.add_submodule(&child)?;
                // So that `import pairbench_native.NAME` finds it as well.
                let full = format!("{}.{}", crate::registry::Variant::NATIVE_MODULE, entry.name);
                py.import("sys")?.getattr("modules")?.set_item(full, &child)?;
            }
        }
        Ok(())
    }
}

#[cfg(feature = "python")]
pub use python::{__pyo3, add_native_modules};

/// Makes the extension module `pairbench_native` of a crate that has used [`pairs!`](crate::pairs).
///
/// The crate depends on `pyo3` itself and puts `#[cfg(feature = "python")]` before the call. If it has a feature
/// `counting`, it makes the module count every allocation; only a second build, for the memory diagnoser, enables it.
#[cfg(feature = "python")]
#[macro_export]
macro_rules! extension_module {
    () => {
        /// The functions that `native` variants call: a submodule for each pair that has some.
        #[::pyo3::pymodule]
        pub fn pairbench_native(module: &::pyo3::Bound<'_, ::pyo3::types::PyModule>) -> ::pyo3::PyResult<()> {
            #[allow(unexpected_cfgs, reason = "a crate may have no such feature")]
            #[cfg(feature = "counting")]
            $crate::registry::counting::add_counting(module, registry)?;
            $crate::registry::add_native_modules(module, &registry())
        }

        #[allow(unexpected_cfgs, reason = "a crate may have no such feature")]
        #[cfg(feature = "counting")]
        #[global_allocator]
        static COUNTING: $crate::registry::counting::CountingAllocator =
            $crate::registry::counting::CountingAllocator;

        $crate::__register_extension!();
    };
}

/// The function that adds the extension module to an embedded interpreter. PyPy and GraalPy cannot be embedded: they
/// have no table of built-in modules, and PyO3 has no `append_to_inittab!` for them.
#[cfg(feature = "python")]
#[doc(hidden)]
#[macro_export]
#[cfg(not(any(PyPy, GraalPy)))]
macro_rules! __register_extension {
    () => {
        /// Makes the module a built-in of the interpreter in this process; must be called before that starts.
        pub fn register_extension() {
            ::pyo3::append_to_inittab!(pairbench_native);
        }
    };
}
#[cfg(feature = "python")]
#[doc(hidden)]
#[macro_export]
#[cfg(any(PyPy, GraalPy))]
macro_rules! __register_extension {
    () => {};
}
