//! Measuring in step with a run of another revision, which requests each launch: the other side of `--against`.

use super::turn::take;
use crate::hosts::Contestant;
use crate::hosts::launcher::Ended;
use crate::record::{Record, Status};
use crate::run::against::{Reply, Request};
use crate::run::plan::tasks::{PairIndex, Passed, Task, active, tasks};
use crate::run::state::Run;
use crate::terminal::Terminal;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::io::BufRead;

/// Makes the requested launches until there are no more. What is missing here or has failed is left out, and the
/// requesting run finds nothing beside its own.
pub(crate) fn measure_in_step(
    run: &mut Run<'_>,
    verified: &[Passed<'_>],
    terminal: &Terminal,
) -> Result<Status, String> {
    run.save(terminal);
    let mut tasks = tasks(run, verified);
    // The requesting run has its own null pairs.
    run.record.nulls.clear();
    tasks.retain(|task| matches!(task.place, PairIndex::Pair(_)));
    run.figures.update(&run.record);
    Reply::ready(&run.record, &run.saving.path).send();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match serde_json::from_str(&line).map_err(|error| format!("no request: {error}"))? {
            Request::Finish { status } => return Ok(status),
            Request::Launch {
                pair,
                size,
                contestants,
                seed,
            } => {
                let known = |task: &&mut Task| {
                    let of_pair = task.place.of(&run.record).name == pair;
                    of_pair && task.case.size == size && !task.given_up
                };
                if let Some(task) = tasks.iter_mut().find(known) {
                    let contestants = able(&run.record, task, contestants);
                    let mut random = StdRng::seed_from_u64(seed);
                    if !contestants.is_empty()
                        && take(run, task, contestants, &mut random, terminal)? == Ended::Stopped
                    {
                        return Ok(Status::Interrupted);
                    }
                }
                Reply::Launched.send();
            }
        }
    }
    Ok(Status::Interrupted)
}

/// The contestants that can be measured here.
fn able(record: &Record, task: &Task, contestants: Vec<String>) -> Vec<String> {
    let is_able = |text: &String| {
        let Contestant { variant, interpreter } = Contestant::of(text);
        let pair = task.place.with(interpreter, record);
        let runs = |name: &str| active(pair).any(|known| known == name);
        task.interpreters.contains(&interpreter) && runs(variant) && runs(&pair.baseline)
    };
    contestants.into_iter().filter(is_able).collect()
}
