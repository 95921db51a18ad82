//! Which launch comes next: first the minimum for all tasks, then more for ratios that are not known well enough.

use crate::estimate::{Estimate, Precision};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use std::collections::VecDeque;

/// A pass has at least this many tasks, if there are as many: what two launches of a pair in a row share is not random.
const NEIGHBOURS: usize = 4;

/// What the schedule needs to know about the things to measure, each a case of a pair.
pub(crate) trait Backlog {
    /// The number of tasks.
    fn tasks(&self) -> usize;

    /// The contestants that still take part in its launches; empty when another launch is pointless.
    fn contestants(&self, task: usize) -> Vec<String>;

    /// The ratio of a contestant so far; the outer `None` for one that has no ratio and so needs no precision.
    fn ratio(&self, task: usize, contestant: &str) -> Option<Option<Estimate>>;

    /// Seconds that a launch of the task takes for each contestant.
    fn seconds(&self, task: usize) -> f64;
}

/// The next launch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Turn {
    pub task: usize,
    pub contestants: Vec<String>,
    /// Index of the pass over all tasks, from 0.
    pub pass: u32,
    /// Whether it is the first launch of a pass.
    pub begins_pass: bool,
    /// Whether all tasks already have the minimum.
    pub narrowing: bool,
}

/// Passes over all tasks, each in a new random order, then passes over those with a ratio that is too wide, in which
/// only the contestants with such a ratio take part.
///
/// Ratios that will be narrow soonest come first, as many as can all become narrow in the time left. Those that would
/// never become narrow take no time from them, and get what is left over.
///
/// A pass goes over all of its tasks before any gets a second launch: launches of one pair taken in a row would share the
/// state of the machine.
#[derive(Debug)]
pub(crate) struct Schedule {
    least: u32,
    precision: Option<Precision>,
    random: StdRng,
    pass: u32,
    /// The tasks of this pass; when narrowing, each with the contestants that take part.
    queue: VecDeque<(usize, Vec<String>)>,
    begins: bool,
    /// Launches that each task already has from an earlier session of the run.
    has: Vec<u32>,
}

impl Schedule {
    /// At least this many passes, then more until all ratios have the precision, if there is one.
    pub fn new(least: u32, precision: Option<Precision>, random: StdRng) -> Self {
        Schedule {
            least,
            precision,
            random,
            pass: 0,
            queue: VecDeque::new(),
            begins: false,
            has: Vec::new(),
        }
    }

    /// Continues a run in which each task already has this many launches: it skips that many passes.
    pub fn going_on(self, has: Vec<u32>) -> Self {
        Schedule { has, ..self }
    }

    /// The next launch, with `left` seconds remaining for launches; `None` when none is needed.
    pub fn next(&mut self, backlog: &impl Backlog, left: f64) -> Option<Turn> {
        loop {
            let Some((task, chosen)) = self.queue.pop_front() else {
                self.queue = self.line_up(backlog, left)?;
                self.begins = true;
                continue;
            };
            let narrowing = self.pass > self.least;
            if !narrowing && self.has.get(task).is_some_and(|&has| has >= self.pass) {
                continue;
            }
            let mut contestants = backlog.contestants(task);
            contestants.retain(|name| !narrowing || chosen.contains(name));
            if !contestants.is_empty() {
                return Some(Turn {
                    task,
                    contestants,
                    pass: self.pass - 1,
                    begins_pass: std::mem::take(&mut self.begins),
                    narrowing,
                });
            }
        }
    }

    /// The queue of the next pass; `None` after the last.
    fn line_up(&mut self, backlog: &impl Backlog, left: f64) -> Option<VecDeque<(usize, Vec<String>)>> {
        let mut tasks: Vec<_> = (0..backlog.tasks())
            .filter(|&task| !backlog.contestants(task).is_empty())
            .map(|task| (task, Vec::new()))
            .collect();
        // A new order each time, so that no pair always follows the same neighbour.
        tasks.shuffle(&mut self.random);
        if self.pass >= self.least {
            let wide = self.too_wide(backlog, tasks.iter().map(|(task, _)| *task));
            let together = wide.iter().scan(0.0, |sum, (seconds, ..)| {
                *sum += seconds;
                Some(*sum)
            });
            let most = match together.take_while(|&sum| sum <= left).count() {
                0 => wide.len(),
                most => most,
            };
            tasks.clear();
            for (at, (_, task, name)) in wide.into_iter().enumerate() {
                if at >= most && tasks.len() >= NEIGHBOURS {
                    break;
                }
                match tasks.iter_mut().find(|known| known.0 == task) {
                    Some(known) => known.1.push(name),
                    None => tasks.push((task, vec![name])),
                }
            }
        }
        self.pass += 1;
        (!tasks.is_empty()).then(|| tasks.into())
    }

    /// The contestants of these tasks whose ratios are not narrow enough, with the seconds that they still need, the
    /// soonest first.
    fn too_wide(
        &self,
        backlog: &impl Backlog,
        tasks: impl Iterator<Item = usize>,
    ) -> Vec<(f64, usize, String)> {
        let mut wide = Vec::new();
        for task in tasks {
            for name in backlog.contestants(task) {
                let (Some(ratio), Some(precision)) = (backlog.ratio(task, &name), self.precision) else {
                    continue;
                };
                if !precision.reached(ratio) {
                    wide.push((
                        precision.further_launches(ratio) * backlog.seconds(task),
                        task,
                        name,
                    ));
                }
            }
        }
        wide.sort_by(|a, b| a.0.total_cmp(&b.0));
        wide
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::IntervalRule;
    use rand::{RngExt, SeedableRng};

    /// Name, standard deviation of its launches (`None`: it has no ratio), and their logarithms so far.
    type Contestant = (String, Option<f64>, Vec<f64>);

    /// Made-up ratios whose true value is 1.
    struct MadeUp {
        /// The contestants of each task.
        tasks: Vec<Vec<Contestant>>,
        random: StdRng,
    }

    impl MadeUp {
        fn new(tasks: &[&[(&str, Option<f64>)]], seed: u64) -> Self {
            let contestant =
                |(name, deviation): &(&str, Option<f64>)| (name.to_string(), *deviation, Vec::new());
            MadeUp {
                tasks: tasks
                    .iter()
                    .map(|task| task.iter().map(contestant).collect())
                    .collect(),
                random: StdRng::seed_from_u64(seed),
            }
        }

        fn launch(&mut self, turn: &Turn) {
            for (name, deviation, logs) in &mut self.tasks[turn.task] {
                if turn.contestants.contains(name) {
                    // A sum of twelve uniform numbers is normal enough.
                    let normal: f64 = (0..12).map(|_| self.random.random::<f64>()).sum::<f64>() - 6.0;
                    logs.push(deviation.unwrap_or(0.0) * normal);
                }
            }
        }

        fn launches(&self, task: usize, contestant: usize) -> usize {
            self.tasks[task][contestant].2.len()
        }
    }

    impl Backlog for MadeUp {
        fn tasks(&self) -> usize {
            self.tasks.len()
        }

        fn contestants(&self, task: usize) -> Vec<String> {
            self.tasks[task].iter().map(|one| one.0.clone()).collect()
        }

        fn ratio(&self, task: usize, contestant: &str) -> Option<Option<Estimate>> {
            let found = self.tasks[task].iter().find(|one| one.0 == contestant)?;
            let rule = IntervalRule {
                target: "2%".parse().ok(),
                ..IntervalRule::default()
            };
            let launches: Vec<_> = found.2.iter().map(|log| (0.0, *log)).collect();
            found.1.map(|_| rule.over_launches(&launches))
        }

        fn seconds(&self, _task: usize) -> f64 {
            0.5
        }
    }

    fn run(schedule: &mut Schedule, made_up: &mut MadeUp, most: usize) -> Vec<Turn> {
        let mut turns = Vec::new();
        while turns.len() < most
            && let Some(turn) = schedule.next(made_up, f64::INFINITY)
        {
            made_up.launch(&turn);
            turns.push(turn);
        }
        turns
    }

    fn schedule(least: u32, percent: Option<&str>, seed: u64) -> Schedule {
        let precision = percent.map(|text| text.parse().unwrap());
        Schedule::new(least, precision, StdRng::seed_from_u64(seed))
    }

    #[test]
    fn without_a_precision_everyone_gets_just_the_number() {
        let mut made_up = MadeUp::new(
            &[&[("rust", Some(0.5)), ("embedded", None)], &[("rust", Some(0.0))]],
            1,
        );
        let turns = run(&mut schedule(3, None, 1), &mut made_up, 100);
        assert_eq!(turns.len(), 6);
        assert!(turns.iter().all(|turn| !turn.narrowing));
        let begins: Vec<bool> = turns.iter().map(|turn| turn.begins_pass).collect();
        assert_eq!(begins, [true, false, true, false, true, false]);
        assert_eq!(
            turns.iter().map(|turn| turn.pass).collect::<Vec<_>>(),
            [0, 0, 1, 1, 2, 2]
        );
        assert_eq!((made_up.launches(0, 1), made_up.launches(1, 0)), (3, 3));
    }

    #[test]
    fn only_wide_ratios_get_more_and_the_soonest_narrow_come_first() {
        let tasks: [&[(&str, Option<f64>)]; 3] = [
            &[("rust", Some(0.001)), ("rayon", Some(0.06)), ("python", None)],
            &[("rust", Some(0.2))],
            &[("rust", Some(0.0005))],
        ];
        let mut made_up = MadeUp::new(&tasks, 2);
        let turns = run(&mut schedule(8, Some("2%"), 2), &mut made_up, 60);
        let (least, more) = turns.split_at(24);
        assert!(least.iter().all(|turn| !turn.narrowing) && more.iter().all(|turn| turn.narrowing));
        assert_eq!(
            (
                made_up.launches(0, 0),
                made_up.launches(0, 2),
                made_up.launches(2, 0)
            ),
            (8, 8, 8)
        );
        assert!(
            more.iter()
                .all(|turn| turn.contestants == ["rust"] || turn.contestants == ["rayon"])
        );
        assert_eq!(
            (more[0].task, more[1].task, more[2].task),
            (0, 1, 0),
            "turns are taken"
        );
    }

    #[test]
    fn ratios_that_cannot_be_narrow_in_time_take_none_from_others() {
        let one = |deviation| vec![("rust".to_string(), Some(deviation), Vec::new())];
        let deviations = [0.02, 0.3, 0.025, 0.3, 0.03, 0.4, 0.03, 0.2];
        let mut made_up = MadeUp {
            tasks: deviations.map(one).into(),
            random: StdRng::seed_from_u64(5),
        };
        let mut schedule = schedule(8, Some("2%"), 5);
        let (target, mut left): (Precision, f64) = ("2%".parse().unwrap(), 60.0);
        let wide = |made_up: &MadeUp| {
            let is_wide = |task: &usize| !target.reached(made_up.ratio(*task, "rust").unwrap());
            (0..8).filter(is_wide).collect::<Vec<_>>()
        };
        while wide(&made_up) != [1, 3, 5, 7] {
            assert!(left > 0.0, "{:?}", wide(&made_up));
            let turn = schedule.next(&made_up, left).unwrap();
            made_up.launch(&turn);
            left -= made_up.seconds(turn.task);
        }
        let launches: Vec<usize> = (0..8).map(|task| made_up.launches(task, 0)).collect();
        // While fewer than four can become narrow, others come between their launches.
        assert!(
            [1, 3, 5, 7].iter().all(|&task| launches[task] <= launches[4]),
            "{launches:?}"
        );
        assert!(launches[5] == 8, "{launches:?}");
    }

    #[test]
    fn tasks_with_launches_from_an_earlier_session_sit_out_as_many_passes() {
        let mut made_up = MadeUp::new(
            &[&[("a", Some(0.5))], &[("a", Some(0.5))], &[("a", Some(0.5))]],
            4,
        );
        let mut going_on = schedule(3, None, 4).going_on(vec![3, 1, 0]);
        let turns = run(&mut going_on, &mut made_up, 100);
        let taken = |task| turns.iter().filter(|turn| turn.task == task).count();
        assert_eq!((taken(0), taken(1), taken(2)), (0, 2, 3));
        let mut all_done = schedule(3, None, 4).going_on(vec![3, 3, 7]);
        assert_eq!(all_done.next(&made_up, 60.0), None);
    }

    #[test]
    fn it_ends_when_all_are_narrow_and_runs_no_task_twice_while_another_waits() {
        let tasks: [&[(&str, Option<f64>)]; 3] =
            [&[("a", Some(0.03))], &[("a", Some(0.04))], &[("a", Some(0.02))]];
        let mut made_up = MadeUp::new(&tasks, 3);
        let turns = run(&mut schedule(8, Some("2%"), 3), &mut made_up, 10_000);
        assert!(turns.len() < 10_000);
        let target: Precision = "2%".parse().unwrap();
        assert!((0..3).all(|task| target.reached(made_up.ratio(task, "a").unwrap())));
        for pass in turns.chunk_by(|a, b| a.pass == b.pass) {
            let mut seen: Vec<usize> = pass.iter().map(|turn| turn.task).collect();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), pass.len(), "{pass:?}");
        }
    }

    /// The whole rule at work: many made-up runs, each of pairs of different spread, whose intervals should hold 1.
    #[test]
    fn intervals_of_runs_that_end_by_their_width_hold() {
        let tasks: [&[(&str, Option<f64>)]; 3] = [
            &[("rust", Some(0.01)), ("native", Some(0.03))],
            &[("rust", Some(0.05))],
            &[("null", Some(0.02))],
        ];
        let (mut held, mut all) = (0, 0);
        for seed in 0..200 {
            let mut made_up = MadeUp::new(&tasks, seed);
            run(&mut schedule(8, Some("2%"), seed), &mut made_up, 120);
            for (task, contestants) in tasks.iter().enumerate() {
                for (name, _) in *contestants {
                    let (low, high) = made_up.ratio(task, name).unwrap().unwrap().interval.unwrap();
                    held += usize::from(low <= 1.0 && 1.0 <= high);
                    all += 1;
                }
            }
        }
        let percent = 100.0 * held as f64 / all as f64;
        assert!((93.5..98.5).contains(&percent), "{held} of {all}: {percent:.1} %");
    }

    #[test]
    fn contestants_that_drop_out_are_not_called_again() {
        struct Nobody;
        impl Backlog for Nobody {
            fn tasks(&self) -> usize {
                2
            }
            fn seconds(&self, _task: usize) -> f64 {
                0.0
            }
            fn contestants(&self, _task: usize) -> Vec<String> {
                Vec::new()
            }
            fn ratio(&self, _task: usize, _contestant: &str) -> Option<Option<Estimate>> {
                Some(None)
            }
        }
        assert_eq!(schedule(8, Some("2%"), 1).next(&Nobody, 60.0), None);
        assert_eq!(schedule(6, None, 1).next(&Nobody, 60.0), None);
    }
}
