//! A run with several interpreters, seen as one record for each.

use super::{Embedding, Further, NativeModule, PairRecord, Record};
use crate::hosts::interpreter::Interpreter;
use std::borrow::Cow;

/// The records, with those of several interpreters split up. The first interpreter of each record comes first.
pub fn views(records: &[Record]) -> Cow<'_, [Record]> {
    match records.iter().all(|record| record.further.is_empty()) {
        true => Cow::Borrowed(records),
        false => records.iter().cloned().flat_map(Record::into_views).collect(),
    }
}

impl Record {
    /// When it was started, as a sort key. A record whose time cannot be read is older than any other.
    pub(crate) fn newness(&self) -> (Option<jiff::Timestamp>, &str) {
        (self.started.parse().ok(), &self.started)
    }

    /// All interpreters of the run, the first one first.
    pub(crate) fn all_interpreters(&self) -> impl Iterator<Item = &Interpreter> {
        (0..self.interpreters()).map(|at| self.interpreter_at(at))
    }

    /// All pairs with all interpreters, those of the first one first.
    pub fn all_pairs(&self) -> impl Iterator<Item = &PairRecord> {
        (0..self.interpreters()).flat_map(|at| self.pairs_at(at))
    }

    /// How many interpreters the run measured.
    pub fn interpreters(&self) -> usize {
        1 + self.further.len()
    }

    /// The interpreter with this index, from 0: that of the record, then the further ones.
    ///
    /// # Panics
    ///
    /// When there are fewer.
    pub fn interpreter_at(&self, at: usize) -> &Interpreter {
        match at.checked_sub(1) {
            None => &self.interpreter,
            Some(at) => &self.further[at].interpreter,
        }
    }

    /// The same interpreter, mutable.
    ///
    /// # Panics
    ///
    /// When there are fewer.
    pub(crate) fn interpreter_at_mut(&mut self, at: usize) -> &mut Interpreter {
        match at.checked_sub(1) {
            None => &mut self.interpreter,
            Some(at) => &mut self.further[at].interpreter,
        }
    }

    /// The extension module for that interpreter.
    ///
    /// # Panics
    ///
    /// When there are fewer.
    pub(crate) fn native_at(&self, at: usize) -> &NativeModule {
        match at.checked_sub(1) {
            None => &self.native,
            Some(at) => &self.further[at].native,
        }
    }

    /// The same, mutable.
    ///
    /// # Panics
    ///
    /// When there are fewer.
    pub(crate) fn native_at_mut(&mut self, at: usize) -> &mut NativeModule {
        match at.checked_sub(1) {
            None => &mut self.native,
            Some(at) => &mut self.further[at].native,
        }
    }

    /// The pairs as measured with that interpreter.
    ///
    /// # Panics
    ///
    /// When there are fewer.
    pub fn pairs_at(&self, at: usize) -> &[PairRecord] {
        match at.checked_sub(1) {
            None => &self.pairs,
            Some(at) => &self.further[at].pairs,
        }
    }

    /// The same pairs, mutable.
    ///
    /// # Panics
    ///
    /// When there are fewer.
    pub(crate) fn pairs_at_mut(&mut self, at: usize) -> &mut [PairRecord] {
        match at.checked_sub(1) {
            None => &mut self.pairs,
            Some(at) => &mut self.further[at].pairs,
        }
    }

    /// A record for each interpreter, as if it had been measured alone, so that everything that examines a record
    /// examines one interpreter. The first is this record without the further ones. The null pairs and what concerns
    /// the run as a whole were measured with the first interpreter; the others have the null pairs as well, which
    /// characterise the machine.
    pub fn into_views(mut self) -> Vec<Record> {
        let further = std::mem::take(&mut self.further);
        let pairs = std::mem::take(&mut self.pairs);
        let lacking = std::mem::take(&mut self.lacking);
        let diagnoses = std::mem::take(&mut self.diagnoses);
        let frame = self;
        let others: Vec<Record> = further
            .into_iter()
            .map(|further| view(&frame, &pairs, further))
            .collect();
        let first = Record {
            pairs,
            lacking,
            diagnoses,
            ..frame
        };
        std::iter::once(first).chain(others).collect()
    }
}

/// What was measured with one further interpreter, with the rest of its record from `frame`; `first` has the sources.
fn view(frame: &Record, first: &[PairRecord], further: Further) -> Record {
    let reason = format!(
        "only the first interpreter of a run is embedded, which is {} {}",
        frame.interpreter.implementation, frame.interpreter.version
    );
    let with_sources = |pair: PairRecord| {
        let sources = first.iter().find(|first| first.name == pair.name);
        let sources = sources.map(|first| first.sources.clone()).unwrap_or_default();
        PairRecord { sources, ..pair }
    };
    Record {
        interpreter: further.interpreter,
        native: further.native,
        pairs: further.pairs.into_iter().map(with_sources).collect(),
        embedding: Embedding::Off { reason },
        ..frame.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fixture;

    #[test]
    fn a_view_is_a_record_of_one_interpreter() {
        let mut record = fixture::steady();
        let mut interpreter = record.interpreter.clone();
        interpreter.version = "3.13.1".into();
        let mut pairs = record.pairs.clone();
        pairs[0].sources = Default::default();
        pairs[0].launches.truncate(1);
        record.further = vec![Further {
            interpreter,
            native: NativeModule::NotNeeded,
            pairs,
        }];
        assert_eq!(record.interpreters(), 2);
        assert_eq!(record.interpreter_at(1).version, "3.13.1");
        let views = record.clone().into_views();
        assert_eq!(views.len(), 2);
        assert_eq!(views[0], fixture::steady());
        assert_eq!(views[1].interpreter, *record.interpreter_at(1));
        assert_eq!(views[1].pairs[0].launches.len(), 1);
        assert_eq!(views[1].pairs[0].sources, record.pairs[0].sources);
        assert!(matches!(&views[1].embedding, Embedding::Off { reason } if reason.contains("3.11.7")));
        assert!(views.iter().all(|view| view.further.is_empty()));
    }
}
