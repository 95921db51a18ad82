//! Diagnosers with pairs that print, and in runs without an extension module.

use super::bench::{Bench, SHORT};
use pairbench::diagnose::Diagnoser;

#[test]
fn starts_are_timed_whatever_the_pair_prints() {
    let ran = Bench::new(&format!("{SHORT} ^prints$ --diagnose startup,boundary")).run();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let found = &record.pairs[0].diagnoses;
    assert_eq!(found.failures, [], "{}", ran.stderr);
    let times = found.start_up.as_ref().expect("starts");
    for values in [
        &times.interpreter,
        &times.import,
        &times.python_first_call,
        &times.process,
        &times.rust_first_call,
    ] {
        assert_eq!(values.len(), times.interpreter.len());
        assert!(
            values.len() >= 6 && values.iter().all(|seconds| *seconds > 0.0),
            "{times:?}"
        );
    }
    // There is no extension module to call into, which is not a failure.
    assert_eq!(record.diagnoses.failures, []);
    let skipped: Vec<Diagnoser> = record.diagnoses.skipped.iter().map(|one| one.diagnoser).collect();
    assert_eq!(skipped, [Diagnoser::Boundary]);
    let page = ran.file("pairs/prints.html");
    assert!(page.contains("What comes before the first answer"), "{page}");
    assert!(
        ran.file("index.html")
            .contains("no variant that was chosen needs the extension module")
    );
    ran.left_nothing();
}
