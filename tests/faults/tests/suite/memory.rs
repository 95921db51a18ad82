//! The memory diagnoser on a crate that has no counting build.

use super::bench::measure;
use pairbench::record::WarningKind;

#[test]
fn without_a_counting_build_the_rest_is_measured_and_the_reason_shown() {
    let ran = measure("honest --exact --diagnose memory");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("allocations are not counted: the package pairbench-faults"),
        "{}",
        ran.stderr
    );
    let record = ran.record();
    let pair = &record.pairs[0];
    assert_eq!(pair.diagnoses.failures, []);
    for variant in &pair.variants {
        let memory = pair
            .diagnoses
            .memory_of(&variant.name)
            .expect("a finding for each variant");
        assert_eq!(memory.counts, None);
        assert!(
            memory
                .uncounted
                .as_ref()
                .is_some_and(|reason| reason.contains("no feature"))
        );
        if cfg!(target_os = "linux") {
            let resident = memory.resident.expect("Linux tells");
            assert!(0 < resident.before && resident.before <= resident.peak);
        }
    }
    assert!(
        record
            .warnings
            .iter()
            .any(|warning| warning.kind == WarningKind::NotCounted)
    );
    assert!(
        ran.file("pairs/honest.html")
            .contains("The allocations of python, rust were not counted")
    );
    ran.left_nothing();
}
