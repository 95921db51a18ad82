//! A launch: the process that is started, its events, its outcome, and who is to blame for a bad end.

pub(crate) mod blame;
pub(crate) mod events;
pub(crate) mod launches;
pub(crate) mod outcome;
pub(crate) mod pool;
pub(crate) mod process;
