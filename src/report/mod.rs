//! From records to static HTML. Nothing here reads anything but records.

#[cfg(test)]
mod fixture;
pub mod summary;
