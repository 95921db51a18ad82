//! Differences: new ones are made small and reported.

use super::super::outcome::{Differs, wavers};
use super::super::shrink::shrink;
use super::super::{Event, Found, Group, Kind};
use super::{BASELINE, Digger, EXAMPLES, REPORT, SHRINKING, UNFINISHED};
use crate::registry::Variant;
use crate::registry::plain::Plain;
use std::time::Instant;

impl Digger<'_, '_> {
    /// Handles a difference: counts it; the first ones of each group are made small and reported.
    pub(super) fn found(&mut self, input: &Plain, at: usize, found: &Differs) {
        let group = self.group(at, found);
        *self.groups.entry(group.clone()).or_default() += 1;
        let attempts = self.attempts.entry(group.clone()).or_default();
        // The same place in the code is the same mistake; the same place in an answer need not be.
        let most = if found.kind == Kind::Differs { EXAMPLES } else { 1 };
        if *attempts >= most {
            return;
        }
        *attempts += 1;
        if let Some(name) = self.is_wavering(input, at) {
            return self.mark(input, &name, Kind::Wavers);
        }
        if self.differs(input, at).map(|again| again.kind) != Some(found.kind) {
            // It was slow once, and not again.
            *self.groups.entry(group).or_default() -= 1;
            return;
        }
        // Reported under a number of its own, in case the process ends on the way to a smaller input.
        let rough = UNFINISHED + self.attempts.values().sum::<usize>();
        let first = self.as_found(group.clone(), input, at, rough);
        self.say(Event::Found(first));
        let smallest = self.smallest(input, at, found, Instant::now() + SHRINKING);
        self.say(Event::Withdrawn { group, number: rough });
        let known = self.examples.entry(smallest.group.clone()).or_default();
        let alike = known.iter().any(|one| sketch(one) == sketch(&smallest.input));
        if !alike && known.len() < EXAMPLES {
            let number = known.len();
            known.push(smallest.input.clone());
            self.say(Event::Found(Found { number, ..smallest }));
        }
    }

    pub(super) fn group(&self, at: usize, found: &Differs) -> Group {
        Group {
            variant: self.variants[at].name.clone(),
            kind: found.kind,
            place: found.place.clone(),
        }
    }

    pub(super) fn as_found(&mut self, group: Group, input: &Plain, at: usize, number: usize) -> Found {
        let (baseline, other) = self.outcomes(input, at);
        Found {
            group,
            input: input.clone(),
            baseline,
            other,
            number,
            seconds: self.started.elapsed().as_secs_f64(),
        }
    }

    /// The smallest input on which a variant differs in the same way.
    pub(super) fn smallest(&mut self, input: &Plain, at: usize, found: &Differs, end: Instant) -> Found {
        let since = self.started.elapsed().as_secs_f64();
        let fixed = self.fixed(input);
        let mut reported = Instant::now();
        let input = shrink(input, fixed, &mut |candidate| {
            if Instant::now() > end {
                return None;
            }
            if reported.elapsed() >= REPORT {
                reported = Instant::now();
                self.progress((0, 0));
            }
            let again = self.differs(candidate, at);
            Some(again.is_some_and(|again| {
                again.kind == found.kind && (found.kind != Kind::Panics || again.place == found.place)
            }))
        });
        // A smaller answer may differ in a place that is more telling.
        let place = self.differs(&input, at).map(|again| again.place);
        let group = Group {
            place: place.unwrap_or_else(|| found.place.clone()),
            ..self.group(at, found)
        };
        Found {
            seconds: since,
            ..self.as_found(group, &input, at, 0)
        }
    }

    /// Which of the baseline and a variant does not give the same answer twice.
    pub(super) fn is_wavering(&mut self, input: &Plain, at: usize) -> Option<String> {
        let pickle = self.entry.pair.take_call(input).ok()?;
        let [first, second] = [0, 1].map(|_| self.python(Variant::BASELINE, input, &pickle, BASELINE).0);
        if wavers(&first, &second) {
            return Some(Variant::BASELINE.into());
        }
        let first = self.variant(at, input, &pickle).ok()?;
        let second = self.variant(at, input, &pickle).ok()?;
        wavers(&first, &second).then(|| self.variants[at].name.clone())
    }

    /// Reports something that concerns one variant alone, once.
    pub(super) fn mark(&mut self, input: &Plain, variant: &str, kind: Kind) {
        let group = Group {
            variant: variant.into(),
            kind,
            place: String::new(),
        };
        let count = self.groups.entry(group.clone()).or_default();
        *count += 1;
        if *count > 1 {
            return;
        }
        let found = Found {
            group,
            input: input.clone(),
            baseline: String::new(),
            other: kind.to_string(),
            number: 0,
            seconds: self.started.elapsed().as_secs_f64(),
        };
        self.say(Event::Found(found));
    }
}

/// What inputs that show the same mistake have in common: their literals, with all digits and all letters alike.
fn sketch(input: &Plain) -> String {
    let kind = |c: char| match c {
        '0'..='9' => '0',
        'a'..='z' | 'A'..='Z' => 'a',
        other => other,
    };
    let mut kinds: Vec<char> = input.python().chars().map(kind).collect();
    kinds.dedup();
    kinds.into_iter().collect()
}
