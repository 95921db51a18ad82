//! Where the time goes: the hottest functions, and what an extension could gain beside what it did.

use crate::analyse::PairAnalysis;
use crate::analyse::profile::{ExtensionGain, FLAT_MOST, LOOP_LEAST};
use crate::diagnose::profile::{CallProfile, FunctionShare};
use crate::estimate::{Ceiling, Estimate, Ratio, Share};
use crate::record::PairRecord;
use crate::registry::{Kind, Profile, Variant};
use crate::report::charts::{Canvas, palette::Ink};
use crate::report::page::percent;
use crate::report::page::variant_name;
use maud::{Markup, PreEscaped, html};

/// Functions that are shown; the rest is added up.
const SHOWN: usize = 8;
/// The bar of all of the time, in design units.
const BAR: (f64, f64) = (240.0, 16.0);

/// The hottest functions of the baseline; nothing where it was not profiled.
pub fn section(one: &PairAnalysis<'_>) -> Markup {
    let pair = one.pair;
    let Some(profile) = pair.diagnoses.profile(Variant::BASELINE) else {
        return html! {};
    };
    html! {
        section aria-labelledby="profile" {
            h2 #profile { "Where the time goes" small { " in " (profile.variant) ", from " (profile.ticks) " looks at its stack" } }
            p { (concentration(pair, profile)) }
            (extension(one, profile))
            (table(profile, "The hottest functions of python"))
            p.hint {
                "Bar and “own”: the function itself, with what it calls of C, which no profile of Python sees into. Pale, and “in "
                "all”: with all functions that it calls. The line on a bar and small print: 95\u{a0}% intervals. Names have their module "
                "before a colon where it is not the pair's. Only the main thread is looked at, in a pass of its own that no time comes from."
            }
            @if let Some(native) = pair.diagnoses.profile("native") {
                details {
                    summary { "The same in native, from " (native.ticks) " looks" }
                    (table(native, "The hottest functions of native"))
                }
            }
        }
    }
}

/// The hottest function, and what the pair is declared to be.
fn concentration(pair: &PairRecord, profile: &CallProfile) -> Markup {
    let Some(hottest) = profile.functions.first() else {
        return html! { "No function of Python was met: all of the time goes into code of C that the harness calls." };
    };
    let own = profile.share(hottest.own);
    let declared = match pair.profile {
        Profile::Flat if own.low > FLAT_MOST => {
            ". The pair is declared flat, but one function takes more than 40\u{a0}%."
        }
        Profile::Flat => ". The pair is declared flat: no function should take more than 40\u{a0}%.",
        Profile::HotLoop if own.high < LOOP_LEAST => {
            ". The pair is declared a hot loop, but no function takes half."
        }
        Profile::HotLoop => ". The pair is declared a hot loop: one function should take most of it.",
        Profile::Parallel | Profile::Concurrent | Profile::LibraryBound => ".",
    };
    html! {
        "The hottest function, " code { (hottest.name) } ", takes " b { (percent(own.value)) } " " (part_range(own))
        " of the time by itself" (declared)
    }
}

/// The ceiling beside what was measured.
fn extension(one: &PairAnalysis<'_>, profile: &CallProfile) -> Markup {
    let has_native = one.pair.variants.iter().any(|variant| variant.name == "native");
    let Some(gain) = ExtensionGain::of(one.pair, &one.summary) else {
        return html! {
            @if let Some(replaced) = profile.replaced.as_deref().filter(|_| has_native) { p {
                code { (replaced) } ", which " (variant_name("native")) " replaces, was never met: the profile sets no limit to what that gains."
            } }
        };
    };
    let port = port(one);
    html! {
        p {
            @match profile.replaced_function().filter(|_| has_native) {
                Some(function) => {
                    (variant_name("native")) " has Rust in the place of " code { (function.name) } ", which takes "
                    b { (percent(gain.part.value)) } " " (part_range(gain.part)) " with all that it calls. "
                }
                None => "An extension would have Rust in its place. ",
            }
            "If that cost nothing any more, and all else stayed as it is, the whole would be " b { (ceiling_value(gain.ceiling)) } " "
            (ceiling_range(gain.ceiling)) " as fast (Amdahl's law): the ceiling of an extension. "
            @match gain.native {
                Some(native) => { "Measured: " b { (Ratio(native.value)) } (interval(native)) "." }
                None if has_native => { (variant_name("native")) " has no ratio to put beside it." }
                None => "No such variant is measured.",
            }
            @if let Some((name, ratio)) = port {
                " The full port, " (variant_name(&name)) ", gains " b { (Ratio(ratio.value)) } (interval(ratio)) "."
            }
        }
        @if gain.exceeds() { (causes(one.pair.profile == Profile::Parallel)) }
    }
}

/// The fastest port on one core.
fn port(one: &PairAnalysis<'_>) -> Option<(String, Estimate)> {
    let variants = one.summary.headline()?.variants.iter();
    let ports = variants.filter(|variant| Kind::of(&variant.name, variant.side) == Kind::Port);
    ports
        .filter_map(|variant| Some((variant.name.clone(), variant.ratio?)))
        .max_by(|a, b| a.1.value.total_cmp(&b.1.value))
}

/// Why a gain can lie above its ceiling, which supposes that all else stays as it is.
fn causes(side_by_side: bool) -> Markup {
    html! {
        p { b { "More than the ceiling." } " The ceiling supposes that the rest of the program stays as it is. It can become faster, too:" }
        ul {
            @if side_by_side {
                li { "this pair is a parallel one: where " (variant_name("native")) " runs in threads and lets go of the interpreter's lock, it uses several cores at once, and the ceiling is that of one;" }
            }
            li { "what a function of Python leaves in its variables is freed when it has returned, which counts for its caller, and need not be freed any more;" }
            li { "calling a function of Rust costs its caller less than calling one of Python, and the cost of a call counts partly for the caller;" }
            li { "objects that Rust does not make need no room in the caches, no freeing in the caller, and no collector;" }
            li { "the function in Rust may do less than the one in Python: it may hand back another kind of object, or leave out what the answer does not need. Its source is below." }
        }
        p { "And the shares are those of another process at another moment, in which this work may have been divided otherwise. The measured ratio stands; the ceiling is what is in doubt." }
    }
}

fn table(profile: &CallProfile, label: &str) -> Markup {
    let (shown, others) = profile.functions.split_at(profile.functions.len().min(SHOWN));
    let rest: f64 = others.iter().map(|function| function.own).sum();
    let known: f64 = profile.functions.iter().map(|function| function.own).sum();
    html! {
        div.scroll role="region" aria-label=(label) tabindex="0" {
            table {
                thead { tr {
                    th scope="col" { "Function" } th.bar scope="col" { span.unseen { "Chart" } }
                    th.number scope="col" { "Own" } th.number scope="col" { "In all" }
                } }
                tbody {
                    @for function in shown { (row(profile, function)) }
                    @if !others.is_empty() { (sum(&format!("{} more", others.len()), rest)) }
                    // Less than this is rounding.
                    @if 1.0 - known > 0.0005 { (sum("between calls, where results are freed", 1.0 - known)) }
                }
            }
        }
    }
}

fn row(profile: &CallProfile, function: &FunctionShare) -> Markup {
    let (own, total) = (profile.share(function.own), profile.share(function.total));
    let is_replaced =
        profile.replaced.as_ref() == Some(&function.name) && profile.variant == Variant::BASELINE;
    html! { tr {
        th scope="row" {
            code { (function.name) }
            @if function.line > 0 { " " span.muted { "line " (function.line) } }
            @if is_replaced { " " span.muted { "replaced in " } (variant_name("native")) }
        }
        td.bar { (PreEscaped(bar(own, total))) }
        td.number { (figure(own)) }
        td.number { (figure(total)) }
    } }
}

fn figure(share: Share) -> Markup {
    html! { span.value { (percent(share.value)) } span.range { (part_range(share)) } }
}

fn sum(name: &str, share: f64) -> Markup {
    html! { tr {
        th scope="row" { span.muted { (name) } } td.bar {}
        td.number { (percent(share)) } td.number { span.none { "–" } }
    } }
}

/// The numbers beside it say the same, so it is decoration to those who hear the page.
fn bar(own: Share, total: Share) -> String {
    let (width, height) = BAR;
    let at = |part: f64| part.clamp(0.0, 1.0) * width;
    Canvas::svg(width, height, "", |canvas| {
        canvas.rect((0.0, 3.0), (width, 13.0), Ink::GRID, 0.5);
        canvas.rect((0.0, 3.0), (at(total.value), 13.0), Ink::BASELINE, 0.3);
        canvas.rect((0.0, 3.0), (at(own.value), 13.0), Ink::BASELINE, 0.9);
        canvas.line((at(own.low), 8.0), (at(own.high), 8.0), Ink::TEXT, 1.5);
    })
}

fn part_range(share: Share) -> String {
    format!("({:.0} – {:.0})", share.low * 100.0, share.high * 100.0)
}

fn ceiling_value(ceiling: Ceiling) -> String {
    match ceiling.value.is_finite() {
        true => Ratio(ceiling.value).to_string(),
        false => "any number of times".into(),
    }
}

fn ceiling_range(ceiling: Ceiling) -> String {
    let low = Ratio(ceiling.low);
    match ceiling.high.is_finite() {
        true => format!("({low} – {})", Ratio(ceiling.high)),
        false => format!("({low} or more)"),
    }
}

fn interval(estimate: Estimate) -> String {
    let range = crate::report::page::range(estimate, |v| Ratio(v).to_string());
    range.map(|range| format!(" ({range})")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
