//! Which class each kind of sample belongs to.

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
fn samples_get_the_right_class() {
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
        ("BINARY_OP", "", "libm.so.6", "__pow_fma", Class::Interpreter),
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
fn a_sort_is_of_numbers_or_texts_if_its_comparison_is_seen() {
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
