//! The table of all pairs on the index: rows by profile, columns by the kind of step.

use super::charts::palette::look_as;
use super::diagnoses::sources;
use super::page::{marked, or_dash, pair_file, ratio_of, sort_value, threads, time, variant_name};
use super::summary::{CaseSummary, PairState, State, VariantMean, VariantSummary, geometric_means};
use super::{ladder, machines, verdicts};
use crate::analyse::PairAnalysis;
use crate::analyse::sites::machine_name;
use crate::analyse::verdict::Call;
use crate::estimate::Ratio;
use crate::registry::{Kind, Profile, Variant};
use crate::text::capital;
use maud::{Markup, html};

/// A column of variants of one kind, and the key by which it sorts.
struct Column(Kind, &'static str);

/// From the least to the most work to port.
const COLUMNS: [Column; 7] = [
    Column(Kind::BetterPython, "better-python"),
    Column(Kind::Library, "library"),
    Column(Kind::Compiled, "compiled"),
    Column(Kind::ParallelPython, "parallel-python"),
    Column(Kind::Extension, "native"),
    Column(Kind::Port, "rust"),
    Column(Kind::ParallelPort, "parallel-rust"),
];

impl Column {
    fn of<'a>(&self, case: Option<&'a CaseSummary>) -> Vec<&'a VariantSummary> {
        let all = case.into_iter().flat_map(|case| &case.variants);
        all.filter(|v| v.kind == self.0).collect()
    }

    /// Whether the title already names the variant.
    fn names(&self, variant: &str) -> bool {
        matches!((self.0, variant), (Kind::Extension, _) | (Kind::Port, "rust"))
    }

    fn head(&self) -> Markup {
        match self.0 {
            Kind::Extension => variant_name("native"),
            Kind::Port => variant_name("rust"),
            kind => html! { (capital(kind.words())) },
        }
    }
}

/// All pairs, grouped by profile; within a group in the given order.
pub(crate) fn table(chosen: &[&PairAnalysis<'_>]) -> Markup {
    let used = |column: &&Column| (chosen.iter()).any(|one| !column.of(one.summary.headline()).is_empty());
    let columns: Vec<&Column> = COLUMNS.iter().filter(used).collect();
    let machines = machines::differ(chosen);
    html! {
        div.scroll role="region" aria-labelledby="pairs" tabindex="0" {
            table.pairs data-sortable {
                thead { tr {
                    th scope="col" data-key="pair" { "Pair" }
                    th scope="col" data-key="verdict" { "Verdict" }
                    th.number scope="col" data-key="residual" data-numeric { "Port beyond the best step" }
                    th.number scope="col" data-key="time" data-numeric { (variant_name(Variant::BASELINE)) }
                    @for column in &columns {
                        th.number scope="col" data-key=(column.1) data-numeric { (column.head()) }
                    }
                    th scope="col" data-key="profile" aria-sort="ascending" { "Profile" }
                } }
                tbody { @for profile in Profile::ALL { (group(chosen, profile, &columns, machines)) } }
                (foot(chosen, &columns))
            }
        }
    }
}

/// The heading and the rows of a profile.
fn group(chosen: &[&PairAnalysis<'_>], profile: Profile, columns: &[&Column], machines: bool) -> Markup {
    let own: Vec<&PairAnalysis<'_>> = chosen
        .iter()
        .copied()
        .filter(|one| one.pair.profile == profile)
        .collect();
    let alone = own.len() == chosen.len();
    html! {
        @if !own.is_empty() && !alone {
            tr.group { th scope="rowgroup" colspan=(columns.len() + 5) { span { (profile_heading(profile)) } } }
        }
        @for one in own { (row(one, columns, machines)) }
    }
}

fn profile_heading(profile: Profile) -> &'static str {
    match profile {
        Profile::HotLoop => "Hot loop: one function has most of the time",
        Profile::Flat => "Flat: no function has more than 40\u{a0}%",
        Profile::Parallel => "Parallel: work that divides over cores",
        Profile::Concurrent => "Concurrent: many things wait at the same time",
        Profile::LibraryBound => "Library-bound: Python already runs a database or a library written in C",
        Profile::Service => "Service: a server over a database, in a process of its own",
        Profile::Undeclared => "Not declared",
    }
}

fn row(one: &PairAnalysis<'_>, columns: &[&Column], machines: bool) -> Markup {
    let pair = &one.summary;
    let case = pair.headline();
    let baseline = case.and_then(|c| c.baseline.time);
    let state = pair.state();
    html! {
        tr {
            th scope="row" data-value=(pair.name) {
                a href=(pair_file(&pair.name)) { (pair.name) }
                @if machines { span.why { "on " (machine_name(&one.record.machine)) } }
            }
            td.verdict data-value=(verdict_order(one.verdict().call())) { (verdict(one, case, state)) }
            (residual_cell(one))
            td.number data-value=(sort_value(baseline.map(|e| e.value))) {
                (or_dash(baseline, time))
            }
            @for column in columns { (cell(column, &column.of(case), state)) }
            td data-value=(profile_order(pair.profile)) { (pair.profile) }
        }
    }
}

/// Sorts by the verdicts' order in their list.
fn verdict_order(call: Call) -> String {
    let place = Call::ALL.iter().position(|known| *known == call);
    format!("{} {call}", place.unwrap_or_default())
}

/// Sorts by the order of the groups.
fn profile_order(profile: Profile) -> String {
    let place = Profile::ALL.iter().position(|known| *known == profile);
    format!("{} {profile}", place.unwrap_or_default())
}

/// The verdict, the state of a pair that failed or was not measured, and what failed or was skipped.
fn verdict(one: &PairAnalysis<'_>, case: Option<&CaseSummary>, state: PairState) -> Markup {
    let class = match state {
        PairState::Measured => None,
        PairState::Partial | PairState::Failed => Some("badge bad"),
        PairState::Skipped | PairState::Waiting => Some("badge"),
    };
    let has_verdict = !one.verdict().repeats_state();
    let failure = one
        .summary
        .failures
        .first()
        .filter(|_| state == PairState::Failed);
    html! {
        @if has_verdict { (verdicts::badge(one.verdict().call())) " " }
        @if let Some(class) = class { span class=(class) { (standing_word(state)) } }
        @if has_verdict { span.why { (verdicts::reason(one.verdict(), &one.verdict().own_doubts())) } }
        @if let Some(size) = sources::in_short(one).filter(|_| has_verdict) { span.why { "Size: " (size) "." } }
        @if let Some(failure) = failure {
            span.why { @if !failure.variant.is_empty() { b { (failure.variant) } " " } (failure.fault) }
        } @else if let Some(reason) = one.pair.skipped() {
            span.why { (reason) }
        } @else {
            @for variant in case.into_iter().flat_map(|c| &c.variants) {
                @match &variant.state {
                    State::Failed(fault) => span.why { b { (variant.name) } " " (fault) },
                    State::Skipped(reason) => span.why { b { (variant.name) } " skipped: " (reason) },
                    _ => {}
                }
            }
        }
    }
}

fn cell(column: &Column, variants: &[&VariantSummary], state: PairState) -> Markup {
    let largest = variants
        .iter()
        .filter_map(|v| v.ratio)
        .map(|e| e.value)
        .reduce(f64::max);
    html! {
        td.number data-value=(sort_value(largest)) {
            @if variants.is_empty() { span.none { span.unseen { "not in this pair" } } }
            @for variant in variants {
                @if !column.names(&variant.name) {
                    span.which { (marked(look_as(&variant.name, variant.kind), &variant.name)) " " }
                }
                @match variant.ratio {
                    Some(estimate) => { (ratio_of(variant, estimate)) (threads(variant)) },
                    None if state == PairState::Failed => { span.none { "–" } },
                    None => { span.none { (state_word(&variant.state)) } },
                }
            }
        }
    }
}

/// The port's gain beyond the best step, and which step that is.
fn residual_cell(one: &PairAnalysis<'_>) -> Markup {
    let known = one.residual().zip(one.summary.headline());
    html! {
        td.number data-value=(sort_value(known.as_ref().map(|(one, _)| one.gain.value))) {
            @match &known {
                Some((residual, case)) => {
                    @let (gain, interval) = ladder::words(residual, case);
                    span.value { (gain) }
                    @if let Some(interval) = interval { span.range { (interval) } }
                    span.range { @match &residual.step {
                        Some(step) => { (residual.port.name) " beyond " (step.name) },
                        None => "no step is faster",
                    } }
                }
                None => span.none { "–" },
            }
        }
    }
}

/// The geometric means over the pairs above.
fn foot(chosen: &[&PairAnalysis<'_>], columns: &[&Column]) -> Markup {
    let pairs: Vec<_> = chosen.iter().map(|one| &one.summary).collect();
    let means = geometric_means(&pairs);
    let kind = |name: &str| {
        let mut all = pairs.iter().filter_map(|pair| pair.headline()?.variant(name));
        all.next().map(|variant| variant.kind)
    };
    let of = |column: &Column| -> Vec<&VariantMean> {
        let own = means.iter();
        own.filter(|mean| mean.pairs > 1 && kind(&mean.variant) == Some(column.0))
            .collect()
    };
    html! {
        @if means.iter().any(|mean| mean.pairs > 1) {
            tfoot { tr {
                th scope="row" colspan="4" { "Geometric mean over the pairs that have the variant, and the port's over the same pairs" }
                @for column in columns { td.number { @for mean in of(column) {
                    @if !column.names(&mean.variant) { span.which { (marked(look_as(&mean.variant, column.0), &mean.variant)) " " } }
                    span.value { (Ratio(mean.value)) }
                    span.range { (mean.beside()) }
                } } }
                td {}
            } }
        }
    }
}

/// A state in a word or two.
pub(crate) fn state_word(state: &State) -> &'static str {
    match state {
        State::Measured => "measured",
        State::Skipped(_) => "skipped",
        State::Failed(_) => "failed",
        State::Deselected => "deselected",
        State::NotMeasured => "not measured",
    }
}

/// The state of a pair in a word or two.
pub(crate) fn standing_word(state: PairState) -> &'static str {
    match state {
        PairState::Measured => "verified",
        PairState::Partial => "partly failed",
        PairState::Failed => "failed",
        PairState::Skipped => "skipped",
        PairState::Waiting => "not measured yet",
    }
}
