//! Tests of the documents at the top of the repository and in `docs`: links work, pages are short and can be reached.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Largest size of a page in `docs`.
const MOST_BYTES: usize = 12_288;

/// The list of warnings has a line for each kind, and nobody reads it from end to end.
const MOST_BYTES_OF_LIST: usize = 16_384;

/// The folder of the repository.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut above = package.ancestors();
    (above.find(|folder| folder.join("docs/evidence").is_dir())).expect("docs/evidence above the package")
}

/// The file of a page of `docs`.
pub(crate) fn path(page: &str) -> PathBuf {
    root().join("docs").join(page)
}

/// A page of `docs`.
pub(crate) fn read(page: &str) -> String {
    fs::read_to_string(path(page)).unwrap_or_else(|error| panic!("docs/{page}: {error}"))
}

/// The part of a page under a heading, up to the next heading of the second level.
pub(crate) fn section(page: &str, heading: &str) -> String {
    let text = read(page);
    let (_, rest) =
        (text.split_once(&format!("\n## {heading}\n"))).unwrap_or_else(|| panic!("{page}: {heading}"));
    rest.split("\n## ").next().unwrap_or(rest).into()
}

/// Whether a file has this anchor; for an empty anchor, whether the file can be read.
pub(crate) fn has_anchor(file: &Path, anchor: &str) -> bool {
    let Ok(text) = fs::read_to_string(file) else {
        return false;
    };
    anchor.is_empty()
        || prose(&text)
            .lines()
            .filter_map(heading)
            .any(|heading| slug(heading) == anchor)
}

fn heading(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    (text.len() < line.len()).then(|| text.trim())
}

/// The anchor that GitHub gives to a heading.
fn slug(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c })
        .collect::<String>()
        .to_lowercase()
}

/// A text without its code blocks.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// The targets of the links in a text, apart from those to other sites.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let targets = prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| !target.contains("://"))
        .map(Into::into)
        .collect()
}

/// The file and the anchor that a link in this file leads to.
fn target(file: &Path, link: &str) -> (PathBuf, String) {
    let (to, anchor) = link.split_once('#').unwrap_or((link, ""));
    if to.is_empty() {
        return (file.into(), anchor.into());
    }
    let mut path = PathBuf::new();
    for part in file.parent().expect("a folder").join(to).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            part => path.push(part),
        }
    }
    (path, anchor.into())
}

/// All documents below a folder, apart from what is built or hidden.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            if !name.starts_with(['.']) && !name.starts_with("target") && name != "node_modules" {
                found.append(&mut documents(&path));
            }
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let mut dead = Vec::new();
    for file in documents(root()) {
        for link in links(&fs::read_to_string(&file).expect("a document")) {
            let (to, anchor) = target(&file, &link);
            if !to.exists() || !(anchor.is_empty() || has_anchor(&to, &anchor)) {
                dead.push(format!("{}: {link}", file.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn every_page_is_short_and_can_be_reached_from_the_readme() {
    let mut reached = BTreeSet::new();
    let mut open = vec![root().join("README.md")];
    while let Some(file) = open.pop() {
        if file.extension().is_some_and(|ending| ending == "md") && reached.insert(file.clone()) {
            let text = fs::read_to_string(&file).expect("a document");
            open.extend(links(&text).iter().map(|link| target(&file, link).0));
        }
    }
    for page in documents(&root().join("docs")) {
        assert!(
            reached.contains(&page),
            "{} cannot be reached from README.md",
            page.display()
        );
        let bytes = fs::read(&page).expect("a page").len();
        let most = match page.ends_with("warnings.md") {
            true => MOST_BYTES_OF_LIST,
            false => MOST_BYTES,
        };
        assert!(
            bytes <= most,
            "{} has {bytes} bytes; the most is {most}",
            page.display()
        );
    }
}

#[test]
fn anchors_are_those_of_github() {
    assert_eq!(
        slug("Why changes below 1 % are `never` reported?"),
        "why-changes-below-1--are-never-reported"
    );
    assert_eq!(
        links("[a](b.md#c) ![d](e.png) [f](https://g)\n```\n[h](i)\n```\n"),
        ["b.md#c", "e.png"]
    );
    let from = Path::new("/docs/bias/flat.md");
    assert_eq!(
        target(from, "../how.md#x"),
        ("/docs/how.md".into(), "x".to_string())
    );
}
