//! The tables of docs/evidence/breakage.md, in Markdown.

use super::chart::Curve;
use super::count::Count;
use super::judge::{Cause, Package, State, packages};
use super::results::{Row, Side};
use std::collections::{BTreeMap, BTreeSet};

const BEGIN: &str = "<!-- the tables -->";
const END: &str = "<!-- end of the tables -->";

/// To order releases by.
pub fn number(release: &str) -> Vec<u32> {
    release.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// The page with these tables in the place of those that it has.
pub fn put(page: &str, tables: &str) -> Result<String, String> {
    let place = page
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = place.ok_or_else(|| format!("the page lacks {BEGIN} and {END}"))?;
    Ok(format!("{before}{BEGIN}\n\n{tables}\n{END}{after}"))
}

/// One day and one side.
struct Group<'a> {
    day: &'a str,
    side: Side,
    all: Vec<&'a Package<'a>>,
    counted: Vec<&'a Package<'a>>,
    /// After the release of the day, from the oldest on.
    releases: Vec<String>,
    broken: Vec<Broken<'a>>,
}

/// All tables.
pub fn tables(rows: &[Row]) -> String {
    let packages = packages(rows);
    let groups = groups(&packages, rows);
    [
        tried(&groups, rows),
        survival(&groups),
        by_message(&groups),
        tests(&groups),
        causes(&groups),
        warnings(&groups),
    ]
    .join("\n")
}

fn groups<'a>(packages: &'a [Package<'a>], rows: &'a [Row]) -> Vec<Group<'a>> {
    let mut keys: BTreeMap<(&str, Side), Vec<&Package<'_>>> = BTreeMap::new();
    for package in packages {
        keys.entry((package.day, package.side)).or_default().push(package);
    }
    let group = |((day, side), all): ((&'a str, Side), Vec<&'a Package<'a>>)| {
        let first = number(super::days::release(day, side));
        let mine = rows
            .iter()
            .filter(|row| row.day == day && row.side == side && row.step != "done");
        let mut releases: Vec<String> = mine.map(|row| row.runtime.clone()).collect();
        releases.sort_by_key(|release| number(release));
        releases.dedup();
        releases.retain(|release| number(release) > first);
        let counts = |package: &&&Package<'_>| package.left_out().is_none();
        let counted: Vec<&Package<'_>> = all.iter().filter(counts).copied().collect();
        Group {
            day,
            side,
            broken: broken(&counted, &releases),
            all,
            counted,
            releases,
        }
    };
    keys.into_iter().map(group).collect()
}

impl<'a> Group<'a> {
    /// What does not work, or what works and lost tests.
    fn broken(&self, of_tests: bool) -> impl Iterator<Item = &Broken<'a>> {
        let broken = self.broken.iter();
        broken.filter(move |one| (one.step == "tests") == of_tests)
    }

    fn title(&self) -> String {
        format!("{} | {}", self.side.name(), self.day)
    }

    /// Of those that count, with this release.
    fn states(&self, release: &str) -> Vec<State> {
        let counted = self.counted.iter();
        counted
            .map(|package| package.state(release, &self.releases))
            .collect()
    }
}

/// What works by release, from that of the day on, with which all that counts works.
pub fn curves(rows: &[Row]) -> Vec<Curve> {
    let packages = packages(rows);
    let curve = |group: Group<'_>| {
        let first = super::days::release(group.day, group.side);
        let n = group.counted.len() as u32;
        let later = (group.releases.iter()).map(|release| (release.clone(), working(&group.states(release))));
        let points = std::iter::once((first.to_string(), Count { k: n, n })).chain(later);
        Curve {
            day: group.day.into(),
            side: group.side,
            points: points
                .map(|(release, count)| {
                    let year = super::days::year(&release, group.side);
                    (release, year, count)
                })
                .collect(),
        }
    };
    groups(&packages, rows).into_iter().map(curve).collect()
}

fn tried(groups: &[Group<'_>], rows: &[Row]) -> String {
    let mut text =
        "| side | day | tried | counted | not counted, and why |\n|---|---|---:|---:|---|\n".to_string();
    for group in groups {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for reason in group.all.iter().filter_map(|package| package.left_out()) {
            *reasons.entry(reason).or_default() += 1;
        }
        let reasons: Vec<String> = reasons
            .iter()
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        text += &format!(
            "| {} | {} | {} | {} |\n",
            group.title(),
            group.all.len(),
            group.counted.len(),
            reasons.join("; ")
        );
    }
    let seconds: f64 = rows.iter().map(|row| row.seconds).sum();
    text + &format!(
        "\nAll steps together took {:.0} minutes, those that ran at once added up.\n",
        seconds / 60.0
    )
}

fn survival(groups: &[Group<'_>]) -> String {
    let mut text =
        "| side | day | with | works | by its metadata not allowed | compiled dependency | not built | not tried |\n\
        |---|---|---|---|---:|---:|---:|---:|\n"
            .to_string();
    for group in groups {
        for release in &group.releases {
            let states = group.states(release);
            let of = |state: &State| states.iter().filter(|one| *one == state).count();
            text += &format!(
                "| {} | {release} | {} | {} | {} | {} | {} |\n",
                group.title(),
                working(&states),
                of(&State::Bound),
                of(&State::Compiled),
                of(&State::Unbuilt),
                of(&State::Untried)
            );
        }
    }
    text
}

/// Those that work among those that work or are broken.
fn working(states: &[State]) -> Count {
    let judged = states
        .iter()
        .filter(|state| matches!(state, State::Works | State::Broken(_)));
    judged.map(|state| *state == State::Works).collect()
}

/// With the newest release, if packages that fail with the same message count as one: as few breaks as there can be.
fn by_message(groups: &[Group<'_>]) -> String {
    let mut text =
        "| side | day | with | works | if each message counts once |\n|---|---|---|---|---|\n".to_string();
    for group in groups {
        let Some(newest) = group.releases.last() else {
            continue;
        };
        let works = working(&group.states(newest));
        let messages = group.broken(false).map(|one| {
            // Python's begin with the module.
            let parted = one.says.split_once(": ").filter(|_| group.side == Side::Python);
            parted.map_or_else(|| one.says.clone(), |(_, message)| message.to_string())
        });
        let n = works.k + messages.collect::<BTreeSet<_>>().len() as u32;
        let once = Count { n, ..works };
        text += &format!("| {} | {newest} | {works} | {once} |\n", group.title());
    }
    text
}

fn tests(groups: &[Group<'_>]) -> String {
    let mut text = "| side | day | tests looked for | some pass with the release of the day | of these all still pass with the newest, where it works | not tried or not finished |\n\
        |---|---|---:|---:|---|---:|\n"
        .to_string();
    for group in groups {
        let Some(newest) = group.releases.last() else {
            continue;
        };
        let looked: Vec<_> = group
            .counted
            .iter()
            .filter(|package| package.tested().is_some())
            .collect();
        let passing: Vec<_> = looked
            .iter()
            .filter(|package| package.tested() > Some(0))
            .collect();
        let states: Vec<State> = passing.iter().map(|package| package.tests(newest)).collect();
        let unfinished = states.iter().filter(|state| **state == State::Untried).count();
        text += &format!(
            "| {} | {} | {} | {} | {unfinished} |\n",
            group.title(),
            looked.len(),
            passing.len(),
            working(&states)
        );
    }
    text
}

/// What is broken with the first release that breaks it.
struct Broken<'a> {
    package: &'a Package<'a>,
    release: String,
    step: &'static str,
    cause: Cause,
    says: String,
}

/// What is broken of those that count; what installs and imports, or builds, is looked at first.
fn broken<'a>(counted: &[&'a Package<'a>], releases: &[String]) -> Vec<Broken<'a>> {
    let first = |package: &'a Package<'a>, of_tests: bool| {
        releases.iter().find_map(|release| {
            let state = match of_tests {
                true => package.tests(release),
                false => package.state(release, releases),
            };
            let State::Broken(cause) = state else {
                return None;
            };
            let steps = ["install", "compile", "import", "check", "tests"].into_iter();
            let mut failed = steps
                .filter(|step| (*step == "tests") == of_tests)
                .filter_map(|step| Some((step, package.row(release, step)?)));
            let (step, row) = failed.find(|(_, row)| !row.ok)?;
            Some(Broken {
                package,
                release: release.clone(),
                step,
                cause,
                says: reason(row),
            })
        })
    };
    let packages = counted.iter();
    packages
        .filter_map(|package| first(package, false).or_else(|| first(package, true)))
        .collect()
}

/// One line that says why.
fn reason(row: &Row) -> String {
    let telling = |line: &&str| {
        ["Error: ", "Error - ", "error", "panicked", " - "]
            .iter()
            .any(|mark| line.contains(mark))
    };
    let line = row
        .text
        .lines()
        .find(telling)
        .or(row.text.lines().last())
        .unwrap_or_default();
    // Where the files were is of no interest.
    let line = line.split(" (/").next().unwrap_or_default().trim();
    line.chars().take(120).collect()
}

fn causes(groups: &[Group<'_>]) -> String {
    let mut text =
        "| side | what fails | broken by | packages | which |\n|---|---|---|---:|---|\n".to_string();
    for (side, of_tests) in [Side::Python, Side::Rust]
        .into_iter()
        .flat_map(|side| [(side, false), (side, true)])
    {
        let mut all: BTreeMap<Cause, BTreeSet<String>> = BTreeMap::new();
        for one in groups
            .iter()
            .filter(|group| group.side == side)
            .flat_map(|group| group.broken(of_tests))
        {
            let names = all.entry(one.cause).or_default();
            names.insert(format!("{} {}", one.package.name, one.package.version));
        }
        let what = match (of_tests, side) {
            (true, _) => "tests",
            (false, Side::Python) => "installing, importing",
            (false, Side::Rust) => "building",
        };
        for (cause, packages) in all {
            let (side, count) = (side.name(), packages.len());
            let names = Vec::from_iter(packages).join(", ");
            text += &format!("| {side} | {what} | {cause} | {count} | {names} |\n");
        }
    }
    text
}

fn warnings(groups: &[Group<'_>]) -> String {
    let mut text = "| side | day | warned of a removal with the release of the day | of those that broke |\n|---|---|---|---|\n".to_string();
    for group in groups {
        let all: Count = group.counted.iter().map(|package| package.warned()).collect();
        let those: Count = group.broken(false).map(|one| one.package.warned()).collect();
        text += &format!("| {} | {all} | {those} |\n", group.title());
    }
    text
}

/// All that was tried, for a file beside the page.
pub fn csv(rows: &[Row]) -> Result<String, String> {
    let packages = packages(rows);
    let mut table = csv::Writer::from_writer(Vec::new());
    let head = [
        "day",
        "side",
        "package",
        "version",
        "left out",
        "first broken with",
        "step",
        "by",
        "it says",
    ];
    let mut written = table.write_record(head);
    for group in groups(&packages, rows) {
        for package in &group.all {
            let out = package.left_out().unwrap_or_default();
            let known = [group.day, group.side.name(), package.name, package.version, out].map(String::from);
            let what = group.broken.iter().find(|one| one.package.name == package.name);
            let what = what.map_or(Default::default(), |one| {
                [
                    one.release.clone(),
                    one.step.into(),
                    one.cause.to_string(),
                    one.says.clone(),
                ]
            });
            written = written.and_then(|()| table.write_record(known.iter().chain(&what)));
        }
    }
    written.map_err(|error| error.to_string())?;
    let bytes = table.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

/// The line of each day and side with the newest release, for the claim in reports.
pub fn summary(rows: &[Row]) -> String {
    let packages = packages(rows);
    let mut text = "side,day,release,works,judged\n".to_string();
    for group in groups(&packages, rows) {
        if let Some(newest) = group.releases.last() {
            let Count { k, n } = working(&group.states(newest));
            text += &format!("{},{},{newest},{k},{n}\n", group.side.name(), group.day);
        }
    }
    text
}
