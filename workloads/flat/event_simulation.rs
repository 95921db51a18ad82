//! A day at a clinic, event by event: patients, queues, and rooms with several people at work.
//!
//! Factories, networks, call centres, traffic: discrete-event simulation asks what happens when much is
//! uncertain and everything waits for something else. A queue of what comes next drives it; each event changes
//! a few small objects and puts new events into the queue.
//!
//! It does not show what drawing random numbers costs. Arrivals, ways through the clinic and lengths of
//! treatment are drawn beforehand and are the input; so both sides simulate the very same day. Nor does it use
//! a framework: SimPy has generators that wait in place of the methods here.
//!
//! `native` has the agenda in Rust: the queue is the only part that one would take out of such a program. No function
//! is hot: in Python the loop that takes events out of the queue is a quarter of the time, and most of that is `heapq`,
//! which is C already.

use pairbench::registry::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

/// All times are in seconds from when the clinic opens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// How many people work at each station, and how many can wait there.
    stations: Vec<(u32, u32)>,
    /// By arrival.
    patients: Vec<Planned>,
}

/// What a patient brings along.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Planned {
    arrival: u64,
    /// How long the patient waits at any station before going home.
    patience: u64,
    urgent: bool,
    /// Stations, and how long the treatment there takes.
    route: Vec<(usize, u64)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    closed: u64,
    events: u64,
    left: Left,
    stations: Vec<Figures>,
    /// How many stayed for how many minutes.
    stays: Vec<(u64, u64)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Left {
    finished: u64,
    gave_up: u64,
    refused: u64,
}

/// What is known about a station.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Figures {
    busy: u64,
    gave_up: u64,
    longest_queue: u32,
    longest_wait: u64,
    /// The length of the queue, summed over all seconds.
    queue_area: u64,
    refused: u64,
    served: u64,
    waited: u64,
}

const RECEPTION: usize = 0;
const DOCTORS: usize = 1;
const LABORATORY: usize = 2;
const X_RAY: usize = 3;
const PHARMACY: usize = 4;
const NOWHERE_TO_WAIT: usize = 5;

/// First the edges, then patients at random: about one every 75 seconds, which the doctors can just bear.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut patients = edges();
    patients.truncate(size as usize);
    let mut clock = 600;
    while (patients.len() as u64) < size {
        clock += exponential(75.0, &mut rng);
        patients.push(Planned {
            arrival: clock,
            patience: 600 + exponential(1_800.0, &mut rng),
            urgent: rng.random_bool(0.1),
            route: route(&mut rng),
        });
    }
    Input {
        stations: vec![(2, 20), (6, 12), (2, 6), (1, 4), (2, 10), (1, 0)],
        patients,
    }
}

fn exponential(mean: f64, rng: &mut ChaCha8Rng) -> u64 {
    (-mean * (1.0 - rng.random::<f64>()).ln()) as u64
}

fn route(rng: &mut ChaCha8Rng) -> Vec<(usize, u64)> {
    let mut route = vec![
        (RECEPTION, 30 + exponential(60.0, rng)),
        (DOCTORS, 90 + exponential(240.0, rng)),
    ];
    let tests = [
        (LABORATORY, 0.35, 150.0),
        (X_RAY, 0.2, 180.0),
        (NOWHERE_TO_WAIT, 0.05, 60.0),
    ];
    for (station, chance, mean) in tests {
        if rng.random_bool(chance) {
            route.push((station, 60 + exponential(mean, rng)));
        }
    }
    if route.len() > 2 {
        route.push((DOCTORS, 60 + exponential(60.0, rng)));
    }
    if rng.random_bool(0.6) {
        route.push((PHARMACY, 45 + exponential(60.0, rng)));
    }
    route
}

/// Many at once, ways that lead nowhere or back, treatment that takes no time, and no patience at all.
fn edges() -> Vec<Planned> {
    let planned = |arrival, patience, urgent, route: &[(usize, u64)]| Planned {
        arrival,
        patience,
        urgent,
        route: route.into(),
    };
    vec![
        planned(0, 0, false, &[]),
        planned(0, 9, false, &[(X_RAY, 20), (X_RAY, 5)]),
        planned(0, 5, false, &[(X_RAY, 10)]),
        planned(0, 20, false, &[(X_RAY, 10), (X_RAY, 10)]),
        planned(1, 60, true, &[(X_RAY, 0)]),
        planned(1, 20, true, &[(X_RAY, 7), (NOWHERE_TO_WAIT, 30)]),
        planned(1, 60, false, &[(X_RAY, 1)]),
        planned(20, 0, false, &[(X_RAY, 1), (X_RAY, 1)]),
        planned(30, 10, false, &[(NOWHERE_TO_WAIT, 0), (NOWHERE_TO_WAIT, 5)]),
        planned(40, 10, true, &[(NOWHERE_TO_WAIT, 1)]),
    ]
}

/// Somebody on the way through the clinic.
struct Patient<'a> {
    planned: &'a Planned,
    /// How far on the route.
    step: usize,
    waiting_since: Option<u64>,
}

/// People who do the same work, and two queues for it: who is urgent goes first.
#[derive(Default)]
struct Station {
    free: u32,
    seats: u32,
    queue: VecDeque<usize>,
    urgent_queue: VecDeque<usize>,
    /// How many wait; the queues also hold those who have given up.
    waiting: u32,
    changed: u64,
    figures: Figures,
}

/// What can happen to a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Action {
    Arrive,
    Finish { station: usize },
    GiveUp { station: usize },
}

/// By time; of events at the same time, what was scheduled first comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    time: u64,
    number: u64,
    action: Action,
    patient: usize,
    step: usize,
}

/// The stations, the clock, and what comes next.
struct Clinic<'a> {
    stations: Vec<Station>,
    arrivals: std::slice::Iter<'a, Planned>,
    patients: Vec<Patient<'a>>,
    now: u64,
    events: BinaryHeap<Reverse<Event>>,
    scheduled: u64,
    left: Left,
    stays: BTreeMap<u64, u64>,
}

impl Station {
    /// Notes that another number waits from now on.
    fn count(&mut self, waiting: u32, now: u64) {
        self.figures.queue_area += u64::from(self.waiting) * (now - self.changed);
        self.changed = now;
        self.waiting = waiting;
    }

    /// Takes the next one who has not given up out of the queues.
    fn next_waiting(&mut self, patients: &[Patient<'_>]) -> Option<usize> {
        for queue in [&mut self.urgent_queue, &mut self.queue] {
            while let Some(patient) = queue.pop_front() {
                if patients[patient].waiting_since.is_some() {
                    return Some(patient);
                }
            }
        }
        None
    }
}

impl<'a> Clinic<'a> {
    fn new(input: &'a Input) -> Clinic<'a> {
        let station = |&(free, seats): &(u32, u32)| Station {
            free,
            seats,
            ..Station::default()
        };
        Clinic {
            stations: input.stations.iter().map(station).collect(),
            arrivals: input.patients.iter(),
            patients: Vec::new(),
            now: 0,
            events: BinaryHeap::new(),
            scheduled: 0,
            left: Left::default(),
            stays: BTreeMap::new(),
        }
    }

    /// Puts an event into the queue of what comes next.
    fn schedule(&mut self, delay: u64, action: Action, patient: usize) {
        self.scheduled += 1;
        self.events.push(Reverse(Event {
            time: self.now + delay,
            number: self.scheduled,
            action,
            patient,
            step: self.patients[patient].step,
        }));
    }

    /// Schedules the next arrival, if there is one.
    fn await_arrival(&mut self) {
        if let Some(planned) = self.arrivals.next() {
            self.patients.push(Patient {
                planned,
                step: 0,
                waiting_since: None,
            });
            self.schedule(
                planned.arrival - self.now,
                Action::Arrive,
                self.patients.len() - 1,
            );
        }
    }

    /// Goes to the next station of the route, or home.
    fn send_on(&mut self, patient: usize) {
        let Patient { planned, step, .. } = self.patients[patient];
        match planned.route.get(step) {
            Some(&(station, _)) => self.admit(station, patient),
            None => {
                self.left.finished += 1;
                self.leave(patient);
            }
        }
    }

    /// Treats at once, lets wait, or turns away.
    fn admit(&mut self, at: usize, patient: usize) {
        let station = &mut self.stations[at];
        if station.free > 0 {
            station.free -= 1;
            self.treat(at, patient);
        } else if station.waiting < station.seats {
            self.let_wait(at, patient);
        } else {
            station.figures.refused += 1;
            self.left.refused += 1;
            self.leave(patient);
        }
    }

    /// Begins, and knows when it will end.
    fn treat(&mut self, at: usize, patient: usize) {
        let Patient { planned, step, .. } = self.patients[patient];
        let (_, duration) = planned.route[step];
        let figures = &mut self.stations[at].figures;
        figures.busy += duration;
        figures.served += 1;
        self.schedule(duration, Action::Finish { station: at }, patient);
    }

    /// Puts into a queue, for as long as patience lasts.
    fn let_wait(&mut self, at: usize, number: usize) {
        let patient = &mut self.patients[number];
        let Planned { urgent, patience, .. } = *patient.planned;
        patient.waiting_since = Some(self.now);
        let station = &mut self.stations[at];
        station.count(station.waiting + 1, self.now);
        station.figures.longest_queue = station.figures.longest_queue.max(station.waiting);
        match urgent {
            true => station.urgent_queue.push_back(number),
            false => station.queue.push_back(number),
        }
        self.schedule(patience, Action::GiveUp { station: at }, number);
    }

    /// Sends on, and calls the next one in.
    fn finish(&mut self, at: usize, patient: usize) {
        let station = &mut self.stations[at];
        match station.next_waiting(&self.patients) {
            None => station.free += 1,
            Some(following) => {
                station.count(station.waiting - 1, self.now);
                let since = self.patients[following].waiting_since.take();
                let wait = self.now - since.expect("who is next waits");
                station.figures.waited += wait;
                station.figures.longest_wait = station.figures.longest_wait.max(wait);
                self.treat(at, following);
            }
        }
        self.patients[patient].step += 1;
        self.send_on(patient);
    }

    /// Lets go who has waited too long; most have been called in by then.
    fn give_up(&mut self, at: usize, number: usize, step: usize) {
        let patient = &mut self.patients[number];
        if patient.step == step && patient.waiting_since.take().is_some() {
            let station = &mut self.stations[at];
            station.count(station.waiting - 1, self.now);
            station.figures.gave_up += 1;
            self.left.gave_up += 1;
            self.leave(number);
        }
    }

    /// Counts the minutes of the stay of who goes.
    fn leave(&mut self, patient: usize) {
        let minutes = (self.now - self.patients[patient].planned.arrival) / 60;
        *self.stays.entry(minutes).or_default() += 1;
    }

    /// Goes from event to event until nothing more can happen.
    fn run(&mut self) {
        self.await_arrival();
        while let Some(Reverse(event)) = self.events.pop() {
            self.now = event.time;
            match event.action {
                Action::Arrive => {
                    self.await_arrival();
                    self.send_on(event.patient);
                }
                Action::Finish { station } => self.finish(station, event.patient),
                Action::GiveUp { station } => self.give_up(station, event.patient, event.step),
            }
        }
    }

    fn report(self) -> Output {
        Output {
            closed: self.now,
            events: self.scheduled,
            left: self.left,
            stations: self.stations.into_iter().map(|station| station.figures).collect(),
            stays: self.stays.into_iter().collect(),
        }
    }
}

fn rust(input: &Input) -> Output {
    let mut clinic = Clinic::new(input);
    clinic.run();
    clinic.report()
}

/// What `native` calls: the clock and the queue, which hold Python's methods and patients.
#[cfg(feature = "python")]
mod agenda {
    use pyo3::intern;
    use pyo3::prelude::*;
    use std::collections::BTreeMap;

    /// What to call, for whom, and the patient's step when it was scheduled.
    type Event = (Py<PyAny>, Py<PyAny>, Py<PyAny>);

    #[derive(Default)]
    #[pyclass]
    pub(super) struct Agenda {
        #[pyo3(get)]
        now: u64,
        #[pyo3(get)]
        scheduled: u64,
        /// By time; of events at the same time, what was scheduled first comes first.
        events: BTreeMap<(u64, u64), Event>,
    }

    #[pymethods]
    impl Agenda {
        fn schedule(&mut self, delay: u64, action: Py<PyAny>, patient: Bound<'_, PyAny>) -> PyResult<()> {
            self.scheduled += 1;
            let step = patient.getattr(intern!(patient.py(), "step"))?;
            self.events.insert(
                (self.now + delay, self.scheduled),
                (action, patient.unbind(), step.unbind()),
            );
            Ok(())
        }

        fn run(this: &Bound<'_, Self>) -> PyResult<()> {
            let next = || {
                let mut agenda = this.borrow_mut();
                let ((now, _), event) = agenda.events.pop_first()?;
                agenda.now = now;
                Some(event)
            };
            // What is called schedules more.
            while let Some((action, patient, step)) = next() {
                action.call1(this.py(), (patient, step))?;
            }
            Ok(())
        }
    }

    #[pyfunction]
    #[pyo3(name = "Agenda")]
    pub(super) fn agenda() -> Agenda {
        Agenda::default()
    }
}

/// Refuses patients that are not in the order of their arrival, stations that do not exist, and times of more than a year.
fn valid(input: &Input) -> bool {
    const YEAR: u64 = 366 * 24 * 3600;
    let known = |patient: &Planned| {
        let mut route = patient.route.iter();
        patient.arrival.max(patient.patience) <= YEAR
            && route.all(|&(station, duration)| station < input.stations.len() && duration <= YEAR)
    };
    input.patients.is_sorted_by_key(|patient| patient.arrival) && input.patients.iter().all(known)
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "a day at a clinic with queues, event by event")
        .input(generate)
        .digs(valid)
        .cases("patients", &[60, 1_500, 10_000])
        .tolerance(Tolerance::EXACT)
        .python(&["mypyc", "native"])
        // It replaces parts of two functions, of which one calls everything: none has the share that it moves.
        .native(pairbench::native![agenda::agenda])
        .rust(rust)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One station for one at a time, and one seat.
    fn day(patients: &[(u64, u64, bool, u64)]) -> Output {
        let patients = patients
            .iter()
            .map(|&(arrival, patience, urgent, duration)| Planned {
                arrival,
                patience,
                urgent,
                route: vec![(0, duration)],
            });
        rust(&Input {
            stations: vec![(1, 2)],
            patients: patients.collect(),
        })
    }

    #[test]
    fn a_day_worked_out_by_hand() {
        // The second waits 70 s and the urgent third 40 s, which is called in first; the fourth finds no seat.
        let output = day(&[
            (0, 9, false, 60),
            (10, 900, false, 60),
            (20, 900, true, 20),
            (30, 900, false, 5),
        ]);
        assert_eq!(
            output.left,
            Left {
                finished: 3,
                gave_up: 0,
                refused: 1
            }
        );
        let figures = Figures {
            busy: 140,
            gave_up: 0,
            longest_queue: 2,
            longest_wait: 70,
            queue_area: 110,
            refused: 1,
            served: 3,
            waited: 110,
        };
        assert_eq!(output.stations, [figures]);
        // Stays of 60, 130, 60 and 0 seconds. Events: 4 arrivals, 3 ends, 2 ends of patience.
        assert_eq!(output.stays, [(0, 1), (1, 2), (2, 1)]);
        assert_eq!((output.events, output.closed), (9, 920));
    }

    #[test]
    fn patience_ends_just_before_or_just_after() {
        // The end of the first treatment was scheduled first, so at second 60 it comes before patience runs out.
        for (patience, finished) in [(49, 1), (50, 2), (51, 2)] {
            let output = day(&[(0, 0, false, 60), (10, patience, false, 1)]);
            assert_eq!(output.left.finished, finished, "{patience}");
            assert_eq!(output.left.gave_up, 2 - finished, "{patience}");
        }
    }

    #[test]
    fn everybody_leaves_whatever_the_day() {
        for size in [1, 2, 11, 300] {
            for seed in [0, 1, u64::MAX] {
                let input = generate(size, seed);
                assert!(input.patients.is_sorted_by_key(|patient| patient.arrival));
                let output = rust(&input);
                let Left {
                    finished,
                    gave_up,
                    refused,
                } = output.left;
                assert_eq!(finished + gave_up + refused, size);
                assert_eq!(output.stays.iter().map(|(_, count)| count).sum::<u64>(), size);
            }
        }
    }

    #[test]
    fn a_day_has_some_of_everything() {
        let Left {
            finished,
            gave_up,
            refused,
        } = rust(&generate(1_500, 1)).left;
        assert!(
            finished > 1_200 && gave_up > 2 && refused > 10,
            "{finished} {gave_up} {refused}"
        );
    }
}
