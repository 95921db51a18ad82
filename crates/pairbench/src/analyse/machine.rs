//! Conditions of the machine during the run.

use crate::estimate::Time;
use crate::measure::{Launch, OTHERS};
use crate::record::{Record, Warning, WarningKind};
use crate::text::count;

/// Stolen time is reported from this share of the cores: it can interrupt any sample.
const STOLEN: f64 = 0.02;

/// Load at the start, as a share of the cores, that is reported if the load during the run is unknown.
const LOAD: f64 = 0.5;

/// A container's quota is reported from this many throttled periods.
const THROTTLED: u64 = 5;

/// Governors that follow the load or keep the clock low.
const SCALING: [&str; 4] = ["conservative", "ondemand", "powersave", "schedutil"];

pub(super) fn find(record: &Record) -> Vec<Warning> {
    [
        others(record),
        stolen(record),
        throttled(record),
        battery(record),
        scaling(record),
        turbo(record),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn others(record: &Record) -> Option<Warning> {
    let cores = f64::from(record.machine.cores.max(1));
    let Some((mean, most)) = mean_over_launches(record, |launch| launch.others) else {
        return load_at_start(record);
    };
    let figure = format!(
        "{mean:.2} of {} on average, {most:.2} at most",
        count(record.machine.cores as usize, "core")
    );
    (mean >= OTHERS * cores).then(|| WarningKind::LoadFromOthers.found(Vec::new(), figure))
}

/// For records without the load during the run.
fn load_at_start(record: &Record) -> Option<Warning> {
    let machine = &record.machine;
    let [load, ..] = machine.load_start?;
    let figure = format!("load {load:.2} on {}", count(machine.cores as usize, "core"));
    let found = WarningKind::LoadFromOthers.found(Vec::new(), figure);
    (load >= LOAD * f64::from(machine.cores.max(1)))
        .then(|| found.with_text("The machine was busy at the start"))
}

fn stolen(record: &Record) -> Option<Warning> {
    let (mean, most) = mean_over_launches(record, |launch| launch.stolen)?;
    let cores = record.machine.cores;
    let figure = format!(
        "{mean:.2} of {} on average, {most:.2} at most",
        count(cores as usize, "core")
    );
    (mean >= STOLEN * f64::from(cores.max(1))).then(|| WarningKind::StolenTime.found(Vec::new(), figure))
}

/// The mean, weighted by time, and the largest value over all launches that have one, null pairs included.
pub fn mean_over_launches(record: &Record, of: impl Fn(&Launch) -> Option<f64>) -> Option<(f64, f64)> {
    let (mut sum, mut time, mut most) = (0.0, 0.0, 0.0_f64);
    let pairs = record.pairs.iter().chain(&record.nulls);
    for launch in pairs.flat_map(|pair| &pair.launches) {
        if let Some(value) = of(launch).filter(|value| value.is_finite()) {
            sum += value * launch.wall_s;
            time += launch.wall_s;
            most = most.max(value);
        }
    }
    (time > 0.0).then(|| (sum / time, most))
}

fn throttled(record: &Record) -> Option<Warning> {
    let conditions = &record.machine.conditions;
    let spent = conditions.throttled()?;
    let quota = conditions
        .cpu_limit
        .map(|cores| format!(", quota {cores:.2} cores"))
        .unwrap_or_default();
    let figure = format!(
        "in {} for {}{quota}",
        count(usize::try_from(spent.periods).unwrap_or(usize::MAX), "period"),
        Time(spent.seconds)
    );
    (spent.periods >= THROTTLED).then(|| WarningKind::Throttled.found(Vec::new(), figure))
}

fn battery(record: &Record) -> Option<Warning> {
    (record.machine.conditions.on_battery == Some(true))
        .then(|| WarningKind::Battery.found(Vec::new(), "discharging, no mains"))
}

fn scaling(record: &Record) -> Option<Warning> {
    let machine = &record.machine;
    // Records of version 1 have the governor of one core only.
    let mut governors: Vec<&str> = machine.conditions.governors.iter().map(String::as_str).collect();
    if governors.is_empty() {
        governors.extend(machine.governor.as_deref());
    }
    let scales = governors.iter().any(|governor| SCALING.contains(governor));
    let figure = format!("{}{}", governors.join(", "), frequencies(record));
    scales.then(|| WarningKind::FrequencyScaling.found(Vec::new(), figure))
}

fn frequencies(record: &Record) -> String {
    let conditions = &record.machine.conditions;
    match (conditions.mhz_start, conditions.mhz_end, conditions.mhz_most) {
        (Some(start), Some(end), Some(most)) => {
            format!(", {start:.0} MHz at the start, {end:.0} at the end, {most:.0} at most")
        }
        _ => String::new(),
    }
}

fn turbo(record: &Record) -> Option<Warning> {
    let conditions = &record.machine.conditions;
    let figure = match conditions.mhz_most {
        Some(most) => format!("up to {most:.0} MHz"),
        None => "on".into(),
    };
    (conditions.turbo == Some(true)).then(|| WarningKind::Turbo.found(Vec::new(), figure))
}
