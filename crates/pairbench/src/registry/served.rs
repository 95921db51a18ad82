//! How a pair declares that its variants are servers.

use super::builder::PairBuilder;
use super::pair::Place;
use super::service::{Servers, Service};
use super::variant::Variant;
use serde::Serialize;

impl<I: Serialize + 'static> PairBuilder<I> {
    /// Makes every variant a server in a process of its own, which one client in the bench process asks.
    ///
    /// `service` lives as long as the process. Variants are as for other pairs: those of the Python file by
    /// [`python`](PairBuilder::python), those of Rust by [`rust_server`](PairBuilder::rust_server).
    pub fn served<S: Service<Input = I>>(mut self, service: S) -> Self {
        self.pair.servers = Some(Servers::of(service));
        self
    }

    /// A Rust variant of a pair that is [`served`](PairBuilder::served): the main function of its server, which gets a port of
    /// the loopback interface and the settings, and does not return.
    ///
    /// # Panics
    ///
    /// When it does not follow [`served`](PairBuilder::served).
    #[track_caller]
    pub fn rust_server(mut self, name: &str, serve: fn(u16, &str) -> !) -> Self {
        let servers = self.pair.servers.as_mut();
        servers
            .expect("rust_server() follows served()")
            .rust
            .push((name.into(), serve));
        self.pair.variants.push(Variant::rust(name));
        self.pair.places.push(Place {
            function: std::any::type_name::<I>(),
            line: std::panic::Location::caller().line(),
        });
        self
    }
}
