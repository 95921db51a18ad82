//! Pairs whose variants are servers, each in a process of its own, that one client asks.

#![cfg_attr(not(feature = "harness"), allow(dead_code))]

use super::encode::encode;
use serde::Serialize;
use std::any::Any;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// What the servers of a pair need, and how they are asked. A variant of the Python file is a function `serve_VARIANT` that gets
/// a port and the settings of [`settings`](Service::settings), listens at that port of the loopback interface, and never
/// returns; one of Rust is declared by [`PairBuilder::rust_server`](super::PairBuilder::rust_server).
pub trait Service: Send + Sync + 'static {
    /// What is asked.
    type Input: Serialize + 'static;
    /// What came back: the answers that all servers have to give.
    type Answer: Serialize;
    /// What one server has for itself, a database say. It is dropped after the server has ended.
    type Own: 'static;
    /// Connections to a server.
    type Client: 'static;

    /// Whether this machine has what the servers need; without it the pair is skipped.
    ///
    /// # Errors
    ///
    /// What is missing, and how to install it.
    fn available(&self) -> Result<(), String>;

    /// Makes what the next server has for itself.
    ///
    /// # Errors
    ///
    /// Why that is not possible, for people.
    fn prepare(&self) -> Result<Self::Own, String>;

    /// What the server is told of it: the address of its database, say.
    fn settings(&self, own: &Self::Own) -> String;

    /// Connects to the server at this port of the loopback interface, which takes connections already.
    ///
    /// # Errors
    ///
    /// Why that is not possible, for people.
    fn connect(&self, own: &Self::Own, port: u16, input: &Self::Input) -> Result<Self::Client, String>;

    /// How many requests it is to ask once.
    fn requests(&self, input: &Self::Input) -> u64;

    /// What [`load`](Service::load) is to be given apart when servers are put under load: requests of one kind, or all of them over
    /// another number of connections.
    fn parts(&self, input: &Self::Input) -> Vec<Part<Self::Input>> {
        let _ = input;
        Vec::new()
    }

    /// Sends these requests at this rate, in requests a second, for so long, whatever has been answered by then. Returns the seconds
    /// from the time at which each was to be sent to its answer.
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

    /// A process that works for the server besides its own, with all that this one has started: a database.
    fn beside(&self, own: &Self::Own) -> Option<u32> {
        let _ = own;
        None
    }

    /// Asks once, and looks at everything that comes back.
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

    /// Asks `calls` times and returns how long that took. It checks only that each request is answered as expected, since
    /// reading whole answers would be timed too.
    ///
    /// # Errors
    ///
    /// Which request failed, and how.
    fn load(&self, client: &mut Self::Client, input: &Self::Input, calls: u64) -> Result<Duration, String>;
}

/// A part of what servers are asked, or the same in another way.
#[derive(Debug, Clone)]
pub struct Part<I> {
    /// What it is called in reports.
    pub name: String,
    /// Over how many connections all of it is asked, where that is what makes it another part.
    pub connections: Option<u64>,
    /// The requests.
    pub input: I,
}

/// The main function of a server in Rust: gets a port and settings, as a Python variant does.
pub(crate) type Serve = fn(u16, &str) -> !;

/// Makes ready what a server needs.
pub(super) type Prepare = Box<dyn Fn(Box<dyn Any>) -> Result<Box<dyn Prepared>, String> + Send + Sync>;

/// The servers of a pair.
pub(super) struct Servers {
    pub available: Box<dyn Fn() -> Result<(), String> + Send + Sync>,
    pub prepare: Prepare,
    pub rust: Vec<(String, Serve)>,
}

/// What a server needs, and who will ask it. It has to be dropped after the server and its client.
pub(crate) trait Prepared {
    /// What the server is told.
    fn settings(&self) -> String;

    /// A process that works for the server besides its own.
    fn beside(&self) -> Option<u32>;

    /// Connects to the server at this port.
    fn connect(&self, port: u16) -> Result<Box<dyn Asks>, String>;
}

/// A client with its connections.
pub(crate) trait Asks {
    /// Asks once; returns pickles of the answer and of the input, and what it took.
    fn ask(&mut self) -> Result<(Vec<u8>, Vec<u8>, Duration), String>;

    /// Names and connections of what is asked apart.
    fn parts(&self) -> Vec<(String, Option<u64>)>;

    /// How many requests it is to ask all once, or this part.
    fn requests(&self, part: Option<usize>) -> u64;

    /// Latencies at a rate.
    fn paced(&mut self, rate: f64, time: Duration) -> Result<Vec<f64>, String>;

    /// Asks all or this part `calls` times; returns how long that took.
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
            available: Box::new(|| service.available()),
            prepare: Box::new(move |input| {
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
