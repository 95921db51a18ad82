//! What a record says: [`summary`] turns samples into figures. Nothing here reads anything but records.

pub mod floors;
pub mod summary;
