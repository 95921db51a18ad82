//! One block: one kind of work in one language under one condition. Launches of all comparisons rotate, with the
//! peer's runs between them, so that no two of a kind are back to back and a drifting machine affects all alike.

use super::launches::Launcher;
use super::peers::{Peer, Run};
use super::progress::Progress;
use super::report::figures::SECONDS;
use super::report::results::{Key, Results};
use super::workloads::SLOWED;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// The tools that take part, and the progress display.
pub struct Parties<'a> {
    pub launcher: Launcher<'a>,
    pub peer: Option<&'a mut dyn Peer>,
    pub progress: &'a Progress,
}

/// A comparison of pairbench's in the block.
struct Comparison {
    key: Key,
    spent_s: f64,
    longest_s: f64,
}

impl Comparison {
    /// Whether another launch would still fit into the time.
    fn has_room(&self) -> bool {
        self.spent_s + self.longest_s <= SECONDS
    }
}

/// Measures a block; returns `false` if it was stopped early. `like` gives its work, language and condition.
pub fn measure(like: Key, parties: &mut Parties<'_>, random: &mut StdRng, results: &mut Results) -> bool {
    let mut comparisons = SLOWED.map(|slowed| Comparison {
        key: Key { slowed, ..like },
        spent_s: 0.0,
        longest_s: 0.0,
    });
    let peers = peers_turns(random);
    let mut waiting = peers.iter().copied().peekable();
    let all = peers.len() as f64;
    loop {
        let spent: f64 = comparisons.iter().map(|one| one.spent_s).sum();
        let launches_done = spent / (SECONDS * comparisons.len() as f64);
        // The peer's turns are spread evenly over the launches; those that remain come at the end.
        let room = comparisons.iter().any(Comparison::has_room);
        while let Some(&slowed) = waiting.peek()
            && (!room || (peers.len() - waiting.clone().count()) as f64 / all <= launches_done)
        {
            waiting.next();
            if !peers_turn(Key { slowed, ..like }, parties, results) {
                return false;
            }
        }
        if !room {
            return true;
        }
        comparisons.shuffle(random);
        for one in comparisons.iter_mut().filter(|one| one.has_room()) {
            if !launch(one, parties, random.random(), results) {
                return false;
            }
        }
    }
}

/// The sides that the peer measures: first one that is not slowed, as the base, then another one and the slowed ones.
fn peers_turns(random: &mut StdRng) -> Vec<u32> {
    let mut turns = SLOWED;
    turns.shuffle(random);
    [&[0], turns.as_slice()].concat()
}

fn launch(one: &mut Comparison, parties: &Parties<'_>, seed: u64, results: &mut Results) -> bool {
    match parties.launcher.launch(one.key, seed) {
        Ok(None) => return false,
        Ok(Some(launch)) => {
            one.spent_s += launch.wall_s;
            one.longest_s = one.longest_s.max(launch.wall_s);
            results.launches.push(launch);
        }
        Err(error) => {
            // A failure counts as time spent, or a comparison that always fails would never end.
            one.spent_s += SECONDS / 10.0;
            fail(one.key, &error, parties.progress, results);
        }
    }
    parties.progress.turn();
    true
}

fn peers_turn(key: Key, parties: &mut Parties<'_>, results: &mut Results) -> bool {
    let Some(peer) = &mut parties.peer else {
        return true;
    };
    match peer.run(key) {
        Ok(None) => return false,
        Ok(Some(Run::Criterion(run))) => results.criterion.push(run),
        Ok(Some(Run::Pyperf(run))) => results.pyperf.push(run),
        Err(error) => fail(key, &error, parties.progress, results),
    }
    parties.progress.turn();
    true
}

fn fail(key: Key, error: &str, progress: &Progress, results: &mut Results) {
    let Key {
        work, side, slowed, ..
    } = key;
    let failure = format!("{} in {side}, {slowed} % slower: {error}", work.name());
    progress.print(&format!("  failed: {failure}"));
    results.failures.push(failure);
}
