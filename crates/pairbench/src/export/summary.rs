//! From a record to its summary, the source of all exported figures.

use super::schema::{
    Build, Case, Claim, Embedded, Evidence, FORMAT, Failure, Figure, Forecast, Interpreter, Interval,
    Machine, Mean, Mode, Null, OtherThreshold, Pair, PortMean, Progress, State, Summary, VERSION, Variant,
    Verdict, Warned,
};
use crate::analyse::claims::{self, Item, claims};
use crate::analyse::matrix::{Matrix, are_built_alike, since};
use crate::analyse::summary::{self, CaseSummary, PairState, VariantSummary};
use crate::analyse::verdict::{Lines, OTHER_LINES, rejudge};
use crate::analyse::{Analysis, PairAnalysis, analyses, read};
use crate::estimate::Estimate;
use crate::record::{self, Record, views};

impl Summary {
    /// Reads and summarises a record.
    pub fn of_record(record: &Record) -> Self {
        let records = std::slice::from_ref(record);
        Summary::of(record, &analyses(&views(records), &read(records)))
    }

    /// The summary of a record, from the analyses of its interpreters; there is at least one.
    pub fn of(record: &Record, analyses: &[Analysis<'_>]) -> Self {
        let (mut pairs, mut warnings) = (Vec::new(), Vec::new());
        for (interpreter, analysis) in analyses.iter().enumerate() {
            for one in &analysis.pairs {
                warnings.extend(one.warnings().iter().map(|warning| Warned {
                    interpreter: Some(interpreter),
                    warning: warning.clone(),
                }));
                pairs.push(Pair::of(interpreter, one));
            }
        }
        // Warnings that need a second record are kept from the end of the run.
        let compared = record.warnings.iter().filter(|one| one.kind.takes_two_records());
        let of_run = analyses[0].of_run.iter().chain(compared).cloned();
        warnings.extend(of_run.map(|warning| Warned {
            interpreter: None,
            warning,
        }));
        warnings.sort_by_key(|one| (one.warning.severity, one.warning.kind));
        Summary {
            format: FORMAT,
            version: VERSION,
            record: record.id.clone(),
            project: record.project().into(),
            started: record.started.clone(),
            status: record.status,
            provisional: record.is_provisional(),
            quick: record.settings.quick,
            seed: record.settings.seed,
            shard: record.settings.shard,
            build: Build::of(&record.build),
            machine: Machine::of(&record.machine),
            interpreters: record.all_interpreters().map(Interpreter::of).collect(),
            pairs,
            geometric_means: (analyses.iter().enumerate())
                .flat_map(|(interpreter, analysis)| Mean::of(interpreter, analysis))
                .collect(),
            progress: (analyses.iter().enumerate().skip(1))
                .flat_map(|(interpreter, analysis)| Progress::of(interpreter, &analyses[0], analysis))
                .collect(),
            claims: Claim::all(record, analyses),
            null_pairs: analyses[0].nulls.iter().map(Null::of).collect(),
            warnings,
        }
    }
}

impl Interval {
    fn of(estimate: Estimate) -> Self {
        Interval {
            value: estimate.value,
            low: estimate.interval.map(|(low, _)| low),
            high: estimate.interval.map(|(_, high)| high),
        }
    }
}

impl Build {
    fn of(build: &record::Build) -> Self {
        Build {
            pairbench: build.pairbench.clone(),
            revision: build.revision.clone(),
            rustc: build.rustc.clone(),
            target: build.target.clone(),
        }
    }
}

impl Machine {
    fn of(machine: &record::Machine) -> Self {
        Machine {
            name: machine.name.clone(),
            os: machine.os.clone(),
            cpu: machine.cpu.clone(),
            cores: machine.cores,
            memory_bytes: machine.memory_bytes,
        }
    }
}

impl Interpreter {
    fn of(interpreter: &record::Interpreter) -> Self {
        Interpreter {
            label: interpreter.label(),
            implementation: interpreter.implementation.clone(),
            version: interpreter.version.clone(),
            executable: interpreter.executable.clone(),
            optimized: interpreter.optimized,
            free_threaded: interpreter.free_threaded,
            jit: interpreter.jit,
        }
    }
}

impl Claim {
    fn all(record: &Record, analyses: &[Analysis<'_>]) -> Vec<Self> {
        if !record.is_of_catalogue() {
            return Vec::new();
        }
        let pairs: Vec<&PairAnalysis<'_>> = analyses[0].pairs.iter().collect();
        let claims = claims(&pairs, &Matrix::of(analyses)).into_iter();
        let figure = |item: Item| Figure {
            pair: item.pair,
            figure: item.figure,
        };
        let evidence = |line: claims::Evidence| Evidence {
            text: line.text,
            pairs: line.items.into_iter().map(figure).collect(),
        };
        let claim = |claim: claims::Claim| Claim {
            number: claim.number,
            claim: claim.text,
            question: claim.question,
            result: claim.result,
            text: claim.result.to_string(),
            evidence: claim.evidence.into_iter().map(evidence).collect(),
        };
        claims.map(claim).collect()
    }
}

impl Verdict {
    fn of(analysis: &PairAnalysis<'_>) -> Self {
        let verdict = analysis.verdict();
        let other = |worth| {
            let call = rejudge(verdict, &analysis.summary, Lines::at(worth)).call();
            let text = call.to_string();
            OtherThreshold { worth, call, text }
        };
        Verdict {
            call: verdict.call(),
            text: verdict.call().to_string(),
            reason: verdict.reason(),
            next: verdict.next(),
            doubts: verdict.doubts.clone(),
            other_thresholds: OTHER_LINES.map(other).into(),
        }
    }
}

impl Pair {
    fn of(interpreter: usize, analysis: &PairAnalysis<'_>) -> Self {
        let (pair, figures) = (analysis.pair, &analysis.summary);
        let headline = figures.headline().map(|case| case.size);
        let failures = figures.failures.iter().map(|failure| Failure {
            variant: Some(failure.variant.clone()).filter(|name| !name.is_empty()),
            size: failure.size,
            message: failure.fault.to_string(),
        });
        let cases = figures.cases.iter();
        Pair {
            name: pair.name.clone(),
            interpreter,
            profile: pair.profile,
            about: pair.about.clone(),
            unit: pair.unit.clone(),
            state: match figures.state() {
                PairState::Measured => "measured",
                PairState::Partial => "partial",
                PairState::Failed => "failed",
                PairState::Skipped => "skipped",
                PairState::Waiting => "waiting",
            },
            verdict: Verdict::of(analysis),
            forecast: Forecast::of(analysis),
            cases: cases
                .map(|case| Case::of(case, headline == Some(case.size)))
                .collect(),
            failures: failures.collect(),
        }
    }
}

impl Forecast {
    fn of(analysis: &PairAnalysis<'_>) -> Option<Self> {
        let forecast = analysis.pair.forecast.as_ref()?;
        let measured = analysis.port_ratio();
        Some(Forecast {
            made: forecast.made.clone(),
            low: forecast.port.lower_end(),
            high: forecast.port.high,
            held: measured.map(|ratio| forecast.port.place(ratio).is_eq()),
        })
    }
}

impl Case {
    fn of(case: &CaseSummary, headline: bool) -> Self {
        let others = case.variants.iter().map(|variant| Variant::of(variant, false));
        Case {
            size: case.size,
            default: case.default,
            headline,
            launches: case.launches,
            variants: std::iter::once(Variant::of(&case.baseline, true))
                .chain(others)
                .collect(),
            embedded: case.embedded.map(|embedded| Embedded {
                time_s: embedded.time.map(Interval::of),
                tax: embedded.tax.map(Interval::of),
            }),
        }
    }
}

impl Variant {
    fn of(variant: &VariantSummary, baseline: bool) -> Self {
        let (state, reason) = match &variant.state {
            summary::State::Measured => (State::Measured, None),
            summary::State::Skipped(reason) => (State::Skipped, Some(reason.clone())),
            summary::State::Failed(fault) => (State::Failed, Some(fault.to_string())),
            summary::State::Deselected => (State::Deselected, None),
            summary::State::NotMeasured => (State::NotMeasured, None),
        };
        Variant {
            name: variant.name.clone(),
            side: variant.side,
            baseline,
            state,
            reason,
            time_s: variant.time.map(Interval::of),
            ratio: variant.ratio.map(Interval::of),
            modes: variant.modes.as_ref().map(|modes| modes.each().map(Mode::of)),
            threads: variant.threads,
            launches: variant.launches,
        }
    }
}

impl Mode {
    fn of(mode: summary::Mode) -> Self {
        Mode {
            launches: mode.launches(),
            ratio: Interval::of(mode.ratio),
            time_s: mode.time.map(Interval::of),
        }
    }
}

impl Mean {
    fn of(interpreter: usize, analysis: &Analysis<'_>) -> impl Iterator<Item = Self> {
        let means = analysis.geometric_means().into_iter();
        means.filter(|mean| mean.pairs > 1).map(move |mean| Mean {
            interpreter,
            variant: mean.variant,
            value: mean.value,
            pairs: mean.pairs,
            port: mean.port.map(|port| PortMean {
                variant: port.name,
                value: port.value,
            }),
        })
    }
}

impl Progress {
    fn of<'a>(
        interpreter: usize,
        first: &'a Analysis<'a>,
        other: &'a Analysis<'a>,
    ) -> impl Iterator<Item = Progress> + use<'a> {
        first.pairs.iter().filter_map(move |pair| {
            let theirs = other.pair(&pair.pair.name)?;
            Some(Progress {
                pair: pair.pair.name.clone(),
                interpreter,
                ratio: Interval::of(since(pair, theirs)?),
                alike: are_built_alike(&pair.record.interpreter, &theirs.record.interpreter),
            })
        })
    }
}

impl Null {
    fn of(null: &PairAnalysis<'_>) -> Self {
        Null {
            name: null.pair.name.clone(),
            of: null.pair.null_of.clone(),
            ratio: null.summary.null_ratio().map(Interval::of),
        }
    }
}
