//! Where the time goes: the hottest functions, and what an extension could gain next to what it did gain.

use crate::analyse::PairAnalysis;
use crate::analyse::profile::{ExtensionGain, FLAT_MOST, LOOP_LEAST};
use crate::diagnose::profile::{CallProfile, FunctionShare};
use crate::estimate::{Ceiling, Ratio, Share};
use crate::record::PairRecord;
use crate::registry::{Kind, Profile, Variant};
use crate::report::charts::bars::share_bar;
use crate::report::page::{heading, in_parentheses, percent, range_of, share_range, variant_name};
use maud::{Markup, PreEscaped, html};

/// How many functions are shown; the rest is summed.
const SHOWN: usize = 8;

/// The hottest functions of the baseline; nothing if it was not profiled.
pub(crate) fn section(one: &PairAnalysis<'_>) -> Markup {
    let pair = one.pair;
    let Some(profile) = pair.diagnoses.profile(Variant::BASELINE) else {
        return html! {};
    };
    html! {
        section aria-labelledby="profile" {
            (heading("profile", html! { "Where the time goes" small { " in " (profile.variant) ", from " (profile.ticks) " samples of its stack" } }))
            p { (concentration(pair, profile)) }
            (extension(one, profile))
            (table(profile, "The hottest functions of python"))
            p.hint {
                "Dark bar and “own”: the function itself, with the C code that it calls, which no profile of Python can see into. Pale bar "
                "and “total”: with all functions that it calls. The line on a bar and the small print: 95\u{a0}% intervals. A name has its "
                "module before a colon if it is not the pair's. Only the main thread is sampled, in a separate pass that is not timed."
            }
            @if let Some(native) = pair.diagnoses.profile("native") {
                details {
                    summary { "The same for native, from " (native.ticks) " samples" }
                    (table(native, "The hottest functions of native"))
                }
            }
        }
    }
}

/// The hottest function, and whether it fits the declared profile.
fn concentration(pair: &PairRecord, profile: &CallProfile) -> Markup {
    let Some(hottest) = profile.functions.first() else {
        return html! { "No Python function was seen: all of the time is in C code that the harness calls." };
    };
    let own = profile.own(hottest);
    let declared = match pair.profile {
        Profile::Flat if own.low > FLAT_MOST => {
            ". The pair is declared flat, but one function takes more than 40\u{a0}%."
        }
        Profile::Flat => ". The pair is declared flat: no function should take more than 40\u{a0}%.",
        Profile::HotLoop if own.high < LOOP_LEAST => {
            ". The pair is declared a hot loop, but no function takes half."
        }
        Profile::HotLoop => ". The pair is declared a hot loop: one function should take most of it.",
        Profile::Parallel
        | Profile::Concurrent
        | Profile::LibraryBound
        | Profile::Service
        | Profile::Undeclared => ".",
    };
    html! {
        "The hottest function, " code { (hottest.name) } ", takes " b { (percent(own.value)) } " (" (share_range(own))
        ") of the time by itself" (declared)
    }
}

/// The ceiling next to what was measured.
fn extension(one: &PairAnalysis<'_>, profile: &CallProfile) -> Markup {
    let has_native = one.pair.variants.iter().any(|variant| variant.name == "native");
    let Some(gain) = ExtensionGain::of(one.pair, &one.summary) else {
        return html! {
            @if let Some(replaced) = profile.replaced.as_deref().filter(|_| has_native) { p {
                code { (replaced) } ", which " (variant_name("native")) " replaces, was never seen: the profile sets no limit to that gain."
            } }
        };
    };
    let port = port(one);
    html! {
        p {
            @match profile.replaced_function().filter(|_| has_native) {
                Some(function) => {
                    (variant_name("native")) " replaces " code { (function.name) } " with Rust, which takes "
                    b { (percent(gain.part.value)) } " (" (share_range(gain.part)) ") with all that it calls. "
                }
                None => (best_step(profile)),
            }
            "If that cost nothing any more, and all else stayed the same, the whole would be about " b { (ceiling_value(gain.ceiling)) } " "
            (ceiling_range(gain.ceiling)) " as fast (Amdahl's law): the ceiling of an extension on one thread. "
            (freeing(profile)) " "
            @match gain.native {
                Some(_) => {
                    "Measured: " (measured(one, "native"))
                    @match gain.threads {
                        Some(threads) => { ", on " (format!("{threads:.1}")) " threads, for which the ceiling is not a bound." }
                        None if gain.is_above() && !gain.exceeds() => ", above the ceiling, but not by both intervals.",
                        None => ".",
                    }
                }
                None if has_native => { (variant_name("native")) " has no ratio to compare with it." }
                None => "No such variant is measured.",
            }
            @if let Some(name) = port { " The full port, " (variant_name(&name)) ", gains " (measured(one, &name)) "." }
        }
        @if gain.exceeds() { (causes(one.pair.profile == Profile::Parallel, profile)) }
    }
}

/// What an extension would replace, if no variant declares it.
fn best_step(profile: &CallProfile) -> Markup {
    let Some((function, part)) = profile.best_step() else {
        return html! {};
    };
    if part.value == function.own {
        return html! { "An extension would replace " code { (function.name) } " with Rust. " };
    }
    html! {
        "With all that it calls, " code { (function.name) } " takes " b { (percent(part.value)) } " (" (share_range(part))
        "): the most that one step below a port can replace. "
        @if function.name.contains(':') { "It is not the pair's own code, so another library in its place may do. " }
    }
}

/// The fastest port on one core.
fn port(one: &PairAnalysis<'_>) -> Option<String> {
    let variants = one.summary.headline()?.variants.iter();
    let ports = variants.filter(|variant| variant.kind == Kind::Port);
    let gains = ports.filter_map(|variant| Some((&variant.name, variant.ratio?.value)));
    let best = gains.max_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(best.0.clone())
}

/// What a variant gained, in a sentence.
fn measured(one: &PairAnalysis<'_>, variant: &str) -> Markup {
    let variant = one.summary.headline().and_then(|case| case.variant(variant));
    html! {
        @if let Some(variant) = variant {
            @match (&variant.modes, variant.ratio) {
                (Some(modes), _) => b { (modes.display_ratio()) },
                (None, Some(ratio)) => { b { (Ratio(ratio.value)) } (in_parentheses(ratio, |v| Ratio(v).to_string())) }
                (None, None) => {}
            }
        }
    }
}

/// What the shares, and so the ceiling, leave out.
fn freeing(profile: &CallProfile) -> &'static str {
    match profile.freeing {
        Some(_) => {
            "It is approximate: what a function leaves in its variables counts for it when it is freed, but what it returns \
             counts for the function that lets go of it."
        }
        None => {
            "It is approximate, and without freeing: what a function leaves in its variables is freed after it has returned, \
             which counts for its caller here."
        }
    }
}

/// Why a gain can be above its ceiling, which assumes that all else stays the same. The causes are not told apart.
fn causes(side_by_side: bool, profile: &CallProfile) -> Markup {
    html! {
        p { b { "More than the ceiling." } " The ceiling assumes that the rest of the program stays the same. It can become faster, too. Any of these can be the reason:" }
        ul {
            @if side_by_side {
                li { "this pair is parallel: if " (variant_name("native")) " runs in threads and releases the GIL, it uses several cores at once, and the ceiling is that of one core;" }
            }
            @if profile.freeing.is_none() {
                li { "the objects in a Python function's variables are freed after it has returned, which counts for its caller; Rust has nothing there to free;" }
            }
            li { "what a Python function returns is freed by others, for whom it counts; what Rust returns may cost less to free;" }
            li { "a call of a Rust function costs less than a call of a Python function, and a part of that cost counts for the caller;" }
            li { "objects that Rust does not create take no room in the caches and no garbage collection;" }
            li { "the Rust function may do less than the Python function: it may return another kind of object, or leave out what the answer does not need. Its source is below." }
        }
        p { "The shares are also those of another process at another time, in which the work may have been divided differently. The measured ratio is not in doubt; the ceiling is." }
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
                    th.number scope="col" { "Own" } th.number scope="col" { "Total" }
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
    let (own, total) = (profile.own(function), profile.total(function));
    let is_replaced =
        profile.replaced.as_ref() == Some(&function.name) && profile.variant == Variant::BASELINE;
    html! { tr {
        th scope="row" {
            code { (function.name) }
            @if function.line > 0 { " " span.muted { "line " (function.line) } }
            @if is_replaced { " " span.muted { "replaced in " } (variant_name("native")) }
        }
        td.bar { (PreEscaped(share_bar(own.value, total.value, Some((own.low, own.high))))) }
        td.number { (figure(own)) }
        td.number { (figure(total)) }
    } }
}

fn figure(share: Share) -> Markup {
    html! { span.value { (percent(share.value)) } span.range { (share_range(share)) } }
}

fn sum(name: &str, share: f64) -> Markup {
    html! { tr {
        th scope="row" { span.muted { (name) } } td.bar {}
        td.number { (percent(share)) } td.number { span.none { "–" } }
    } }
}

fn ceiling_value(ceiling: Ceiling) -> String {
    match ceiling.value.is_finite() {
        true => Ratio(ceiling.value).to_string(),
        false => "any number of times".into(),
    }
}

fn ceiling_range(ceiling: Ceiling) -> String {
    let low = Ratio(ceiling.low).to_string();
    match ceiling.high.is_finite() {
        true => format!("({})", range_of(&low, &Ratio(ceiling.high).to_string())),
        false => format!("({low} or more)"),
    }
}

#[cfg(test)]
mod tests;
