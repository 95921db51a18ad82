//! Which class of work a sample is: by the instruction, what it calls, and what of C the processor is in.

use serde::Serialize;

/// A class of work: what a port gains depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Bytecode, arithmetic of small numbers, indexing.
    Interpreter,
    /// Loops of C over Python objects: `sum`, `zip`, `map`.
    Loops,
    /// Attributes and calls.
    Objects,
    /// Sorting and heaps of numbers.
    Sort,
    /// Making and freeing objects, the garbage collector.
    Allocation,
    /// `json`, `int()`, `float()`, `datetime`, `csv`.
    Parsing,
    /// Functions of `math`.
    Math,
    /// Regular expressions.
    Regex,
    /// `str` and `bytes`.
    Text,
    /// Sorting texts.
    TextSort,
    /// `dict` and `set`.
    Hashing,
    /// Integers of many digits.
    BigIntegers,
    /// Libraries of C: compression, databases, hashes, NumPy.
    Library,
    /// System calls.
    System,
    /// Innermost loops of arithmetic that could be vectorised.
    Vector,
}

impl Class {
    /// All of them.
    pub const ALL: [Class; 15] = [
        Class::Interpreter,
        Class::Loops,
        Class::Objects,
        Class::Sort,
        Class::Allocation,
        Class::Parsing,
        Class::Math,
        Class::Regex,
        Class::Text,
        Class::TextSort,
        Class::Hashing,
        Class::BigIntegers,
        Class::Library,
        Class::System,
        Class::Vector,
    ];

    /// What it is called in a sentence.
    pub fn label(self) -> &'static str {
        match self {
            Class::Interpreter => "bytecode and arithmetic",
            Class::Loops => "C loops over objects",
            Class::Objects => "attributes and calls",
            Class::Sort => "sorting numbers",
            Class::Allocation => "allocation",
            Class::Parsing => "parsing",
            Class::Math => "math functions",
            Class::Regex => "regular expressions",
            Class::Text => "str",
            Class::TextSort => "sorting texts",
            Class::Hashing => "dict and set",
            Class::BigIntegers => "big integers",
            Class::Library => "C libraries",
            Class::System => "system calls",
            Class::Vector => "loops that could be vectorised",
        }
    }
}

/// What is known of one sample.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Work {
    /// The instruction, specialised where it is: `BINARY_OP_ADD_INT`. Empty where it is not known.
    pub operation: String,
    /// What of C it calls: `list.append`. Empty for calls of Python, and where it is not known.
    pub callee: String,
    /// File name of the library.
    pub library: String,
    /// The function of C.
    pub symbol: String,
    /// Whether it is in a system call.
    pub in_system_call: bool,
    /// Whether the instruction is in a loop that could be vectorised.
    pub in_vector_loop: bool,
}

/// What a sample shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Work of this class.
    Class(Class),
    /// A sort; of what, other samples have to show.
    SomeSort,
    /// Arithmetic on the digits of integers of two or more digits of 30 bits.
    Digits,
}

/// Extension modules of the standard library, and what the interpreter is linked with, by the beginning of the file name.
const LIBRARIES: &[(&str, Option<Class>)] = &[
    ("libpython", None),
    ("python", None),
    ("pypy", None),
    ("ld-", None),
    ("libc.", None),
    ("libc-", None),
    ("libpthread", None),
    ("libdl", None),
    ("[", None),
    ("_functools", None),
    ("_operator", None),
    ("_collections", None),
    ("itertools", None),
    ("array", Some(Class::Loops)),
    ("_statistics", Some(Class::Interpreter)),
    ("_random", Some(Class::Math)),
    ("libm.", Some(Class::Math)),
    ("libm-", Some(Class::Math)),
    ("math", Some(Class::Math)),
    ("cmath", Some(Class::Math)),
    ("_json", Some(Class::Parsing)),
    ("_csv", Some(Class::Parsing)),
    ("_datetime", Some(Class::Parsing)),
    ("_zoneinfo", Some(Class::Parsing)),
    ("_pickle", Some(Class::Parsing)),
    ("pyexpat", Some(Class::Parsing)),
    ("_elementtree", Some(Class::Parsing)),
    ("unicodedata", Some(Class::Text)),
    ("_heapq", Some(Class::Sort)),
    ("_bisect", Some(Class::Sort)),
    ("_asyncio", Some(Class::Objects)),
    ("_contextvars", Some(Class::Objects)),
    ("_queue", Some(Class::Objects)),
    ("_socket", Some(Class::System)),
    ("select", Some(Class::System)),
    ("_posixsubprocess", Some(Class::System)),
    ("_posixshmem", Some(Class::System)),
];

/// Beginnings of functions of C with a class of their own, wherever they are called.
const SYMBOLS: &[(&str, Class)] = &[
    ("sre_", Class::Regex),
    ("_sre", Class::Regex),
    ("pattern_", Class::Regex),
    ("scan_once", Class::Parsing),
    ("scanstring", Class::Parsing),
    ("_parse_object_unicode", Class::Parsing),
    ("_parse_array_unicode", Class::Parsing),
    ("_match_number", Class::Parsing),
    ("encoder_listencode", Class::Parsing),
    ("escape_unicode", Class::Parsing),
    ("ascii_escape", Class::Parsing),
    ("py_encode_basestring", Class::Parsing),
    ("PyOS_string_to_double", Class::Parsing),
    ("_Py_dg_", Class::Parsing),
    ("PyOS_double_to_string", Class::Parsing),
    ("PyLong_FromString", Class::Parsing),
    ("PyLong_FromUnicodeObject", Class::Parsing),
    ("long_from_string", Class::Parsing),
    ("float_from_string", Class::Parsing),
    ("format_float", Class::Parsing),
    ("Reader_iternext", Class::Parsing),
    ("parse_process_char", Class::Parsing),
    ("PyEval_SaveThread", Class::System),
    ("PyEval_RestoreThread", Class::System),
    ("take_gil", Class::System),
    ("drop_gil", Class::System),
    ("gc_", Class::Allocation),
    ("_gc_", Class::Allocation),
    ("subtract_refs", Class::Allocation),
    ("visit_", Class::Allocation),
    ("update_refs", Class::Allocation),
    ("deduce_unreachable", Class::Allocation),
    ("move_unreachable", Class::Allocation),
    ("untrack_", Class::Allocation),
];

/// Callees with a class of their own: a whole name, a type (ends in a dot), or a module (ends in a dot).
const CALLEES: &[(&str, Class)] = &[
    ("Pattern.", Class::Regex),
    ("Match.", Class::Regex),
    ("_sre.", Class::Regex),
    ("zlib.", Class::Library),
    ("binascii.", Class::Library),
    ("_hashlib.", Class::Library),
    ("HASH.", Class::Library),
    ("md5.", Class::Library),
    ("sha1.", Class::Library),
    ("sha256.", Class::Library),
    ("SHA256Type.", Class::Library),
    ("sqlite3.", Class::Library),
    ("_sqlite3.", Class::Library),
    ("Connection.", Class::Library),
    ("Cursor.", Class::Library),
    ("_struct.", Class::Library),
    ("Struct.", Class::Library),
    ("unpack_iterator.", Class::Library),
    ("decimal.", Class::Library),
    ("Decimal.", Class::Library),
    ("posix.", Class::System),
    ("socket.", Class::System),
    ("select.", Class::System),
    ("epoll.", Class::System),
    ("time.sleep", Class::System),
    ("_json.", Class::Parsing),
    ("Scanner.", Class::Parsing),
    ("Encoder.", Class::Parsing),
    ("_csv.", Class::Parsing),
    ("datetime.", Class::Parsing),
    ("date.", Class::Parsing),
    ("timedelta.", Class::Parsing),
    ("_datetime.", Class::Parsing),
    ("int", Class::Parsing),
    ("float", Class::Parsing),
    ("math.", Class::Math),
    ("cmath.", Class::Math),
    ("Random.", Class::Math),
    ("dict", Class::Hashing),
    ("dict.", Class::Hashing),
    ("set", Class::Hashing),
    ("set.", Class::Hashing),
    ("frozenset", Class::Hashing),
    ("frozenset.", Class::Hashing),
    ("collections.", Class::Hashing),
    ("OrderedDict.", Class::Hashing),
    ("defaultdict.", Class::Hashing),
    ("_collections._count_elements", Class::Hashing),
    ("builtins.ord", Class::Interpreter),
    ("builtins.chr", Class::Interpreter),
    ("builtins.len", Class::Interpreter),
    ("builtins.abs", Class::Interpreter),
    ("builtins.isinstance", Class::Interpreter),
    ("str.isdigit", Class::Interpreter),
    ("str.isalpha", Class::Interpreter),
    ("str.isalnum", Class::Interpreter),
    ("str.isspace", Class::Interpreter),
    ("str.isupper", Class::Interpreter),
    ("str.islower", Class::Interpreter),
    ("str", Class::Text),
    ("str.", Class::Text),
    ("bytes.", Class::Text),
    ("bytearray.", Class::Text),
    ("builtins.format", Class::Text),
    ("builtins.repr", Class::Text),
    ("list.append", Class::Interpreter),
    ("list.pop", Class::Interpreter),
    ("list.extend", Class::Interpreter),
    ("list.insert", Class::Interpreter),
    ("list.reverse", Class::Interpreter),
    ("list.copy", Class::Interpreter),
    ("deque.", Class::Interpreter),
    ("builtins.", Class::Loops),
    ("list.", Class::Loops),
    ("itertools.", Class::Loops),
    ("_functools.", Class::Loops),
    ("functools.", Class::Loops),
    ("_asyncio.", Class::Objects),
    ("Task.", Class::Objects),
    ("Future.", Class::Objects),
    ("Context.", Class::Objects),
];

const SORTS: &[&str] = &[
    "merge_",
    "binarysort",
    "list_sort",
    "count_run",
    "gallop",
    "_compare",
    "siftup",
    "siftdown",
    "heap",
];
const ALLOCATES: &[&str] = &[
    "PyObject_Malloc",
    "PyObject_Free",
    "PyObject_GC",
    "PyObject_Realloc",
    "traverse",
    "Dealloc",
    "dealloc",
    "malloc",
    "_int_free",
    "cfree",
    "Py_NewReference",
    "GenericAlloc",
    "unlink_chunk",
    "new_keys_object",
    "_mi_",
    "mi_",
];
const HASHES: &[&str] = &[
    "dict",
    "set_",
    "lookup",
    "siphash",
    "tuplehash",
    "_hash",
    "hash_",
    "Py_Hash",
    "PyObject_Hash",
    "unicodekeys",
    "frozenset",
    "count_elements",
];
const TEXTS: &[&str] = &["nicode", "str", "utf8", "ascii", "fastsearch", "bytes", "Bytes"];
const DIGITS: &[&str] = &[
    "x_add",
    "x_sub",
    "x_mul",
    "k_mul",
    "k_lopsided",
    "x_divrem",
    "long_divrem",
    "divrem1",
    "long_pow",
    "l_mod",
];
const ITERATES: &[&str] = &["_next", "next_", "iter"];

/// The interpreter's loop.
const EVALUATES: &str = "_PyEval";

impl Work {
    fn has(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.symbol.contains(part))
    }

    fn is(&self, beginnings: &[&str]) -> bool {
        beginnings.iter().any(|part| self.operation.starts_with(part))
    }

    /// What it shows.
    pub(crate) fn seen(&self) -> Seen {
        if self.in_system_call {
            return Seen::Class(Class::System);
        }
        let calls = self.is(&["CALL", "PRECALL"]);
        let sorts = ["builtins.sorted", "list.sort"].contains(&self.callee.as_str())
            || self.callee.starts_with("_heapq.")
            || self.callee.starts_with("_bisect.")
            || self.has(SORTS) && (calls || self.operation.is_empty());
        if sorts {
            return self.sort();
        }
        if self.is(&["BINARY_OP", "INPLACE_", "UNARY_"])
            && !self.operation.contains("FLOAT")
            && self.has(DIGITS)
        {
            return Seen::Digits;
        }
        let class = self.class(calls);
        match class {
            Class::Interpreter | Class::Loops if self.in_vector_loop => Seen::Class(Class::Vector),
            class => Seen::Class(class),
        }
    }

    /// Of numbers, of texts, or of what is not known.
    fn sort(&self) -> Seen {
        if self.has(&["nicode", "latin", "bytes", "memcmp"]) {
            return Seen::Class(Class::TextSort);
        }
        match self.has(&["long", "Long", "float", "Float"]) {
            true => Seen::Class(Class::Sort),
            false => Seen::SomeSort,
        }
    }

    fn class(&self, calls: bool) -> Class {
        let library = LIBRARIES
            .iter()
            .find(|(begin, _)| self.library.starts_with(begin));
        match library {
            Some((_, Some(class))) => return *class,
            None if !self.library.is_empty() => return Class::Library,
            _ => {}
        }
        if let Some((_, class)) = SYMBOLS.iter().find(|(begin, _)| self.symbol.starts_with(begin)) {
            return *class;
        }
        if calls && let Some(class) = self.of_callee() {
            return class;
        }
        self.of_operation(calls)
    }

    fn of_callee(&self) -> Option<Class> {
        let fits = |name: &str| match name.ends_with('.') {
            true => self.callee.starts_with(name),
            false => self.callee == name,
        };
        let (_, class) = CALLEES.iter().find(|(name, _)| fits(name))?;
        // A list that grows allocates.
        match *class == Class::Interpreter && self.has(ALLOCATES) {
            true => Some(Class::Allocation),
            false => Some(*class),
        }
    }

    fn of_operation(&self, calls: bool) -> Class {
        let hashes = self.has(HASHES);
        let text = self.has(TEXTS);
        if self.is(&["BINARY_OP", "INPLACE_", "BINARY_ADD", "BINARY_MULTIPLY", "UNARY_"])
            && !self.is(&["BINARY_OP_SUBSCR"])
        {
            return match () {
                () if self.operation.contains("UNICODE") || text => Class::Text,
                () if hashes => Class::Hashing,
                () => Class::Interpreter,
            };
        }
        if self.is(&["COMPARE_OP"]) {
            let texts = self.operation.contains("STR") || self.symbol.contains("nicode");
            return if texts { Class::Text } else { Class::Interpreter };
        }
        if self.is(&["CONTAINS_OP"]) {
            return if text && !hashes {
                Class::Text
            } else {
                Class::Hashing
            };
        }
        if self.is(&[
            "BINARY_SUBSCR",
            "BINARY_OP_SUBSCR",
            "STORE_SUBSCR",
            "DELETE_SUBSCR",
        ]) {
            return match () {
                () if self.operation.contains("DICT") || hashes => Class::Hashing,
                () if text => Class::Text,
                () if self.has(ALLOCATES) && !self.operation.contains("LIST") => Class::Allocation,
                () => Class::Interpreter,
            };
        }
        if self.is(&["BINARY_SLICE", "BUILD_SLICE"]) {
            return Class::Allocation;
        }
        if self.is(&[
            "SET_ADD",
            "MAP_ADD",
            "BUILD_MAP",
            "BUILD_SET",
            "DICT_",
            "SET_UPDATE",
        ]) {
            return if hashes || self.is(&["SET_ADD", "MAP_ADD"]) {
                Class::Hashing
            } else {
                Class::Allocation
            };
        }
        if self.is(&["BUILD_STRING", "FORMAT_"]) {
            return Class::Text;
        }
        if self.is(&["BUILD_", "LIST_APPEND", "LIST_EXTEND", "LIST_TO_TUPLE"]) {
            return Class::Allocation;
        }
        if self.is(&[
            "LOAD_ATTR",
            "STORE_ATTR",
            "LOAD_METHOD",
            "DELETE_ATTR",
            "LOAD_SUPER",
        ]) {
            return Class::Objects;
        }
        if self.is(&["FOR_ITER"]) {
            return match () {
                () if self.symbol.starts_with(EVALUATES) => Class::Interpreter,
                () if hashes && !self.symbol.contains("iter") => Class::Hashing,
                () if text && !self.symbol.contains("iter") => Class::Text,
                () if text => Class::Interpreter,
                () => Class::Loops,
            };
        }
        if calls
            || self.is(&[
                "RETURN_",
                "YIELD_",
                "SEND",
                "RAISE",
                "MAKE_FUNCTION",
                "RESUME",
                "BEFORE_WITH",
                "CHECK_EXC",
            ])
        {
            return match () {
                () if self.symbol.starts_with(EVALUATES) => Class::Objects,
                () if self.has(ALLOCATES) => Class::Allocation,
                () if hashes => Class::Hashing,
                () if text => Class::Text,
                () if self.has(ITERATES) => Class::Loops,
                () => Class::Objects,
            };
        }
        self.of_symbol()
    }

    /// Where nothing but the function of C is left, as on Python 3.10 and older.
    fn of_symbol(&self) -> Class {
        if self.symbol.starts_with(EVALUATES) || self.symbol.is_empty() {
            return Class::Interpreter;
        }
        if self.has(ALLOCATES) {
            return Class::Allocation;
        }
        // An instruction that calls nothing, as to load a name, looks it up in a dict of the interpreter's.
        if !self.operation.is_empty() {
            return Class::Interpreter;
        }
        match () {
            () if self.has(&[
                "_PyObject_GetMethod",
                "GetAttr",
                "SetAttr",
                "function_code",
                "vectorcall",
                "Vectorcall",
            ]) =>
            {
                Class::Objects
            }
            () if self.has(DIGITS) || self.has(&["long_", "Long_", "float_", "list_subscript"]) => {
                Class::Interpreter
            }
            () if self.has(HASHES) => Class::Hashing,
            () if self.has(TEXTS) => Class::Text,
            () if self.has(ITERATES) => Class::Loops,
            () => Class::Interpreter,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(operation: &str, callee: &str, library: &str, symbol: &str) -> Seen {
        let work = Work {
            operation: operation.into(),
            callee: callee.into(),
            library: library.into(),
            symbol: symbol.into(),
            ..Work::default()
        };
        work.seen()
    }

    #[test]
    fn the_slow_classes_are_told_apart() {
        let python = "libpython3.11.so.1.0";
        for (operation, callee, library, symbol, expected) in [
            (
                "BINARY_OP_ADD_INT",
                "",
                python,
                "_PyEval_EvalFrameDefault",
                Class::Interpreter,
            ),
            (
                "BINARY_OP",
                "",
                python,
                "_PyUnicode_FastCopyCharacters",
                Class::Text,
            ),
            (
                "BINARY_SUBSCR_DICT",
                "",
                python,
                "unicodekeys_lookup_unicode",
                Class::Hashing,
            ),
            ("BINARY_SUBSCR_DICT", "", "python3.11", "", Class::Hashing),
            ("CALL", "dict.get", python, "", Class::Hashing),
            ("CALL", "str.join", python, "", Class::Text),
            ("CALL", "Pattern.match", python, "sre_ucs1_match", Class::Regex),
            ("CALL", "builtins.sum", python, "long_add", Class::Loops),
            ("CALL", "int", python, "", Class::Parsing),
            (
                "CALL",
                "json.loads",
                "_json.cpython-311-x86_64-linux-gnu.so",
                "",
                Class::Parsing,
            ),
            ("CALL", "", "_multiarray_umath.cpython-311.so", "", Class::Library),
            ("CALL", "", "libz.so.1", "deflate", Class::Library),
            ("CALL", "math.sin", "libm.so.6", "__sin_fma", Class::Math),
            ("CALL", "", python, "_PyEval_EvalFrameDefault", Class::Objects),
            (
                "CALL",
                "list.append",
                python,
                "_PyObject_Malloc",
                Class::Allocation,
            ),
            (
                "LOAD_ATTR_INSTANCE_VALUE",
                "",
                python,
                "_PyEval_EvalFrameDefault",
                Class::Objects,
            ),
            ("STORE_FAST", "", python, "subtype_dealloc", Class::Allocation),
            ("FOR_ITER", "", python, "zip_next", Class::Loops),
            ("", "", python, "dict_subscript", Class::Hashing),
            ("", "", "", "", Class::Interpreter),
        ] {
            let seen = class(operation, callee, library, symbol);
            assert_eq!(
                seen,
                Seen::Class(expected),
                "{operation} {callee} {library} {symbol}"
            );
        }
    }

    #[test]
    fn a_sort_is_one_of_numbers_or_of_texts_where_the_comparison_is_seen() {
        let sort = |symbol| class("CALL", "list.sort", "libpython3.11.so", symbol);
        assert_eq!(sort("unsafe_long_compare"), Seen::Class(Class::Sort));
        assert_eq!(sort("unsafe_latin_compare"), Seen::Class(Class::TextSort));
        assert_eq!(sort("merge_at"), Seen::SomeSort);
    }

    #[test]
    fn a_system_call_comes_before_everything_else() {
        let work = Work {
            in_system_call: true,
            operation: "CALL".into(),
            callee: "list.sort".into(),
            ..Work::default()
        };
        assert_eq!(work.seen(), Seen::Class(Class::System));
    }
}
