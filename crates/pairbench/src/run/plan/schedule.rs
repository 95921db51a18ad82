//! Which launch comes next: first everyone's least number, then more for those whose ratios are not known well enough.

use crate::estimate::{Estimate, Precision};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use std::collections::VecDeque;

/// What the schedule needs to know about the things to measure, each a case of a pair.
pub(crate) trait Backlog {
    /// How many there are.
    fn tasks(&self) -> usize;

    /// The contestants that still take part in its launches; empty when another launch is pointless.
    fn contestants(&self, task: usize) -> Vec<String>;

    /// The ratio of a contestant so far; the outer `None` for one that has no ratio and so needs no precision.
    fn ratio(&self, task: usize, contestant: &str) -> Option<Option<Estimate>>;
}

/// The next launch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Turn {
    pub task: usize,
    pub contestants: Vec<String>,
    /// Counts the passes over all tasks, from 0.
    pub pass: u32,
    /// Whether a pass begins with it.
    pub begins_pass: bool,
    /// Whether everyone has the least number already.
    pub narrowing: bool,
}

/// Passes over all tasks in a new random order each, then passes over those with a ratio that is too wide, the widest
/// first, in which only the contestants with such a ratio take part.
///
/// A pass goes over all of them before any gets a second launch: launches of one pair taken in a row would share the
/// state of the machine. Within what is left of the time everyone who is too wide is so given the same number of
/// launches, and contestants that are narrow get none.
#[derive(Debug)]
pub(crate) struct Schedule {
    least: u32,
    precision: Option<Precision>,
    random: StdRng,
    pass: u32,
    queue: VecDeque<usize>,
    begins: bool,
    /// Launches that each has already, from an earlier session of the run.
    has: Vec<u32>,
}

impl Schedule {
    /// At least this many passes, then more until all ratios have the precision, if one is wanted.
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

    /// Continues a run in which each task already has this many launches: it skips as many passes.
    pub fn going_on(self, has: Vec<u32>) -> Self {
        Schedule { has, ..self }
    }

    /// The next launch; `None` when none is needed.
    pub fn next(&mut self, standing: &impl Backlog) -> Option<Turn> {
        loop {
            let Some(task) = self.queue.pop_front() else {
                self.queue = self.line_up(standing)?;
                self.begins = true;
                continue;
            };
            let narrowing = self.pass > self.least;
            if !narrowing && self.has.get(task).is_some_and(|&has| has >= self.pass) {
                continue;
            }
            let contestants = if narrowing {
                self.too_wide(standing, task)
            } else {
                standing.contestants(task)
            };
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

    /// Who is to come in the next pass, in order; `None` after the last.
    fn line_up(&mut self, standing: &impl Backlog) -> Option<VecDeque<usize>> {
        let mut tasks: Vec<usize> = (0..standing.tasks())
            .filter(|&task| !standing.contestants(task).is_empty())
            .collect();
        // Another order each time, so that no pair always follows the same neighbour.
        tasks.shuffle(&mut self.random);
        if self.pass >= self.least {
            let precision = self.precision?;
            let excess = |task: usize| {
                let ratios = standing.contestants(task).into_iter();
                let excesses = ratios.filter_map(|name| Some(precision.excess(standing.ratio(task, &name)?)));
                excesses.fold(0.0, f64::max)
            };
            let mut wide: Vec<(f64, usize)> = tasks
                .into_iter()
                .filter(|&task| !self.too_wide(standing, task).is_empty())
                .map(|task| (excess(task), task))
                .collect();
            wide.sort_by(|a, b| b.0.total_cmp(&a.0));
            tasks = wide.into_iter().map(|(_, task)| task).collect();
        }
        self.pass += 1;
        (!tasks.is_empty()).then(|| tasks.into())
    }

    /// The contestants of a task whose ratios are not narrow enough.
    fn too_wide(&self, standing: &impl Backlog, task: usize) -> Vec<String> {
        let Some(precision) = self.precision else {
            return Vec::new();
        };
        let wide = |name: &String| {
            standing
                .ratio(task, name)
                .is_some_and(|ratio| !precision.reached(ratio))
        };
        standing.contestants(task).into_iter().filter(wide).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::IntervalRule;
    use rand::{RngExt, SeedableRng};

    /// Name, standard deviation of its launches (`None`: it has no ratio), and their logarithms so far.
    type Contestant = (String, Option<f64>, Vec<f64>);

    /// Made-up ratios, whose truth is 1.
    struct MadeUp {
        /// For each task its contestants.
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
    }

    fn run(schedule: &mut Schedule, made_up: &mut MadeUp, most: usize) -> Vec<Turn> {
        let mut turns = Vec::new();
        while turns.len() < most
            && let Some(turn) = schedule.next(made_up)
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
    fn only_who_is_too_wide_gets_more_and_the_widest_comes_first() {
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
            (1, 0, 1),
            "turns are taken"
        );
    }

    #[test]
    fn who_has_launches_from_an_earlier_session_sits_out_as_many_passes() {
        let mut made_up = MadeUp::new(
            &[&[("a", Some(0.5))], &[("a", Some(0.5))], &[("a", Some(0.5))]],
            4,
        );
        let mut going_on = schedule(3, None, 4).going_on(vec![3, 1, 0]);
        let turns = run(&mut going_on, &mut made_up, 100);
        let taken = |task| turns.iter().filter(|turn| turn.task == task).count();
        assert_eq!((taken(0), taken(1), taken(2)), (0, 2, 3));
        let mut all_done = schedule(3, None, 4).going_on(vec![3, 3, 7]);
        assert_eq!(all_done.next(&made_up), None);
    }

    #[test]
    fn it_ends_when_all_are_narrow_and_never_twice_runs_the_same_task_while_another_waits() {
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

    /// The whole rule at work: many made-up runs, each of pairs of unlike spread, all of whose intervals should hold 1.
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
    fn who_drops_out_is_not_called_again() {
        struct Nobody;
        impl Backlog for Nobody {
            fn tasks(&self) -> usize {
                2
            }
            fn contestants(&self, _task: usize) -> Vec<String> {
                Vec::new()
            }
            fn ratio(&self, _task: usize, _contestant: &str) -> Option<Option<Estimate>> {
                Some(None)
            }
        }
        assert_eq!(schedule(8, Some("2%"), 1).next(&Nobody), None);
        assert_eq!(schedule(6, None, 1).next(&Nobody), None);
    }
}
