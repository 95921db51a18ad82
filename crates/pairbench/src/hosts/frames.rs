//! Finds where CPython keeps the stack of a thread. Its structures differ from version to version, but in all of them
//! the state of a thread leads to the innermost frame, and a frame to its code and to the frame that it will return to.
//! A worker that rests in known functions is enough to learn the offsets between these.

use std::collections::HashSet;

/// Words of a thread's state to search.
const STATE: usize = 128;
/// Words of a structure between the state and the frame (3.11 and 3.12 have one), of a frame, and of a code object.
const BETWEEN: usize = 4;
const FRAME: usize = 24;
const CODE: usize = 8;
const WORD: u64 = 8;
/// Python 3.14 keeps flags in the lowest bits of some pointers.
const FLAGS: u64 = 7;
/// A stack deeper than this is cut off.
pub(super) const DEEPEST: usize = 10_000;

/// What can be read of a stopped process.
pub(super) trait Memory {
    /// Reads words from an address on; returns how many could be read.
    fn words(&self, address: u64, into: &mut [u64]) -> usize;

    /// One word.
    fn word(&self, address: u64) -> Option<u64> {
        let mut word = [0];
        (self.words(address, &mut word) == 1).then_some(word[0])
    }
}

/// The addresses to start from.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
pub(super) struct Facts {
    /// Address of the state of the main thread.
    pub state: u64,
    /// Address of the type of code objects.
    pub code_type: u64,
    /// Bytes of a code object before its bytecode, and bytes of the bytecode of the function in which it rests; `None`
    /// if frames do not point into it.
    #[serde(default)]
    pub bytecode: Option<(u64, u64)>,
}

/// One look at a stopped process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    /// The code of all functions that the main thread is in, the innermost first.
    pub codes: Vec<u64>,
    /// The offset of each in its bytecode, in bytes.
    pub instructions: Vec<Option<u64>>,
}

impl Look {
    /// The offset of the innermost in its bytecode.
    pub fn instruction(&self) -> Option<u64> {
        *self.instructions.first()?
    }
}

/// The offsets, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    /// From the state to the pointer to the frame, or to the structure between.
    first: usize,
    /// From there to the pointer to the frame.
    second: Option<usize>,
    /// From a frame to the pointer to its code.
    code: usize,
    /// From a frame to the pointer to the one below it.
    below: usize,
    /// From a code object to its type.
    kind: usize,
}

/// How to read the stack of the main thread of one process.
#[derive(Debug, Clone)]
pub(super) struct Stacks {
    facts: Facts,
    ways: Vec<Way>,
    /// The words of a frame that may be the address of its instruction.
    instructions: Vec<usize>,
    /// Addresses that are known to be those of code.
    known: HashSet<u64>,
}

impl Stacks {
    /// Finds all ways by which a process at rest is in these functions, the innermost first.
    pub fn find(facts: Facts, memory: &impl Memory, place: &[u64]) -> Self {
        let mut stacks = Stacks {
            facts,
            ways: Vec::new(),
            instructions: (0..FRAME).collect(),
            known: HashSet::new(),
        };
        let Some(&innermost) = place.first() else {
            return stacks;
        };
        let is_type = |at: &usize| memory.word(innermost + *at as u64 * WORD) == Some(facts.code_type);
        let Some(kind) = (0..CODE).find(is_type) else {
            return stacks;
        };
        for first in 0..STATE {
            for second in std::iter::once(None).chain((0..BETWEEN).map(Some)) {
                for (code, below) in stacks.links(memory, first, second, innermost) {
                    let way = Way {
                        first,
                        second,
                        code,
                        below,
                        kind,
                    };
                    if stacks.leads_to(way, memory, place) {
                        stacks.ways.push(way);
                    }
                }
            }
        }
        stacks.check_instructions(memory);
        stacks
    }

    /// All pairs of offsets that a frame of this code can have to its code and to the frame below.
    fn links(
        &self,
        memory: &impl Memory,
        first: usize,
        second: Option<usize>,
        innermost: u64,
    ) -> Vec<(usize, usize)> {
        let mut words = [0; FRAME];
        let frame = self.top(memory, first, second);
        let found = frame.map_or(0, |frame| memory.words(frame, &mut words));
        let codes = (0..found).filter(|&at| words[at] & !FLAGS == innermost);
        codes
            .flat_map(|code| (0..found).map(move |below| (code, below)))
            .filter(|(code, below)| code != below && words[*below] & !FLAGS != 0)
            .collect()
    }

    /// Keeps the ways that are right in another place, too.
    pub fn check(&mut self, memory: &impl Memory, place: &[u64]) {
        let ways = std::mem::take(&mut self.ways);
        let right = ways.into_iter().filter(|way| self.leads_to(*way, memory, place));
        self.ways = right.collect();
        self.check_instructions(memory);
    }

    /// Keeps the words of the innermost frame that point into the bytecode of the function in which the process rests.
    fn check_instructions(&mut self, memory: &impl Memory) {
        let mut words = [0; FRAME];
        let way = self.ways.first();
        let frame = way.and_then(|way| Some((*way, self.top(memory, way.first, way.second)?)));
        let found = frame.map_or(0, |(_, frame)| memory.words(frame, &mut words));
        let inside = |at: &usize| {
            let (way, _) = frame?;
            let (head, length) = self.facts.bytecode?;
            let begin = (words[way.code] & !FLAGS) + head;
            Some(*at < found && (begin..begin + length).contains(&words[*at]))
        };
        let right = self
            .instructions
            .iter()
            .copied()
            .filter(|at| inside(at) == Some(true));
        self.instructions = right.collect();
    }

    /// Whether the innermost functions are these. Python 3.12 puts code of its own between those that surround C code.
    fn leads_to(&self, way: Way, memory: &impl Memory, place: &[u64]) -> bool {
        let stack = self
            .walk(way, memory, 2 * place.len())
            .map_or(Vec::new(), |look| look.codes);
        let mut rest = place.iter().peekable();
        for code in &stack {
            rest.next_if_eq(&code);
        }
        rest.peek().is_none() && stack.first() == place.first()
    }

    /// Whether there is a way left.
    pub(crate) fn are_found(&self) -> bool {
        !self.ways.is_empty()
    }

    /// The same for a process of the same executable, where the type of code objects lies elsewhere.
    #[cfg(target_os = "linux")]
    pub fn elsewhere(mut self, code_type: u64) -> Self {
        self.facts.code_type = code_type;
        self.known.clear();
        self
    }

    /// All functions that the thread of this state is in.
    #[cfg(target_os = "linux")]
    pub fn read_thread(&mut self, memory: &impl Memory, state: u64) -> Option<Look> {
        let main = std::mem::replace(&mut self.facts.state, state);
        let look = self.read(memory);
        self.facts.state = main;
        look
    }

    /// The address of the instruction of a look in the memory of its process.
    #[cfg(target_os = "linux")]
    pub fn address(&self, look: &Look) -> Option<u64> {
        let (head, _) = self.facts.bytecode?;
        look.codes
            .first()?
            .checked_add(head)?
            .checked_add(look.instruction()?)
    }

    /// All functions that the main thread is in; `None` if it is in none, or between two.
    pub fn read(&mut self, memory: &impl Memory) -> Option<Look> {
        let way = *self.ways.first()?;
        let look = self.walk(way, memory, DEEPEST)?;
        self.known.extend(&look.codes);
        Some(look)
    }

    fn top(&self, memory: &impl Memory, first: usize, second: Option<usize>) -> Option<u64> {
        let top = memory.word(self.facts.state + first as u64 * WORD)?;
        match second {
            None => Some(top),
            Some(second) => memory.word(top.checked_add(second as u64 * WORD)?),
        }
    }

    /// Reads at most this many functions; `None` if the innermost frame is invalid.
    fn walk(&self, way: Way, memory: &impl Memory, most: usize) -> Option<Look> {
        let mut frame = self.top(memory, way.first, way.second)?;
        let (mut codes, mut instructions) = (Vec::new(), Vec::new());
        let mut words = [0; FRAME];
        // C frames between Python frames have no code.
        for _ in 0..2 * most {
            let found = memory.words(frame, &mut words);
            if frame == 0 || found <= way.code.max(way.below) || codes.len() == most {
                break;
            }
            let code = words[way.code] & !FLAGS;
            if self.is_code(way, memory, code) {
                instructions.push(self.instruction(code, &words[..found]));
                codes.push(code);
            }
            frame = words[way.below] & !FLAGS;
        }
        (!codes.is_empty()).then_some(Look { codes, instructions })
    }

    /// The offset of a frame in the bytecode of its function.
    fn instruction(&self, code: u64, frame: &[u64]) -> Option<u64> {
        let (head, _) = self.facts.bytecode?;
        let address = *frame.get(*self.instructions.first()?)?;
        address.checked_sub(code + head)
    }

    fn is_code(&self, way: Way, memory: &impl Memory, address: u64) -> bool {
        self.known.contains(&address)
            || address
                .checked_add(way.kind as u64 * WORD)
                .and_then(|at| memory.word(at))
                == Some(self.facts.code_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Words by their address.
    #[derive(Default)]
    struct Made(HashMap<u64, u64>);

    impl Memory for Made {
        fn words(&self, address: u64, into: &mut [u64]) -> usize {
            let at = |i: usize| self.0.get(&(address + i as u64 * WORD));
            let there = (0..into.len()).take_while(|&i| at(i).is_some()).count();
            (0..there).for_each(|i| into[i] = *at(i).unwrap());
            there
        }
    }

    impl Made {
        fn put(&mut self, address: u64, words: &[u64]) {
            for (i, word) in words.iter().enumerate() {
                self.0.insert(address + i as u64 * WORD, *word);
            }
        }
    }

    const FACTS: Facts = Facts {
        state: 0x1000,
        code_type: 0x77_0000,
        bytecode: Some((0x20, 0x40)),
    };
    const CODES: [u64; 4] = [0xC000, 0xC100, 0xC200, 0xC300];

    /// A thread in these functions, with a C frame before the outermost. The fourth word of a frame is its code, with a
    /// flag in it as in 3.14, and the sixth the frame below.
    fn thread(places: &[u64], base: u64) -> Made {
        let mut made = Made::default();
        for code in CODES {
            made.put(code, &[1, FACTS.code_type, 9]);
        }
        made.put(0xBAD0, &[1, 2, 3]);
        made.put(FACTS.state, &[5, 0, 0xBAD0, 0x2000, 7]);
        made.put(0x2000, &[0, base]);
        let mut frames: Vec<u64> = places.to_vec();
        frames.insert(places.len() - 1, 0xBAD0);
        for (i, code) in frames.iter().enumerate() {
            let address = base + i as u64 * 0x100;
            let below = if i + 1 < frames.len() { address + 0x100 } else { 0 };
            made.put(address, &[3, 0, 0xBAD0, code | 1, address, below, code + 0x28, 0]);
        }
        made
    }

    #[test]
    fn the_way_is_found_in_one_place_and_leads_in_others() {
        let place = [CODES[0], CODES[1], CODES[3]];
        let mut stacks = Stacks::find(FACTS, &thread(&place, 0x8000), &place);
        assert!(stacks.are_found());
        let other = [CODES[2], CODES[1], CODES[0], CODES[3]];
        let elsewhere = thread(&other, 0x9000);
        stacks.check(&elsewhere, &other[..2]);
        assert!(stacks.are_found());
        let look = stacks.read(&elsewhere).unwrap();
        assert_eq!((look.instruction(), look.instructions.len()), (Some(8), 4));
        assert_eq!(look.codes, other);
    }

    #[test]
    fn a_way_that_leads_elsewhere_is_dropped() {
        let place = [CODES[0], CODES[1], CODES[3]];
        let memory = thread(&place, 0x8000);
        let mut stacks = Stacks::find(FACTS, &memory, &place);
        stacks.check(&memory, &[CODES[1], CODES[0], CODES[3]]);
        assert!(!stacks.are_found() && stacks.read(&memory).is_none());
        assert!(!Stacks::find(FACTS, &Made::default(), &place).are_found());
        assert!(!Stacks::find(FACTS, &memory, &[CODES[3], CODES[0]]).are_found());
    }

    #[test]
    fn a_ring_of_frames_ends() {
        let place = [CODES[0], CODES[1], CODES[3]];
        let mut memory = thread(&place, 0x8000);
        let mut stacks = Stacks::find(FACTS, &memory, &place);
        memory.0.insert(0x8100 + 5 * WORD, 0x8000);
        assert_eq!(stacks.read(&memory).unwrap().codes.len(), DEEPEST);
        memory.0.insert(0x2000 + WORD, 0xDEAD_0000);
        assert_eq!(stacks.read(&memory), None);
    }
}
