//! How variants get faster with more workers, what limits them, and the effect of the GIL.

use crate::diagnose::scaling::{Point, VariantScaling};
use crate::estimate::Middle;
use crate::estimate::scaling::{Point as SpeedUp, Scalability};
use crate::record::{PairRecord, Record};
use crate::registry::Kind;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A variant that is not known to be parallel counts as parallel from this speed-up, with one worker per core.
const RISES: f64 = 1.2;

/// If several workers take less than this part of one worker's time, they do more than take turns; see [`gil`].
const TURNS: f64 = 0.9;

/// The number of bootstrap fits for the ranges of the shares.
const DRAWS: usize = 400;

/// One variant with several numbers of workers.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    pub variant: String,
    /// By the number of workers.
    pub points: Vec<CurvePoint>,
    /// Whether it uses more than one worker. Others are constant and shown for reference.
    pub rises: bool,
    /// Serial share and contention, if it uses several workers and was timed with at least three numbers of workers.
    pub shares: Option<Shares>,
}

/// A variant with one number of workers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CurvePoint {
    pub workers: u32,
    /// Seconds per call.
    pub seconds: Middle,
    /// Time of one worker ÷ time of this many, each relative to the baseline beside it. The interval is over samples of the
    /// two processes and does not include differences between processes.
    pub speed_up: Middle,
}

/// A fitted law, with bootstrap ranges of its shares: the 2.5 % to 97.5 % quantiles.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Shares {
    pub law: Scalability,
    /// Range of the serial share.
    pub serial: (f64, f64),
    /// Range of the contention.
    pub contention: (f64, f64),
}

/// The curves of all variants but the baseline that were timed with one worker, on a machine with this many cores.
pub fn curves(pair: &PairRecord, cores: u32) -> Vec<Curve> {
    let all = &pair.diagnoses.scaling;
    let Some(baseline) = all.iter().find(|one| one.variant == pair.baseline) else {
        return Vec::new();
    };
    // In the order declared; they were measured in random order.
    let others = pair.variants.iter().filter(|known| known.name != pair.baseline);
    others
        .filter_map(|known| {
            let one = all.iter().find(|one| one.variant == known.name)?;
            curve(one, baseline, known.kind(), cores)
        })
        .collect()
}

fn curve(of: &VariantScaling, baseline: &VariantScaling, kind: Kind, cores: u32) -> Option<Curve> {
    // Variant ÷ baseline, sample by sample: the machine affects both alike.
    let relative: Vec<(u32, Vec<f64>)> = of
        .points
        .iter()
        .filter_map(|point| Some((point.workers, against(point, baseline)?)))
        .collect();
    let one = relative.iter().find(|(workers, _)| *workers == 1)?;
    let one = Middle::of(&one.1)?;
    let mut points = Vec::new();
    for (workers, ratios) in &relative {
        let seconds = of.points.iter().find(|point| point.workers == *workers)?;
        points.push(CurvePoint {
            workers: *workers,
            seconds: Middle::of(&seconds.seconds)?,
            speed_up: quotient(one, Middle::of(ratios)?, *workers),
        });
    }
    let at_cores = points.iter().rfind(|point| point.workers <= cores);
    let rises = matches!(kind, Kind::ParallelPython | Kind::ParallelPort)
        || at_cores.is_some_and(|point| point.speed_up.value >= RISES);
    let shares = rises.then(|| shares(&points, &relative, cores)).flatten();
    Some(Curve {
        variant: of.variant.clone(),
        points,
        rises,
        shares,
    })
}

/// The variant's seconds ÷ the baseline's, for each sample of the point.
fn against(point: &Point, baseline: &VariantScaling) -> Option<Vec<f64>> {
    let beside = baseline
        .points
        .iter()
        .find(|other| other.workers == point.workers)?;
    let sample_pairs = point.seconds.iter().zip(&beside.seconds);
    let ratios: Vec<f64> = sample_pairs
        .map(|(variant, baseline)| variant / baseline)
        .collect();
    let sound = ratios.iter().any(|ratio| ratio.is_finite() && *ratio > 0.0);
    sound.then_some(ratios)
}

/// One ÷ many, with an interval from one end to the opposite end. With one worker it is 1 by definition.
fn quotient(one: Middle, many: Middle, workers: u32) -> Middle {
    if workers == 1 {
        return Middle {
            value: 1.0,
            interval: None,
        };
    }
    let ends = one.interval.zip(many.interval);
    Middle {
        value: one.value / many.value,
        interval: ends.map(|((low, high), (least, most))| (low / most, high / least)),
    }
}

fn shares(points: &[CurvePoint], relative: &[(u32, Vec<f64>)], cores: u32) -> Option<Shares> {
    let fit = |times: &[(u32, f64)]| {
        let one = times.iter().find(|(workers, _)| *workers == 1)?.1;
        let speed_ups = times.iter().map(|(workers, time)| SpeedUp {
            workers: *workers,
            speed_up: one / time,
        });
        Scalability::fit(&speed_ups.collect::<Vec<_>>(), cores)
    };
    let measured: Vec<(u32, f64)> = points
        .iter()
        .map(|point| (point.workers, 1.0 / point.speed_up.value))
        .collect();
    let law = fit(&measured)?;
    // A fixed seed: reports of a record are reproducible.
    let mut random = StdRng::seed_from_u64(1);
    let mut draws = Vec::new();
    for _ in 0..DRAWS {
        let drawn: Option<Vec<(u32, f64)>> = relative
            .iter()
            .map(|(workers, ratios)| {
                let again: Vec<f64> = (0..ratios.len())
                    .map(|_| ratios[random.random_range(0..ratios.len())])
                    .collect();
                Some((*workers, Middle::of(&again)?.value))
            })
            .collect();
        draws.extend(drawn.and_then(|drawn| fit(&drawn)));
    }
    Some(Shares {
        law,
        serial: range(draws.iter().map(|law| law.serial).collect())?,
        contention: range(draws.iter().map(|law| law.contention).collect())?,
    })
}

fn range(mut values: Vec<f64>) -> Option<(f64, f64)> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let at = |share: f64| values[(share * last as f64).round() as usize];
    Some((at(0.025), at(0.975)))
}

/// The effect of the GIL, in a sentence or two: threads compared with one thread and with the other parallel variants. The
/// whole interval decides whether threads take turns. `None` without threads, or with only one worker.
pub fn gil(curves: &[Curve], record: &Record) -> Option<String> {
    let cores = record.machine.cores;
    let at = |curve: &Curve| {
        curve
            .points
            .iter()
            .rfind(|point| point.workers <= cores && point.workers > 1)
            .copied()
    };
    let threads = curves.iter().find(|curve| curve.variant == "threads")?;
    let several = at(threads)?;
    let part = 1.0 / several.speed_up.value;
    let (least, most) = several
        .speed_up
        .interval
        .map_or((part, part), |(low, high)| (1.0 / high, 1.0 / low));
    let free = record.interpreter.gil == Some(false);
    let why = match (free, most < TURNS, least >= TURNS) {
        (true, true, _) => "this interpreter has no GIL, and they run at the same time",
        (true, _, true) => {
            "this interpreter has no GIL, so something else keeps them from running at the same time"
        }
        (false, true, _) => "part of their work runs outside the GIL",
        (false, _, true) => "they take turns under the GIL",
        _ => "the interval does not show whether they take turns",
    };
    let ends = [least, most].map(|end| format!("{end:.2}"));
    let spread = match ends[0] == ends[1] {
        true => String::new(),
        false => format!(" ({} to {})", ends[0], ends[1]),
    };
    let mut text = format!(
        "{} threads took {part:.2}×{spread} the time of one: {why}.",
        several.workers
    );
    let others: Vec<String> = curves
        .iter()
        .filter(|curve| curve.rises && curve.variant != "threads")
        .filter_map(|curve| {
            let point = at(curve).filter(|point| point.workers == several.workers)?;
            Some(format!("{} {:.2}×", curve.variant, 1.0 / point.speed_up.value))
        })
        .collect();
    if !others.is_empty() {
        text.push_str(&format!(
            " With as many workers, relative to one: {}.",
            others.join(", ")
        ));
    }
    Some(text)
}

/// Whether more workers than cores were tried.
pub fn reaches_past(curves: &[Curve], cores: u32) -> bool {
    let points = curves.iter().flat_map(|curve| &curve.points);
    points.map(|point| point.workers).any(|workers| workers > cores)
}

#[cfg(test)]
mod tests;
