//! A launch: the process that is started, what it tells, what came of it, and who is to blame for a bad end.

pub(crate) mod blame;
pub(crate) mod events;
pub(crate) mod launches;
pub(crate) mod outcome;
pub(crate) mod process;
