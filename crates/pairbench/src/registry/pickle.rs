//! Checks that a pickle is safe to decode: plain values only, not nested too deeply, not too large once shared parts
//! have been written out.
//!
//! The decoder handles nesting by recursion and copies shared values, so a few kilobytes of the wrong bytes can
//! overflow its stack or fill the memory. A pair's answers cannot be trusted, and anything may get onto a pipe. So the
//! opcodes are walked once beforehand, with the depth and the weight of each value in place of the value.

use std::collections::HashMap;

/// How deep lists, tuples and dicts may be nested; `worker.py` rejects deeper ones and names the place.
pub(crate) const DEEPEST: u32 = 200;

/// What a decoded value may weigh: its bytes, and [`NODE`] for each value in it.
pub(crate) const HEAVIEST: u64 = 8 << 30;

/// Approximate size of a decoded value without its content.
const NODE: u64 = 32;

/// Depth and weight of a value on the stack of the unpickler.
#[derive(Debug, Clone, Copy)]
struct Weight {
    depth: u32,
    bytes: u64,
    /// Part of another value, which its weight was added to: nothing may be added to it any more. Picklers do that only
    /// for values that contain themselves.
    sealed: bool,
    /// In the memo. Storing it there under a second number would copy it.
    kept: bool,
}

/// Walks the opcodes of one pickle.
struct Walk<'a> {
    rest: &'a [u8],
    /// Every value so far; the stack, the marks and the memo refer to it.
    values: Vec<Weight>,
    stack: Vec<usize>,
    marks: Vec<usize>,
    memo: HashMap<u32, usize>,
    heaviest: u64,
}

/// Fails with the reason if the pickle is not safe to decode.
///
/// # Errors
///
/// A text that continues a sentence after "the pickle".
pub(crate) fn check(pickle: &[u8]) -> Result<(), String> {
    check_within(pickle, HEAVIEST)
}

/// [`check`] with another weight limit.
pub(crate) fn check_within(pickle: &[u8], heaviest: u64) -> Result<(), String> {
    let mut walk = Walk {
        rest: pickle,
        values: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
        heaviest,
    };
    while walk.step()? {}
    Ok(())
}

impl Walk<'_> {
    /// Handles one opcode; false after the last.
    fn step(&mut self) -> Result<bool, String> {
        match self.take(1)?[0] {
            b'.' => return self.pop().map(|_| false),
            b'\x80' => self.take(1).map(drop)?,
            b'\x95' => self.take(8).map(drop)?,
            b'(' => {
                if self.marks.len() >= DEEPEST as usize {
                    return Err(too_deep());
                }
                self.marks.push(self.stack.len());
            }
            b'N' | b'\x88' | b'\x89' => self.push(0)?,
            b'K' => self.fixed(1)?,
            b'M' => self.fixed(2)?,
            b'J' => self.fixed(4)?,
            b'G' => self.fixed(8)?,
            b'C' | b'\x8a' | b'\x8c' | b'U' => self.counted(1)?,
            b'B' | b'X' | b'\x8b' | b'T' => self.counted(4)?,
            b'\x8d' | b'\x8e' | b'\x96' => self.counted(8)?,
            b'I' | b'L' | b'F' => self.line()?,
            b')' | b']' | b'}' => self.push(0)?,
            b'\x85' => self.gather_last(1)?,
            b'\x86' => self.gather_last(2)?,
            b'\x87' => self.gather_last(3)?,
            b't' | b'l' | b'd' => {
                let from = self.pop_mark()?;
                self.push(0)?;
                let made = self.pop()?;
                self.add(made, from)?;
                self.stack.push(made);
            }
            b'a' => self.extend_by_last(1)?,
            b's' => self.extend_by_last(2)?,
            b'e' | b'u' => {
                let from = self.pop_mark()?;
                let onto = from
                    .checked_sub(1)
                    .and_then(|at| self.stack.get(at).copied())
                    .ok_or("takes from an empty stack")?;
                self.add(onto, from)?;
            }
            b'q' => {
                let id = self.number(1)?;
                self.keep(id)?;
            }
            b'r' => {
                let id = self.number(4)?;
                self.keep(id)?;
            }
            b'\x94' => self.keep(self.memo.len() as u64)?,
            b'h' => {
                let id = self.number(1)?;
                self.recall(id)?;
            }
            b'j' => {
                let id = self.number(4)?;
                self.recall(id)?;
            }
            code => {
                return Err(format!(
                    "holds something else than plain values (opcode {code:#04x})"
                ));
            }
        }
        Ok(true)
    }

    fn take(&mut self, length: usize) -> Result<&[u8], String> {
        let (head, rest) = self.rest.split_at_checked(length).ok_or("is cut off")?;
        self.rest = rest;
        Ok(head)
    }

    /// A little-endian number of this many bytes.
    fn number(&mut self, bytes: usize) -> Result<u64, String> {
        let head = self.take(bytes)?;
        Ok(head
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | u64::from(byte)))
    }

    /// A value of this many bytes.
    fn fixed(&mut self, bytes: usize) -> Result<(), String> {
        self.take(bytes)?;
        self.push(0)
    }

    /// A value prefixed with its length.
    fn counted(&mut self, bytes: usize) -> Result<(), String> {
        let length = usize::try_from(self.number(bytes)?).map_err(|_| "is cut off")?;
        self.take(length)?;
        self.push(length as u64)
    }

    /// A number in digits.
    fn line(&mut self) -> Result<(), String> {
        let length = self
            .rest
            .iter()
            .position(|&byte| byte == b'\n')
            .ok_or("is cut off")?;
        self.take(length + 1)?;
        self.push(length as u64)
    }

    fn push(&mut self, bytes: u64) -> Result<(), String> {
        self.stack.push(self.values.len());
        self.values.push(Weight {
            depth: 0,
            bytes: NODE.saturating_add(bytes),
            sealed: false,
            kept: false,
        });
        Ok(())
    }

    fn pop(&mut self) -> Result<usize, String> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err("takes from an empty stack".into());
        }
        Ok(self.stack.pop().expect("longer than the floor"))
    }

    fn pop_mark(&mut self) -> Result<usize, String> {
        self.marks
            .pop()
            .ok_or_else(|| "has no mark where it needs one".into())
    }

    /// A tuple of the last values.
    fn gather_last(&mut self, count: usize) -> Result<(), String> {
        let from = self.last(count)?;
        self.values.push(Weight {
            depth: 0,
            bytes: NODE,
            sealed: false,
            kept: false,
        });
        let made = self.values.len() - 1;
        self.add(made, from)?;
        self.stack.push(made);
        Ok(())
    }

    /// Puts the last values into the one below them.
    fn extend_by_last(&mut self, count: usize) -> Result<(), String> {
        let onto = self.last(count + 1)?;
        self.add(self.stack[onto], onto + 1)
    }

    /// Where the last `count` values start, none of them below a mark.
    fn last(&self, count: usize) -> Result<usize, String> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let from = self.stack.len().checked_sub(count).filter(|&from| from >= floor);
        from.ok_or_else(|| "takes from an empty stack".into())
    }

    /// Takes what is above `from` off the stack and adds it to a value.
    fn add(&mut self, onto: usize, from: usize) -> Result<(), String> {
        for part in self.stack.split_off(from) {
            let weight = &mut self.values[part];
            weight.sealed = true;
            let (depth, bytes) = (weight.depth + 1, weight.bytes);
            let whole = &mut self.values[onto];
            if whole.sealed {
                return Err("holds a value that holds itself".into());
            }
            whole.depth = whole.depth.max(depth);
            whole.bytes = whole.bytes.saturating_add(bytes);
            if whole.depth > DEEPEST {
                return Err(too_deep());
            }
            if whole.bytes > self.heaviest {
                return Err(format!(
                    "would take more than {} MiB once decoded",
                    self.heaviest >> 20
                ));
            }
        }
        Ok(())
    }

    fn keep(&mut self, id: u64) -> Result<(), String> {
        let top = self.stack[self.last(1)?];
        if std::mem::replace(&mut self.values[top].kept, true) {
            return Err("keeps a value twice".into());
        }
        self.memo.insert(id as u32, top);
        Ok(())
    }

    fn recall(&mut self, id: u64) -> Result<(), String> {
        let known = self
            .memo
            .get(&(id as u32))
            .ok_or("refers to a value that is not there")?;
        self.stack.push(*known);
        Ok(())
    }
}

fn too_deep() -> String {
    format!("nests deeper than {DEEPEST} levels")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_pickle::{DeOptions, SerOptions, Value, value_from_slice, value_to_vec};

    fn nested(levels: usize) -> Vec<u8> {
        [
            b"\x80\x03]".as_slice(),
            &b"]".repeat(levels),
            &b"a".repeat(levels),
            b".",
        ]
        .concat()
    }

    #[test]
    fn depth_is_bounded_and_what_passes_decodes_on_a_small_stack() {
        let deep = DEEPEST as usize;
        assert_eq!(check(&nested(deep)), Ok(()));
        assert!(check(&nested(deep + 1)).unwrap_err().contains("deeper than 200"));
        assert!(check(&nested(1_000_000)).is_err());
        // 2 MiB, as threads have.
        let decoded = std::thread::spawn(move || value_from_slice(&nested(deep), DeOptions::new()).is_ok());
        assert!(decoded.join().unwrap());
        assert!(check(&b"(".repeat(1_000_000)).is_err());
        let tuples = [b"N".as_slice(), &b"\x85".repeat(1_000), b"."].concat();
        assert!(check(&tuples).unwrap_err().contains("deeper"));
    }

    /// Each level contains the one before it twice: 40 levels would be a million million values.
    #[test]
    fn shared_parts_weigh_each_time() {
        let mut bytes = b"]q\x00".to_vec();
        for level in 0..40_u8 {
            bytes.extend([b'h', level, b'h', level, b'\x86', b'q', level + 1]);
        }
        bytes.push(b'.');
        assert!(check(&bytes).unwrap_err().contains("MiB once decoded"));
    }

    #[test]
    fn what_holds_itself_or_lies_about_lengths_is_refused() {
        for (bytes, why) in [
            (b"]q\x00h\x00a.".as_slice(), "holds itself"),
            // A list that is filled after it became part of another: its depth would be taken too early.
            (b"]q\x00]q\x01h\x00ah\x00]a.", "holds itself"),
            (b"X\xff\xff\xff\xffabc.", "cut off"),
            (b"\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", "cut off"),
            (b"", "cut off"),
            (b".", "empty stack"),
            (b"(a.", "empty stack"),
            (b"N(\x85.", "empty stack"),
            (b"e.", "no mark"),
            (b"h\x07.", "not there"),
            (b"]q\x00q\x01.", "twice"),
            (b"cos\nsystem\n.", "plain values"),
        ] {
            let error = check(bytes).unwrap_err();
            assert!(error.contains(why), "{bytes:?}: {error}");
        }
    }

    #[test]
    fn what_both_sides_write_passes() {
        let value = Value::Dict(
            [
                (serde_pickle::HashableValue::String("a".into()), Value::I64(-5)),
                (serde_pickle::HashableValue::I64(1 << 40), Value::F64(0.5)),
                (
                    serde_pickle::HashableValue::Bool(true),
                    Value::List((0..3_000).map(Value::I64).collect()),
                ),
                (
                    serde_pickle::HashableValue::None,
                    Value::Tuple(vec![
                        Value::Bytes(vec![7; 300]),
                        Value::None,
                        Value::Tuple(vec![]),
                    ]),
                ),
            ]
            .into_iter()
            .collect(),
        );
        for options in [SerOptions::new(), SerOptions::new().proto_v2()] {
            if let Ok(bytes) = value_to_vec(&value, options) {
                let plain = !bytes.contains(&b'c');
                assert!(check(&bytes).is_ok() || !plain, "{:?}", check(&bytes));
            }
        }
        let bytes = value_to_vec(&value, SerOptions::new()).unwrap();
        assert_eq!(check(&bytes), Ok(()));
        assert_eq!(
            check(&serde_pickle::to_vec(&u64::MAX, SerOptions::new()).unwrap()),
            Ok(())
        );
    }
}
