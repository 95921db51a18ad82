//! Times that do not grow as they should: only one case is measured, verification calls all.

use super::bench::run;
use pairbench::record::WarningKind;

#[test]
fn a_port_whose_time_does_not_grow_gets_no_verdict() {
    let ran = run("--quick --exact folded");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let found = record
        .warnings
        .iter()
        .find(|one| one.kind == WarningKind::TimeDoesNotGrow);
    let about = &found.expect("a warning").about[0];
    assert_eq!(
        (about.pair.as_str(), about.variant.as_deref()),
        ("folded", Some("rust"))
    );
    let words: Vec<&str> = ran.stdout.split_whitespace().collect();
    let shown = words.join(" ");
    assert!(
        shown.contains("inconclusive") && !shown.contains("port it"),
        "{shown}"
    );
    assert!(
        ran.file("pairs/folded.html")
            .contains("The time does not grow with the input")
    );
}

#[test]
fn a_ratio_that_changes_side_with_the_size_is_reported() {
    let ran = run("--quick --launches 3 --exact quadratic");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let record = ran.record();
    let found = record
        .warnings
        .iter()
        .find(|one| one.kind == WarningKind::RatioChangesSide);
    let found = found.unwrap_or_else(|| panic!("a warning among {:?}", record.warnings));
    assert!(found.figure.contains("at 10, about 0."), "{}", found.figure);
    assert!(found.figure.ends_with("at 8,000"), "{}", found.figure);
}
