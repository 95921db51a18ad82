//! How a pair declares that its variants are servers.

use super::builder::PairBuilder;
use super::case::Profile;
use super::pair::Place;
use super::service::{Serve, Servers, Service};
use super::variant::Variant;
use super::workload::USED;
use serde::Serialize;
use std::sync::Arc;

impl<I: Serialize + 'static> PairBuilder<I> {
    /// Makes every variant a server in its own process, to which one client in the bench process sends requests.
    ///
    /// `service` lives as long as the process. Variants are declared as for other pairs: Python's with
    /// [`python`](PairBuilder::python), Rust's with [`rust_server`](PairBuilder::rust_server).
    ///
    /// # Panics
    ///
    /// When the profile is not `service`.
    pub fn served<S: Service<Input = I>>(mut self, service: S) -> Self {
        assert!(
            self.pair.profile == Profile::Service,
            "a pair with .served(…) is of the profile service"
        );
        self.pair.servers = Some(Servers::of(service));
        self
    }

    /// Gives variants that are not servers a server for `--diagnose load`: `serve_python` of the Python file, and those
    /// of [`rust_server`](PairBuilder::rust_server) for Rust variants that are already declared.
    pub fn under_load<S: Service<Input = I>>(mut self, service: S) -> Self {
        self.pair.servers = Some(Servers::of(service));
        self
    }

    /// Declares a Rust variant of a [`served`](PairBuilder::served) pair by the main function of its server, which gets
    /// a port on the loopback interface and the settings, and never returns.
    ///
    /// # Panics
    ///
    /// When it follows neither [`served`](PairBuilder::served) nor [`under_load`](PairBuilder::under_load).
    #[track_caller]
    pub fn rust_server<O, F>(mut self, name: &str, serve: F) -> Self
    where
        F: Fn(u16, &str) -> O + Send + Sync + 'static,
    {
        let serve: Serve = match USED {
            true => Arc::new(move |port, settings| drop(serve(port, settings))),
            false => Arc::new(|_, _| unreachable!()),
        };
        let servers = self.pair.servers.as_mut();
        servers
            .expect("rust_server() follows served() or under_load()")
            .rust
            .push((name.into(), serve));
        if self.pair.variants.iter().any(|known| known.name == name) {
            return self;
        }
        self.pair.variants.push(Variant::rust(name));
        self.pair.places.push(Place {
            function: std::any::type_name::<I>(),
            line: std::panic::Location::caller().line(),
        });
        self
    }
}
