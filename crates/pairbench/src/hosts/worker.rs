//! The worker: the real interpreter in its own process, with the timing inside.

use super::launcher::end_with_launch;
use super::pipes::{Replies, with_pipes};
use super::python::Python;
use super::wire::{self, Attempted, Counted, Modules, Raised, Request, Watched};
use super::{Answer, Fault, Handle, Host, Ready, Timing};
use crate::registry::Entry;
use serde::de::DeserializeOwned;
use serde_bytes::{ByteBuf, Bytes};
use std::io::{BufReader, PipeWriter};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// The program that the worker runs.
pub const PROGRAM: &str = concat!(
    include_str!("altered.py"),
    include_str!("plain.py"),
    include_str!("calls.py"),
    include_str!("worker.py")
);

/// The program that a session also loads if it watches for deprecations.
pub(super) const WATCH: &str = include_str!("deprecations.py");

/// The program that a session loads in order to dig.
const DIG: &str = include_str!("dig.py");

/// How a worker is started.
#[derive(Debug, Clone, Copy)]
pub struct WorkerSetup<'a> {
    /// The interpreter.
    pub python: &'a Python,
    /// A file that holds [`PROGRAM`].
    pub program: &'a Path,
    /// The folder of the extension module for this interpreter, if it is built.
    pub extension_dir: Option<&'a Path>,
    /// `PYTHONHASHSEED`.
    pub hash_seed: u32,
}

/// A running interpreter that has loaded the Python file of one pair.
pub struct Worker<'a> {
    entry: &'a Entry,
    child: Child,
    requests: Option<PipeWriter>,
    replies: BufReader<Replies>,
}

impl<'a> Worker<'a> {
    /// Starts an interpreter and imports the pair's module, whose output goes to this process's standard error.
    ///
    /// # Errors
    ///
    /// [`Fault::Harness`] when it does not start, otherwise what the import raised.
    pub fn start(setup: &WorkerSetup<'_>, entry: &'a Entry) -> Result<Self, Fault> {
        Self::start_with(setup, entry, None, |_| {})
    }

    /// The same, but deprecation warnings are caught: see [`Worker::deprecations`]. Not for measuring, because every
    /// such warning takes time.
    ///
    /// # Errors
    ///
    /// Those of [`Worker::start`].
    pub(crate) fn start_watching(setup: &WorkerSetup<'_>, entry: &'a Entry) -> Result<Self, Fault> {
        Self::start_with(setup, entry, Some(WATCH), |_| {})
    }

    /// The same from a process that is not a launch, in the environment of a launch.
    ///
    /// # Errors
    ///
    /// Those of [`Worker::start`].
    pub(crate) fn start_clean(
        setup: &WorkerSetup<'_>,
        entry: &'a Entry,
        inherit: &[String],
    ) -> Result<Self, Fault> {
        Self::start_with(setup, entry, None, |command| {
            super::environment::clean(command, inherit)
        })
    }

    fn start_with(
        setup: &WorkerSetup<'_>,
        entry: &'a Entry,
        watch: Option<&str>,
        prepare: impl FnOnce(&mut Command),
    ) -> Result<Self, Fault> {
        let executable = &setup.python.about.executable;
        let mut command = Command::new(executable);
        prepare(&mut command);
        command
            .arg(setup.program)
            .envs(setup.python.variables.iter().cloned())
            .env("PYTHONHASHSEED", setup.hash_seed.to_string());
        end_with_launch(&mut command);
        let (child, pipes) = with_pipes(command, Command::spawn).map_err(|error| Fault::Harness {
            message: format!("{executable} does not start: {error}"),
        })?;
        let replies = Replies::of(pipes.replies, &child);
        let mut worker = Worker {
            entry,
            child,
            requests: Some(pipes.requests),
            replies: BufReader::new(replies),
        };
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let sources = &entry.sources;
        let extension_dir = setup.extension_dir.map(text);
        let made = setup.python.made.folders(entry.name);
        let made: Vec<String> = made.iter().map(|folder| text(folder)).collect();
        let protocol: u32 = worker
            .request(&Request::Load {
                root: &text(&sources.python_root),
                module: &sources.module,
                file: &text(&sources.python_path),
                extension_dir: extension_dir.as_deref(),
                made: &made,
                requires: &entry.requires(),
                needs: &entry.pair.variants()[0].requires,
                watch,
            })
            .map_err(|fault| as_declaration(fault, &entry.python_side()))?;
        if protocol != wire::PROTOCOL {
            return Err(Fault::Harness {
                message: format!(
                    "the worker speaks protocol {protocol}, the harness {}",
                    wire::PROTOCOL
                ),
            });
        }
        Ok(worker)
    }

    /// Which of the modules the interpreter cannot import.
    ///
    /// # Errors
    ///
    /// When the worker is gone.
    pub fn missing(&mut self, modules: &[String]) -> Result<Modules, Fault> {
        self.request(&Request::Missing { modules })
    }

    /// The deprecation warnings raised since the last call: each text once per line. None from a worker that does not
    /// watch.
    ///
    /// # Errors
    ///
    /// When the worker is gone.
    pub fn deprecations(&mut self) -> Result<Vec<Raised>, Fault> {
        self.request(&Request::Deprecations)
    }

    /// Name and version of each library that the Python side uses, as its file declares.
    ///
    /// # Errors
    ///
    /// What its function raises, or [`Fault::Declaration`] when that returns something other than a `dict`.
    pub fn versions(&mut self) -> Result<Vec<(String, String)>, Fault> {
        self.request(&Request::Versions)
    }

    /// What currently alters the speed of the interpreter, one phrase for each cause.
    ///
    /// # Errors
    ///
    /// When the worker is gone.
    pub(crate) fn altered(&mut self) -> Result<Vec<String>, Fault> {
        self.request(&Request::Altered)
    }

    /// Calls `calls` times, and watches the garbage collector meanwhile.
    ///
    /// # Errors
    ///
    /// The fault of any of the calls.
    pub fn collect(&mut self, handle: Handle, calls: u64) -> Result<Watched, Fault> {
        self.request(&Request::Collect {
            handle: handle.0,
            calls,
        })
    }

    /// Counts all allocations of the interpreter from now on, for the rest of its life. It must have been started with
    /// the counting module.
    ///
    /// # Errors
    ///
    /// When the module does not load, or the interpreter has no such hooks.
    pub(crate) fn start_counting(&mut self) -> Result<(), Fault> {
        self.request::<bool>(&Request::StartCounting).map(|_| ())
    }

    /// What each of `calls` warm calls requests from the allocators, once counting has started.
    ///
    /// # Errors
    ///
    /// The fault of the call.
    pub fn count(&mut self, handle: Handle, calls: u64) -> Result<Vec<Counted>, Fault> {
        self.request(&Request::Count {
            handle: handle.0,
            calls,
        })
    }

    /// The same for a Rust variant, which is set up and called inside the counting module, in the worker's process.
    ///
    /// # Errors
    ///
    /// When the module does not load, and the fault of the call.
    pub(crate) fn count_rust(
        &mut self,
        variant: &str,
        size: u64,
        seed: u64,
        calls: u64,
    ) -> Result<Vec<Counted>, Fault> {
        self.request(&Request::CountRust {
            pair: self.entry.name,
            variant,
            size,
            seed,
            calls,
        })
    }

    /// Prepares it for [`attempt`](Self::attempt); returns the constants in the pair's code, as pickles.
    ///
    /// # Errors
    ///
    /// When the worker is gone.
    pub(crate) fn start_dig(&mut self) -> Result<Vec<ByteBuf>, Fault> {
        self.request(&Request::StartDig { program: DIG })
    }

    /// Calls a variant once on an input that is a single call of this pair. The call is given up after `limit` seconds
    /// if the system has timers and the call is not in C.
    ///
    /// # Errors
    ///
    /// When the worker is gone.
    pub(crate) fn attempt(
        &mut self,
        variant: &str,
        input: &[u8],
        limit: f64,
        watched: bool,
    ) -> Result<Attempted, Fault> {
        let form = self.entry.pair.form().name();
        self.request(&Request::Attempt {
            variant,
            input: Bytes::new(input),
            form,
            limit,
            watched,
        })
    }

    /// What a function of the pair's module returns for a value, both as JSON. For modules of the harness.
    ///
    /// # Errors
    ///
    /// What the function raises.
    pub(crate) fn consult<T: DeserializeOwned>(
        &mut self,
        function: &str,
        argument: &impl serde::Serialize,
    ) -> Result<T, Fault> {
        let argument = serde_json::to_string(argument).expect("plain values");
        let answer: String = self.request(&Request::Consult {
            function,
            argument: &argument,
        })?;
        serde_json::from_str(&answer).map_err(|error| Fault::Harness {
            message: format!("{function}() of the worker returned an unexpected value: {error}"),
        })
    }

    /// Makes it the server of a variant, for the rest of its life.
    pub(super) fn serve(&mut self, variant: &str, port: u16, settings: &str) -> Result<(), Fault> {
        self.send(&Request::Serve {
            variant,
            port,
            settings,
        })
    }

    /// Why its server has ended; `None` while it runs.
    pub(super) fn ended(&mut self) -> Option<Fault> {
        match self.child.try_wait() {
            Ok(Some(_)) => self.hear::<bool>().err(),
            _ => None,
        }
    }

    /// The identifier of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn request<T: DeserializeOwned>(&mut self, request: &Request<'_>) -> Result<T, Fault> {
        self.send(request)?;
        self.hear()
    }

    /// Sends a request without waiting for its reply.
    pub(super) fn send(&mut self, request: &Request<'_>) -> Result<(), Fault> {
        let pipe = self.requests.as_mut();
        let sent = pipe
            .ok_or(std::io::ErrorKind::BrokenPipe.into())
            .and_then(|pipe| wire::write_frame(pipe, &wire::encode(request)));
        sent.map_err(|error| self.gone(&error))
    }

    /// Waits for the reply to the request that was sent.
    pub(super) fn hear<T: DeserializeOwned>(&mut self) -> Result<T, Fault> {
        match wire::read_frame(&mut self.replies) {
            Ok(message) => wire::decode(&message),
            Err(error) => Err(self.gone(&error)),
        }
    }

    /// Where its replies arrive.
    #[cfg(target_os = "linux")]
    pub(super) fn pipe(&self) -> &std::io::PipeReader {
        &self.replies.get_ref().pipe
    }

    /// The pipe broke: the interpreter has ended, or is about to.
    fn gone(&mut self, error: &std::io::Error) -> Fault {
        self.requests = None;
        if error.kind() == std::io::ErrorKind::InvalidData {
            return Fault::Harness {
                message: format!(
                    "something else than the worker wrote to its pipe: {error}. Does the pair write to a file \
                     descriptor that it has not opened?"
                ),
            };
        }
        let deadline = Instant::now() + Duration::from_secs(2);
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return super::ending::ended_unexpectedly("the Python process", status, String::new());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Fault::Harness {
            message: format!("the pipe to the Python process broke: {error}"),
        }
    }
}

/// An error while importing is about the file; a process that died is not.
fn as_declaration(fault: Fault, python_side: &str) -> Fault {
    match fault {
        Fault::Exception {
            name,
            message,
            traceback,
        } => Fault::Declaration {
            message: format!("{python_side} does not load: {name}: {message}"),
            traceback,
        },
        other => other,
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        // End of input lets it close its pools; a worker that does not end by itself is killed.
        drop(self.requests.take());
        let deadline = Instant::now() + Duration::from_secs(2);
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Host for Worker<'_> {
    fn open(&mut self, variant: &str, size: u64, seed: u64) -> Result<Ready, Fault> {
        let input = input_pickle(self.entry, size, seed)?;
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

    fn time(&mut self, handle: Handle, calls: u64) -> Result<Timing, Fault> {
        let (wall, cpu): (u64, u64) = self.request(&Request::Time {
            handle: handle.0,
            calls,
        })?;
        Ok(Timing {
            wall: Duration::from_nanos(wall),
            cpu: Some(Duration::from_nanos(cpu)),
        })
    }

    fn close(&mut self, handle: Handle) -> Result<(), Fault> {
        self.request::<bool>(&Request::Close { handle: handle.0 })
            .map(|_| ())
    }
}

pub(crate) fn input_pickle(entry: &Entry, size: u64, seed: u64) -> Result<Vec<u8>, Fault> {
    super::rust::guarded(|| entry.pair.input_pickle(size, seed))?.map_err(|error| {
        match entry.pair.has_file() {
            true => Fault::Declaration {
                message: error.0,
                traceback: String::new(),
            },
            false => Fault::Answer { message: error.0 },
        }
    })
}

impl From<wire::Opened> for Ready {
    fn from(opened: wire::Opened) -> Self {
        Ready {
            handle: Handle(opened.handle),
            setup: Duration::from_nanos(opened.setup_ns),
        }
    }
}

impl From<wire::Called> for Answer {
    fn from(called: wire::Called) -> Self {
        Answer {
            output: called.output.into_vec(),
            input: called.input.into_vec(),
            took: Duration::from_nanos(called.ns),
        }
    }
}
