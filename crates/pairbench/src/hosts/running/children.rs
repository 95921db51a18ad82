//! The child processes of a worker that run the same interpreter: they are sampled like already running processes.

use super::layout::Layout;
use super::reader::{Reader, Running};
use super::target::Target;
use crate::hosts::frames::Stacks;
use std::collections::HashMap;
use std::path::PathBuf;

/// Ticks between two searches for more of them.
const TICKS: usize = 10;

/// The child processes seen so far.
pub(in crate::hosts) struct Children {
    parent: u32,
    layout: Layout,
    stacks: Stacks,
    executable: Option<PathBuf>,
    /// By process number; `None` for one that runs something else.
    all: HashMap<u32, Option<(Reader, Running)>>,
    ended: Vec<Running>,
    ticks: usize,
}

impl Children {
    /// Those of a worker that has found all this out about itself.
    pub(in crate::hosts) fn of(parent: u32, layout: Layout, stacks: Stacks) -> Self {
        Children {
            parent,
            layout,
            stacks,
            executable: executable(parent),
            all: HashMap::new(),
            ended: Vec::new(),
            ticks: 0,
        }
    }

    /// Looks at all of them; returns whether one computes.
    pub(in crate::hosts) fn tick(&mut self) -> bool {
        if self.ticks.is_multiple_of(TICKS) {
            self.find(self.parent);
        }
        self.ticks += 1;
        let (mut computes, mut gone) = (false, Vec::new());
        for (number, child) in &mut self.all {
            let Some((reader, found)) = child else { continue };
            let before = found.samples.len();
            let is_there = reader.tick(found);
            computes |= found.samples.len() > before;
            if is_there != Ok(true) {
                gone.push(*number);
            }
        }
        // One of them may only have become another program, and is then found again.
        for number in gone {
            let child = self.all.remove(&number).flatten();
            self.ended.extend(child.map(|(reader, found)| end(reader, found)));
        }
        computes
    }

    /// Adds new ones and their descendants.
    fn find(&mut self, parent: u32) {
        for child in children(parent) {
            let executable = &self.executable;
            let (layout, stacks) = (&self.layout, &self.stacks);
            self.all.entry(child).or_insert_with(|| {
                let is_alike = executable.is_some() && self::executable(child) == *executable;
                let target = is_alike.then(|| Target::find(child).ok())??;
                let reader = Reader::of(target, layout.clone(), stacks.clone());
                Some((reader, Running::default()))
            });
            self.find(child);
        }
    }

    /// What was seen of those that ran Python.
    pub(in crate::hosts) fn end(mut self) -> Vec<Running> {
        let rest = self.all.into_values().flatten();
        self.ended.extend(rest.map(|(reader, found)| end(reader, found)));
        self.ended.retain(|found| !found.samples.is_empty());
        self.ended
    }
}

fn end(reader: Reader, mut found: Running) -> Running {
    reader.resolve(&mut found);
    found
}

fn executable(process: u32) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/{process}/exe")).ok()
}

/// The running child processes of a process.
pub(super) fn children(process: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task"));
    let lists = (tasks.into_iter().flatten().flatten())
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let numbers = |list: String| -> Vec<u32> {
        list.split(' ')
            .filter_map(|one| one.trim().parse().ok())
            .collect()
    };
    lists.flat_map(numbers).collect()
}
