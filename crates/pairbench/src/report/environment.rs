//! Where and how a record was made.

use super::explained;
use crate::analyse::groups;
use crate::analyse::machine::mean_over_launches;
use crate::estimate::Time;
use crate::hosts::interpreter::{Interpreter, Jit};
use crate::measure::Launch;
use crate::record::{Conditions, Embedding, Machine, NativeModule, Record, Settings, Status, Warning};
use crate::text::count;
use maud::{Markup, html};

/// The main facts, beside the chart.
pub(crate) fn facts(record: &Record) -> Markup {
    let (machine, python) = (&record.machine, &record.interpreter);
    html! {
        dl.facts {
            dt { "Project" }
            dd { (record.project_at()) }
            dt { "Machine" }
            dd { @if !machine.name.is_empty() { (machine.name) ": " } (machine.cpu) ", " (count(machine.cores as usize, "core")) ", " (machine.os) }
            dt { "Python" }
            dd { (python.implementation) " " (python.version) ", " (optimised(python.optimized)) }
            dt { "Rust" }
            dd {
                (record.build.rustc) ", opt-level " (record.build.opt_level)
                @if !record.build.rustflags.is_empty() { ", " code { (record.build.rustflags) } }
            }
            dt { "Run" }
            dd {
                (started(record)) ", " (status(record.status)) " after " (Time(record.run_seconds()))
                @if record.settings.quick { ", " code { "--quick" } }
                @for session in record.sessions.iter().skip(1) {
                    ", resumed " (when(&session.started)) " (after " (Time(session.at_s)) ")"
                }
            }
            @if !record.disturbances.is_empty() {
                dt { "Outside events" }
                dd { @for one in &record.disturbances { (one) " (after " (Time(one.at_s)) "). " } }
            }
        }
    }
}

/// The start time without fractions of a second.
pub(crate) fn started(record: &Record) -> String {
    when(&record.started)
}

fn when(started: &str) -> String {
    match started.split_once('T') {
        Some((day, time)) => format!("{day} {} UTC", time.get(..5).unwrap_or(time)),
        None => started.into(),
    }
}

/// How the run ended, in a word or two.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Running => "still running",
        Status::Complete => "complete",
        Status::Interrupted => "interrupted",
        Status::OutOfTime => "budget spent",
    }
}

fn optimised(optimised: Option<bool>) -> &'static str {
    match optimised {
        Some(true) => "optimised build",
        Some(false) => "not an optimised build",
        None => "optimisation unknown",
    }
}

fn yes(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    }
}

/// The warnings and notes as a list; nothing if there are none.
pub(crate) fn notice_list(warnings: &[Warning]) -> Markup {
    html! {
        @if !warnings.is_empty() {
            ul.notices {
                @for group in groups(warnings) {
                    li.warning[group.is_warning()] {
                        span.tag { (if group.is_warning() { "Warning" } else { "Note" }) } " "
                        (group.text()) ": " b { (group.figures()) } ". "
                        span.next { "Next: " (group.remedy()) "." }
                    }
                }
            }
            p.hint { (explained::link("All warnings and notes", "warnings.md")) }
        }
    }
}

/// Everything in the record about where and how it was made.
pub(crate) fn full(record: &Record) -> Markup {
    let (machine, python, build) = (&record.machine, &record.interpreter, &record.build);
    let load = |load: Option<[f64; 3]>| {
        load.map_or_else(
            || "unknown".into(),
            |l| format!("{:.2} {:.2} {:.2}", l[0], l[1], l[2]),
        )
    };
    let memory = machine.memory_bytes.map(memory);
    html! {
        div.columns {
            (table("Machine", &[
                ("Name", machine.name.clone()),
                ("CPU", machine.cpu.clone()),
                ("Logical cores", machine.cores.to_string()),
                ("Memory", memory.unwrap_or_else(|| "unknown".into())),
                ("System", machine.os.clone()),
                ("Frequency governor", governors(machine)),
                ("Frequency", frequency(&machine.conditions)),
                ("Load at the start", load(machine.load_start)),
                ("Load at the end", load(machine.load_end)),
                ("Used by other processes", others(record)),
                ("Clock", clock(record)),
                ("Power and quota", power(&machine.conditions)),
            ]))
            (table("Python", &[
                ("Implementation", format!("{} {}{}", python.implementation, python.version, kind_of_build(python))),
                ("Executable", python.executable.clone()),
                ("Virtual environment", yes(Some(python.virtual_env)).into()),
                ("Compiler", python.compiler.clone()),
                ("Built with optimisation", yes(python.optimized).into()),
                ("Executable loads libpython", yes(python.loads_libpython).into()),
                ("Altered by", match python.altered.is_empty() {
                    true => "nothing that is known".into(),
                    false => python.altered.join("; "),
                }),
                ("GIL", python.gil.map_or("on, or not reported", |on| if on { "on" } else { "off" }).into()),
                ("Packages", match python.packages.is_empty() {
                    true => "none that variants need".into(),
                    false => python.packages.iter().map(|(n, v)| format!("{n} {v}")).collect::<Vec<_>>().join(", "),
                }),
                ("Embedded", match &record.embedding {
                    Embedding::On { version } => version.clone(),
                    Embedding::Off { reason } => format!("off: {reason}"),
                }),
            ]))
            (table("Rust", &[
                ("Compiler", build.rustc.clone()),
                ("Target", build.target.clone()),
                ("Profile", format!("{}, opt-level {}", build.profile, build.opt_level)),
                ("RUSTFLAGS", match build.rustflags.as_str() { "" => "none".into(), flags => flags.into() }),
                ("pairbench", build.pairbench.clone()),
                ("Project", record.project().into()),
                ("Revision", build.revision.clone().unwrap_or_else(|| "not known to git".into())),
                ("Extension module", match &record.native {
                    NativeModule::Ready { seconds } => format!("ready after {}", Time(*seconds)),
                    NativeModule::Prebuilt { path } => format!("installed beforehand, {path}"),
                    NativeModule::NotNeeded => "not needed".into(),
                    NativeModule::Unavailable { reason } => format!("unavailable: {reason}"),
                }),
            ]))
            (settings(record))
        }
        details {
            summary { "How the interpreter was built" }
            h4 { "CONFIG_ARGS" }
            pre.wrap { (python.config_args) }
            h4 { "CFLAGS" }
            pre.wrap { (python.cflags) }
        }
    }
}

/// How a build differs from the usual one of its version.
fn kind_of_build(python: &Interpreter) -> String {
    let own = python
        .release
        .as_ref()
        .map(|release| format!("release {release}"));
    let jit = match python.jit {
        Some(Jit::On) => Some("JIT on"),
        Some(Jit::Off) => Some("JIT off"),
        Some(Jit::Absent) | None => None,
    };
    let free_threaded = (python.free_threaded == Some(true)).then_some("free-threaded");
    let debug = (python.debug == Some(true)).then_some("debug build");
    let words: Vec<&str> = [own.as_deref(), free_threaded, jit, debug]
        .into_iter()
        .flatten()
        .collect();
    match words.is_empty() {
        true => String::new(),
        false => format!(" ({})", words.join(", ")),
    }
}

/// The governors of all cores, or of one if the record has no more.
fn governors(machine: &Machine) -> String {
    let all = machine.conditions.governors.join(", ");
    let one = || machine.governor.clone();
    (Some(all).filter(|all| !all.is_empty()).or_else(one))
        .unwrap_or_else(|| "not reported by the system".into())
}

/// An amount of memory.
pub(crate) fn memory(bytes: u64) -> String {
    format!("{:.1} GiB", bytes as f64 / (1_u64 << 30) as f64)
}

/// Frequencies and turbo, in words.
fn frequency(conditions: &Conditions) -> String {
    let mhz = |what: &str, mhz: Option<f64>| mhz.map(|mhz| format!("{mhz:.0} MHz {what}"));
    let turbo = conditions
        .turbo
        .map(|on| format!("turbo {}", if on { "on" } else { "off" }));
    let known = [
        mhz("at the start", conditions.mhz_start),
        mhz("at the end", conditions.mhz_end),
        mhz("at most", conditions.mhz_most),
        turbo,
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    or_unknown(known.join(", "))
}

/// How much of the cores other processes used while launches ran.
fn others(record: &Record) -> String {
    let mean = |of: fn(&Launch) -> Option<f64>| mean_over_launches(record, of);
    match (mean(|launch| launch.others), mean(|launch| launch.stolen)) {
        (Some((others, _)), Some((stolen, _))) => {
            format!("{others:.2} cores by processes, {stolen:.2} by the hypervisor")
        }
        _ => "unknown".into(),
    }
}

fn clock(record: &Record) -> String {
    let step = |who: &str, ns: Option<u64>| ns.map(|ns| format!("step {} {who}", Time(ns as f64 * 1e-9)));
    let known = [
        record.machine.conditions.clock_source.clone(),
        step("in Rust", record.machine.conditions.clock_step_ns),
        step("in Python", record.interpreter.perf_counter_ns),
    ];
    or_unknown(known.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

fn power(conditions: &Conditions) -> String {
    if *conditions == Conditions::default() {
        return or_unknown(String::new());
    }
    let battery = match conditions.on_battery {
        Some(true) => "on battery",
        Some(false) => "on mains",
        None => "no battery",
    };
    let quota = match (conditions.cpu_limit, conditions.throttled()) {
        (Some(cores), Some(spent)) => {
            format!(
                "quota {cores:.2} cores, reached in {}",
                count(spent.periods as usize, "period")
            )
        }
        (Some(cores), None) => format!("quota {cores:.2} cores"),
        (None, _) => "no quota".into(),
    };
    format!("{battery}, {quota}")
}

fn or_unknown(text: String) -> String {
    if text.is_empty() { "unknown".into() } else { text }
}

fn settings(record: &Record) -> Markup {
    let s = &record.settings;
    let arguments = s.arguments.join(" ");
    let phases = record
        .phases
        .iter()
        .map(|p| format!("{} {}", p.name, Time(p.seconds)));
    table(
        "Run",
        &[
            ("Record", record.id.clone()),
            ("Part", s.shard.map(|shard| shard.to_string()).unwrap_or_default()),
            ("Started", started(record)),
            ("Status", status(record.status).into()),
            (
                "Arguments",
                if arguments.is_empty() {
                    "none".into()
                } else {
                    arguments
                },
            ),
            ("Launches wanted", s.launches.to_string()),
            ("Samples per variant and launch", s.sample_size.to_string()),
            (
                "Warm-up and measurement",
                format!("{} ms, {} ms", s.warm_up_ms, s.measurement_ms),
            ),
            ("Limits", limits(s)),
            ("Seeds", format!("inputs {}, order {}", s.seed, s.order_seed)),
            ("Phases", phases.collect::<Vec<_>>().join(", ")),
        ],
    )
}

fn limits(settings: &Settings) -> String {
    let mut all = vec![format!("{} s per launch", settings.timeout_s)];
    all.extend(settings.budget_s.map(|budget| format!("{budget} s in total")));
    all.extend(settings.memory_limit.map(|limit| format!("{limit} of memory")));
    all.extend(settings.output_limit.map(|limit| format!("{limit} of output")));
    all.join(", ")
}

/// Rows without a value are left out.
fn table(caption: &str, rows: &[(&str, String)]) -> Markup {
    html! {
        table.plain {
            caption { (caption) }
            tbody {
                @for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) { tr { th scope="row" { (name) } td { (value) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusual_builds_are_named() {
        let mut python = Interpreter::default();
        assert_eq!(kind_of_build(&python), "");
        (python.free_threaded, python.jit) = (Some(false), Some(Jit::Absent));
        assert_eq!(kind_of_build(&python), "");
        (python.free_threaded, python.jit) = (Some(true), Some(Jit::Off));
        assert_eq!(kind_of_build(&python), " (free-threaded, JIT off)");
    }
}
