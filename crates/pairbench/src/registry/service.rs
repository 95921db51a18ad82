//! Pairs whose variants are servers, each in its own process, to which one client sends requests.

#![cfg_attr(not(feature = "harness"), allow(dead_code))]

use super::encode::encode;
use super::workload::USED;
use serde::Serialize;
use std::any::Any;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the servers of a pair need, and how requests are sent to them. A Python variant is a function `serve_VARIANT`
/// that gets a port and the [`settings`](Service::settings), listens on that port of the loopback interface, and never
/// returns; a Rust variant is declared with [`PairBuilder::rust_server`](super::PairBuilder::rust_server).
pub trait Service: Send + Sync + 'static {
    /// The requests to send.
    type Input: Serialize + 'static;
    /// The responses, which must be the same for all servers.
    type Answer: Serialize;
    /// What each server has for itself, such as a database. It is dropped after the server has ended.
    type Own: 'static;
    /// Connections to a server.
    type Client: 'static;

    /// Checks that this machine has what the servers need; otherwise the pair is skipped.
    ///
    /// # Errors
    ///
    /// What is missing, and how to install it.
    fn available(&self) -> Result<(), String>;

    /// Creates what the next server has for itself.
    ///
    /// # Errors
    ///
    /// Why that failed, as a text for users.
    fn prepare(&self) -> Result<Self::Own, String>;

    /// The settings that are passed to the server, such as the address of its database.
    fn settings(&self, own: &Self::Own) -> String;

    /// Connects to the server on this port of the loopback interface. The server already accepts connections.
    ///
    /// # Errors
    ///
    /// Why that failed, as a text for users.
    fn connect(&self, own: &Self::Own, port: u16, input: &Self::Input) -> Result<Self::Client, String>;

    /// How many requests one [`ask`](Service::ask) sends.
    fn requests(&self, input: &Self::Input) -> u64;

    /// The parts to give to [`load`](Service::load) separately when servers are put under load: requests of one kind,
    /// or all requests over another number of connections.
    fn parts(&self, input: &Self::Input) -> Vec<Part<Self::Input>> {
        let _ = input;
        Vec::new()
    }

    /// Sends these requests at this rate, in requests per second, for this long, without waiting for answers. Returns
    /// the seconds from the scheduled time of each request to its answer.
    ///
    /// # Errors
    ///
    /// Which request failed, and how.
    fn paced(
        &self,
        client: &mut Self::Client,
        input: &Self::Input,
        rate: f64,
        time: Duration,
    ) -> Result<Vec<f64>, String>;

    /// The ID of another process that works for the server, such as a database. Processes that it started are included.
    fn beside(&self, own: &Self::Own) -> Option<u32> {
        let _ = own;
        None
    }

    /// Sends the requests once and examines everything that comes back.
    ///
    /// # Errors
    ///
    /// Which request failed, and how.
    fn ask(
        &self,
        own: &Self::Own,
        client: &mut Self::Client,
        input: &Self::Input,
    ) -> Result<Self::Answer, String>;

    /// Sends the requests `calls` times and returns how long that took. It checks only that each is answered as
    /// expected, because reading whole answers would be timed too.
    ///
    /// # Errors
    ///
    /// Which request failed, and how.
    fn load(&self, client: &mut Self::Client, input: &Self::Input, calls: u64) -> Result<Duration, String>;
}

/// A part of the requests, or the same requests sent in another way.
#[derive(Debug, Clone)]
pub struct Part<I> {
    /// Its name in reports.
    pub name: String,
    /// The number of connections for all of its requests, if that is what distinguishes this part.
    pub connections: Option<u64>,
    /// The requests.
    pub input: I,
}

/// The main function of a Rust server: it gets a port and settings, as a Python variant does.
pub(crate) type Serve = Arc<dyn Fn(u16, &str) + Send + Sync>;

/// Prepares what a server needs.
pub(super) type Prepare = Box<dyn Fn(Box<dyn Any>) -> Result<Box<dyn Prepared>, String> + Send + Sync>;

/// The servers of a pair.
pub(super) struct Servers {
    pub available: Box<dyn Fn() -> Result<(), String> + Send + Sync>,
    pub prepare: Prepare,
    pub rust: Vec<(String, Serve)>,
}

/// What a server needs, and how to connect a client to it. It must be dropped after the server and its client.
pub(crate) trait Prepared {
    /// The settings that are passed to the server.
    fn settings(&self) -> String;

    /// Another process that works for the server.
    fn beside(&self) -> Option<u32>;

    /// Connects to the server on this port.
    fn connect(&self, port: u16) -> Result<Box<dyn Asks>, String>;
}

/// A client with its connections.
pub(crate) trait Asks {
    /// Sends the requests once; returns pickles of the answer and of the input, and how long it took.
    fn ask(&mut self) -> Result<(Vec<u8>, Vec<u8>, Duration), String>;

    /// Names and connections of the parts.
    fn parts(&self) -> Vec<(String, Option<u64>)>;

    /// How many requests one call sends: all of them, or those of this part.
    fn requests(&self, part: Option<usize>) -> u64;

    /// Latencies at a given rate.
    fn paced(&mut self, rate: f64, time: Duration) -> Result<Vec<f64>, String>;

    /// Sends all requests, or those of this part, `calls` times; returns how long that took.
    fn load(&mut self, part: Option<usize>, calls: u64) -> Result<Duration, String>;
}

/// What a server and its client share.
struct Shared<S: Service> {
    service: &'static S,
    own: S::Own,
    input: S::Input,
    parts: Vec<Part<S::Input>>,
}

impl<S: Service> Shared<S> {
    fn input(&self, part: Option<usize>) -> &S::Input {
        part.map_or(&self.input, |at| &self.parts[at].input)
    }
}

struct Client<S: Service> {
    shared: Rc<Shared<S>>,
    client: S::Client,
}

impl<S: Service> Prepared for Rc<Shared<S>> {
    fn settings(&self) -> String {
        self.service.settings(&self.own)
    }

    fn beside(&self) -> Option<u32> {
        self.service.beside(&self.own)
    }

    fn connect(&self, port: u16) -> Result<Box<dyn Asks>, String> {
        let client = self.service.connect(&self.own, port, &self.input)?;
        let shared = self.clone();
        Ok(Box::new(Client { shared, client }))
    }
}

impl<S: Service> Asks for Client<S> {
    fn ask(&mut self) -> Result<(Vec<u8>, Vec<u8>, Duration), String> {
        let Shared {
            service, own, input, ..
        } = &*self.shared;
        let start = Instant::now();
        let answer = service.ask(own, &mut self.client, input)?;
        let took = start.elapsed();
        let pickles = encode(&answer).and_then(|answer| Ok((answer, encode(input)?)));
        let (answer, input) = pickles.map_err(|error| error.0)?;
        Ok((answer, input, took))
    }

    fn parts(&self) -> Vec<(String, Option<u64>)> {
        let parts = self.shared.parts.iter();
        parts.map(|part| (part.name.clone(), part.connections)).collect()
    }

    fn requests(&self, part: Option<usize>) -> u64 {
        self.shared.service.requests(self.shared.input(part))
    }

    fn paced(&mut self, rate: f64, time: Duration) -> Result<Vec<f64>, String> {
        let Shared { service, input, .. } = &*self.shared;
        service.paced(&mut self.client, input, rate, time)
    }

    fn load(&mut self, part: Option<usize>, calls: u64) -> Result<Duration, String> {
        let Client { shared, client } = self;
        shared.service.load(client, shared.input(part), calls)
    }
}

impl Servers {
    /// Servers of this service, which lives as long as the process.
    pub fn of<S: Service>(service: S) -> Self {
        let service: &'static S = Box::leak(Box::new(service));
        Servers {
            available: Box::new(|| match USED {
                true => service.available(),
                false => unreachable!(),
            }),
            prepare: Box::new(move |input| {
                if !USED {
                    unreachable!();
                }
                let input = *input.downcast::<S::Input>().expect("the pair's own input type");
                let own = service.prepare()?;
                let parts = service.parts(&input);
                Ok(Box::new(Rc::new(Shared {
                    service,
                    own,
                    input,
                    parts,
                })))
            }),
            rust: Vec::new(),
        }
    }
}

impl fmt::Debug for Servers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Servers").finish_non_exhaustive()
    }
}
