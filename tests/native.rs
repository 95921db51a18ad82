//! The native variants of the shipped pairs, called in the interpreter inside this process.
//!
//! One test in a program of its own, because an interpreter starts only once in a process.

#![cfg(feature = "embed")]
#![allow(missing_docs)]

use pairbench::hosts::embedded::{Embedded, initialize, loaded_version};
use pairbench::hosts::interpreter::choose;
use pairbench::hosts::{Fault, Host, HostSet};
use pairbench::registry::Variant;
use pairbench::verify::{Finding, check};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::cell::RefCell;

/// Every variant in the embedded interpreter.
struct InProcess<'a>(Embedded<'a>);

impl HostSet for InProcess<'_> {
    fn for_contestant(&mut self, name: &str) -> Result<(&mut dyn Host, String), Fault> {
        Ok((&mut self.0, name.to_string()))
    }

    fn discard_broken(&mut self, _name: &str, _fault: &Fault) {}
}

#[test]
fn native_variants_agree_with_python_on_random_inputs() {
    let python = choose(None).unwrap();
    if python.about.version != loaded_version() {
        eprintln!(
            "{} is not the Python that is embedded here",
            python.about.executable
        );
        return;
    }
    initialize(&python, 0, Some(pairbench_workloads::register_extension)).unwrap();
    functions_of_the_boundary_take_what_python_hands_them();
    let registry = pairbench_workloads::registry();
    let mut tried = 0;
    for entry in registry.entries() {
        if !entry
            .pair
            .variants()
            .iter()
            .any(|variant| variant.name == "native")
        {
            continue;
        }
        tried += 1;
        let names = [Variant::BASELINE.to_string(), "native".to_string()];
        let hosts = RefCell::new(InProcess(Embedded::load(entry).unwrap()));
        let smallest = entry.pair.cases()[0].size;
        let config = Config {
            cases: 12,
            failure_persistence: None,
            ..Config::default()
        };
        let inputs = (1..=smallest.div_ceil(2), any::<u64>());
        let checked = TestRunner::new(config).run(&inputs, |(size, seed)| {
            let mut findings = Vec::new();
            let mut tell = |finding| findings.push(finding);
            check(entry, &mut *hosts.borrow_mut(), &names, &[size], seed, &mut tell);
            let agreed = findings
                .iter()
                .filter(|f| matches!(f, Finding::Agrees { .. }))
                .count();
            if agreed == names.len() && findings.last() == Some(&Finding::Done) {
                return Ok(());
            }
            Err(TestCaseError::fail(format!("{}: {findings:#?}", entry.name)))
        });
        checked.unwrap_or_else(|error| panic!("{error}"));
    }
    assert!(tried > 0, "no pair has a native variant");
}

/// The functions by which the harness times a crossing are in the module, take the types that they are timed with, and
/// refuse others.
fn functions_of_the_boundary_take_what_python_hands_them() {
    use pyo3::prelude::*;
    let code = c"
import pairbench_native
ext = pairbench_native.__boundary__
taken = [
    ext.nothing(), ext.take_int(7), ext.take_float(0.5), ext.take_str('é'), ext.take_bytes(b'ab'),
    ext.take_buffer(bytearray(b'ab')), ext.take_tuple((1.0, 2.0, 3.0)), ext.take_ints([1, 2]),
    ext.take_floats([0.5]), ext.take_strs(['a', 'b']), ext.take_dict({'a': 1}),
]
assert taken == [None] * 11, taken
assert ext.give_ints(2) == [1000, 1001]
assert ext.give_floats(2) == [0.0, 1.0]
for function, wrong in [(ext.take_int, 'x'), (ext.take_ints, ['x']), (ext.take_dict, {1: 1}), (ext.take_buffer, 1)]:
    try:
        function(wrong)
    except TypeError:
        pass
    else:
        raise AssertionError(function)
";
    Python::attach(|py| py.run(code, None, None)).unwrap();
}
