//! What a call allocates, how much memory the process holds, and the work of the garbage collector.

use crate::analyse::PairAnalysis;
use crate::diagnose::memory::{Counts, VariantMemory};
use crate::estimate::Time;
use crate::hosts::limits::Bytes;
use crate::report::charts::bars::{self, Bar};
use crate::report::page::{heading, or_dash, percent, variant_name};
use crate::text::thousands;
use maud::{Markup, PreEscaped, html};

/// Sentences, bars and a table by variant; nothing if it was not measured.
pub(crate) fn section(one: &PairAnalysis<'_>) -> Markup {
    let baseline = &one.pair.baseline;
    // Same order as in the table of times: the baseline, then the others as declared.
    let declared = one.pair.variants.iter();
    let memory: Vec<&VariantMemory> = declared
        .filter_map(|variant| one.pair.diagnoses.memory_of(&variant.name))
        .collect();
    if memory.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="memory" {
            (heading("memory", html! { "Memory" small { " of a call" } }))
            @for sentence in sentences(&memory, baseline) { p { (sentence) } }
            @if let Some(svg) = chart(&memory) { figure.bars { (PreEscaped(svg)) figcaption { "Allocations in a call" } } }
            (table(&memory))
            p.hint {
                "Allocations are requests to the allocators of CPython and Rust, in all threads of the process, including those that "
                "change a block's size; bytes are the sizes requested, and the most held is in addition to what was held before the call. Not "
                "included: memory that C libraries get from " code { "malloc" } " (SQLite, OpenSSL, the data of NumPy's arrays), "
                "mapped memory, stacks, and child processes. Resident sizes include all of that. They are from a separate "
                "process, with its children, that counted no allocations: before the input was made, and the most during the "
                "calls."
            }
        }
    }
}

fn sentences(memory: &[&VariantMemory], baseline: &str) -> Vec<String> {
    let of = |name: &str| memory.iter().copied().find(|one| one.variant == name);
    let python = of(baseline);
    let mut all = Vec::new();
    if let (Some(python), Some(rust)) = (python.and_then(|p| p.counts), of("rust").and_then(|r| r.counts)) {
        all.push(compared(baseline, python, rust));
    }
    let collections = python.and_then(|python| python.collections);
    if let Some(collections) = collections.filter(|collections| collections.number > 0.0) {
        all.push(format!(
            "The garbage collector runs {} times in a call of {baseline} and takes {} of it ({}).",
            decimal(collections.number),
            percent(collections.share()),
            Time(collections.seconds)
        ));
    }
    all.extend(unknown(memory));
    all
}

/// Which variants were not counted, and why; usually all for the same reason.
fn unknown(memory: &[&VariantMemory]) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for one in memory {
        let Some(reason) = one.uncounted.as_deref() else {
            continue;
        };
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, variants)) => variants.push(&one.variant),
            None => reasons.push((reason, vec![&one.variant])),
        }
    }
    let sentence = |(reason, variants): &(&str, Vec<&str>)| {
        format!(
            "The allocations of {} were not counted: {reason}.",
            variants.join(", ")
        )
    };
    reasons.iter().map(sentence).collect()
}

fn compared(baseline: &str, python: Counts, rust: Counts) -> String {
    let amount = |counts: Counts| format!("{} times, {}", grouped(counts.allocations), Bytes(counts.bytes));
    let times = python.allocations as f64 / rust.allocations.max(1) as f64;
    let beside = match (times, rust.allocations) {
        (_, 0) if python.allocations == 0 => String::new(),
        (_, 0) => ": none are left".into(),
        (times, _) if times >= 1.05 => format!(": {} times less often", decimal(times)),
        (times, _) if times <= 0.95 => format!(": {} times as often", decimal(1.0 / times)),
        _ => ": as often".into(),
    };
    format!(
        "A call of {baseline} allocates {}; one of rust {}{beside}.",
        amount(python),
        amount(rust)
    )
}

fn chart(memory: &[&VariantMemory]) -> Option<String> {
    let counted = memory.iter().filter_map(|one| Some((one, one.counts?)));
    let bars: Vec<Bar<'_>> = counted
        .map(|(one, counts)| Bar {
            variant: &one.variant,
            amount: counts.allocations as f64,
            text: grouped(counts.allocations),
        })
        .collect();
    let each: Vec<String> = bars
        .iter()
        .map(|bar| format!("{} {}", bar.variant, bar.text))
        .collect();
    bars::draw(&bars, &format!("Allocations in a call: {}.", each.join(", ")))
}

fn table(memory: &[&VariantMemory]) -> Markup {
    html! {
        div.scroll role="region" aria-labelledby="memory" tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Variant" }
                    th.number scope="col" { "Allocations" } th.number scope="col" { "Bytes" }
                    th.number scope="col" { "Most held" } th.number scope="col" { "Resident" }
                    th.number scope="col" { "Collections" }
                } }
                tbody { @for one in memory { (row(one)) } }
            }
        }
    }
}

fn row(one: &VariantMemory) -> Markup {
    html! {
        tr {
            th scope="row" { (variant_name(&one.variant)) }
            @match one.counts {
                Some(counts) => {
                    td.number { (allocations(one, counts)) }
                    td.number { (Bytes(counts.bytes)) }
                    td.number { (Bytes(counts.peak)) }
                },
                None => @for _ in 0..3 { td.number { span.none { "–" } } }
            }
            td.number { (or_dash(one.resident, |resident| html! {
                span.value { (Bytes(resident.peak)) }
                span.range { "+" (Bytes(resident.growth())) " since " (Bytes(resident.before)) }
            })) }
            td.number { (or_dash(one.collections, |collections| html! {
                span.value { (decimal(collections.number)) }
                span.range { (percent(collections.share())) " of the time" }
            })) }
        }
    }
}

fn allocations(one: &VariantMemory, counts: Counts) -> Markup {
    let again = one.again.map(|again| again.allocations);
    html! {
        span.value { (grouped(counts.allocations)) }
        @if counts.reallocations > 0 { span.range { (grouped(counts.reallocations)) " to change a size" } }
        @if let Some(again) = again.filter(|again| *again != counts.allocations) {
            span.range { "then " (grouped(again)) }
        }
        @if let Some(children) = one.children.filter(|children| *children > 0) {
            span.range { "without " (children) " child process" @if children > 1 { "es" } }
        }
    }
}

/// `1,234,567`.
fn grouped(number: u64) -> String {
    thousands(number as f64)
}

/// Two significant digits, or all before the point.
fn decimal(number: f64) -> String {
    match number {
        0.0 => "0".into(),
        n if n < 0.01 => "under 0.01".into(),
        n if n < 1.0 => format!("{n:.2}"),
        n if n < 10.0 => format!("{n:.1}"),
        n => format!("{n:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::memory::{Collections, Resident};
    use crate::record::fixture::steady;

    fn counts(allocations: u64, bytes: u64) -> Option<Counts> {
        Some(Counts {
            allocations,
            reallocations: allocations / 10,
            bytes,
            peak: 2048,
        })
    }

    fn page(memory: Vec<VariantMemory>) -> String {
        let mut record = steady();
        record.pairs[0].diagnoses.memory = memory;
        let one = PairAnalysis::alone(&record, &record.pairs[0]);
        section(&one).into_string()
    }

    #[test]
    fn both_sides_have_the_same_units() {
        let python = VariantMemory {
            variant: "python".into(),
            counts: counts(1_234_567, 5 << 20),
            again: counts(1_234_570, 5 << 20),
            resident: Some(Resident {
                before: 10 << 20,
                ready: 11 << 20,
                peak: 14 << 20,
            }),
            collections: Some(Collections {
                number: 2.5,
                seconds: 0.001,
                call_seconds: 0.004,
            }),
            ..VariantMemory::default()
        };
        let rust = VariantMemory {
            variant: "rust".into(),
            counts: counts(100_000, 1 << 20),
            children: Some(2),
            ..VariantMemory::default()
        };
        let html = page(vec![rust, python]);
        for text in [
            "A call of python allocates 1,234,567 times, 5 MiB; one of rust 100,000 times, 1 MiB: 12 times less often.",
            "runs 2.5 times in a call of python and takes 25\u{a0}% of it",
            "then 1,234,570",
            "+4 MiB since 10 MiB",
            "without 2 child processes",
            "10,000 to change a size",
        ] {
            assert!(html.contains(text), "{text}: {html}");
        }
        assert!(html.find("python").unwrap() < html.find("rust").unwrap());
    }

    #[test]
    fn variants_that_were_not_counted_are_named() {
        let none = |variant: &str| VariantMemory {
            variant: variant.into(),
            uncounted: Some("no <compiler>".into()),
            ..VariantMemory::default()
        };
        let html = page(vec![none("python"), none("rust")]);
        let text = "The allocations of python, rust were not counted: no &lt;compiler&gt;.";
        assert!(html.contains(text), "{html}");
        assert!(!html.contains("<svg viewBox=\"0 0 4000"), "{html}");
        assert_eq!(page(Vec::new()), "");
    }

    #[test]
    fn numbers_have_two_digits() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0.0, 0.001, 0.123, 1.26, 12.6].map(decimal),
            ["0", "under 0.01", "0.12", "1.3", "13"]
        );
        let of = |python, rust| {
            let text = compared("python", counts(python, 0).unwrap(), counts(rust, 0).unwrap());
            text.split_once(": ")
                .map(|(_, end)| end.to_string())
                .unwrap_or_default()
        };
        assert_eq!(of(100, 100), "as often.");
        assert_eq!(of(100, 300), "3.0 times as often.");
        assert_eq!(of(100, 0), "none are left.");
        assert_eq!(of(0, 0), "");
    }
}
