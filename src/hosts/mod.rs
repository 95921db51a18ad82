//! What runs a variant: the Python worker, the embedded interpreter, and Rust itself, behind one small seam.

mod fault;

pub use fault::Fault;
