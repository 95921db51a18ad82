//! Which interpreters of two runs are the same, so that each is compared with itself.

use crate::analyse::Analysis;
use crate::hosts::interpreter::{Interpreter, Jit};

/// The interpreters of a later run, each with the same one of an earlier run: of the same implementation and version of the
/// language, alike in GIL and JIT. The first is compared with the first where the earlier run lacks it, which a warning names;
/// of the others, those that it lacks are left out.
pub(crate) fn same_interpreters<'a, 'r>(
    earlier: &'a [Analysis<'r>],
    later: &'a [Analysis<'r>],
) -> Vec<(&'a Analysis<'r>, &'a Analysis<'r>)> {
    let same = |now: &Analysis<'_>| {
        let kind = kind(&now.record.interpreter);
        earlier
            .iter()
            .find(|then| self::kind(&then.record.interpreter) == kind)
    };
    let pair = |now: &'a Analysis<'r>| {
        let first = earlier.first().filter(|_| now.interpreter == 0);
        Some((same(now).or(first)?, now))
    };
    later.iter().filter_map(pair).collect()
}

fn kind(one: &Interpreter) -> (&str, (u32, u32), bool, bool) {
    let free = one.free_threaded == Some(true);
    (
        &one.implementation,
        one.language(),
        free,
        one.jit == Some(Jit::On),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyse::{analyses, read};
    use crate::record::{Further, NativeModule, Record, fixture, views};

    fn record(versions: &[&str]) -> Record {
        let mut record = fixture::steady();
        record.interpreter.version = versions[0].into();
        let further = |version: &&str| {
            let mut interpreter = record.interpreter.clone();
            interpreter.version = (*version).into();
            Further {
                interpreter,
                native: NativeModule::NotNeeded,
                pairs: record.pairs.clone(),
            }
        };
        record.further = versions[1..].iter().map(further).collect();
        record
    }

    fn matched(earlier: &[&str], later: &[&str]) -> Vec<(String, String)> {
        let records = [earlier, later].map(record);
        let (views, figures) = (views(&records), read(&records));
        let all = analyses(&views, &figures);
        let [then, now] = &all.chunk_by(|_, next| next.interpreter != 0).collect::<Vec<_>>()[..] else {
            panic!("two runs");
        };
        let version = |one: &Analysis<'_>| one.record.interpreter.version.clone();
        let all = same_interpreters(then, now).into_iter();
        all.map(|(then, now)| (version(then), version(now))).collect()
    }

    #[test]
    fn each_interpreter_meets_itself() {
        let pair = |then: &str, now: &str| (then.to_string(), now.to_string());
        assert_eq!(
            matched(&["3.9.1", "3.15.1"], &["3.15.2", "3.14.0", "3.9.1"]),
            [pair("3.15.1", "3.15.2"), pair("3.9.1", "3.9.1")]
        );
        // As before there were several: the warning of another interpreter is shown beside it.
        assert_eq!(matched(&["3.9.1"], &["3.15.2"]), [pair("3.9.1", "3.15.2")]);
    }
}
