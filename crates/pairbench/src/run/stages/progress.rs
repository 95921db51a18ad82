//! Progress on the terminal during the launches.

use crate::estimate::Precision;
use crate::run::plan::effort::Comparisons;
use crate::run::plan::schedule::Turn;
use crate::run::plan::tasks::{Task, Tasks, active, comparisons};
use crate::run::state::Run;
use crate::terminal::{Terminal, rough};
use crate::text::count;

/// Counts launches up to the minimum first, then ratios that are narrow enough.
pub(crate) struct Progress {
    narrowing: bool,
}

impl Progress {
    /// Says what is going to happen and how long it will take.
    pub fn begin(
        run: &Run<'_>,
        tasks: &[Task],
        precision: Option<Precision>,
        terminal: &mut Terminal,
    ) -> Self {
        announce(run, tasks, precision, terminal);
        let least = run.record.settings.launches;
        let backlog = Tasks::new(&run.record, &run.figures, tasks);
        let missing = backlog
            .launches()
            .into_iter()
            .map(|has| u64::from(least.saturating_sub(has)));
        terminal.begin(missing.sum(), "launches");
        Progress { narrowing: false }
    }

    /// Before a launch.
    pub fn before(&mut self, run: &Run<'_>, tasks: &[Task], turn: &Turn, terminal: &mut Terminal) {
        if turn.narrowing && !self.narrowing {
            self.narrowing = true;
            let all = run.reached().map_or(0, |reached| reached.ratios);
            terminal.begin(all as u64, "ratios narrow enough");
            self.after(run, terminal);
        }
        terminal.doing(&format!("{} · pass {}", tasks[turn.task].name, turn.pass + 1));
    }

    /// After a launch.
    pub fn after(&self, run: &Run<'_>, terminal: &mut Terminal) {
        let left = run.budget().map(|budget| budget.saturating_sub(run.elapsed()));
        if !self.narrowing {
            return terminal.step_within(left);
        }
        let narrow = run.reached().map_or(0, |reached| reached.narrow);
        terminal.reach(narrow as u64, left);
    }
}

fn announce(run: &Run<'_>, tasks: &[Task], precision: Option<Precision>, terminal: &Terminal) {
    if tasks.is_empty() {
        return terminal.warn("nothing was verified, so nothing is measured");
    }
    let record = &run.record;
    let comparisons: Vec<Comparisons> = tasks.iter().map(|task| comparisons(record, task)).collect();
    let excess_s: f64 = tasks.iter().map(|task| excess(run, task)).sum();
    let least_s = run.effort.least_seconds(&comparisons) + f64::from(record.settings.launches) * excess_s;
    let launches = count(record.settings.launches as usize, "launch");
    let nulls = match record.nulls.len() {
        0 => String::new(),
        nulls => format!(" and {}", count(nulls, "null pair")),
    };
    let cases = count(tasks.len() - record.nulls.len(), "case");
    let budget_s = record.settings.budget_s.map(|budget| budget as f64);
    let plan = match (precision, budget_s) {
        (None, budget) => format!(
            "{launches} each, about {}",
            rough(budget.map_or(least_s, |budget| budget.min(least_s)))
        ),
        (Some(_), Some(budget)) if budget <= least_s => {
            format!("as many launches as fit into {}", rough(budget))
        }
        (Some(precision), budget) => format!(
            "{launches} each, about {}, then more until every ratio is within {precision}{}",
            rough(least_s),
            budget
                .map(|budget| format!(", at most {} in all", rough(budget)))
                .unwrap_or_default()
        ),
    };
    terminal.say(&format!("measuring {cases}{nulls}: {plan}"));
    terminal.say("  Ctrl-C stops and still reports");
}

/// Seconds by which a launch of the task takes longer than planned, because its calls were slow when verified.
fn excess(run: &Run<'_>, task: &Task) -> f64 {
    let of_interpreter = |&interpreter: &usize| {
        let pair = task.place.with(interpreter, &run.record);
        let call = |variant: &str| pair.verification.call_seconds(variant, task.case.size);
        // The other side of a null pair is the baseline again.
        let baseline = call(&pair.baseline).unwrap_or_default();
        let others = active(pair).filter(|name| **name != pair.baseline);
        let both = others.map(|name| baseline + call(name).unwrap_or(baseline));
        both.map(|calls_s| run.effort.excess_seconds(calls_s))
            .sum::<f64>()
    };
    task.interpreters.iter().map(of_interpreter).sum()
}
