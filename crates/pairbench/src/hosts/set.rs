//! The hosts of one pair in one process.

use super::reference::Reference;
use super::rust::RustHost;
use super::served::Servers;
use super::worker::{Worker, WorkerSetup};
use super::{Contestant, Fault, Host, HostSet, Raised};
use crate::registry::{Entry, Side, Variant};
use std::path::Path;

/// The real hosts: a worker for each interpreter, which starts when it is first needed, Rust, the embedded interpreter, and
/// the reference.
pub struct Hosts<'a> {
    entry: &'a Entry,
    baseline: String,
    /// How the worker of each interpreter is started.
    setups: Vec<WorkerSetup<'a>>,
    workers: Vec<Option<Worker<'a>>>,
    watching: bool,
    rust: RustHost<'a>,
    servers: Option<Servers<'a>>,
    reference: Reference,
    #[cfg(feature = "embed")]
    embedded: Option<super::embedded::Embedded<'a>>,
    #[cfg_attr(
        not(feature = "embed"),
        expect(dead_code, reason = "nothing to register extension modules with")
    )]
    register: Option<fn()>,
}

impl<'a> Hosts<'a> {
    /// Hosts for this pair; `register` puts extension modules into the embedded interpreter before it starts.
    pub fn new(entry: &'a Entry, setup: WorkerSetup<'a>, register: Option<fn()>) -> Self {
        Self::of_all(entry, vec![setup], register)
    }

    /// Hosts for this pair with several interpreters, of which the first may be embedded.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub(crate) fn of_all(entry: &'a Entry, setups: Vec<WorkerSetup<'a>>, register: Option<fn()>) -> Self {
        assert!(!setups.is_empty(), "there is an interpreter");
        Hosts {
            entry,
            workers: setups.iter().map(|_| None).collect(),
            servers: entry.pair.has_servers().then(|| Servers::of(entry, &setups)),
            setups,
            watching: false,
            rust: RustHost::new(&entry.pair),
            baseline: Variant::BASELINE.into(),
            reference: Reference::default(),
            #[cfg(feature = "embed")]
            embedded: None,
            register,
        }
    }

    /// Uses another baseline than `python`: the one that the contestant `null` repeats.
    pub fn against(mut self, baseline: &str) -> Self {
        self.baseline = baseline.into();
        self
    }

    /// Uses workers that watch for deprecations.
    pub fn watching(mut self) -> Self {
        self.watching = true;
        self
    }

    /// How the worker of the first interpreter is started.
    pub fn setup(&self) -> WorkerSetup<'a> {
        self.setups[0]
    }

    /// The worker of the first interpreter, started if it is not running.
    ///
    /// # Errors
    ///
    /// Those of [`Worker::start`].
    pub fn worker(&mut self) -> Result<&mut Worker<'a>, Fault> {
        self.worker_of(0)
    }

    fn worker_of(&mut self, interpreter: usize) -> Result<&mut Worker<'a>, Fault> {
        let Some(place) = self.workers.get_mut(interpreter) else {
            let message = format!("there is no interpreter {interpreter} in this launch");
            return Err(Fault::Harness { message });
        };
        let worker = match place.take() {
            Some(worker) => worker,
            None if self.watching => Worker::start_watching(&self.setups[interpreter], self.entry)?,
            None => Worker::start(&self.setups[interpreter], self.entry)?,
        };
        Ok(place.insert(worker))
    }

    /// Another worker, beside the one of this set, that imports the extension module from this folder.
    ///
    /// # Errors
    ///
    /// Those of [`Worker::start`].
    pub(crate) fn worker_with(&self, extension_dir: &Path) -> Result<Worker<'a>, Fault> {
        let setup = WorkerSetup {
            extension_dir: Some(extension_dir),
            ..self.setup()
        };
        Worker::start(&setup, self.entry)
    }

    /// The servers of a pair that has some.
    pub(crate) fn servers(&mut self) -> Option<&mut Servers<'a>> {
        self.servers.as_mut()
    }

    /// Ends the worker of the first interpreter, if it is running.
    pub(crate) fn end_worker(&mut self) {
        self.workers[0] = None;
    }

    #[cfg(feature = "embed")]
    fn embedded(&mut self) -> Result<&mut dyn Host, Fault> {
        use super::embedded::{Embedded, initialize};
        let embedded = match self.embedded.take() {
            Some(embedded) => embedded,
            None => {
                initialize(self.setups[0].python, self.setups[0].hash_seed, self.register)?;
                match self.watching {
                    true => Embedded::load_watching(self.entry)?,
                    false => Embedded::load(self.entry)?,
                }
            }
        };
        Ok(self.embedded.insert(embedded))
    }

    #[cfg(not(feature = "embed"))]
    fn embedded(&mut self) -> Result<&mut dyn Host, Fault> {
        Err(Fault::Harness {
            message: "built without the embedded interpreter".into(),
        })
    }
}

impl HostSet for Hosts<'_> {
    fn for_contestant(&mut self, name: &str) -> Result<(&mut dyn Host, String), Fault> {
        let Contestant { variant, interpreter } = Contestant::of(name);
        let name = match variant {
            Variant::EMBEDDED => return Ok((self.embedded()?, Variant::BASELINE.to_string())),
            Variant::REFERENCE => return Ok((&mut self.reference, variant.to_string())),
            Variant::NULL => self.baseline.clone(),
            _ => variant.to_string(),
        };
        let variant = self
            .entry
            .pair
            .variants()
            .iter()
            .find(|variant| variant.name == name);
        match variant.map(|variant| variant.side) {
            Some(_) if self.entry.pair.is_served() => {
                let servers = self.servers.as_mut().expect("a pair that is served");
                let variant = &name;
                Ok((servers, Contestant { variant, interpreter }.to_string()))
            }
            Some(Side::Python) => Ok((self.worker_of(interpreter)?, name)),
            Some(Side::Rust) => Ok((&mut self.rust, name)),
            None => Err(Fault::Declaration {
                message: format!("{} has no variant {name:?}", self.entry.name),
                traceback: String::new(),
            }),
        }
    }

    fn discard_broken(&mut self, name: &str, fault: &Fault) {
        // After an ordinary exception a session is still usable; the next variant can use it.
        if matches!(
            fault,
            Fault::Died { .. } | Fault::Killed { .. } | Fault::Harness { .. }
        ) && let Some(worker) = self.workers.get_mut(Contestant::of(name).interpreter)
        {
            *worker = None;
        }
    }

    fn change_hashes(&mut self) -> Option<[u32; 2]> {
        let before = self.setups[0].hash_seed;
        // 0 would turn hash randomisation off, so that no hash would differ.
        let other = before.wrapping_add(1).max(1);
        self.workers.fill_with(|| None);
        for setup in &mut self.setups {
            setup.hash_seed = other;
        }
        if let Some(servers) = &mut self.servers {
            servers.change_hashes(other);
        }
        Some([before, other])
    }

    fn deprecations(&mut self, name: &str) -> Result<Vec<Raised>, Fault> {
        let worker = self.workers.get_mut(Contestant::of(name).interpreter);
        let worker = worker.and_then(Option::as_mut).filter(|_| self.watching);
        worker.map_or_else(|| Ok(Vec::new()), Worker::deprecations)
    }
}
