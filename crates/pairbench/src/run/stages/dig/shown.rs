//! What a dig found, in the terminal.

use super::{CRASHES, Site};
use crate::dig::{self, Found};
use crate::terminal::{Terminal, rough};
use crate::text::{count, cut, thousands};

/// A longer shell command helps nobody; the input is in the file.
const LONGEST: usize = 1000;

impl Site<'_> {
    pub(super) fn show(&self, terminal: &Terminal) {
        let name = self.entry.name;
        if let Some(why) = &self.why_not {
            let skipped = terminal.paint("33", "skip");
            return terminal.say(&format!("  {skipped} {name}: {why}"));
        }
        if self.inputs == 0 && self.found.is_empty() {
            let failed = terminal.paint("33", "skip");
            let time = rough(self.dug);
            return terminal.say(&format!(
                "  {failed} {name}: no input was tried in {time}; give it more time"
            ));
        }
        let (reached, all) = self.lines;
        let per_second = self.inputs as f64 / self.dug.max(0.1);
        let lines = match all {
            0 => String::new(),
            all => format!(", {reached} of {all} lines reached"),
        };
        let far = format!(
            "{} inputs in {} ({} a second){lines}",
            thousands(self.inputs as f64),
            rough(self.dug),
            thousands(per_second)
        );
        if self.found.is_empty() {
            let good = terminal.paint("32", "ok  ");
            terminal.say(&format!("  {good} {name:<16} {far}: no difference"));
        } else {
            let bad = terminal.paint("1;31", "FOUND");
            terminal.say(&format!(
                "  {bad} {name}: {} in {far}",
                count(self.found.len(), "difference")
            ));
        }
        if self.refused * 2 > self.inputs {
            terminal.detail(&format!(
                "       {} of the inputs are outside what the pair accepts",
                thousands(self.refused as f64)
            ));
        }
        let crashed = self.crashes.iter().filter(|(_, crashes)| **crashes >= CRASHES);
        for (variant, crashes) in crashed {
            terminal.detail(&format!(
                "       {variant} ended the process {crashes} times and got no more inputs"
            ));
        }
        let mut last = None;
        for found in self.found.values() {
            match last == Some(&found.group) {
                true => self.show_another(found, terminal),
                false => self.show_first(found, terminal),
            }
            last = Some(&found.group);
        }
        if !self.found.is_empty() {
            let here = std::env::current_dir().unwrap_or_default();
            let path = self.path.strip_prefix(here).unwrap_or(&self.path);
            terminal.detail(&format!(
                "       stored in {}; --test tries them again",
                path.display()
            ));
        }
    }

    /// The first input of its group, with everything needed to reproduce it.
    fn show_first(&self, found: &Found, terminal: &Terminal) {
        let Found { group, input, .. } = found;
        let times = match self.count(group) {
            1 => String::new(),
            times => format!(" ({} inputs)", thousands(times as f64)),
        };
        terminal.say(&format!(
            "     {} {}{times}, after {}",
            terminal.paint("1", &group.variant),
            group.kind,
            rough(found.seconds)
        ));
        terminal.detail(&format!("       {}", cut(&dig::call(self.entry, input), 300)));
        if !found.baseline.is_empty() {
            terminal.detail(&format!("         python: {}", found.baseline));
            terminal.detail(&format!("         {}: {}", group.variant, found.other));
        }
        let (python, rust) = dig::reproducers(self.entry, &group.variant, input);
        for line in std::iter::once(python)
            .chain(rust)
            .filter(|line| line.len() <= LONGEST)
        {
            terminal.detail(&format!("         {} {line}", terminal.paint("2", "try:")));
        }
    }

    /// Another input of the group, on one line.
    fn show_another(&self, found: &Found, terminal: &Terminal) {
        let call = cut(&dig::call(self.entry, &found.input), 300);
        let (baseline, other) = (cut(&found.baseline, 120), cut(&found.other, 120));
        terminal.detail(&format!("       {call}: {baseline} against {other}"));
    }
}
