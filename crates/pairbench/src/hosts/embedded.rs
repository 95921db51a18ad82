//! CPython inside this process, through PyO3: the same session as the worker's, without a process in between.

use super::python::Python as Interpreter;
use super::wire::{self, Request};
use super::{Answer, Fault, Handle, Host, Ready, Timing};
use crate::registry::Entry;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::de::DeserializeOwned;
use serde_bytes::Bytes;
use std::ffi::CString;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

/// The version of the libpython that is loaded, like `3.11.7`; known without starting an interpreter.
pub fn loaded_version() -> String {
    // SAFETY: returns a static string and may be called before the interpreter is initialised.
    let text = unsafe { std::ffi::CStr::from_ptr(ffi::Py_GetVersion()) };
    text.to_string_lossy()
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_string()
}

/// Starts the interpreter of this process as if it were the given executable: prefix, site-packages and virtual
/// environment are that one's. Only the first call does anything.
///
/// `register` is called first, to put extension modules into the table of built-in ones.
///
/// # Errors
///
/// CPython's message when it cannot start.
pub fn initialize(interpreter: &Interpreter, hash_seed: u32, register: Option<fn()>) -> Result<(), Fault> {
    static RESULT: OnceLock<Result<(), Fault>> = OnceLock::new();
    RESULT
        .get_or_init(|| {
            if let Some(register) = register {
                register();
            }
            let program =
                CString::new(interpreter.about.executable.as_str()).map_err(|_| Fault::Harness {
                    message: "the interpreter's path holds a NUL".into(),
                })?;
            // SAFETY: called once, before anything else touches Python, on a configuration that CPython fills in.
            unsafe { start(&program, hash_seed) }.map_err(|message| Fault::Harness {
                message: format!("CPython does not start here: {message}"),
            })
        })
        .clone()
}

/// # Safety
///
/// Python must not have been initialised in this process, and no other thread may be initialising it.
unsafe fn start(program: &CString, hash_seed: u32) -> Result<(), String> {
    // SAFETY: the PyConfig calls follow CPython's order (init, set, initialise, clear) on memory that outlives them.
    unsafe {
        let mut config = std::mem::MaybeUninit::<ffi::PyConfig>::zeroed().assume_init();
        ffi::PyConfig_InitPythonConfig(&mut config);
        config.parse_argv = 0;
        config.install_signal_handlers = 0;
        config.use_hash_seed = 1;
        config.hash_seed = hash_seed.into();
        let field = &raw mut config.program_name;
        let status = ffi::PyConfig_SetBytesString(&mut config, field, program.as_ptr());
        check(status)?;
        let status = ffi::Py_InitializeFromConfig(&config);
        ffi::PyConfig_Clear(&mut config);
        check(status)?;
        // The GIL is ours now; give it up, so that attaching works as everywhere else.
        ffi::PyEval_SaveThread();
    }
    Ok(())
}

fn check(status: ffi::PyStatus) -> Result<(), String> {
    // SAFETY: a status as returned by CPython.
    if unsafe { ffi::PyStatus_Exception(status) } == 0 {
        return Ok(());
    }
    if status.err_msg.is_null() {
        return Err("no reason given".into());
    }
    // SAFETY: CPython's messages are static, NUL-terminated strings.
    Err(unsafe { std::ffi::CStr::from_ptr(status.err_msg) }
        .to_string_lossy()
        .into_owned())
}

/// The Python side of one pair inside this process.
pub struct Embedded<'a> {
    entry: &'a Entry,
    session: Py<PyAny>,
}

impl<'a> Embedded<'a> {
    /// Imports the pair's module. [`initialize`] must have been called.
    ///
    /// # Errors
    ///
    /// What the import raised.
    pub fn load(entry: &'a Entry) -> Result<Self, Fault> {
        Self::load_with(entry, None)
    }

    /// The same with the filters of a worker that [watches](super::worker::Worker::start_watching), so that both verify
    /// alike if the environment turns warnings into errors. The worker reports what was raised.
    ///
    /// # Errors
    ///
    /// Those of [`Embedded::load`].
    pub(crate) fn load_watching(entry: &'a Entry) -> Result<Self, Fault> {
        Self::load_with(entry, Some(super::worker::WATCH))
    }

    fn load_with(entry: &'a Entry, watch: Option<&str>) -> Result<Self, Fault> {
        let session = Python::attach(|py| -> PyResult<Py<PyAny>> {
            let code = CString::new(super::worker::PROGRAM).expect("no NUL in the program");
            let module = PyModule::from_code(py, &code, c"pairbench_worker.py", c"pairbench_worker")?;
            Ok(module.getattr("Session")?.call0()?.unbind())
        })
        .map_err(|error| Fault::Harness {
            message: format!("the session does not load: {error}"),
        })?;
        let host = Embedded { entry, session };
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let sources = &entry.sources;
        let _protocol: u32 = host.request(&Request::Load {
            root: &text(&sources.python_root),
            module: &sources.module,
            file: &text(&sources.python_path),
            // Extension modules are built in; see `initialize`.
            extension_dir: None,
            made: &[],
            requires: &entry.requires(),
            needs: &[],
            watch,
        })?;
        Ok(host)
    }

    fn request<T: DeserializeOwned>(&self, request: &Request<'_>) -> Result<T, Fault> {
        let reply = Python::attach(|py| {
            with_crash_lines(py, || -> PyResult<Vec<u8>> {
                let message = PyBytes::new(py, &wire::encode(request));
                let reply = self.session.bind(py).call_method1("reply", (message,))?;
                Ok(reply.cast::<PyBytes>()?.as_bytes().to_vec())
            })?
        });
        match reply {
            Ok(message) => wire::decode(&message),
            Err(error) => Err(Fault::Harness {
                message: format!("the session broke: {error}"),
            }),
        }
    }

    fn fault(&self, py: Python<'_>, error: &PyErr) -> Fault {
        let of = || -> PyResult<Vec<u8>> {
            // PyO3 keeps the traceback beside the exception.
            let value = error.value(py);
            value.setattr("__traceback__", error.traceback(py))?;
            let module = self
                .session
                .bind(py)
                .getattr("__class__")?
                .getattr("__module__")?;
            let module = py.import("sys")?.getattr("modules")?.get_item(module)?;
            let fault = module.getattr("fault_of")?.call1((value,))?;
            let pickled = py.import("pickle")?.call_method1("dumps", (fault, 3))?;
            Ok(pickled.cast::<PyBytes>()?.as_bytes().to_vec())
        };
        of().ok()
            .and_then(|bytes| serde_pickle::from_slice(&bytes, serde_pickle::DeOptions::new()).ok())
            .unwrap_or_else(|| Fault::Harness {
                message: error.to_string(),
            })
    }
}

/// As in the worker, a crash prints the line that crashed. Only while Python runs: afterwards Rust's own handler is
/// back, which names a stack overflow.
fn with_crash_lines<T>(py: Python<'_>, run: impl FnOnce() -> T) -> PyResult<T> {
    let handler = py.import("faulthandler")?;
    handler.call_method0("enable")?;
    let result = run();
    handler.call_method0("disable")?;
    Ok(result)
}

impl Host for Embedded<'_> {
    fn open(&mut self, variant: &str, size: u64, seed: u64) -> Result<Ready, Fault> {
        let input = super::worker::input_pickle(self.entry, size, seed)?;
        let opened: wire::Opened = self.request(&Request::Open {
            variant,
            input: Bytes::new(&input),
            form: self.entry.pair.form().name(),
        })?;
        Ok(opened.into())
    }

    fn settle(&mut self) -> Result<(), Fault> {
        self.request::<bool>(&Request::Settle).map(|_| ())
    }

    fn call(&mut self, handle: Handle) -> Result<Answer, Fault> {
        self.request::<wire::Called>(&Request::Call { handle: handle.0 })
            .map(Answer::from)
    }

    /// The loop is Rust's, as in a program that embeds Python: one attachment, then a call through PyO3 each time.
    fn time(&mut self, handle: Handle, calls: u64) -> Result<Timing, Fault> {
        Python::attach(|py| {
            let call = || -> PyResult<Bound<'_, PyAny>> {
                let opened = self.session.bind(py).getattr("opened")?.get_item(handle.0)?;
                opened.getattr("call")
            };
            let call = call().map_err(|error| self.fault(py, &error))?;
            let timed = || {
                let start = Instant::now();
                for _ in 0..calls {
                    call.call0()?;
                }
                Ok(start.elapsed())
            };
            let timed = Timing::here(|| with_crash_lines(py, timed).and_then(|timed| timed));
            timed.map_err(|error| self.fault(py, &error))
        })
    }

    fn close(&mut self, handle: Handle) -> Result<(), Fault> {
        self.request::<bool>(&Request::Close { handle: handle.0 })
            .map(|_| ())
    }
}
