//! The class of work of a sample, from its instruction, its callee, and the library and C function it was in.

use super::class::Class;
use super::known::{
    ALLOCATES, CALLEES, DIGITS, EVALUATES, HASHES, ITERATES, LIBRARIES, SORTS, SYMBOLS, TEXTS,
};

/// What is known about one sample.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Work {
    /// The instruction, specialised if it was: `BINARY_OP_ADD_INT`. Empty if it is not known.
    pub operation: String,
    /// The C callee: `list.append`. Empty for calls of Python functions, and if it is not known.
    pub callee: String,
    /// File name of the library.
    pub library: String,
    /// The C function.
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
    /// A sort; other samples have to show what it sorts.
    SomeSort,
    /// Arithmetic on the digits of integers with two or more 30-bit digits.
    Digits,
}

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

    /// A sort of numbers, of texts, or of unknown elements.
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
            // A power is a C call in Python; that of a small number is a multiplication in a port.
            Some((_, Some(Class::Math))) if self.is(&["BINARY_", "INPLACE_"]) => return Class::Interpreter,
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
        // A growing list allocates.
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

    /// If only the C function is left to go by, as on Python 3.10 and older.
    fn of_symbol(&self) -> Class {
        if self.symbol.starts_with(EVALUATES) || self.symbol.is_empty() {
            return Class::Interpreter;
        }
        if self.has(ALLOCATES) {
            return Class::Allocation;
        }
        // An instruction that calls nothing, such as loading a name, looks it up in a dict of the interpreter.
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
mod tests;
