//! The index: what was compared and on what, whether it can be trusted, and how large the differences are.

use super::calibration;
use super::environment;
use super::page::{FROM_RECORDS, Page, heading, pair_file, percent};
use super::summary::{PairSummary, VariantSummary, geometric_means, timed_share};
use super::table::table;
use super::{
    Report, Used, argument, claims, comparison, diagnoses, interpreters, ladder, machines, some, verdicts,
};
use crate::analyse::PairAnalysis;
use crate::analyse::floors::FloorResult;
use crate::analyse::matrix::Matrix;
use crate::analyse::sites::machine_name;
use crate::analyse::verdict;
use crate::estimate::{Estimate, Ratio};
use crate::record::{Record, Warning};
use crate::text::count;
use maud::{Markup, html};

/// The index of the chosen pairs, and of the null pairs of the newest record.
pub(crate) fn render(
    chosen: &[&PairAnalysis<'_>],
    nulls: &[&PairAnalysis<'_>],
    used: &[Used<'_>],
    report: &Report<'_>,
    matrix: &Matrix<'_>,
) -> String {
    let records: Vec<&Record> = used.iter().map(|one| one.record).collect();
    let mut pairs: Vec<&PairSummary> = chosen.iter().map(|c| &c.summary).collect();
    // Same order as the table; within a profile they are already sorted by name.
    pairs.sort_by_key(|pair| pair.profile);
    let provisional = records.iter().any(|r| r.is_provisional());
    let main = html! {
        header.top {
            h1 { (headline(&pairs)) }
            p.lead { (lead(&pairs, &records)) }
            (interpreters::whose_figures(chosen, matrix))
            (trust(chosen, &records, provisional))
            (verdicts::counts(chosen))
            (comparison::teaser(&report.changes))
        }
        (argument::section(chosen))
        @if records.iter().all(|record| record.is_of_catalogue()) { (claims::section(chosen, matrix)) }
        div.split {
            (ladder::section(chosen, matrix))
            aside aria-label="What this was measured on" {
                @for record in records.iter().take(3) { (environment::facts(record)) }
                @if records.len() > 3 { p { "And " (count(records.len() - 3, "more record")) ", listed below." } }
            }
        }
        (machines::section(chosen, report.records))
        (notices(chosen, used))
        section aria-labelledby="pairs" {
            (heading("pairs", "All pairs"))
            p.hint {
                "Times are Python's on the case, ratios are Python's time ÷ the variant's: above 1× the variant is faster. "
                "The small print is the 95\u{a0}% interval over launches. Sizes are those of all variants of a side together. A pair's name "
                "links to its page."
            }
            (table(chosen))
            (verdicts::meaning(chosen))
        }
        (interpreters::section(matrix))
        (diagnoses::of_run::sections(&records))
        (calibration::section(chosen, nulls, used, report.analyses))
        (troubles(&pairs))
        (expected(chosen))
        section aria-labelledby="records" {
            (heading("records", if records.len() == 1 { "Record and environment" } else { "Records and environments" }))
            @if records.len() > 1 {
                p.hint { "All records that these pages show results from." }
            }
            @for Used { record, environment, .. } in used {
                details open[records.len() == 1] {
                    summary { (record.id) ", " (environment::status(record.status)) }
                    (environment)
                }
            }
        }
    };
    let project = report.projects();
    let page = Page {
        title: &format!("{project}: Python beside Rust"),
        root: "",
        sorts: true,
        made: FROM_RECORDS,
        nav: html! { nav.crumbs aria-label="Report" { span.brand { (project) } span { "report" } } },
        main,
    };
    page.render()
}

/// The warnings and notes of each record, under its name if there are several.
fn notices(chosen: &[&PairAnalysis<'_>], used: &[Used<'_>]) -> Markup {
    /// How many records have their lists open at first.
    const OPEN: usize = 3;
    html! {
        @if let [one] = used {
            div.known { (environment::notice_list(&found(chosen, one))) }
        } @else {
            @for (at, one) in used.iter().enumerate() {
                @let all = found(chosen, one);
                @let doubts = all.iter().filter(|warning| warning.is_warning()).count();
                @if !all.is_empty() {
                    details.known open[at < OPEN] {
                        summary {
                            (machine_name(&one.record.machine)) ", " (one.record.id) ": "
                            (count(doubts, "warning")) ", " (count(all.len() - doubts, "note"))
                        }
                        (environment::notice_list(&all))
                    }
                }
            }
        }
    }
}

/// The warnings of a record and of the pairs that are shown from it, the most severe first.
fn found(chosen: &[&PairAnalysis<'_>], used: &Used<'_>) -> Vec<Warning> {
    let own = chosen.iter().filter(|one| std::ptr::eq(one.record, used.record));
    let mut all = used.warnings.clone();
    all.extend(own.flat_map(|one| one.warnings().iter().cloned()));
    all.sort_by_key(|warning| (warning.severity, warning.kind));
    all
}

/// The variant that a headline is about: the port, chosen before anything was measured.
fn port(pair: &PairSummary) -> Option<(&VariantSummary, Estimate)> {
    let port = verdict::port(pair.headline()?)?;
    Some((port, port.ratio?))
}

fn headline(pairs: &[&PairSummary]) -> String {
    let ports: Vec<_> = pairs.iter().filter_map(|pair| port(pair)).collect();
    let won = ports.iter().filter(|(_, ratio)| wins(ratio)).count();
    let sure = ports.iter().all(|(_, ratio)| ratio.interval.is_some());
    let so_far = if sure { "" } else { " so far" };
    let best: Vec<_> = pairs.iter().filter_map(|pair| pair.best()).collect();
    match (pairs.len(), ports.len()) {
        (0, _) => "No pairs in these records".into(),
        (n, 0) if best.is_empty() => format!("{}, nothing measured yet", count(n, "pair")),
        (1, _) => {
            let (variant, ratio) = ports.first().copied().unwrap_or_else(|| best[0]);
            let name = &pairs[0].name;
            let ratio = match variant.speeds()[..] {
                [lower, upper] => format!("{} or {}", Ratio(lower), Ratio(upper)),
                _ => Ratio(ratio.value).to_string(),
            };
            format!("{name}: {} is {ratio} as fast as Python", variant.name)
        }
        (n, 0) => format!("{}, no port measured yet", count(n, "pair")),
        (_, n) if won == n => format!("Rust is faster than Python on all {n} pairs measured{so_far}"),
        (_, n) => format!("Rust is faster than Python on {won} of {n} pairs measured{so_far}"),
    }
}

/// Whether the whole interval is above 1; without an interval, the value.
fn wins(estimate: &Estimate) -> bool {
    estimate.interval.map_or(estimate.value, |interval| interval.0) > 1.0
}

/// What was measured, the range of each variant's ratios, and their geometric mean.
fn lead(pairs: &[&PairSummary], records: &[&Record]) -> Markup {
    let means = geometric_means(pairs);
    html! {
        (count(pairs.len(), "pair")) " of " (some(records.iter().map(|record| record.project_at())))
        @if pairs.len() > 1 { ": each compares a Python function with what could replace it" }
        ". "
        @for mean in means.iter().filter(|m| m.variant == "rust" || m.variant == "native") {
            @let ratios = ratios_of(pairs, &mean.variant);
            @let (low, high) = ratios.iter().flatten().fold((f64::INFINITY, 0f64), |(l, h), r| (l.min(*r), h.max(*r)));
            strong { (mean.variant) } " "
            @if ratios.len() == 1 { "runs at " (Ratio(low)) " Python's speed on one pair. " }
            @else {
                "runs at " (Ratio(low)) " to " (Ratio(high)) " Python's speed on " (ratios.len()) " pairs, geometric mean "
                (Ratio(mean.value)) @if mean.port.is_some() { " " (mean.beside()) } ". "
            }
        }
    }
}

/// The speeds of a variant in each pair that has it.
fn ratios_of(pairs: &[&PairSummary], variant: &str) -> Vec<Vec<f64>> {
    let speeds = pairs
        .iter()
        .filter_map(|pair| Some(pair.headline()?.variant(variant)?.speeds()));
    speeds.filter(|speeds| !speeds.is_empty()).collect()
}

/// Whether any ratio has an interval.
fn intervals(chosen: &[&PairAnalysis<'_>]) -> bool {
    let cases = chosen.iter().filter_map(|c| c.summary.headline());
    let mut ratios = cases.flat_map(|c| &c.variants).filter_map(|v| v.ratio);
    ratios.any(|e| e.interval.is_some())
}

/// How far the results can be trusted.
fn trust(chosen: &[&PairAnalysis<'_>], records: &[&Record], provisional: bool) -> Markup {
    let verified = chosen.iter().filter(|c| c.pair.verification.passed).count();
    let compared: u64 = chosen
        .iter()
        .map(|c| u64::from(c.pair.verification.compared))
        .sum();
    let launches = || {
        chosen
            .iter()
            .filter_map(|c| c.summary.headline())
            .map(|c| c.launches)
            .filter(|n| *n > 0)
    };
    let shares: Vec<f64> = records.iter().filter_map(|r| timed_share(r)).collect();
    html! {
        ul.chips aria-label="Can I trust it?" {
            @if provisional { li.warn { "provisional" } }
            li.good[verified == chosen.len() && verified > 0].warn[verified < chosen.len()] {
                "verified " b { (verified) " of " (chosen.len()) } " pairs, " (count(compared as usize, "call")) " compared"
            }
            @match (launches().min(), launches().max()) {
                (Some(low), Some(high)) if low == high => li { b { (low) } (if low == 1 { " launch" } else { " launches" }) " per pair" },
                (Some(low), Some(high)) => li { b { (low) "–" (high) } " launches per pair" },
                _ => li.warn { "no launches yet" },
            }
            @if intervals(chosen) { li { "95\u{a0}% intervals over launches" } } @else { li.warn { "no intervals yet" } }
            @if let Some(share) = shares.first().filter(|_| shares.len() == 1) {
                li { b { (percent(*share)) } " of the wall time in warm-up and timed calls" }
            }
        }
    }
}

/// The floors that authors of pairs declared, if there are any, and whether they held.
fn expected(chosen: &[&PairAnalysis<'_>]) -> Markup {
    let checks: Vec<_> = chosen.iter().flat_map(|one| one.floors()).collect();
    html! {
        @if !checks.is_empty() {
            section aria-labelledby="expected" {
                (heading("expected", "What was expected"))
                ul { @for check in &checks {
                    li {
                        span.badge.good[check.result == FloorResult::Held].bad[check.result == FloorResult::Violated] {
                            (check.result)
                        }
                        " " (check) "."
                    }
                } }
            }
        }
    }
}

/// What failed, with the next step; the pair's page has the details.
fn troubles(pairs: &[&PairSummary]) -> Markup {
    const MOST: usize = 50;
    let failures: Vec<_> = pairs.iter().flat_map(|p| &p.failures).collect();
    html! {
        @if !failures.is_empty() {
            section aria-labelledby="failures" {
                (heading("failures", "What failed"))
                ul.failures {
                    @for failure in failures.iter().take(MOST) {
                        li {
                            a href={ (pair_file(&failure.pair)) "#verification" } { (failure.pair) }
                            @if !failure.variant.is_empty() { " / " b { (failure.variant) } }
                            ": " (failure.fault) ". "
                            span.next { "Next: " (failure.fault.next_step()) "." }
                        }
                    }
                }
                @if failures.len() > MOST { p { "And " (failures.len() - MOST) " more, on the pages of the pairs." } }
            }
        }
    }
}
