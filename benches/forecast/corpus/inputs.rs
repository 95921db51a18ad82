//! `cargo run -p pairbench-corpus --example inputs -- FOLDER [SEED]`: the input of each pair's middle case, `PAIR.pickle`, for
//! forecasts of pairs that have no port. From the folder `pairs`, with `python(**data)` where the input has several fields:
//!
//! ```text
//! pairbench forecast --json -s "import pickle, access_log; data = pickle.load(open('FOLDER/access_log.pickle', 'rb'))" \
//!     'access_log.python(data)'
//! ```
#![allow(missing_docs, reason = "an executable")]

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder to write the inputs into")?;
    let seed = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    std::fs::create_dir_all(&folder)?;
    for entry in pairbench_corpus::registry().entries() {
        let cases = entry.pair.cases();
        let pickle = entry.pair.input_pickle(cases[cases.len() / 2].size, seed)?;
        std::fs::write(Path::new(&folder).join(format!("{}.pickle", entry.name)), pickle)?;
    }
    Ok(())
}
