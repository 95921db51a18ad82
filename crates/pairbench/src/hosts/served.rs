//! The host of variants that are servers: each is a process of its own for as long as it is set up.

use super::launcher::end_with_launch;
use super::worker::{Worker, WorkerSetup};
use super::{Answer, Contestant, Fault, Handle, Host, Ready, Timing, limits};
use crate::registry::{Asks, Entry, Prepared, Registry, Side, Variant};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The first argument of a process that becomes a server in Rust; the names of pair and variant and the port follow.
pub(crate) const SERVE: &str = "--serve-variant";

/// The variable with such a server's settings. Not an argument: others can read those, and it may hold a password.
const SETTINGS: &str = "PAIRBENCH_SERVER_SETTINGS";

/// How long a server may take until it listens.
const LISTENS_WITHIN: Duration = Duration::from_secs(30);

/// How long a server may take to end.
const ENDS_WITHIN: Duration = Duration::from_secs(2);

/// How many ports are tried if a server ends instead of listening: another process may have taken the port.
const PORTS: u32 = 2;

/// Starts servers of one pair and sends requests to them.
pub(crate) struct Servers<'a> {
    entry: &'a Entry,
    /// How Python is started, by interpreter.
    setups: Vec<WorkerSetup<'a>>,
    opened: BTreeMap<u64, Running<'a>>,
    /// The baseline's server between two comparisons: like a worker, it is one process for the whole launch.
    idle: Option<Running<'a>>,
    next: u64,
}

/// In the order in which they end: the client, the server, and what the server needs.
struct Running<'a> {
    name: String,
    size: u64,
    seed: u64,
    failed: bool,
    client: Box<dyn Asks>,
    server: Server<'a>,
    prepared: Box<dyn Prepared>,
}

enum Server<'a> {
    Python(Box<Worker<'a>>),
    Rust(Child),
}

impl<'a> Servers<'a> {
    pub(super) fn of(entry: &'a Entry, setups: &[WorkerSetup<'a>]) -> Self {
        Servers {
            entry,
            setups: setups.to_vec(),
            opened: BTreeMap::new(),
            idle: None,
            next: 0,
        }
    }

    /// Makes workers start with another hash seed.
    pub(super) fn change_hashes(&mut self, seed: u32) {
        for setup in &mut self.setups {
            setup.hash_seed = seed;
        }
    }

    fn start(&self, contestant: Contestant<'_>, port: u16, settings: &str) -> Result<Server<'a>, Fault> {
        let Contestant { variant, interpreter } = contestant;
        let known = self
            .entry
            .pair
            .variants()
            .iter()
            .find(|known| known.name == variant);
        match known.map(|known| known.side) {
            Some(Side::Python) => {
                let mut worker = Worker::start(&self.setups[interpreter], self.entry)?;
                worker.serve(variant, port, settings)?;
                Ok(Server::Python(Box::new(worker)))
            }
            Some(Side::Rust) => {
                let started = std::env::current_exe().and_then(|executable| {
                    let mut command = Command::new(executable);
                    command
                        .args([SERVE, self.entry.name, variant, &port.to_string()])
                        .env(SETTINGS, settings)
                        .stdin(Stdio::null());
                    end_with_launch(&mut command);
                    command.spawn()
                });
                started.map(Server::Rust).map_err(|error| Fault::Harness {
                    message: format!("the server does not start: {error}"),
                })
            }
            None => Err(Fault::Declaration {
                message: format!("{} has no variant {variant:?}", self.entry.name),
                traceback: String::new(),
            }),
        }
    }

    /// Starts a server; returns it once it listens, and its port.
    fn listening(&self, contestant: Contestant<'_>, settings: &str) -> Result<(Server<'a>, u16), Fault> {
        let mut tries = 0;
        loop {
            tries += 1;
            let port = free_port()?;
            let mut server = self.start(contestant, port, settings)?;
            let end = Instant::now() + LISTENS_WITHIN;
            let ended = loop {
                if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                    return Ok((server, port));
                }
                if let Some(fault) = server.ended() {
                    break fault;
                }
                if Instant::now() > end {
                    let message = format!("the server does not listen after {} s", LISTENS_WITHIN.as_secs());
                    return Err(Fault::Server { message });
                }
                std::thread::sleep(Duration::from_millis(5));
            };
            if tries == PORTS {
                return Err(ended);
            }
        }
    }

    /// Names of the parts that can be put under load separately, and their connections if these define the part.
    pub(crate) fn parts(&mut self, handle: Handle) -> Vec<(String, Option<u64>)> {
        self.running(handle).client.parts()
    }

    /// How many requests a call makes, or a call of this part.
    pub(crate) fn requests(&mut self, handle: Handle, part: Option<usize>) -> u64 {
        self.running(handle).client.requests(part)
    }

    /// How long `calls` calls take, or that many calls of this part.
    ///
    /// # Errors
    ///
    /// The request that failed.
    pub(crate) fn load(
        &mut self,
        handle: Handle,
        part: Option<usize>,
        calls: u64,
    ) -> Result<Duration, Fault> {
        let running = self.running(handle);
        match super::rust::guarded(|| running.client.load(part, calls))? {
            Ok(wall) => Ok(wall),
            Err(message) => Err(running.fault(message)),
        }
    }

    /// Seconds from the scheduled time of each request to its answer, at this rate for this long.
    ///
    /// # Errors
    ///
    /// The request that failed.
    pub(crate) fn paced(&mut self, handle: Handle, rate: f64, time: Duration) -> Result<Vec<f64>, Fault> {
        let running = self.running(handle);
        super::rust::guarded(|| running.client.paced(rate, time))?.map_err(|message| running.fault(message))
    }

    /// The process of a server.
    pub(crate) fn process(&mut self, handle: Handle) -> u32 {
        self.running(handle).server.process()
    }

    /// CPU time so far of the server, of what works for it, and of this process. `None` if the system reports none.
    pub(crate) fn cpu(&mut self, handle: Handle) -> [Option<Duration>; 3] {
        let running = self.running(handle);
        let server = limits::cpu_of(running.server.process());
        let beside = running.prepared.beside();
        let beside = beside.map_or(Some(Duration::ZERO), limits::cpu_of);
        [server, beside, super::own_cpu()]
    }

    /// Peak memory of the server, in bytes. `None` if the system does not report it.
    pub(crate) fn memory(&mut self, handle: Handle) -> Option<u64> {
        limits::resident_peak_of(self.running(handle).server.process()).map(|bytes| bytes.0)
    }

    /// Ends a server, even the baseline's.
    pub(crate) fn end(&mut self, handle: Handle) {
        self.opened.remove(&handle.0);
    }

    fn running(&mut self, handle: Handle) -> &mut Running<'a> {
        self.opened.get_mut(&handle.0).expect("a handle of this host")
    }
}

fn free_port() -> Result<u16, Fault> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address
        .map(|address| address.port())
        .map_err(|error| Fault::Harness {
            message: format!("the loopback interface has no free port: {error}"),
        })
}

impl Host for Servers<'_> {
    fn open(&mut self, variant: &str, size: u64, seed: u64) -> Result<Ready, Fault> {
        let failed = |message: String| Fault::Server { message };
        let start = Instant::now();
        self.next += 1;
        if let Some(idle) = self
            .idle
            .take_if(|idle| (idle.name.as_str(), idle.size, idle.seed) == (variant, size, seed))
        {
            self.opened.insert(self.next, idle);
            return Ok(Ready {
                handle: Handle(self.next),
                setup: start.elapsed(),
            });
        }
        let prepared = super::rust::guarded(|| self.entry.pair.prepare_server(size, seed))?;
        let prepared = prepared.expect("a pair that is served").map_err(failed)?;
        let (server, port) = self.listening(Contestant::of(variant), &prepared.settings())?;
        let client = super::rust::guarded(|| prepared.connect(port))?.map_err(failed)?;
        self.opened.insert(
            self.next,
            Running {
                name: variant.into(),
                size,
                seed,
                failed: false,
                client,
                server,
                prepared,
            },
        );
        Ok(Ready {
            handle: Handle(self.next),
            setup: start.elapsed(),
        })
    }

    fn settle(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    fn call(&mut self, handle: Handle) -> Result<Answer, Fault> {
        let running = self.running(handle);
        match super::rust::guarded(|| running.client.ask())? {
            Ok((output, input, took)) => Ok(Answer { output, input, took }),
            Err(message) => Err(running.fault(message)),
        }
    }

    fn time(&mut self, handle: Handle, calls: u64) -> Result<Timing, Fault> {
        let wall = self.load(handle, None, calls)?;
        Ok(Timing { wall, cpu: None })
    }

    fn close(&mut self, handle: Handle) -> Result<(), Fault> {
        let closed = self.opened.remove(&handle.0);
        let is_baseline = |one: &Running<'_>| Contestant::of(&one.name).variant == Variant::BASELINE;
        self.idle = closed
            .filter(|one| is_baseline(one) && !one.failed)
            .or(self.idle.take());
        Ok(())
    }
}

impl Running<'_> {
    /// What failed: if the server has ended, that is the cause of whatever its client reports.
    fn fault(&mut self, message: String) -> Fault {
        self.failed = true;
        // The server may be about to end.
        std::thread::sleep(Duration::from_millis(20));
        self.server.ended().unwrap_or(Fault::Server { message })
    }
}

impl Server<'_> {
    /// How it ended, if it has.
    fn ended(&mut self) -> Option<Fault> {
        match self {
            Server::Python(worker) => worker.ended(),
            Server::Rust(child) => match child.try_wait() {
                Ok(Some(status)) => Some(super::ending::ended_unexpectedly(
                    "the server",
                    status,
                    String::new(),
                )),
                _ => None,
            },
        }
    }

    fn process(&self) -> u32 {
        match self {
            Server::Python(worker) => worker.process(),
            Server::Rust(child) => child.id(),
        }
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        if self.ended().is_some() {
            return;
        }
        ask_to_end(self.process());
        let end = Instant::now() + ENDS_WITHIN;
        while self.ended().is_none() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(2));
        }
        let Server::Rust(child) = self else {
            // Dropping the worker ends its process.
            return;
        };
        let _ = child.kill();
        let _ = child.wait();
    }
}

#[cfg(unix)]
fn ask_to_end(process: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(process) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        let _ = kill_process(process, Signal::TERM);
    }
}

#[cfg(not(unix))]
fn ask_to_end(_process: u32) {}

/// The main function of a process that is a server in Rust.
pub(crate) fn main(registry: &Registry, arguments: &[OsString]) -> ExitCode {
    let arguments: Vec<_> = arguments
        .iter()
        .filter_map(|argument| argument.to_str())
        .collect();
    let [pair, variant, port] = arguments[..] else {
        return ExitCode::FAILURE;
    };
    let serve = registry
        .get(pair)
        .and_then(|entry| entry.pair.rust_server(variant));
    let (Some(serve), Ok(port)) = (serve, port.parse()) else {
        return ExitCode::FAILURE;
    };
    serve(port, &std::env::var(SETTINGS).unwrap_or_default());
    // A server that ends has failed.
    ExitCode::FAILURE
}
