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
        let counted = all
            .iter()
            .filter(|package| package.left_out().is_none())
            .copied()
            .collect();
        Group {
            day,
            side,
            all,
            counted,
            releases,
        }
    };
    keys.into_iter().map(group).collect()
}

impl Group<'_> {
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
        let broken = broken(group).into_iter();
        let messages = broken
            .filter(|(_, _, step, ..)| *step != "tests")
            .map(|(.., says)| {
                // Python's begin with the module.
                let parted = says.split_once(": ").filter(|_| group.side == Side::Python);
                parted.map_or_else(|| says.clone(), |(_, message)| message.to_string())
            });
        let n = works.k + messages.collect::<BTreeSet<_>>().len() as u32;
        let once = Count { n, ..works };
        text += &format!("| {} | {newest} | {works} | {once} |\n", group.title());
    }
    text
}

fn tests(groups: &[Group<'_>]) -> String {
    let mut text = "| side | day | tests looked for | some pass with the release of the day | of these all still pass with the newest, where it works | not finished |\n\
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

/// What is broken: the first release, the step and by what; what installs and imports, or builds, is looked at first.
fn broken<'a>(group: &'a Group<'_>) -> Vec<(&'a Package<'a>, &'a str, &'static str, Cause, String)> {
    let mut found = Vec::new();
    for package in &group.counted {
        let steps = ["works", "tests"]
            .into_iter()
            .flat_map(|step| group.releases.iter().map(move |release| (step, release)));
        let first = steps.into_iter().find_map(|(step, release)| {
            let state = if step == "tests" {
                package.tests(release)
            } else {
                package.state(release, &group.releases)
            };
            match state {
                State::Broken(cause) => Some((release.as_str(), step, cause)),
                _ => None,
            }
        });
        if let Some((release, step, cause)) = first {
            let steps = ["install", "compile", "import", "check", "tests"];
            let failed = steps.iter().filter(|one| (step == "tests") == (**one == "tests"));
            let row = failed
                .filter_map(|step| package.row(release, step))
                .find(|row| !row.ok);
            let step = row
                .and_then(|row| steps.into_iter().find(|step| *step == row.step))
                .unwrap_or(step);
            found.push((
                *package,
                release,
                step,
                cause,
                row.map(reason).unwrap_or_default(),
            ));
        }
    }
    found
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
    let mut text = "| side | broken by | packages | which |\n|---|---|---:|---|\n".to_string();
    let mut all: BTreeMap<(Side, Cause), BTreeSet<String>> = BTreeMap::new();
    for group in groups {
        for (package, _, _, cause, _) in broken(group) {
            all.entry((group.side, cause))
                .or_default()
                .insert(format!("{} {}", package.name, package.version));
        }
    }
    for ((side, cause), packages) in all {
        let names: Vec<String> = packages.into_iter().collect();
        let (side, count) = (side.name(), names.len());
        text += &format!("| {side} | {cause} | {count} | {} |\n", names.join(", "));
    }
    text
}

fn warnings(groups: &[Group<'_>]) -> String {
    let mut text = "| side | day | warned of a removal with the release of the day | of those that broke |\n|---|---|---|---|\n".to_string();
    for group in groups {
        let all: Count = group.counted.iter().map(|package| package.warned()).collect();
        let those: Count = broken(group)
            .iter()
            .map(|(package, ..)| package.warned())
            .collect();
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
        let broken = broken(&group);
        for package in &group.all {
            let out = package.left_out().unwrap_or_default();
            let known = [group.day, group.side.name(), package.name, package.version, out].map(String::from);
            let what = broken.iter().find(|(one, ..)| one.name == package.name);
            let what = what.map_or(Default::default(), |(_, release, step, cause, says)| {
                [(*release).into(), (*step).into(), cause.to_string(), says.clone()]
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
