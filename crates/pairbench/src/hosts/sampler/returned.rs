//! Finds the looks at a process while it freed what a function left in its variables.

use crate::hosts::frames::Look;
use crate::hosts::wire::CodeName;
use std::collections::HashMap;

/// The only function that each place in bytecode calls without C in between.
///
/// CPython pops a function off the stack before it frees what its variables hold. Meanwhile its caller is the innermost
/// and still at the call, where it is at no other time. A place that was seen to call several functions is ambiguous.
pub(super) struct Returned(HashMap<(u64, u64), Option<u64>>);

impl Returned {
    pub fn of<'a, 'n>(
        looks: impl Iterator<Item = &'a Look>,
        name_of: &impl Fn(&u64) -> Option<&'n CodeName>,
    ) -> Self {
        let mut callees = HashMap::new();
        for look in looks {
            let callers = look.codes.iter().zip(&look.instructions).skip(1);
            for (callee, (caller, instruction)) in look.codes.iter().zip(callers) {
                let is_direct = |at: &u64| name_of(caller).is_some_and(|name| name.calls.contains(at));
                if let Some(at) = instruction.filter(is_direct) {
                    let known = callees.entry((*caller, at)).or_insert(Some(*callee));
                    *known = known.filter(|known| known == callee);
                }
            }
        }
        Returned(callees)
    }

    /// The function whose variables are freed in this look.
    pub fn freed_in(&self, look: &Look) -> Option<u64> {
        *self.0.get(&(*look.codes.first()?, look.instruction()?))?
    }
}
