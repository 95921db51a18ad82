//! Calls of both sides, each noted before it is made.

use super::super::outcome::{Came, Differs, Outcome, differs};
use super::{BASELINE, Digger, PATIENCE, UNWATCHED};
use crate::registry::plain::Plain;
use crate::registry::{Form, Side, Variant};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The file in which a launch notes the call that it is making.
pub(crate) fn file_of_call(events: &Path) -> PathBuf {
    events.with_file_name("call")
}

/// The call that a launch made last.
#[derive(Debug)]
pub(crate) struct LastCall {
    pub variant: String,
    pub input: Plain,
    /// How many inputs the launch had tried by then.
    pub inputs: u64,
}

/// The call that was being made when a launch with these events ended.
pub(crate) fn last_call(events: &Path) -> Option<LastCall> {
    let mut file = File::open(file_of_call(events)).ok()?;
    let mut head = [0; 8];
    file.read_exact(&mut head).ok()?;
    let [name, length] =
        [&head[..4], &head[4..]].map(|bytes| u32::from_le_bytes(bytes.try_into().expect("four")));
    let mut inputs = [0; 8];
    file.read_exact(&mut inputs).ok()?;
    let mut text = vec![0; name as usize];
    file.read_exact(&mut text).ok()?;
    let mut pickle = vec![0; length as usize];
    file.read_exact(&mut pickle).ok()?;
    Some(LastCall {
        variant: String::from_utf8(text).ok()?,
        input: Plain::of_pickle(&pickle).ok()?,
        inputs: u64::from_le_bytes(inputs),
    })
}

impl Digger<'_, '_> {
    /// Notes the call that is about to be made: if the process ends in it, that is the one to blame.
    pub(super) fn note(&mut self, variant: &str, input: &Plain) {
        let pickle = input.pickle();
        let mut text = Vec::with_capacity(pickle.len() + 64);
        text.extend((variant.len() as u32).to_le_bytes());
        text.extend((pickle.len() as u32).to_le_bytes());
        text.extend(self.inputs.to_le_bytes());
        text.extend(variant.as_bytes());
        text.extend(pickle);
        // If this fails, a crash cannot be explained, but nothing else is lost.
        let _ = self.current.rewind().and_then(|()| self.current.write_all(&text));
    }

    /// Calls a Python variant; also returns whether it reached new lines.
    pub(super) fn python(&mut self, variant: &str, input: &Plain, pickle: &[u8], limit: f64) -> (Came, bool) {
        self.note(variant, input);
        // Watching can be slow, so once nothing new turns up, only one in eight is watched.
        let watched = self.inputs < self.newest + UNWATCHED || self.inputs.is_multiple_of(8);
        let start = Instant::now();
        let tried = self
            .worker()
            .and_then(|worker| worker.attempt(variant, pickle, limit, watched));
        match tried {
            Ok(found) => {
                self.lines.0 = self.lines.0.max(found.lines.0);
                self.lines.1 = self.lines.1.max(found.lines.1);
                let new = found.new;
                if new {
                    self.newest = self.inputs;
                }
                let mut came = Came::from(found);
                came.outcome = came.outcome.of_call(self.is_listed(), false);
                (came, new)
            }
            Err(fault) => {
                self.worker = None;
                let outcome = Outcome::Died(fault);
                let took = start.elapsed();
                (Came { outcome, took }, false)
            }
        }
    }

    /// How many levels of an input have a fixed shape: those that hold the arguments of a call.
    pub(super) fn fixed(&self, input: &Plain) -> usize {
        match (self.entry.pair.form(), input) {
            (Form::Call | Form::Calls, _) => 2,
            (_, Plain::Dict(_)) => 1,
            _ => 0,
        }
    }

    /// Whether the answer to an input is a list of answers, here of a single one.
    pub(super) fn is_listed(&self) -> bool {
        matches!(self.entry.pair.form(), Form::Each | Form::Calls)
    }

    /// Calls a variant.
    ///
    /// # Errors
    ///
    /// Why it does not take the input.
    pub(super) fn variant(&mut self, at: usize, input: &Plain, pickle: &[u8]) -> Result<Came, String> {
        let name = self.variants[at].name.clone();
        match self.variants[at].side {
            Side::Python => Ok(self.python(&name, input, pickle, PATIENCE).0),
            Side::Rust => {
                self.note(&name, input);
                let mut came = Came::from(self.rust.attempt(&name, input)?);
                came.outcome = came.outcome.of_call(self.is_listed(), true);
                Ok(came)
            }
        }
    }

    /// How an outcome differs from the baseline's, according to what the pair declares.
    pub(super) fn compare(&self, baseline: &Came, other: &Came) -> Option<Differs> {
        let pair = &self.entry.pair;
        differs(baseline, other, pair.tolerance(), pair.refusals())
    }

    /// How a variant differs on an input.
    pub(super) fn differs(&mut self, input: &Plain, at: usize) -> Option<Differs> {
        let pickle = self.entry.pair.take_call(input).ok()?;
        let (baseline, _) = self.python(Variant::BASELINE, input, &pickle, BASELINE);
        let other = self.variant(at, input, &pickle).ok()?;
        self.compare(&baseline, &other)
    }

    /// The outcomes of both calls, as text for users.
    pub(super) fn outcomes(&mut self, input: &Plain, at: usize) -> (String, String) {
        let Ok(pickle) = self.entry.pair.take_call(input) else {
            return Default::default();
        };
        let (baseline, _) = self.python(Variant::BASELINE, input, &pickle, BASELINE);
        let other = self.variant(at, input, &pickle);
        let slow = |came: &Came| match came.took >= Duration::from_millis(100) {
            true => format!(" (after {:.1} s)", came.took.as_secs_f64()),
            false => String::new(),
        };
        let other = other.map_or_else(|why| why, |other| other.outcome.shown() + &slow(&other));
        (baseline.outcome.shown() + &slow(&baseline), other)
    }
}
