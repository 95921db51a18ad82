//! The page of a pair: all variants, their samples by launch, time against size, both sources, and what was timed.

use super::charts::launches::{KindsOfLaunches, LaunchBox, Scale, panel};
use super::charts::sizes::{self, Line};
use super::environment;
use super::highlight::{Language, highlight};
use super::page::{Page, ratio, time, variant_name};
use super::prose::{paragraphs, spans};
use super::summary::{
    CaseSummary, FailureSummary, Gate, PairState, PairSummary, Stage, State, VariantSummary,
};
use super::table::{standing_word, state_word};
use super::{Report, Used, diagnoses, history, interpreters, machines, then_and_now, verdicts};
use crate::analyse::PairAnalysis;
use crate::analyse::floors::FloorResult;
use crate::analyse::launches::{Distribution, LaunchFigures};
use crate::analyse::matrix::Matrix;
use crate::compare::MachineId;
use crate::estimate::{Estimate, Ratio, Time};
use crate::record::{PairRecord, Warning};
use crate::registry::{Side, Variant};
use crate::text::count;
use maud::{Markup, PreEscaped, html};

/// Renders the page of a pair.
pub fn render(one: &PairAnalysis<'_>, used: &[Used<'_>], report: &Report<'_>, matrix: &Matrix<'_>) -> String {
    let (pair, summary) = (one.pair, &one.summary);
    let case = summary.headline();
    let main = html! {
        header.top {
            h1 { (pair.name) }
            p.lead { (pair.about) }
            (chips(pair, summary))
            (verdict(one))
            (machines::whereabouts(one, report.records))
            (about(pair))
        }
        (environment::notice_list(&found(one, used, report)))
        section aria-labelledby="variants" {
            h2 #variants {
                "Variants"
                @if let Some(case) = case { small { " at size " (case.size) @if !pair.unit.is_empty() { " (" (pair.unit) ")" } } }
            }
            @match case {
                Some(case) => { (variants(case)) (embedded(case)) (libraries(pair)) (expected(one)) },
                None => p.empty { "No case was measured." },
            }
        }
        (interpreters::of_pair::section(&pair.name, matrix))
        (then_and_now::block(&report.changes, one))
        (diagnoses::sections(one, matrix))
        @if let Some(case) = case { (launches(one, case)) }
        (super::latency::section(pair))
        (history::section(&report.history, &pair.name, &MachineId::of(one.record)))
        (sizes(pair, summary))
        (verification(pair, summary))
        (sources(pair))
        (timed(pair))
        section aria-labelledby="environment" {
            h2 #environment { "Environment" }
            (environment::full(one.record))
        }
    };
    let title = format!("{}: pairbench", pair.name);
    let page = Page {
        title: &title,
        sorts: false,
        nav: html! {
            nav.crumbs aria-label="Report" { a.brand href="../index.html" { "pairbench" } span aria-current="page" { (pair.name) } }
        },
        main,
    };
    page.render()
}

/// What concerns the pair: its own findings, and of those about the run what casts doubt on every number.
fn found(one: &PairAnalysis<'_>, used: &[Used<'_>], report: &Report<'_>) -> Vec<Warning> {
    let run = used.iter().filter(|used| std::ptr::eq(used.record, one.record));
    let doubts = run
        .flat_map(|used| &used.warnings)
        .filter(|warning| warning.is_warning());
    let mut all: Vec<Warning> = one.warnings().iter().chain(doubts).cloned().collect();
    all.extend(machines::doubts(one.record, report.records));
    all.sort_by_key(|warning| (warning.severity, warning.kind));
    all
}

fn chips(pair: &PairRecord, summary: &PairSummary) -> Markup {
    let standing = summary.state();
    let good = standing == PairState::Measured;
    html! {
        ul.chips aria-label="In short" {
            li { (pair.profile) }
            li.good[good].warn[!good] { (standing_word(standing)) }
            @if let Some(case) = summary.headline() {
                li { (launch_count(case.launches)) }
                @if let Some((best, e)) = summary.best() {
                    li { "best: " b { (best.name) " " (Ratio(e.value)) } }
                }
            }
        }
    }
}

/// The verdict with its reason; how a pair that failed or waits stands is said elsewhere.
fn verdict(one: &PairAnalysis<'_>) -> Markup {
    html! {
        @if one.pair.null_of.is_none() && !one.verdict().repeats_state() {
            p.verdict { (verdicts::badge(one.verdict().call())) " " (verdicts::reason(one.verdict(), &one.verdict().doubts)) }
        }
    }
}

/// What the pair stands for, in its author's words.
fn about(pair: &PairRecord) -> Markup {
    html! {
        div.about { @for paragraph in paragraphs(&pair.sources) { p { (spans(&paragraph)) } } }
    }
}

fn launch_count(n: u32) -> String {
    format!("{n} {}", if n == 1 { "launch" } else { "launches" })
}

fn variants(case: &CaseSummary) -> Markup {
    html! {
        div.scroll role="region" aria-labelledby="variants" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Variant" }
                    th.number scope="col" { "Ratio" } th.number scope="col" { "Time per call" }
                    th.number scope="col" { "Set-up" } th.number scope="col" { "Launches" }
                    th scope="col" { "Called in" } th scope="col" { "State" }
                } }
                tbody {
                    (variant_row(&case.baseline, true))
                    @for variant in &case.variants { (variant_row(variant, false)) }
                }
            }
        }
        p.hint {
            "Ratio: Python's time ÷ the variant's, above 1× is faster. Small print: 95\u{a0}% intervals over launches. Set-up "
            "(pools and the like) happens outside every sample; the median over launches is shown."
        }
    }
}

fn variant_row(variant: &VariantSummary, baseline: bool) -> Markup {
    html! {
        tr {
            th scope="row" { (variant_name(&variant.name)) @if baseline { " " span.muted { "baseline" } } }
            td.number { @match variant.ratio {
                Some(e) => { (ratio(e)) },
                None if baseline => { span.value { (Ratio(1.0)) } span.range { "by definition" } },
                None => span.none { "–" },
            } }
            td.number { (optional_time(variant.time)) }
            td.number { @match variant.setup.filter(|s| *s > 0.0) { Some(s) => { (Time(s)) }, None => span.none { "–" } } }
            td.number { (variant.launches) }
            td { (variant.side) }
            td.status { (state(&variant.state)) }
        }
    }
}

/// What each side brings besides its language: where both bring the same library, seldom in one version.
fn libraries(pair: &PairRecord) -> Markup {
    let of = |side: Side| {
        let own = pair.libraries.iter().filter(move |library| library.side == side);
        own.map(|library| format!("{} {}", library.name, library.version))
            .collect::<Vec<_>>()
            .join(", ")
    };
    html! {
        @if !pair.libraries.is_empty() {
            p {
                "Libraries: "
                @for (at, side) in [Side::Python, Side::Rust].into_iter().enumerate() {
                    @if at > 0 { "; " }
                    (side) " has " b { @match of(side) { none if none.is_empty() => "none to tell of", own => (own) } }
                }
                ". Part of a ratio may be theirs."
            }
        }
    }
}

/// What the pair's author expects, and whether it is so.
fn expected(one: &PairAnalysis<'_>) -> Markup {
    html! {
        @for check in one.floors() {
            p {
                span.badge.good[check.result == FloorResult::Held].bad[check.result == FloorResult::Violated] {
                    (check.result)
                }
                " Expected: " (check.floor) ". " (check) "."
            }
        }
    }
}

fn optional_time(estimate: Option<Estimate>) -> Markup {
    html! { @match estimate { Some(e) => { (time(e)) }, None => span.none { "–" } } }
}

fn state(state: &State) -> Markup {
    let class = match state {
        State::Measured => "badge good",
        State::Failed(_) => "badge bad",
        _ => "badge",
    };
    html! {
        span class=(class) { (state_word(state)) }
        @match state {
            State::Failed(fault) => span.why { (fault) },
            State::Skipped(reason) => span.why { (reason) },
            _ => {}
        }
    }
}

fn embedded(case: &CaseSummary) -> Markup {
    let Some(embedded) = &case.embedded else {
        return html! {};
    };
    html! {
        @if let (Some(time), Some(tax)) = (embedded.time, embedded.tax) {
            p {
                (variant_name(Variant::EMBEDDED)) ": the same Python function inside the bench process, through PyO3, takes "
                b { (Time(time.value)) } (interval(time, |v| Time(v).to_string())) ". The embedding tax is "
                b { (Ratio(tax.value)) } (interval(tax, |v| Ratio(v).to_string()))
                ": embedded time ÷ the worker's. No ratio above uses it."
            }
        }
    }
}

fn interval(estimate: Estimate, print: impl Fn(f64) -> String) -> String {
    super::page::range(estimate, print)
        .map(|range| format!(" ({range})"))
        .unwrap_or_default()
}

/// The launches of one variant as the charts and the table show them.
struct Strip<'a> {
    variant: &'a str,
    scale: Scale,
    boxes: Vec<LaunchBox>,
    estimate: Option<Estimate>,
    kinds: Option<KindsOfLaunches>,
}

fn strips<'a>(one: &'a PairAnalysis<'_>, case: &'a CaseSummary) -> Vec<Strip<'a>> {
    let boxes = |of: &dyn Fn(&LaunchFigures) -> Option<Distribution>| {
        let launches = one.launches_of(case.size);
        let drawn = launches.filter_map(|launch| {
            Some(LaunchBox {
                index: launch.index,
                samples: of(launch)?,
            })
        });
        drawn.collect()
    };
    let mut all = Vec::new();
    if let Some(time) = case.baseline.time {
        all.push(Strip {
            variant: &one.pair.baseline,
            scale: Scale::for_time(time.value),
            boxes: boxes(&|launch| launch.baseline),
            estimate: Some(time),
            kinds: None,
        });
    }
    let compared = (case.variants.iter()).filter_map(|v| Some((v.name.as_str(), v.ratio?)));
    let embedded = case
        .embedded
        .and_then(|e| e.tax)
        .map(|tax| (Variant::EMBEDDED, super::summary::inverse(tax)));
    for (variant, ratio) in compared.chain(embedded) {
        all.push(Strip {
            variant,
            scale: Scale::Ratio,
            boxes: boxes(&|launch| launch.comparison(variant)?.ratios),
            estimate: Some(ratio),
            kinds: (variant != Variant::EMBEDDED)
                .then(|| KindsOfLaunches::of(one, case.size, variant))
                .flatten(),
        });
    }
    all
}

fn launches(one: &PairAnalysis<'_>, case: &CaseSummary) -> Markup {
    let strips = strips(one, case);
    if strips.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="launches" {
            h2 #launches { "Samples by launch" }
            p.hint {
                "One mark per launch, a fresh process each: the median; the box is the middle half of its samples, the line "
                "runs from 10\u{a0}% to 90\u{a0}%. Across goes the estimate, shaded its 95\u{a0}% interval. Every panel has a logarithmic "
                "axis of its own. Launches that differ more than the boxes are tall are why the interval is over launches."
            }
            div.panels {
                @for strip in &strips { (strip_panel(strip)) }
            }
            details {
                summary { "The numbers in these charts" }
                (launch_table(&strips))
            }
        }
    }
}

fn strip_panel(strip: &Strip<'_>) -> Markup {
    let number = |v: f64| print(strip.scale, v);
    let kinds = strip.kinds.as_ref().map(KindsOfLaunches::sentence);
    let kinds = kinds.as_deref();
    let label = strip.estimate.map_or_else(String::new, |e| {
        let medians = || strip.boxes.iter().map(|b| b.samples.median);
        let (low, high) = medians().fold((f64::INFINITY, 0f64), |(l, h), v| (l.min(v), h.max(v)));
        format!(
            "{} over {}: medians from {} to {}, estimate {}.",
            strip.variant,
            launch_count(strip.boxes.len() as u32),
            number(low),
            number(high),
            number(e.value)
        ) + &kinds.map(|kinds| format!(" {kinds}")).unwrap_or_default()
    });
    let what = match strip.scale {
        Scale::Ratio => "ratio".to_string(),
        Scale::Seconds(_, unit) => format!("time in {unit}"),
    };
    html! {
        @if let Some(svg) = panel(strip.variant, strip.scale, &strip.boxes, strip.estimate, strip.kinds.as_ref(), &label) {
            figure.panel {
                figcaption {
                    (variant_name(strip.variant)) " " span.muted { (what) }
                    @if let Some(e) = strip.estimate { span.figure { (number(e.value)) } }
                }
                (PreEscaped(svg))
                @if let Some(kinds) = kinds { p.kinds { (kinds) } }
            }
        }
    }
}

fn print(scale: Scale, value: f64) -> String {
    match scale {
        Scale::Ratio => Ratio(value).to_string(),
        Scale::Seconds(..) => Time(value).to_string(),
    }
}

fn launch_table(strips: &[Strip<'_>]) -> Markup {
    let mut indices: Vec<u32> = strips.iter().flat_map(|s| &s.boxes).map(|b| b.index).collect();
    indices.sort_unstable();
    indices.dedup();
    html! {
        div.scroll role="region" aria-label="Samples by launch" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Launch" }
                    @for strip in strips { th.number scope="col" { (variant_name(strip.variant)) } }
                } }
                tbody { @for index in indices { tr {
                    th scope="row" { (u64::from(index) + 1) }
                    @for strip in strips { td.number { @if let Some(b) = strip.boxes.iter().find(|b| b.index == index) {
                        span.value { (print(strip.scale, b.samples.median)) }
                        span.range { (print(strip.scale, b.samples.lower)) " – " (print(strip.scale, b.samples.upper)) }
                        span.range { (print(strip.scale, b.samples.low)) " – " (print(strip.scale, b.samples.high)) }
                        @if let Some(is_upper) = strip.kinds.as_ref().and_then(|kinds| kinds.is_upper(index)) {
                            span.range.strong { (if is_upper { "upper mode" } else { "lower mode" }) }
                        }
                    } } }
                } } }
            }
        }
        p.hint { "Median; below it the middle half, then 10\u{a0}% to 90\u{a0}%." }
    }
}

fn sizes(pair: &PairRecord, summary: &PairSummary) -> Markup {
    let measured: Vec<&CaseSummary> = summary
        .measured_cases()
        .filter(|c| c.baseline.time.is_some())
        .collect();
    html! {
        section aria-labelledby="sizes" {
            h2 #sizes { "Time against size" }
            @if measured.len() < 2 {
                p.hint {
                    "Only one case was measured of " (count(pair.cases.len(), "declared case")) ". To see how time grows: "
                    code { "cargo bench -- --cases all " (pair.name) }
                }
            } @else { (size_chart(pair, &measured)) }
        }
    }
}

fn size_chart(pair: &PairRecord, measured: &[&CaseSummary]) -> Markup {
    let names: Vec<&str> = std::iter::once(pair.baseline.as_str())
        .chain(
            pair.variants
                .iter()
                .map(|v| v.name.as_str())
                .filter(|name| *name != pair.baseline),
        )
        .filter(|name| {
            measured
                .iter()
                .any(|c| c.variant(name).is_some_and(|v| v.time.is_some()))
        })
        .collect();
    let line = |name: &&str| Line {
        variant: name.to_string(),
        points: measured
            .iter()
            .filter_map(|c| Some((c.size, c.variant(name)?.time?)))
            .collect(),
    };
    let lines: Vec<Line> = names.iter().map(line).collect();
    let label = format!(
        "Time per call against size on logarithmic axes for {} at {}; the table has the numbers.",
        names.join(", "),
        count(measured.len(), "size")
    );
    html! {
        div.split.even {
            @if let Some(svg) = sizes::draw(&lines, &pair.unit, &label) {
                figure.sizes { (PreEscaped(svg)) figcaption { "Both axes are logarithmic; whiskers are 95\u{a0}% intervals." } }
            }
            div.scroll role="region" aria-label="Times and ratios by size" tabindex="0" {
                table {
                    thead { tr {
                        th scope="col" { "Size" }
                        @for case in measured { th.number scope="col" { (case.size) } }
                    } }
                    tbody { @for name in &names { tr {
                        th scope="row" { (variant_name(name)) }
                        @for case in measured { td.number { @if let Some(v) = case.variant(name) {
                            (optional_time(v.time))
                            @if let Some(e) = v.ratio { span.range.strong { (Ratio(e.value)) (interval(e, |v| Ratio(v).to_string())) } }
                        } } }
                    } } }
                }
            }
        }
    }
}

fn verification(pair: &PairRecord, summary: &PairSummary) -> Markup {
    let v = &pair.verification;
    html! {
        section aria-labelledby="verification" {
            h2 #verification { "Verification" }
            p {
                @match summary.gate {
                    Gate::Passed => { span.badge.good { "passed" } " " },
                    Gate::Failed => { span.badge.bad { "failed" } " " },
                    Gate::Pending => { span.badge { "not verified yet" } " " },
                }
                (count(v.compared as usize, "call")) " compared with the baseline's in " (Time(v.seconds)) ". "
                "Integers, strings and shapes must be equal; floats: " (pair.tolerance) ". "
                "No call may change its input."
                @if summary.gate == Gate::Failed { " No ratio is published for sides that disagree." }
            }
            @for failure in &summary.failures { (failure_block(failure)) }
        }
    }
}

fn failure_block(failure: &FailureSummary) -> Markup {
    let details = failure.fault.details();
    html! {
        div.failure {
            p {
                b { (if failure.variant.is_empty() { "the whole pair" } else { &failure.variant }) } " " (failure.fault)
                @if let Some(size) = failure.size { ", at size " (size) }
                @match failure.stage {
                    Stage::Verify => ", while verifying",
                    Stage::Launch(index) => { ", in launch " (u64::from(index) + 1) },
                    Stage::Unknown => {}
                }
                ". " span.next { "Next: " (failure.fault.next_step()) "." }
            }
            @if !details.is_empty() {
                details open { summary { (details_name(&failure.fault)) } pre tabindex="0" { (details) } }
            }
        }
    }
}

fn details_name(fault: &crate::hosts::Fault) -> &'static str {
    match fault {
        crate::hosts::Fault::Disagrees { .. } => "Both answers",
        crate::hosts::Fault::Died { .. } | crate::hosts::Fault::Killed { .. } => "The last output",
        _ => "The traceback",
    }
}

fn sources(pair: &PairRecord) -> Markup {
    let s = &pair.sources;
    html! {
        section aria-labelledby="sources" {
            h2 #sources { "Both sources" }
            p.hint { "As they were when the run began." }
            div.sources {
                (source("Python", &s.python_path, &s.python, Language::Python))
                (source("Rust", &s.rust_path, &s.rust, Language::Rust))
            }
        }
    }
}

fn source(title: &str, path: &str, text: &str, language: Language) -> Markup {
    let mut numbers = String::new();
    for line in 1..=text.lines().count() {
        numbers.push_str(&line.to_string());
        numbers.push('\n');
    }
    html! {
        figure.source {
            figcaption { b { (title) } " " code { (path) } }
            div.code role="region" aria-label={ (title) " source" } tabindex="0" {
                pre.lines aria-hidden="true" { (numbers) }
                pre { code { (highlight(text, language)) } }
            }
        }
    }
}

fn timed(pair: &PairRecord) -> Markup {
    let setups = pair.variants.iter().any(|v| {
        matches!(
            v.name.as_str(),
            "threads" | "processes" | "asyncio" | "rayon" | "tokio"
        )
    });
    html! {
        section aria-labelledby="timed" {
            h2 #timed { "What was timed, and what was not" }
            div.split.even {
                div {
                    h3 { "Between the two clock reads" }
                    ul {
                        li { "The calls of a sample: the function's whole work, its result built and freed again." }
                        li { "The loop around them: in the worker " code { "for _ in repeat(None, n)" } " costs 15–30 ns a call." }
                        li { "What the collector does meanwhile: it stays on, as users have it, after one collect and freeze." }
                        li { "For " code { "native" } ": the Python function with its calls into the extension module and the conversions between." }
                    }
                }
                div {
                    h3 { "Outside" }
                    ul {
                        li { "Making the input and handing it over: it is generated once, and each side has its own form of it before the first sample." }
                        li { "Starting processes, imports, compiling, warm-up." }
                        li { "Comparing answers: that was done before any timing." }
                        @if setups { li { "Setting up pools: recorded of its own, in the table of variants." } }
                        li { "The pipe to the worker: timing happens inside the worker." }
                        li { "Python inside the bench process: measured separately, as " code { "embedded" } "." }
                    }
                }
            }
        }
    }
}
