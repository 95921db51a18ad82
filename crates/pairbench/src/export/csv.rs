//! Comma-separated values, for spreadsheets and data frames.

use super::{Interval, Mode, Summary};

const COLUMNS: [&str; 26] = [
    "record",
    "project",
    "started",
    "machine",
    "interpreter",
    "pair",
    "profile",
    "size",
    "variant",
    "side",
    "state",
    "launches",
    "time_s",
    "time_s_low",
    "time_s_high",
    "ratio",
    "ratio_low",
    "ratio_high",
    "threads",
    "verdict",
    "lower_launches",
    "lower_ratio",
    "lower_time_s",
    "upper_launches",
    "upper_ratio",
    "upper_time_s",
];

/// A header, then a line per variant, size, pair, interpreter and run. A cell without a figure is empty; the last six
/// are for the two speeds of bimodal launches.
pub(super) fn text(summaries: &[&Summary]) -> String {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .from_writer(Vec::new());
    writer
        .write_record(COLUMNS)
        .expect("writing to memory cannot fail");
    for summary in summaries {
        let run = (
            &summary.record,
            &summary.project,
            &summary.started,
            &summary.machine.name,
        );
        for pair in &summary.pairs {
            let interpreter = &summary.interpreters[pair.interpreter].label;
            for case in &pair.cases {
                for variant in &case.variants {
                    let row = (
                        run,
                        (interpreter, &pair.name, pair.profile, case.size),
                        (&variant.name, variant.side, variant.state, variant.launches),
                        columns(variant.time_s),
                        columns(variant.ratio),
                        variant.threads,
                        pair.verdict.call,
                        modes(variant.modes),
                    );
                    writer.serialize(row).expect("writing to memory cannot fail");
                }
            }
        }
    }
    let bytes = writer.into_inner().expect("writing to memory cannot fail");
    String::from_utf8(bytes).expect("made of text")
}

fn modes(modes: Option<[Mode; 2]>) -> [(Option<u32>, Option<f64>, Option<f64>); 2] {
    modes.map_or([(None, None, None); 2], |modes| {
        modes.map(|mode| {
            let time = mode.time_s.map(|time| time.value);
            (Some(mode.launches), Some(mode.ratio.value), time)
        })
    })
}

fn columns(interval: Option<Interval>) -> [Option<f64>; 3] {
    interval.map_or([None; 3], |interval| {
        [Some(interval.value), interval.low, interval.high]
    })
}
