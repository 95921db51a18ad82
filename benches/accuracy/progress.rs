//! What the terminal shows while blocks are measured.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// A bar over the requested time; plain lines if there is no terminal.
pub struct Progress {
    bar: ProgressBar,
    start: Instant,
    budget: Duration,
}

impl Progress {
    /// Starts the clock.
    pub fn start(budget: Duration) -> Self {
        let style = ProgressStyle::with_template("  {bar:30} {msg}").expect("a constant");
        Progress {
            bar: ProgressBar::new(budget.as_secs().max(1)).with_style(style),
            start: Instant::now(),
            budget,
        }
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// A block begins.
    pub fn block(&self, what: &str) {
        self.print(&format!("{what} · {}", self.left()));
    }

    /// A launch or a peer's run is over.
    pub fn turn(&self) {
        self.bar.set_message(self.left());
        self.bar.set_position(self.elapsed().as_secs());
    }

    /// Prints a line that stays above the bar.
    pub fn print(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    fn left(&self) -> String {
        let left = self.budget.saturating_sub(self.elapsed()).as_secs();
        match left {
            0 => "the last block".into(),
            1..=90 => format!("{left} s left"),
            _ => format!("{} min left", left.div_ceil(60)),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
