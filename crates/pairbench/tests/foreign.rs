//! The report of somebody else's project: it is about that project, and mentions nothing that only the catalogue has.
#![cfg(feature = "harness")]
#![allow(missing_docs)]

mod report_data;

use pairbench::compare::{History, Named, changes};
use pairbench::hosts::Fault;
use pairbench::record::{Project, Record, VariantState, VerifyFailure, WarningKind};
use pairbench::report::Report;
use report_data::Extent;
use report_data::catalogue::catalogue;
use report_data::pages::{pages, rendered, text_of};
use std::sync::OnceLock;

const SMALL: Extent = Extent {
    launches: 6,
    sample_pairs: 4,
    all_sizes: false,
};

/// Words that apply to the catalogue alone, in lower case.
fn catalogue_words() -> impl Iterator<Item = &'static str> {
    include_str!("data/catalogue-words.txt").lines()
}

/// Every pair of the made-up catalogue as pairs of a project called shop; two of them fail in every possible way.
fn shop(revision: &str) -> Record {
    let mut record = catalogue(SMALL);
    record.project = Some(Project {
        name: "shop".into(),
        catalogue: false,
    });
    record.build.revision = Some(revision.into());
    if let Some(build) = &mut record.diagnoses.build {
        build.package = "shop".into();
    }
    for pair in &mut record.pairs {
        pair.sources.rust_path = "src/lib.rs".into();
        pair.sources.python_path = "shop/pricing.py".into();
    }
    let faults: Vec<Fault> = serde_json::from_str(include_str!("data/faults.json")).expect("faults");
    let [first, second, ..] = record.pairs.as_mut_slice() else {
        panic!("two pairs")
    };
    first.verification.passed = false;
    for fault in faults {
        second.variants[1].state = VariantState::Failed { fault: fault.clone() };
        first.verification.failures.push(VerifyFailure {
            variant: "rust".into(),
            size: None,
            fault,
        });
    }
    record
}

/// Two runs of the project, compared, with the history of both.
fn compared() -> &'static [(String, String)] {
    static PAGES: OnceLock<Vec<(String, String)>> = OnceLock::new();
    PAGES.get_or_init(render_compared)
}

fn render_compared() -> Vec<(String, String)> {
    let (earlier, mut later) = (shop("v1.1"), shop("v1.2-3-gabc1234"));
    later.id = "20260315T080000Z-late".into();
    later.started = "2026-03-15T08:00:00Z".into();
    later.pairs[2].sources.python.push('\n');
    let records = [earlier, later];
    let all = pairbench::analyse::analyses(&records, &pairbench::analyse::read(&records));
    let named = |analyses| Named { analyses, name: None };
    let report = Report {
        records: &records[1..],
        analyses: &all[1..],
        changes: changes(named(&all[..1]), named(&all[1..]), None),
        history: History::of(&all),
    };
    let folder = tempfile::tempdir().unwrap();
    report.write(folder.path()).unwrap();
    pages(folder.path())
}

fn page<'a>(pages: &'a [(String, String)], name: &str) -> &'a str {
    let (_, html) = pages.iter().find(|(known, _)| known == name).expect(name);
    html
}

#[test]
fn no_page_has_words_of_the_catalogue() {
    for (name, html) in compared() {
        let text = text_of(html).to_lowercase();
        for word in catalogue_words() {
            let line = text.lines().find(|line| line.contains(word));
            assert_eq!(line, None, "{name} has {word:?}");
        }
    }
}

#[test]
fn every_page_names_the_project() {
    let pages = compared();
    let title = |name| {
        let html = page(pages, name);
        html.split("<title>")
            .nth(1)
            .unwrap()
            .split("</title>")
            .next()
            .unwrap()
    };
    assert_eq!(title("index.html"), "shop: Python beside Rust");
    assert_eq!(title("pairs/checksum.html"), "checksum: shop");
    assert_eq!(title("compare.html"), "Compared with a baseline run: shop");
    for (name, html) in pages {
        let brand = html.split("class=\"brand\"").nth(1).unwrap();
        assert!(brand.split('>').nth(1).unwrap().starts_with("shop<"), "{name}");
    }
    let index = text_of(page(pages, "index.html"));
    assert!(
        index.contains("pairs of shop at v1.2-3-gabc1234: each"),
        "{index}"
    );
    let comparison = text_of(page(pages, "compare.html"));
    assert!(
        comparison.contains("shop at v1.2-3-gabc1234 against shop at v1.1."),
        "{comparison}"
    );
    let pair = text_of(page(pages, "pairs/compression.html"));
    let history = &pair[pair.find("History over 2 runs").unwrap()..];
    assert!(
        history.contains("2026-03-14 09:15 | v1.1") && history.contains("| v1.2-3-gabc1234"),
        "{history}"
    );
}

/// Old records do not name their project, and belong to the catalogue.
#[test]
fn only_the_catalogue_tests_the_argument() {
    let has_claims = |records: &[Record]| rendered(records)[0].1.contains("id=\"claims\"");
    assert!(has_claims(&[catalogue(SMALL)]));
    assert!(!has_claims(&[shop("v1.1")]));
    let mut both = [catalogue(SMALL), shop("v1.1")];
    both[1].pairs[0].name = "slug".into();
    assert!(!has_claims(&both));
}

/// Two projects may have a pair of the same name; its history is that of one project.
#[test]
fn the_history_is_that_of_the_project() {
    let mut other = shop("v1.1");
    other.id = "20260315T080000Z-late".into();
    other.project.as_mut().unwrap().name = "stock".into();
    let pages = rendered(&[shop("v1.1"), other]);
    assert!(!page(&pages, "pairs/compression.html").contains("id=\"history\""));
    let index = text_of(page(&pages, "index.html"));
    assert!(index.contains("shop, stock"), "{index}");
}

#[test]
fn links_lead_to_the_documents_of_pairbench() {
    let documents = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/");
    for (name, html) in compared() {
        let links: Vec<&str> = html
            .split("class=\"explained\" href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert!(
            links.len() > 1 && links.iter().all(|link| link.starts_with(documents)),
            "{name}: {links:?}"
        );
    }
}

#[test]
fn no_warning_has_words_of_the_catalogue() {
    for kind in WarningKind::ALL {
        let text = format!("{}: {}", kind.text(), kind.remedy()).to_lowercase();
        assert!(!catalogue_words().any(|word| text.contains(word)), "{text}");
    }
}
