//! How much of the machine others used while a launch ran.
//!
//! Read from two files of Linux that count in the same unit (ticks, mostly 10 ms): `/proc/stat` has the work of all
//! cores, `/proc/self/stat` that of this process and all its ended descendants. The difference is the work of others. A
//! descendant that has ended and was never waited for counts as another; launches wait for what they start.

use std::fs::read_to_string;

/// A launch runs between [`start`](Neighbours::start) and [`end`](Neighbours::end).
#[derive(Debug)]
pub struct Neighbours(Option<Ticks>);

/// CPU time that others took, in cores: 1.0 is one core all the time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Taken {
    /// By processes that are not ours; `None` if the system does not report it.
    pub others: Option<f64>,
    /// By the hypervisor, for other machines.
    pub stolen: Option<f64>,
}

/// Ticks since the machine or the process started.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ticks {
    /// All cores, all states.
    all: f64,
    /// All cores, working for some process or the kernel.
    busy: f64,
    stolen: f64,
    /// This process and its ended descendants.
    own: f64,
    cores: f64,
}

impl Neighbours {
    /// Called before the launch starts.
    pub fn start() -> Self {
        Neighbours(now())
    }

    /// Called after the launch has ended and was waited for.
    pub fn end(self) -> Taken {
        match (self.0, now()) {
            (Some(start), Some(end)) => between(start, end),
            _ => Taken::default(),
        }
    }
}

fn now() -> Option<Ticks> {
    parse(
        &read_to_string("/proc/stat").ok()?,
        &read_to_string("/proc/self/stat").ok()?,
    )
}

/// Parses the texts of `/proc/stat` and `/proc/self/stat`, which proc(5) describes.
fn parse(machine: &str, process: &str) -> Option<Ticks> {
    let first = machine.lines().next()?.strip_prefix("cpu ")?;
    let fields: Vec<f64> = first
        .split_whitespace()
        .map_while(|word| word.parse().ok())
        .collect();
    // user nice system idle iowait irq softirq steal; the fields after these are already part of the first two.
    let &[user, nice, system, idle, waiting, irq, soft_irq, stolen] = fields.get(..8)? else {
        return None;
    };
    let is_core = |line: &&str| line.starts_with("cpu") && !line.starts_with("cpu ");
    // The name in parentheses may hold anything; utime, stime, cutime and cstime are the fields 14 to 17.
    let (_, after_name) = process.rsplit_once(')')?;
    let own = after_name.split_whitespace().skip(11).take(4);
    let own: Vec<f64> = own.map_while(|word| word.parse().ok()).collect();
    let busy = user + nice + system + irq + soft_irq;
    (own.len() == 4).then(|| Ticks {
        all: busy + idle + waiting + stolen,
        busy,
        stolen,
        own: own.iter().sum(),
        cores: machine.lines().filter(is_core).count().max(1) as f64,
    })
}

/// `None` when no tick has passed, or when the system counts nothing (as some sandboxes do).
fn between(start: Ticks, end: Ticks) -> Taken {
    let per_core = (end.all - start.all) / end.cores;
    let (busy, own) = (end.busy - start.busy, end.own - start.own);
    let counts = per_core > 0.0 && (busy > 0.0 || own <= 0.0);
    // Two counters that are rounded separately can differ by a tick below zero.
    let cores = |ticks: f64| counts.then(|| (ticks / per_core).max(0.0));
    Taken {
        others: cores(busy - own),
        stolen: cores(end.stolen - start.stolen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "cpu  13144 18139 10058 295472 483 0 49 21 0 0\n\
        cpu0 5957 9114 4429 149092 111 0 7 8 0 0\ncpu1 7187 9025 5628 146380 371 0 41 12 0 0\nintr 286404 0 0\nctxt 5\n";
    const SELF: &str =
        "812 (a) b (c) R 1 812 812 0 -1 4194304 100 200 0 0 30 5 400 65 20 0 1 0 1000 1000000 500 0 0\n";

    #[test]
    fn the_files_of_linux() {
        let ticks = parse(STAT, SELF).unwrap();
        let busy = 13144.0 + 18139.0 + 10058.0 + 49.0;
        let want = Ticks {
            all: busy + 295472.0 + 483.0 + 21.0,
            busy,
            stolen: 21.0,
            own: 30.0 + 5.0 + 400.0 + 65.0,
            cores: 2.0,
        };
        assert_eq!(ticks, want);
        for (machine, process) in [
            ("", SELF),
            (STAT, ""),
            ("cpu  1 2 3\n", SELF),
            (STAT, "1 (x) R 1\n"),
        ] {
            assert_eq!(parse(machine, process), None);
        }
    }

    fn ticks(all: f64, busy: f64, stolen: f64, own: f64) -> Ticks {
        Ticks {
            all,
            busy,
            stolen,
            own,
            cores: 2.0,
        }
    }

    #[test]
    fn what_is_not_ours_is_others() {
        let zero = ticks(0.0, 0.0, 0.0, 0.0);
        // Two cores for 1 s: 200 ticks. We worked 90, another 60, and 10 were stolen.
        let taken = between(zero, ticks(200.0, 150.0, 10.0, 90.0));
        assert_eq!(
            taken,
            Taken {
                others: Some(0.6),
                stolen: Some(0.1)
            }
        );
        let alone = between(zero, ticks(200.0, 99.0, 0.0, 100.0));
        assert_eq!(alone.others, Some(0.0));
        assert_eq!(between(zero, zero), Taken::default());
        assert_eq!(
            between(zero, ticks(200.0, 0.0, 0.0, 90.0)),
            Taken::default(),
            "a sandbox that counts nothing"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_machine_reports_both_or_neither() {
        let neighbours = Neighbours::start();
        std::thread::sleep(std::time::Duration::from_millis(50));
        let taken = neighbours.end();
        assert!(taken.others.is_none_or(|cores| cores >= 0.0), "{taken:?}");
        assert_eq!(taken.others.is_some(), taken.stolen.is_some());
    }
}
