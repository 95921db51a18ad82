//! Any bytes from the worker's pipe: frames are told from noise, replies of every kind are read or refused, and nothing
//! overflows the stack or fills the memory.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pairbench::hosts::{frame, hear};

fuzz_target!(|bytes: &[u8]| {
    // As it comes, and in a frame: the head alone would keep a fuzzer busy for long.
    hear(bytes);
    hear(&frame(bytes));
});
