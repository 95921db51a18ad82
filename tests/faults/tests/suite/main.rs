//! How the harness handles pairs that fail, and wrong arguments, interpreters and folders.
#![allow(missing_docs)]

mod bench;
mod command_line;
mod declared;
mod deprecations;
mod diagnose;
mod dig;
mod disk;
mod environment;
mod faults;
mod interpreters;
mod interrupt;
mod killed;
mod limits;
mod memory;
mod more_faults;
mod orphans;
mod resume;
#[cfg(unix)]
mod servers;
mod several;
mod shards;
mod sides;
mod sizes;
mod then;
mod twice;
mod values;
