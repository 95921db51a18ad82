//! Reads the threads of an interpreter and the names of its code from its memory, at offsets that another process of
//! the same executable has found in itself.

use crate::hosts::frames::Memory;
use serde::Deserialize;

const WORD: u64 = 8;
/// A list of threads is followed no further than this: a longer one is invalid.
const MOST_THREADS: usize = 10_000;
/// A longer text is not a name.
const LONGEST: u64 = 4096;
/// Up to 3.11 these are separate functions; as in samples of a worker they count as part of the enclosing one.
const INLINED: [&str; 3] = ["<dictcomp>", "<listcomp>", "<setcomp>"];
/// The file name of code that 3.12 and later put between C and Python functions.
const SHIM: &str = "<shim>";

/// What `layout.py` finds: offsets in words, or in bytes for smaller fields.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::hosts) struct Layout {
    /// Addresses in the process that found it.
    pub runtime: u64,
    pub code_type: u64,
    /// From the runtime to pointers to the main interpreter; these differ if there are more interpreters.
    interpreter: Vec<u64>,
    /// From an interpreter to the pointer to its newest thread, and from a thread to the next.
    head: u64,
    next: u64,
    /// From a thread to the system's number of it: directly, or to a structure and from there. Empty if that is not
    /// known.
    number: Vec<u64>,
    code: CodeLayout,
    text: TextLayout,
    /// The name of each instruction by its number.
    operations: Vec<String>,
    /// The folder of the standard library, and that of the worker's own files.
    library: String,
    folder: String,
}

#[derive(Debug, Clone, Deserialize)]
struct CodeLayout {
    name: u64,
    /// 3.11 and later have it.
    qualified: Option<u64>,
    file: u64,
    /// In bytes.
    line: u64,
}

/// All in bytes.
#[derive(Debug, Clone, Deserialize)]
struct TextLayout {
    length: u64,
    kind: u64,
    /// The bits of the byte with the kind that tell kinds apart.
    mask: u8,
    /// For each kind these bits, the width of a character, and the offset of the first.
    kinds: Vec<(u8, u64, u64)>,
}

/// A thread that runs Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::hosts) struct Thread {
    /// The address of its state.
    pub state: u64,
    /// The system's number of it.
    pub number: Option<u32>,
}

/// A function, as it was found in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Function {
    /// Module and qualified name.
    pub name: String,
    pub line: u32,
    /// Whether it belongs to the standard library or an installed package.
    pub foreign: bool,
}

impl Layout {
    /// All threads that have a state, the oldest first.
    pub(super) fn threads(&self, memory: &impl Memory, runtime: u64) -> Vec<Thread> {
        let at = |address: u64, words: u64| memory.word(address.checked_add(words * WORD)?);
        let found = self.interpreter.iter().filter_map(|words| at(runtime, *words));
        let mut interpreters: Vec<u64> = found.filter(|address| *address != 0).collect();
        interpreters.sort_unstable();
        interpreters.dedup();
        let mut threads = Vec::new();
        for interpreter in interpreters {
            let mut state = at(interpreter, self.head).unwrap_or(0);
            while state != 0 && threads.len() < MOST_THREADS {
                let number = self.number(memory, state);
                threads.push(Thread { state, number });
                state = at(state, self.next).unwrap_or(0);
            }
        }
        threads.reverse();
        threads
    }

    /// The threads besides the main one in the process that found all this.
    pub(in crate::hosts) fn others(&self, memory: &impl Memory) -> Vec<Thread> {
        let all = self.threads(memory, self.runtime);
        all.into_iter().skip(1).collect()
    }

    /// Whether threads can be told apart.
    pub(super) fn knows_numbers(&self) -> bool {
        !self.number.is_empty()
    }

    fn number(&self, memory: &impl Memory, state: u64) -> Option<u32> {
        let (first, rest) = self.number.split_first()?;
        let word = memory.word(state.checked_add(first * WORD)?)?;
        match rest.first() {
            None => u32::try_from(word).ok(),
            Some(bytes) => half(memory, word.checked_add(*bytes)?),
        }
    }

    /// The instruction at an address; empty if there is none.
    pub(super) fn operation(&self, memory: &impl Memory, address: u64) -> String {
        let number = memory.word(address).map(|word| word.to_ne_bytes()[0]);
        let name = number.and_then(|number| self.operations.get(usize::from(number)));
        let known = name.filter(|name| !name.starts_with('<'));
        known.cloned().unwrap_or_default()
    }

    /// The function of this code; `None` if it is part of the enclosing function, if it is the harness's own, which
    /// processes forked by a worker are in, or if it has no name.
    pub(super) fn function(&self, memory: &impl Memory, code: u64) -> Option<Function> {
        let text = |words: u64| self.text(memory, memory.word(code.checked_add(words * WORD)?)?);
        let plain = text(self.code.name)?;
        if INLINED.contains(&plain.as_str()) {
            return None;
        }
        let file = text(self.code.file).unwrap_or_else(|| "?".into());
        let name = self.code.qualified.and_then(text).unwrap_or(plain);
        let line = half(memory, code.checked_add(self.code.line)?)?;
        let is_own = file == SHIM || file.starts_with(&self.folder);
        (!is_own).then(|| Function {
            name: format!("{}:{name}", module_of(&file, &self.library)),
            line,
            foreign: file.contains("-packages")
                || file.starts_with("<frozen")
                || file.starts_with(&self.library),
        })
    }

    /// The text of an object; `None` if it is not a text.
    fn text(&self, memory: &impl Memory, object: u64) -> Option<String> {
        let shape = &self.text;
        let at = |bytes: u64| object.checked_add(bytes);
        let length = memory
            .word(at(shape.length)?)
            .filter(|length| *length <= LONGEST)?;
        let [kind] = bytes(memory, at(shape.kind)?, 1)?[..] else {
            return None;
        };
        let is_this = |(bits, ..): &&(u8, u64, u64)| *bits == kind & shape.mask;
        let (_, width, start) = *shape.kinds.iter().find(is_this)?;
        let found = bytes(memory, at(start)?, (length * width) as usize)?;
        let characters = found.chunks_exact(width as usize).map(|bytes| {
            let mut number = [0; 4];
            number[..bytes.len()].copy_from_slice(bytes);
            char::from_u32(u32::from_le_bytes(number))
        });
        characters.collect()
    }
}

/// Half a word.
fn half(memory: &impl Memory, address: u64) -> Option<u32> {
    let found = bytes(memory, address, 4)?;
    Some(u32::from_le_bytes(found.try_into().ok()?))
}

/// This many bytes; `None` if there are fewer.
fn bytes(memory: &impl Memory, address: u64, count: usize) -> Option<Vec<u8>> {
    let begin = address % WORD;
    let mut words = vec![0; (begin as usize + count).div_ceil(WORD as usize)];
    let mut at = address - begin;
    for some in words.chunks_mut(64) {
        if memory.words(at, some) < some.len() {
            return None;
        }
        at = at.checked_add(some.len() as u64 * WORD)?;
    }
    let all = words.into_iter().flat_map(u64::to_ne_bytes);
    Some(all.skip(begin as usize).take(count).collect())
}

/// The module of a file. The packages above the user's own code are not known: there it is the file's stem, or a
/// package's folder.
fn module_of(file: &str, library: &str) -> String {
    if let Some(name) = file.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        return name.trim_start_matches("frozen ").into();
    }
    let path = file.strip_suffix(".py").unwrap_or(file);
    let path = path.strip_suffix("/__init__").unwrap_or(path);
    let installed = path.split_once("-packages/").map(|(_, module)| module);
    let standard = || path.strip_prefix(library)?.strip_prefix('/');
    match installed.or_else(standard) {
        Some(module) => module.replace('/', "."),
        None => path.rsplit('/').next().unwrap_or(path).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece of memory that begins at this address.
    struct Made(u64, Vec<u8>);

    impl Memory for Made {
        fn words(&self, address: u64, into: &mut [u64]) -> usize {
            let begin = address.checked_sub(self.0).map_or(usize::MAX, |at| at as usize);
            let rest = self.1.get(begin..).unwrap_or_default();
            let words = rest.chunks_exact(8);
            let found = words.map(|word| u64::from_ne_bytes(word.try_into().unwrap()));
            into.iter_mut()
                .zip(found)
                .map(|(word, found)| *word = found)
                .count()
        }
    }

    impl Made {
        fn put(&mut self, address: u64, bytes: &[u8]) {
            let begin = (address - self.0) as usize;
            self.1[begin..begin + bytes.len()].copy_from_slice(bytes);
        }

        fn put_words(&mut self, address: u64, words: &[u64]) {
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
            self.put(address, &bytes);
        }

        /// A text whose kind is in the lowest bits of its seventeenth byte.
        fn put_text(&mut self, address: u64, kind: u8, start: u64, length: u64, bytes: &[u8]) {
            self.put_words(address + 8, &[length]);
            self.put(address + 16, &[kind]);
            self.put(address + start, bytes);
        }
    }

    fn layout(number: &[u64]) -> Layout {
        Layout {
            runtime: 0,
            code_type: 0,
            interpreter: vec![1, 2, 3],
            head: 2,
            next: 1,
            number: number.into(),
            code: CodeLayout {
                name: 1,
                qualified: Some(2),
                file: 3,
                line: 36,
            },
            text: TextLayout {
                length: 8,
                kind: 16,
                mask: 0b11,
                kinds: vec![(0, 1, 24), (1, 1, 32), (2, 2, 32), (3, 4, 32)],
            },
            operations: vec!["NOP".into(), "<1>".into()],
            library: "/lib/python3".into(),
            folder: "/made/pairbench-1".into(),
        }
    }

    fn made() -> Made {
        Made(0x1000, vec![0; 0x2000])
    }

    #[test]
    fn threads_are_a_list_that_begins_at_the_interpreter() {
        let mut made = made();
        // The same interpreter twice, and another that has no thread.
        made.put_words(0x1000, &[7, 0x1100, 0x1100, 0x1200]);
        made.put_words(0x1110, &[0x1300]);
        made.put_words(0x1300, &[0, 0x1400, 42]);
        made.put_words(0x1400, &[0, 0, 41]);
        let threads = layout(&[2]).threads(&made, 0x1000);
        let numbers = |threads: &[Thread]| threads.iter().map(|one| one.number).collect::<Vec<_>>();
        assert_eq!(numbers(&threads), [Some(41), Some(42)]);
        assert_eq!(threads[0].state, 0x1400);
        // By way of a structure of the C library, and not known at all.
        made.put_words(0x1310, &[0x1500]);
        made.put(0x1504, &77_u32.to_ne_bytes());
        let threads = layout(&[2, 4]).threads(&made, 0x1000);
        assert_eq!(numbers(&threads)[1], Some(77));
        assert_eq!(numbers(&layout(&[]).threads(&made, 0x1000)), [None, None]);
        // A ring of threads ends.
        made.put_words(0x1408, &[0x1300]);
        assert_eq!(layout(&[2]).threads(&made, 0x1000).len(), MOST_THREADS);
    }

    #[test]
    fn names_are_read_whatever_their_characters() {
        let mut made = made();
        let wide: Vec<u8> = "🐍ж".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
        made.put_words(0x1008, &[0x1100, 0x1200, 0x1300]);
        made.put(0x1024, &7_u32.to_ne_bytes());
        made.put_text(0x1100, 0b100, 24, 3, b"run");
        made.put_text(0x1200, 3, 32, 2, &wide);
        made.put_text(0x1300, 1, 32, 5, b"/\xe9.py");
        let function = layout(&[]).function(&made, 0x1000).unwrap();
        assert_eq!(
            (function.name.as_str(), function.line, function.foreign),
            ("é:🐍ж", 7, false)
        );
        made.put_text(0x1100, 0, 24, 10, b"<listcomp>");
        assert_eq!(layout(&[]).function(&made, 0x1000), None);
        made.put_text(0x1100, 0, 24, LONGEST + 1, b"run");
        assert_eq!(layout(&[]).function(&made, 0x1000), None);
        assert_eq!(layout(&[]).function(&made, u64::MAX - 3), None);
    }

    #[test]
    fn modules_are_named_by_their_files() {
        for (file, module) in [
            ("/home/me/shop.py", "shop"),
            ("shop/__init__.py", "shop"),
            ("/home/me/shop", "shop"),
            ("/lib/python3/json/__init__.py", "json"),
            ("/lib/python3/http/server.py", "http.server"),
            ("/lib/python3/site-packages/numpy/lib/a.py", "numpy.lib.a"),
            ("<frozen importlib._bootstrap>", "importlib._bootstrap"),
            ("<string>", "string"),
            ("", ""),
        ] {
            assert_eq!(module_of(file, "/lib/python3"), module);
        }
    }

    #[test]
    fn a_number_that_is_no_instruction_has_no_name() {
        let mut made = made();
        made.put(0x1000, &[0, 1, 9]);
        let layout = layout(&[]);
        assert_eq!(layout.operation(&made, 0x1000), "NOP");
        // Only whole words are read.
        for address in [0x1001, 0x1002, 0x9000] {
            assert_eq!(layout.operation(&made, address), "");
        }
    }
}
