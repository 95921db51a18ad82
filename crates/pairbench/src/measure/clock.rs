//! Watches the machine's clocks for sleep and for a wall clock that is set, which make a measurement doubtful.
//!
//! No duration comes from the wall clock. Samples are timed on clocks that never go back, and limits and budgets on one
//! that stops while the machine sleeps. A launch that slept is another matter: it wakes up with cold caches and
//! another clock frequency, and is taken again.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Shorter sleep is ignored: the clocks are not read at exactly the same time.
const NOTABLE_SLEEP_S: f64 = 0.5;

/// A wall clock that has moved less was not set, only slewed (by half a thousandth at most).
const NOTABLE_JUMP_S: f64 = 1.0;
const STEERING: f64 = 0.001;

/// All clocks at about the same moment. Only differences are meaningful.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Moment {
    /// Time awake.
    pub awake: Duration,
    /// Time awake or asleep, if the system reports it.
    pub with_sleep: Option<Duration>,
    /// The wall clock, in seconds since 1970.
    pub wall_s: f64,
}

/// A source of moments.
pub trait Clock {
    /// The present moment.
    fn now(&self) -> Moment;
}

/// The machine's clocks.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        SystemClock {
            start: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH);
        Moment {
            awake: self.start.elapsed(),
            with_sleep: with_sleep(),
            // Before 1970, the negative difference is just as good.
            wall_s: wall.map_or_else(
                |early| -early.duration().as_secs_f64(),
                |since| since.as_secs_f64(),
            ),
        }
    }
}

#[cfg(target_os = "linux")]
fn with_sleep() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Some(Duration::new(
        u64::try_from(time.tv_sec).ok()?,
        u32::try_from(time.tv_nsec).ok()?,
    ))
}

/// Elsewhere sleep shows as a wall clock that runs ahead.
#[cfg(not(target_os = "linux"))]
fn with_sleep() -> Option<Duration> {
    None
}

/// What the clocks did between two looks.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct Between {
    /// Seconds that the machine slept, if it did.
    pub slept_s: Option<f64>,
    /// Seconds by which the wall clock was set forward (negative: back), if it was.
    pub jumped_s: Option<f64>,
}

/// Looks at a clock repeatedly.
#[derive(Debug)]
pub struct Watch<C> {
    clock: C,
    last: Moment,
}

impl<C: Clock> Watch<C> {
    /// Starts to watch.
    pub(crate) fn new(clock: C) -> Self {
        let last = clock.now();
        Watch { clock, last }
    }

    /// What happened since the last look.
    pub(crate) fn look(&mut self) -> Between {
        let now = self.clock.now();
        let before = std::mem::replace(&mut self.last, now);
        between(&before, &now)
    }
}

/// What happened between two moments.
///
/// Slept: the time with sleep minus the time without. Jumped: the time on the wall clock minus the true time, which is
/// the one with sleep if it is known.
pub fn between(before: &Moment, after: &Moment) -> Between {
    let awake = after.awake.as_secs_f64() - before.awake.as_secs_f64();
    let with_sleep = before
        .with_sleep
        .zip(after.with_sleep)
        .map(|(a, b)| b.as_secs_f64() - a.as_secs_f64());
    let slept = with_sleep
        .map(|whole| whole - awake)
        .filter(|slept| *slept > NOTABLE_SLEEP_S);
    let whole = with_sleep.unwrap_or(awake);
    let jumped = after.wall_s - before.wall_s - whole;
    let notable = NOTABLE_JUMP_S.max(STEERING * whole);
    Between {
        slept_s: slept,
        jumped_s: Some(jumped).filter(|jumped| jumped.abs() > notable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    /// A clock that a test moves.
    #[derive(Debug)]
    struct MadeUp<'a>(&'a Cell<Moment>);

    impl Clock for MadeUp<'_> {
        fn now(&self) -> Moment {
            self.0.get()
        }
    }

    fn pass(cell: &Cell<Moment>, awake_s: f64, asleep_s: f64, set_s: f64) {
        let mut moment = cell.get();
        moment.awake += Duration::from_secs_f64(awake_s);
        let whole = Duration::from_secs_f64(awake_s + asleep_s);
        moment.with_sleep = moment.with_sleep.map(|time| time + whole);
        moment.wall_s += awake_s + asleep_s + set_s;
        cell.set(moment);
    }

    fn start(with_sleep: Option<Duration>) -> Cell<Moment> {
        Cell::new(Moment {
            awake: Duration::from_secs(5),
            with_sleep,
            wall_s: 1.7e9,
        })
    }

    #[test]
    fn sleep_and_a_clock_that_is_set_are_told_apart() {
        let cell = start(Some(Duration::from_secs(900)));
        let mut watch = Watch::new(MadeUp(&cell));
        assert_eq!(watch.look(), Between::default());
        pass(&cell, 60.0, 0.0, 0.02);
        assert_eq!(watch.look(), Between::default(), "steered, not set");
        pass(&cell, 2.0, 3_600.0, 0.0);
        let Between {
            slept_s: Some(slept),
            jumped_s: None,
        } = watch.look()
        else {
            panic!("an hour of sleep went unseen");
        };
        assert!((slept - 3_600.0).abs() < 1e-3);
        for jump in [-7_200.0, 5.0] {
            pass(&cell, 2.0, 0.0, jump);
            let Between {
                slept_s: None,
                jumped_s: Some(jumped),
            } = watch.look()
            else {
                panic!("{jump} s went unseen");
            };
            assert!((jumped - jump).abs() < 1e-3);
        }
        pass(&cell, 1.0, 10.0, -10.0);
        let both = watch.look();
        assert!(both.slept_s.is_some() && both.jumped_s.is_some());
        assert_eq!(watch.look(), Between::default(), "each is told once");
    }

    #[test]
    fn without_a_clock_that_counts_sleep_it_shows_as_a_jump() {
        let cell = start(None);
        let mut watch = Watch::new(MadeUp(&cell));
        pass(&cell, 1.0, 30.0, 0.0);
        let seen = watch.look();
        assert!(seen.slept_s.is_none() && seen.jumped_s.is_some_and(|jumped| jumped > 29.0));
    }

    #[test]
    fn the_machines_own_clocks_agree() {
        let clock = SystemClock::default();
        let (before, after) = (clock.now(), clock.now());
        assert!(after.awake >= before.awake && before.wall_s > 1.6e9);
        assert_eq!(before.with_sleep.is_some(), cfg!(target_os = "linux"));
    }
}
