//! What the tools print.

use serde::Deserialize;
use std::collections::BTreeSet;

/// The end of what was printed; it has the reason.
pub fn tail(text: &str) -> String {
    const MOST: usize = 2500;
    let text = text.trim();
    let mut from = text.len().saturating_sub(MOST);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text[from..].into()
}

/// What pytest or the test harness of Rust printed about tests that were lost.
pub fn lost_text(text: &str, lost: &[String]) -> String {
    let about = |line: &&str| {
        let failed = line.starts_with("FAILED ") || line.starts_with("ERROR ");
        let file = line.split([' ', ':']).nth(1).unwrap_or_default();
        failed && lost.iter().any(|one| one.starts_with(file))
    };
    let lines: Vec<&str> = text.lines().filter(about).take(20).collect();
    let all = if lines.is_empty() {
        tail(text)
    } else {
        lines.join("\n")
    };
    all.chars().take(2500).collect()
}

/// The tests that passed, from pytest's summary.
pub fn pytest_passed(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter_map(|line| line.strip_prefix("PASSED "))
        .map(str::to_string)
        .collect()
}

/// The version of a package in a lock file; the highest comes last.
pub fn locked(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut found = None;
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        if line == name {
            let version = lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?;
            found = Some(version.to_string());
        }
    }
    found
}

/// The newest version that was published before this time and not withdrawn since, from what cargo keeps of the index of a
/// crate: a JSON object for each version, between zeros.
pub fn newest(index: &str, before: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Entry {
        vers: String,
        yanked: bool,
        pubtime: Option<String>,
    }
    let entries = index
        .split('\0')
        .filter_map(|text| serde_json::from_str::<Entry>(text).ok());
    let released =
        entries.filter(|one| !one.yanked && one.pubtime.as_deref().is_none_or(|time| time < before));
    // A version that is not three numbers is none of a release.
    let number = |version: &str| {
        let parts = version.split('+').next()?.split('.');
        parts.map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>()
    };
    let known = released.filter_map(|one| Some((number(&one.vers)?, one.vers)));
    known.max().map(|(_, version)| version)
}

/// What cargo says will be rejected by a future version.
pub fn rejected(text: &str) -> Vec<String> {
    let marks = [
        "will be rejected by a future version",
        "will become a hard error in a future release",
    ];
    let lines: BTreeSet<String> = (text.lines().map(str::trim))
        .filter(|line| marks.iter().any(|mark| line.contains(mark)))
        .map(str::to_string)
        .collect();
    lines.into_iter().take(5).collect()
}

/// The errors of compiler and cargo, each with a few lines.
pub fn errors(text: &str) -> String {
    let mut kept = Vec::new();
    let mut left = 0;
    for line in text.lines() {
        let of_tests = line.ends_with("failed:") || line.contains("test failed, to rerun");
        if line.starts_with("error") && !of_tests || line.contains("panicked at") {
            left = 5;
        }
        if left > 0 {
            kept.push(line);
            left -= 1;
        }
    }
    kept.join("\n").chars().take(2500).collect()
}

/// The tests that passed, with the target that each is of.
pub fn cargo_passed(text: &str) -> BTreeSet<String> {
    let mut target = String::new();
    let mut all = BTreeSet::new();
    for line in text.lines() {
        let line = line.trim();
        if let Some(program) = line.strip_prefix("Running ") {
            let file = program
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .trim_end_matches([')', '`']);
            target = file.rsplit_once('-').map_or(file, |(stem, _)| stem).to_string();
        } else if let Some(documented) = line.strip_prefix("Doc-tests ") {
            target = format!("doc {}", documented.replace('-', "_"));
        } else if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... ok"))
        {
            all.insert(format!("{target}: {}", test_name(name)));
        }
    }
    all
}

/// What a test is called with every release. Of one of documentation only file and line stay the same, and a generated file is
/// in a folder with another hash each time.
fn test_name(printed: &str) -> String {
    let Some((start, rest)) = printed.split_once(" (line ") else {
        return printed.trim_end_matches(" - should panic").into();
    };
    let file = start.split(" -").next().unwrap_or_default();
    let file = file.rsplit_once("/out/").map_or(file, |(_, generated)| generated);
    format!("{file} (line {})", rest.split(')').next().unwrap_or_default())
}

/// What cargo printed but for the failures of other tests, which failed with the release of the day too.
pub fn about_lost(text: &str, lost: &[String]) -> String {
    let mut is_other = false;
    let mut kept = Vec::new();
    for line in text.lines() {
        let failed = line
            .strip_prefix("---- ")
            .and_then(|rest| rest.strip_suffix(" stdout ----"));
        if let Some(name) = failed {
            let end = format!(": {}", test_name(name));
            is_other = !lost.iter().any(|one| one.ends_with(&end));
        } else if line == "failures:" {
            is_other = false;
        }
        if !is_other {
            kept.push(line);
        }
    }
    kept.join("\n")
}

/// The manifest that cargo wrote for a published crate, without what only its tests need.
pub fn without_tests(manifest: &str) -> String {
    let mut kept = String::new();
    let mut keep = true;
    for line in manifest.lines() {
        if line.starts_with('[') {
            keep = !line.contains("dev-dependencies");
        }
        if keep {
            kept += line;
            kept.push('\n');
        }
    }
    kept
}
