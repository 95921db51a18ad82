//! Which library and which C function of a process an address lies in.

use object::{Object, ObjectSegment, ObjectSymbol, SymbolKind};
use std::collections::HashMap;
use std::path::PathBuf;

/// An address, as people name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Spot {
    /// File name of the library or executable; empty for code that no file holds.
    pub library: String,
    /// The C function; empty where the file does not name it.
    pub symbol: String,
}

/// The code that a process has mapped.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    mappings: Vec<Mapping>,
    files: HashMap<PathBuf, Symbolised>,
}

/// A part of a file that is mapped to be executed.
#[derive(Debug, PartialEq, Eq)]
struct Mapping {
    start: u64,
    end: u64,
    offset: u64,
    path: PathBuf,
}

impl Mapping {
    /// From a line of `/proc/PID/maps`; `None` for what is not executed.
    fn of(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        if !words.next()?.contains('x') {
            return None;
        }
        let hexadecimal = |word: &str| u64::from_str_radix(word, 16).ok();
        let offset = hexadecimal(words.next()?)?;
        Some(Mapping {
            start: hexadecimal(start)?,
            end: hexadecimal(end)?,
            offset,
            path: words.skip(2).collect::<Vec<_>>().join(" ").into(),
        })
    }
}

/// The functions of a file.
#[derive(Debug, Default)]
struct Symbolised {
    /// Place in the file, size, and address of each part that is loaded.
    segments: Vec<(u64, u64, u64)>,
    /// First address, address after the last, and name, in order.
    functions: Vec<(u64, u64, String)>,
    /// Whether it names functions that it does not export.
    complete: bool,
}

impl Symbolised {
    fn read(path: &PathBuf) -> Option<Self> {
        let bytes = std::fs::read(path).ok()?;
        let file = object::File::parse(&*bytes).ok()?;
        let segments = file.segments().map(|segment| {
            let (offset, size) = segment.file_range();
            (offset, size, segment.address())
        });
        let is_code =
            |symbol: &object::Symbol<'_, '_>| symbol.kind() == SymbolKind::Text && symbol.size() > 0;
        let mut functions: Vec<(u64, u64, String)> = (file.symbols().chain(file.dynamic_symbols()))
            .filter(is_code)
            .filter_map(|symbol| {
                let (start, name) = (symbol.address(), symbol.name().ok()?);
                Some((start, start + symbol.size(), name.to_string()))
            })
            .collect();
        functions.sort();
        Some(Symbolised {
            segments: segments.collect(),
            functions,
            complete: file.symbols().any(|symbol| is_code(&symbol)),
        })
    }

    /// The function at this place in the file.
    fn function(&self, offset: u64) -> Option<&str> {
        let (from, _, address) =
            (self.segments.iter()).find(|(from, size, _)| (*from..from + size).contains(&offset))?;
        let address = offset - from + address;
        let after = self.functions.partition_point(|(start, ..)| *start <= address);
        let (_, end, name) = self.functions.get(after.checked_sub(1)?)?;
        // Compilers split functions: the rare half is called `name.cold`.
        (address < *end).then(|| name.split('.').next().unwrap_or(name))
    }
}

impl Symbols {
    /// Of a process that still runs; none where that cannot be read.
    pub(super) fn of(process: u32) -> Self {
        let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).unwrap_or_default();
        Symbols {
            mappings: maps.lines().filter_map(Mapping::of).collect(),
            ..Symbols::default()
        }
    }

    /// What lies at this address.
    pub(super) fn at(&mut self, address: u64) -> Spot {
        let Some(mapping) = (self.mappings.iter()).find(|one| (one.start..one.end).contains(&address)) else {
            return Spot::default();
        };
        let name = mapping.path.file_name().unwrap_or(mapping.path.as_os_str());
        let library = name.to_string_lossy().into_owned();
        let offset = address - mapping.start + mapping.offset;
        let read = |path: &PathBuf| Symbolised::read(path).unwrap_or_default();
        let file = (self.files.entry(mapping.path.clone())).or_insert_with_key(read);
        let symbol = file.function(offset).unwrap_or_default().to_string();
        Spot { library, symbol }
    }

    /// Whether the file that holds most of the interpreter, the one that has this function, names its inner functions.
    pub(super) fn names_all_of(&mut self, function: &str) -> bool {
        let paths: Vec<PathBuf> = self.mappings.iter().map(|one| one.path.clone()).collect();
        paths.into_iter().any(|path| {
            let read = |path: &PathBuf| Symbolised::read(path).unwrap_or_default();
            let file = self.files.entry(path).or_insert_with_key(read);
            file.complete && file.functions.iter().any(|(.., name)| name == function)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_executed_is_mapped() {
        let line = "7f10-7f90 r-xp 00002000 08:01 77 /usr/lib/a library.so.1";
        let mapping = Mapping::of(line).unwrap();
        assert_eq!(
            (mapping.start, mapping.end, mapping.offset),
            (0x7f10, 0x7f90, 0x2000)
        );
        assert_eq!(mapping.path, PathBuf::from("/usr/lib/a library.so.1"));
        assert_eq!(Mapping::of(&line.replace("r-xp", "rw-p")), None);
        assert_eq!(Mapping::of(""), None);
    }

    #[test]
    fn an_address_lies_in_the_function_that_holds_it_or_in_none() {
        let function = |start, end, name: &str| (start, end, name.to_string());
        let file = Symbolised {
            segments: vec![(0, 0x100, 0), (0x1000, 0x1000, 0x5000)],
            functions: vec![
                function(0x5000, 0x5010, "dict_get"),
                function(0x5100, 0x5180, "list_append.cold"),
            ],
            complete: true,
        };
        assert_eq!(file.function(0x1008), Some("dict_get"));
        assert_eq!(file.function(0x1100), Some("list_append"));
        assert_eq!(
            (file.function(0x1010), file.function(0x90), file.function(0x9000)),
            (None, None, None)
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn functions_of_this_process_are_found() {
        let mut symbols = Symbols::of(std::process::id());
        let here = functions_of_this_process_are_found as fn() as usize as u64;
        let spot = symbols.at(here);
        assert!(!spot.library.is_empty(), "{spot:?}");
        assert!(
            spot.symbol.contains("functions_of_this_process_are_found"),
            "{spot:?}"
        );
        assert_eq!(symbols.at(1), Spot::default());
    }
}
