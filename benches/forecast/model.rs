//! The model: a port takes the sum of the shares of each class of work, each divided by the gain of that class (Amdahl's
//! law), and how the gains are fitted.

use super::workloads::Workload;

/// A class of work. Its gain has a log-normal prior around the value expected before any measurement, so that a class
/// that few workloads have stays near it.
pub struct Class {
    /// Its name in the data and in `pairbench forecast`.
    pub name: &'static str,
    /// The expected gain.
    pub prior: f64,
    /// The standard deviation of its logarithm.
    pub spread: f64,
}

const fn class(name: &'static str, prior: f64, spread: f64) -> Class {
    Class { name, prior, spread }
}

/// All classes.
pub const CLASSES: [Class; 15] = [
    class("interpreter", 45.0, 0.4),
    class("loops", 35.0, 0.5),
    class("objects", 20.0, 0.5),
    class("sort", 12.0, 0.5),
    class("allocation", 10.0, 0.5),
    class("parsing", 6.0, 0.5),
    class("math", 5.0, 0.5),
    class("regex", 4.0, 0.4),
    class("text", 4.0, 0.5),
    class("text_sort", 3.0, 0.4),
    class("hashing", 3.5, 0.4),
    class("big_integers", 2.0, 0.5),
    class("library", 1.2, 0.3),
    class("system", 1.2, 0.3),
    class("vector", 110.0, 0.6),
];

/// One number for each class.
pub type ByClass = [f64; CLASSES.len()];

/// The standard deviation of ln(measured ÷ forecast) that is assumed when a gain is weighed against its prior.
const SCATTER: f64 = 0.45;

/// An error beyond this many standard deviations counts linearly, not squared (Huber's loss), so that single workloads
/// that the model does not cover do not decide.
const OUTLIER: f64 = 1.5;

/// The gain of each class.
#[derive(Debug, Clone, PartialEq)]
pub struct Gains(pub ByClass);

impl Gains {
    /// The gains expected before any measurement.
    pub fn prior() -> Gains {
        Gains(CLASSES.map(|class| class.prior))
    }

    /// Python's time divided by that of the port.
    pub fn forecast(&self, shares: &ByClass) -> f64 {
        1.0 / shares
            .iter()
            .zip(&self.0)
            .map(|(share, gain)| share / gain)
            .sum::<f64>()
    }

    /// The most probable gains, by a search along one coordinate after the other with shrinking steps. The same
    /// workloads always give the same gains.
    pub fn fit(workloads: &[&Workload]) -> Gains {
        let mut logs = Gains::prior().0.map(f64::ln);
        let mut least = loss(&logs, workloads);
        let mut step = 0.4;
        while step > 0.002 {
            let mut moved = false;
            for at in 0..logs.len() {
                for move_by in [step, -step] {
                    let before = logs[at];
                    logs[at] += move_by;
                    let now = loss(&logs, workloads);
                    if now < least {
                        least = now;
                        moved = true;
                        break;
                    }
                    logs[at] = before;
                }
            }
            if !moved {
                step /= 2.0;
            }
        }
        Gains(logs.map(f64::exp))
    }
}

/// Minus twice the logarithm of the posterior density, up to a constant.
fn loss(logs: &ByClass, workloads: &[&Workload]) -> f64 {
    let gains = Gains(logs.map(f64::exp));
    let of_data = workloads.iter().map(|workload| {
        let error = (workload.ratio / gains.forecast(&workload.shares)).ln().abs() / SCATTER;
        if error < OUTLIER {
            error * error
        } else {
            OUTLIER * (2.0 * error - OUTLIER)
        }
    });
    let of_prior = logs
        .iter()
        .zip(&CLASSES)
        .map(|(log, class)| ((log - class.prior.ln()) / class.spread).powi(2));
    of_data.sum::<f64>() + of_prior.sum::<f64>()
}
