//! Which library and which C function of a process an address lies in.

use object::{Object, ObjectSegment, ObjectSymbol, SymbolKind};
use std::collections::HashMap;
use std::path::PathBuf;

/// What the system puts after the name of a file that was deleted, or replaced by another.
const DELETED: &str = " (deleted)";
/// Parts of a file are mapped from the page on which they begin.
const PAGE: u64 = 4096;

/// An address, as the library and the C function that it lies in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Spot {
    /// File name of the library or executable; empty for code that is in no file.
    pub library: String,
    /// The C function; empty if the file does not name it.
    pub symbol: String,
}

/// The code that a process has mapped.
#[derive(Debug, Default)]
pub(super) struct Symbols {
    mappings: Vec<Mapping>,
    files: HashMap<PathBuf, Symbolised>,
}

/// A file that a process has mapped; a different file at the same path is not equal to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileIdentity {
    pub path: PathBuf,
    device: String,
    inode: String,
}

impl FileIdentity {
    /// Whether both are one file, by whatever path.
    pub(super) fn is_same(&self, other: &FileIdentity) -> bool {
        (&self.device, &self.inode) == (&other.device, &other.inode)
    }
}

/// A part of a file that is mapped to be executed.
#[derive(Debug, PartialEq, Eq)]
struct Mapping {
    start: u64,
    end: u64,
    offset: u64,
    file: FileIdentity,
}

impl Mapping {
    /// From a line of `/proc/PID/maps`; `None` for what is not executable.
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
            file: FileIdentity {
                device: words.next()?.into(),
                inode: words.next()?.into(),
                path: words.collect::<Vec<_>>().join(" ").into(),
            },
        })
    }

    /// The load bias: the difference between addresses in memory and those in the file.
    fn bias(&self, file: &object::File<'_>) -> Option<u64> {
        let mut executed = file.segments().filter(|one| one.permissions().executable());
        executed.find_map(|segment| {
            let (offset, size) = segment.file_range();
            let inside = (offset & !(PAGE - 1)..offset + size).contains(&self.offset);
            let address = segment.address().wrapping_add(self.offset).wrapping_sub(offset);
            inside.then(|| self.start.wrapping_sub(address))
        })
    }
}

/// The functions of a file.
#[derive(Debug, Default)]
struct Symbolised {
    /// Offset in the file, size, and address of each loaded segment.
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
    /// The mappings of a process that still runs; none if they cannot be read.
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
        let name = mapping
            .file
            .path
            .file_name()
            .unwrap_or(mapping.file.path.as_os_str());
        let library = name.to_string_lossy().into_owned();
        let offset = address - mapping.start + mapping.offset;
        let read = |path: &PathBuf| Symbolised::read(path).unwrap_or_default();
        let file = (self.files.entry(mapping.file.path.clone())).or_insert_with_key(read);
        let symbol = file.function(offset).unwrap_or_default().to_string();
        Spot { library, symbol }
    }

    /// Whether nothing is mapped: the process has ended, or may not be read.
    pub(super) fn is_empty(&self) -> bool {
        self.mappings.is_empty()
    }

    /// The file, the executable or one of Python's, that exports all of these variables, and their addresses in the process.
    pub(super) fn addresses_of<const N: usize>(&self, names: [&str; N]) -> Option<(FileIdentity, [u64; N])> {
        let (first, others) = self.mappings.split_first()?;
        let others = others
            .iter()
            .filter(|one| one.file.path.to_string_lossy().contains("python"));
        std::iter::once(first).chain(others).find_map(|mapping| {
            let bytes = std::fs::read(&mapping.file.path).ok()?;
            let file = object::File::parse(&*bytes).ok()?;
            let symbols: Vec<_> = file.dynamic_symbols().filter(|one| one.is_definition()).collect();
            let address = |name: &str| Some(symbols.iter().find(|one| one.name() == Ok(name))?.address());
            let found: Vec<u64> = names.iter().filter_map(|name| address(name)).collect();
            let bias = mapping.bias(&file).filter(|_| found.len() == N)?;
            let found: Vec<u64> = found
                .into_iter()
                .map(|address| address.wrapping_add(bias))
                .collect();
            Some((mapping.file.clone(), found.try_into().ok()?))
        })
    }

    /// The files that it runs and that no longer exist.
    pub(super) fn deleted(&self) -> impl Iterator<Item = PathBuf> {
        let paths = self.mappings.iter().map(|one| one.file.path.to_string_lossy());
        paths.filter_map(|path| path.strip_suffix(DELETED).map(Into::into))
    }

    /// Whether the file that holds most of the interpreter, the one that has this function, names its inner functions.
    pub(super) fn names_all_of(&mut self, function: &str) -> bool {
        let paths: Vec<PathBuf> = self.mappings.iter().map(|one| one.file.path.clone()).collect();
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
        assert_eq!(mapping.file.path, PathBuf::from("/usr/lib/a library.so.1"));
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

    /// A variable that this executable need not export; those that its libraries do are not looked at.
    #[cfg(target_os = "linux")]
    #[test]
    fn only_variables_that_are_exported_have_addresses() {
        let symbols = Symbols::of(std::process::id());
        assert_eq!(symbols.addresses_of(["pairbench_has_no_such_variable"]), None);
        assert_eq!(Symbols::default().addresses_of([""; 0]), None);
    }
}
