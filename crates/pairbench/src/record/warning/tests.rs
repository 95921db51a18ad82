//! The kinds of warnings and their page.

use super::*;
use crate::documents;
use std::collections::HashSet;

/// `docs/warnings.md`.
fn page() -> String {
    let mut page = "# What do the warnings mean?\n\n\
        When a run ends, analysers examine its record. What they find has a kind, a figure and a remedy. *Warnings* cast doubt\n\
        on the numbers; *notes* are about what is missing or may be useful. The terminal shows the first warnings, the\n\
        report's first page all of both, and a pair's page those that concern it. Records contain them (`warnings`) for other\n\
        programs; the report computes them again, so old records have them too.\n\n\
        A warning that is always there is not read. So each has a threshold, and where chance could raise it, the threshold is\n\
        such that it rarely does: a run checks every condition on some twenty ratios.\n\n\
        This page is made from the kinds in the code. `UPDATE_DOCS=1 cargo test -p pairbench --lib warnings_page` writes it again.\n"
        .to_string();
    for (title, severity) in [("Warnings", Severity::Warning), ("Notes", Severity::Note)] {
        page.push_str(&format!(
            "\n## {title}\n\n| kind | what it reads | raised when | what to do |\n|---|---|---|---|\n"
        ));
        for kind in WarningKind::ALL.iter().filter(|kind| kind.severity() == severity) {
            let when: Vec<&str> = kind.raised_when().iter().map(|line| line.trim()).collect();
            let (slug, text, when, remedy) = (kind.slug(), kind.text(), when.join(" "), kind.remedy());
            page.push_str(&format!("| `{slug}` | {text} | {when} | {remedy} |\n"));
        }
    }
    page
}

#[test]
fn the_warnings_page_is_that_of_these_kinds() {
    let file = documents::path("warnings.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, page()).unwrap();
    }
    assert!(
        std::fs::read_to_string(&file).is_ok_and(|text| text == page()),
        "docs/warnings.md differs from the kinds: UPDATE_DOCS=1 cargo test -p pairbench --lib warnings_page writes it again"
    );
}

#[test]
fn warnings_come_before_notes_and_slugs_are_unique() {
    assert!(WarningKind::ALL.is_sorted_by_key(|kind| kind.severity()));
    let slugs: HashSet<String> = WarningKind::ALL.iter().map(|kind| kind.slug()).collect();
    assert_eq!(slugs.len(), WarningKind::ALL.len());
    assert_eq!(WarningKind::FewLaunches.slug(), "few_launches");
}

#[test]
fn a_kind_of_a_newer_version_does_not_spoil_the_record() {
    let text = r#"{"kind":"solar_flare","severity":"warning","about":[{"pair":"a"}],"figure":"X9","text":"t","remedy":"wait"}"#;
    let warning: Warning = serde_json::from_str(text).unwrap();
    assert_eq!(
        (warning.kind, warning.figure.as_str()),
        (WarningKind::Unknown, "X9")
    );
}

#[test]
fn a_subject_is_named_as_a_filter_would() {
    let subject = Subject {
        pair: "trees".into(),
        variant: Some("rust".into()),
        size: Some(40),
    };
    assert_eq!(subject.to_string(), "trees/rust at 40");
    assert_eq!(Subject::pair("trees").to_string(), "trees");
}
