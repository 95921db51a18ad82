//! Which Python functions take the time: where the main thread is, sampled about every millisecond.

use super::{About, Diagnose, Finding, PairDiagnoses, Setting, Step, Target};
use crate::estimate::{Share, worth};
use crate::hosts::{Fault, Host, Hosts, Sampled};
use crate::registry::{Entry, Side, Variant};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long the baseline is sampled: some 500 ticks, which give a share of one half to within 4 or 5 points if they are
/// independent.
const BASELINE: Duration = Duration::from_millis(600);
/// How long `native` is sampled; no warning depends on it.
const NATIVE: Duration = Duration::from_millis(300);

/// A function that takes more of the time than this, with all that it calls, is the program; replacing it is a port.
const WHOLE: f64 = 0.9;

/// Where a Python variant spends its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallProfile {
    /// The variant.
    pub variant: String,
    /// Calls that were sampled.
    pub calls: u64,
    /// Samples of the stack that fell into calls, of equal weight, since the time between two is random. Consecutive
    /// ones often fall into the same call of a function, so they are not independent.
    pub ticks: u64,
    /// How many of them fell into freeing what a function left in its variables, and count for that function, not for
    /// its caller; `None` if that is not known: in older records, and before Python 3.11.
    #[serde(default)]
    pub freeing: Option<u64>,
    /// Wall time of sampling, in seconds.
    pub seconds: f64,
    /// The functions by their own share, largest first. Those without a tick are missing.
    pub functions: Vec<FunctionShare>,
    /// The function that `native` replaces, by its name in `functions`; if the pair declares one.
    #[serde(default)]
    pub replaced: Option<String>,
}

/// One Python function.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FunctionShare {
    /// Qualified name, after the module and a colon if that is not the pair's: `json.decoder:JSONDecoder.decode`.
    pub name: String,
    /// First line of its definition.
    pub line: u32,
    /// Part of the time spent in its own code and in C functions that it calls, from 0 to 1.
    pub own: f64,
    /// Part of the time during which it was running or waiting for one that it called, from 0 to 1.
    pub total: f64,
    /// How many independent ticks the ticks are worth for its own share; `None` in older records, and if none or all
    /// are its own.
    #[serde(default)]
    pub own_worth: Option<f64>,
    /// The same for its total share.
    #[serde(default)]
    pub total_worth: Option<f64>,
}

impl CallProfile {
    /// From samples. Each tick counts once for the innermost function (own), and once for every function on the stack,
    /// however often it is there (total). A tick between two calls, where results are freed, belongs to none.
    pub fn of(variant: &str, sampled: &Sampled, replaced: Option<&str>) -> Self {
        let ticks = sampled.stacks.len() as u64;
        let of = |is_in: &dyn Fn(&Vec<usize>) -> bool| {
            let series: Vec<bool> = sampled.stacks.iter().map(is_in).collect();
            let count = series.iter().filter(|is| **is).count();
            // A tenth of a tick is enough.
            let worth = worth(&series).map(|worth| (worth * 10.0).round() / 10.0);
            (count as f64 / ticks.max(1) as f64, worth)
        };
        let shares = sampled.functions.iter().enumerate().map(|(at, function)| {
            let (own, own_worth) = of(&|stack| stack.first() == Some(&at));
            let (total, total_worth) = of(&|stack| stack.contains(&at));
            FunctionShare {
                name: function.name.clone(),
                line: function.line,
                own,
                total,
                own_worth,
                total_worth,
            }
        });
        let mut functions: Vec<FunctionShare> = shares.collect();
        functions.sort_by(|a, b| (b.own.total_cmp(&a.own)).then(b.total.total_cmp(&a.total)));
        CallProfile {
            variant: variant.into(),
            calls: sampled.calls,
            ticks,
            freeing: sampled.freeing,
            seconds: sampled.seconds,
            functions,
            replaced: replaced.map(Into::into),
        }
    }

    /// A function's own share, with its interval.
    pub fn own(&self, function: &FunctionShare) -> Share {
        self.share(function.own, function.own_worth)
    }

    /// The share of a function with all that it calls, with its interval.
    pub fn total(&self, function: &FunctionShare) -> Share {
        self.share(function.total, function.total_worth)
    }

    /// The share of a function that was never seen.
    pub(crate) fn none(&self) -> Share {
        self.share(0.0, None)
    }

    /// If no tick or every tick is in a function, the ticks do not show how they depend on each other; then they are
    /// worth no more than for the function for which they are worth least.
    fn share(&self, part: f64, worth: Option<f64>) -> Share {
        let all = self
            .functions
            .iter()
            .flat_map(|one| [one.own_worth, one.total_worth]);
        match worth.or_else(|| all.flatten().reduce(f64::min)) {
            Some(worth) => Share::of_worth(part, worth),
            None => Share::of(part, self.ticks),
        }
    }

    /// The function that `native` replaces; `None` also if no tick fell into it.
    pub(crate) fn replaced_function(&self) -> Option<&FunctionShare> {
        let name = self.replaced.as_ref()?;
        self.functions.iter().find(|function| function.name == *name)
    }

    /// The largest own share: near 1 for one hot loop, small if the time is spread.
    pub(crate) fn concentration(&self) -> Option<Share> {
        let hottest = self.functions.first()?;
        Some(self.own(hottest))
    }

    /// The part of the time that would go away if only what an extension would replace cost nothing: the function that
    /// `native` replaces with all that it calls, otherwise the [best step](Self::best_step).
    pub(crate) fn portable(&self) -> Option<Share> {
        match self.replaced_function() {
            Some(function) => Some(self.total(function)),
            None => self.best_step().map(|(_, part)| part),
        }
    }

    /// What to replace first, and its part of the time: the function that takes most of it with all that it calls, if
    /// that is not the whole program, or the hottest function by itself.
    pub(crate) fn best_step(&self) -> Option<(&FunctionShare, Share)> {
        let hottest = self.functions.first()?;
        let below = self.functions.iter().filter(|function| function.total < WHOLE);
        // Among functions that only call each other, the one that has the code.
        let largest = below.max_by(|a, b| (a.total.total_cmp(&b.total)).then(a.own.total_cmp(&b.own)));
        Some(match largest {
            Some(function) if function.total > hottest.own => (function, self.total(function)),
            _ => (hottest, self.own(hottest)),
        })
    }
}

pub(super) struct Pass;

impl Diagnose for Pass {
    fn about(&self) -> About {
        About {
            needs_quiet: false,
            ..About::named("profile")
        }
    }

    fn steps<'a>(&self, _entry: &Entry, _variants: &[&'a Variant], _cores: u32) -> Vec<Target<'a>> {
        vec![(None, None)]
    }

    fn is_answered(&self, found: &PairDiagnoses, _step: &Step) -> bool {
        !found.profiles.is_empty()
    }

    /// Samples the baseline, and `native` if there is one.
    fn run(
        &self,
        _step: &Step,
        entry: &Entry,
        hosts: &mut Hosts<'_>,
        setting: Setting<'_>,
        report: &mut dyn FnMut(Finding),
    ) -> Result<(), Fault> {
        let chosen = setting.of_side(entry, Side::Python);
        for (variant, span) in [(Variant::BASELINE, BASELINE), ("native", NATIVE)] {
            if chosen.contains(&variant) {
                let sampled = sample(hosts, variant, setting, span)?;
                let replaced = entry.pair.replaced();
                let profile = CallProfile::of(variant, &sampled, replaced);
                report(Finding::Profile { profile });
            }
        }
        Ok(())
    }
}

fn sample(
    hosts: &mut Hosts<'_>,
    variant: &str,
    setting: Setting<'_>,
    span: Duration,
) -> Result<Sampled, Fault> {
    let worker = hosts.worker()?;
    let ready = worker.open(variant, setting.size, setting.seed)?;
    worker.settle()?;
    let sampled = worker.sample(ready.handle, span)?;
    worker.close(ready.handle)?;
    Ok(sampled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::SampledFunction;

    fn sampled(stacks: &[&[usize]]) -> Sampled {
        let function = |name: &str| SampledFunction {
            name: name.into(),
            line: 1,
        };
        Sampled {
            calls: 3,
            seconds: 0.5,
            functions: ["python", "walk", "leaf"].map(function).into(),
            stacks: stacks.iter().map(|stack| stack.to_vec()).collect(),
            ..Sampled::default()
        }
    }

    #[test]
    fn a_function_counts_once_for_a_tick_however_deep_it_calls_itself() {
        let profile = CallProfile::of(
            "python",
            &sampled(&[&[1, 1, 1, 0], &[2, 1, 0], &[2, 0], &[]]),
            None,
        );
        let found: Vec<_> = (profile.functions.iter())
            .map(|f| (f.name.as_str(), f.own, f.total))
            .collect();
        assert_eq!(
            found,
            [("leaf", 0.5, 0.5), ("walk", 0.25, 0.5), ("python", 0.0, 0.75)]
        );
        assert_eq!((profile.ticks, profile.calls), (4, 3));
        assert_eq!(profile.concentration().unwrap().value, 0.5);
    }

    #[test]
    fn a_replaced_function_includes_what_it_calls() {
        let of = |replaced| {
            CallProfile::of(
                "python",
                &sampled(&[&[1, 0], &[2, 1, 0], &[2, 0], &[2, 0]]),
                replaced,
            )
        };
        assert_eq!(of(Some("walk")).portable().unwrap().value, 0.5);
        assert_eq!(of(None).portable().unwrap().value, 0.75);
        let unseen = of(Some("nobody"));
        assert_eq!(
            (unseen.replaced_function(), unseen.portable().unwrap().value),
            (None, 0.75)
        );
    }

    #[test]
    fn the_best_step_is_the_largest_subtree_below_the_whole() {
        let step = |stacks: &[&[usize]]| {
            let profile = CallProfile::of("python", &sampled(stacks), None);
            let (function, part) = profile.best_step().unwrap();
            (function.name.clone(), part.value)
        };
        // `walk` has little code of its own, and calls the rest.
        assert_eq!(
            step(&[&[2, 1, 0], &[2, 1, 0], &[1, 0], &[1, 0], &[2, 0], &[0]]),
            ("walk".into(), 2.0 / 3.0)
        );
        // It calls everything.
        assert_eq!(step(&[&[2, 1, 0], &[1, 0], &[1, 0]]), ("walk".into(), 2.0 / 3.0));
    }

    #[test]
    fn without_a_tick_nothing_is_known() {
        let profile = CallProfile::of("python", &sampled(&[]), None);
        let share = profile.concentration().unwrap();
        assert_eq!((share.low, share.high), (0.0, 1.0));
    }
}
