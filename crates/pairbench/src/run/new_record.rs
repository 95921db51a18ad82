//! The record of a run before it has any results.

use crate::diagnose::{PairDiagnoses, RunDiagnoses};
use crate::estimate::Precision;
use crate::forecast::Forecast;
use crate::hosts::limits::Limits;
use crate::record::{
    self, Embedding, Further, NativeModule, PairRecord, Project, Record, RecordedSources, SCHEMA, Session,
    Settings, Status, VariantRecord, VariantState, Verification,
};
use crate::registry::{Form, Variant};
use crate::run::baseline::Baseline;
use crate::run::interpreters::ChosenInterpreters;
use crate::run::options::Options;
use crate::run::plan::effort::Effort;
use crate::run::plan::select::Selected;
use crate::run::sources;
use crate::run::suite::Suite;
use crate::terminal::Terminal;
use crate::text::utc;
use rand::RngExt;
use std::time::Duration;

/// Everything that is known before the first process starts.
pub(crate) fn new_record(
    suite: &Suite,
    selected: &[Selected<'_>],
    settings: Settings,
    interpreters: &ChosenInterpreters,
    embedding: Embedding,
    terminal: &Terminal,
) -> Record {
    let now = jiff::Timestamp::now();
    let started = utc(now);
    let letters: String = (0..4)
        .map(|_| char::from(b'a' + rand::rng().random_range(0..26_u8)))
        .collect();
    let pythons = &interpreters.pythons;
    let entries: Vec<_> = selected.iter().map(|pair| pair.entry).collect();
    let sources = sources::recorded(suite, &entries, &pythons[0], &settings.inherit_environ);
    let pairs = selected.iter().zip(sources).map(|(pair, sources)| {
        let kept = Forecast::kept(suite.registry.manifest_dir(), pair.entry.name);
        let forecast = kept.unwrap_or_else(|error| {
            terminal.warn(&format!(
                "the forecast of {} is not shown: {error}",
                pair.entry.name
            ));
            None
        });
        pair_record(pair, sources, forecast)
    });
    let pairs: Vec<PairRecord> = pairs.collect();
    let further = pythons[1..].iter().map(|python| Further {
        interpreter: python.about.clone(),
        native: NativeModule::NotNeeded,
        pairs: pairs
            .iter()
            .map(|pair| PairRecord {
                sources: RecordedSources::default(),
                forecast: None,
                ..pair.clone()
            })
            .collect(),
    });
    Record {
        schema: SCHEMA,
        id: format!("{}-{letters}", now.strftime("%Y%m%dT%H%M%SZ")),
        started: started.clone(),
        status: Status::Running,
        build: record::build(suite.registry.manifest_dir(), suite.registry.opt_level()),
        machine: record::machine(),
        interpreter: pythons[0].about.clone(),
        embedding,
        native: NativeModule::NotNeeded,
        phases: Vec::new(),
        further: further.collect(),
        pairs,
        nulls: Vec::new(),
        warnings: Vec::new(),
        sessions: vec![Session {
            started,
            arguments: settings.arguments.clone(),
            at_s: 0.0,
        }],
        settings,
        disturbances: Vec::new(),
        diagnoses: RunDiagnoses::default(),
        lacking: interpreters.missing.clone(),
        oldest_rust: None,
        project: Some(Project {
            name: suite.registry.package().into(),
            catalogue: suite.registry.is_catalogue(),
        }),
    }
}

/// How the run measures, and what its user expects of it.
pub(crate) fn settings(options: &Options, effort: &Effort, limits: Limits, baseline: &Baseline) -> Settings {
    Settings {
        arguments: arguments(),
        seed: options.seed.unwrap_or(1),
        order_seed: options.seed.unwrap_or_else(|| rand::rng().random()),
        launches: effort.launches,
        precision: effort.precision.map(Precision::half_width),
        sample_size: effort.samples.number,
        warm_up_ms: millis(effort.samples.warm_up),
        measurement_ms: millis(effort.samples.measurement),
        timeout_s: options.timeout.as_secs(),
        memory_limit: limits.memory,
        output_limit: Some(limits.output),
        budget_s: effort.budget.map(|budget| budget.as_secs()),
        inherit_environ: options.inherit_environ.clone(),
        quick: options.quick,
        diagnosers: options.diagnosers(),
        diagnose_every: options.diagnose_every,
        save_baseline: options.save_baseline.as_ref().map(ToString::to_string),
        baseline: baseline.used(),
        against: None,
        fail_if: options.fail_if.iter().map(ToString::to_string).collect(),
        shard: options.shard,
    }
}

/// The arguments after `cargo bench --`.
fn arguments() -> Vec<String> {
    let all = std::env::args_os().skip(1);
    let all = all.map(|argument| argument.to_string_lossy().into_owned());
    all.filter(|argument| argument != "--bench").collect()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn pair_record(selected: &Selected<'_>, sources: RecordedSources, forecast: Option<Forecast>) -> PairRecord {
    let entry = selected.entry;
    PairRecord {
        name: entry.name.into(),
        profile: entry.pair.profile(),
        about: entry.pair.about().into(),
        unit: entry.pair.unit().into(),
        many_calls: matches!(entry.pair.form(), Form::Each | Form::Calls),
        tolerance: entry.pair.tolerance(),
        baseline: Variant::BASELINE.into(),
        null_of: None,
        floors: entry.pair.floors().to_vec(),
        cases: entry.pair.cases().to_vec(),
        sources,
        variants: entry
            .pair
            .variants()
            .iter()
            .map(|variant| VariantRecord {
                name: variant.name.clone(),
                side: variant.side,
                declared: variant.kind,
                state: if selected.variants.contains(&variant.name.as_str()) {
                    VariantState::Active
                } else {
                    VariantState::Deselected
                },
            })
            .collect(),
        libraries: Vec::new(),
        deprecations: Vec::new(),
        altered: Vec::new(),
        unoptimised: Vec::new(),
        forecast,
        dug: None,
        verification: Verification::default(),
        launches: Vec::new(),
        diagnoses: PairDiagnoses::default(),
    }
}
