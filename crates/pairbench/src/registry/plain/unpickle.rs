//! Reads pickles of plain values, of all protocols from 2 on.

use super::Plain;
use num_bigint::BigInt;
use std::collections::HashMap;

/// A value whose items are still indices of nodes.
enum Node {
    Leaf(Plain),
    List(Vec<usize>),
    Tuple(Vec<usize>),
    Dict(Vec<(usize, usize)>),
}

#[derive(Default)]
struct Machine<'a> {
    rest: &'a [u8],
    nodes: Vec<Node>,
    stack: Vec<usize>,
    marks: Vec<usize>,
    memo: HashMap<u32, usize>,
}

pub(super) fn unpickle(pickle: &[u8]) -> Result<Plain, String> {
    crate::registry::pickle::check(pickle).map_err(|why| format!("the pickle {why}"))?;
    let mut machine = Machine {
        rest: pickle,
        ..Machine::default()
    };
    while machine.step()? {}
    let top = machine.pop()?;
    Ok(machine.plain(top))
}

fn number<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("as many as were taken")
}

impl<'a> Machine<'a> {
    /// Handles one opcode; false after the last.
    fn step(&mut self) -> Result<bool, String> {
        match self.take(1)?[0] {
            b'.' => return Ok(false),
            b'\x80' => self.take(1).map(drop)?,
            b'\x95' => self.take(8).map(drop)?,
            b'(' => self.marks.push(self.stack.len()),
            b'N' => self.leaf(Plain::None),
            b'\x88' => self.leaf(Plain::Bool(true)),
            b'\x89' => self.leaf(Plain::Bool(false)),
            b'K' => self.fixed(1, |bytes| Plain::int(bytes[0]))?,
            b'M' => self.fixed(2, |bytes| Plain::int(u16::from_le_bytes(number(bytes))))?,
            b'J' => self.fixed(4, |bytes| Plain::int(i32::from_le_bytes(number(bytes))))?,
            b'G' => self.fixed(8, |bytes| Plain::Float(f64::from_be_bytes(number(bytes))))?,
            b'\x8a' => self.counted(1, |bytes| Ok(Plain::Int(BigInt::from_signed_bytes_le(bytes))))?,
            b'\x8b' => self.counted(4, |bytes| Ok(Plain::Int(BigInt::from_signed_bytes_le(bytes))))?,
            b'\x8c' => self.counted(1, text)?,
            b'X' => self.counted(4, text)?,
            b'\x8d' => self.counted(8, text)?,
            b'C' => self.counted(1, |bytes| Ok(Plain::Bytes(bytes.into())))?,
            b'B' => self.counted(4, |bytes| Ok(Plain::Bytes(bytes.into())))?,
            b'\x8e' => self.counted(8, |bytes| Ok(Plain::Bytes(bytes.into())))?,
            b']' => self.push(Node::List(Vec::new())),
            b'}' => self.push(Node::Dict(Vec::new())),
            b')' => self.push(Node::Tuple(Vec::new())),
            b't' => {
                let items = self.since_mark()?;
                self.push(Node::Tuple(items));
            }
            code @ b'\x85'..=b'\x87' => {
                let from = (self.stack.len()).checked_sub((code - b'\x84').into());
                let items = self.stack.split_off(from.ok_or_else(ends)?);
                self.push(Node::Tuple(items));
            }
            b'a' => {
                let item = self.pop()?;
                self.extend(vec![item])?;
            }
            b'e' | b'u' => {
                let items = self.since_mark()?;
                self.extend(items)?;
            }
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                self.extend(vec![key, value])?;
            }
            b'q' => {
                let key = self.take(1)?[0].into();
                self.keep(key)?;
            }
            b'r' => {
                let key = u32::from_le_bytes(number(self.take(4)?));
                self.keep(key)?;
            }
            b'\x94' => self.keep(self.memo.len() as u32)?,
            b'h' => {
                let key = self.take(1)?[0].into();
                self.recall(key)?;
            }
            b'j' => {
                let key = u32::from_le_bytes(number(self.take(4)?));
                self.recall(key)?;
            }
            other => return Err(format!("has the opcode {other:#x}, which no plain value has")),
        }
        Ok(true)
    }

    fn take(&mut self, number: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(number).ok_or_else(ends)?;
        self.rest = rest;
        Ok(taken)
    }

    fn push(&mut self, node: Node) {
        self.stack.push(self.nodes.len());
        self.nodes.push(node);
    }

    fn leaf(&mut self, value: Plain) {
        self.push(Node::Leaf(value));
    }

    fn fixed(&mut self, size: usize, read: impl Fn(&[u8]) -> Plain) -> Result<(), String> {
        let value = read(self.take(size)?);
        self.leaf(value);
        Ok(())
    }

    /// Bytes after their length, which itself takes `width` bytes.
    fn counted(&mut self, width: usize, read: impl Fn(&[u8]) -> Result<Plain, String>) -> Result<(), String> {
        let mut length = [0; 8];
        length[..width].copy_from_slice(self.take(width)?);
        let length = usize::try_from(u64::from_le_bytes(length)).map_err(|_| ends())?;
        let value = read(self.take(length)?)?;
        self.leaf(value);
        Ok(())
    }

    fn pop(&mut self) -> Result<usize, String> {
        self.stack.pop().ok_or_else(ends)
    }

    fn since_mark(&mut self) -> Result<Vec<usize>, String> {
        let from = self.marks.pop().filter(|&from| from <= self.stack.len());
        Ok(self.stack.split_off(from.ok_or_else(ends)?))
    }

    /// Adds to the list or dict on top of the stack.
    fn extend(&mut self, items: Vec<usize>) -> Result<(), String> {
        let top = *self.stack.last().ok_or_else(ends)?;
        match &mut self.nodes[top] {
            Node::List(known) => known.extend(items),
            Node::Dict(known) => known.extend(items.chunks_exact(2).map(|pair| (pair[0], pair[1]))),
            _ => return Err("adds items to a value that has none".into()),
        }
        Ok(())
    }

    fn keep(&mut self, key: u32) -> Result<(), String> {
        self.memo.insert(key, *self.stack.last().ok_or_else(ends)?);
        Ok(())
    }

    fn recall(&mut self, key: u32) -> Result<(), String> {
        let kept = self.memo.get(&key).copied();
        self.stack
            .push(kept.ok_or("refers to a value that it does not have")?);
        Ok(())
    }

    /// Recursion is safe: the check before has limited depth and weight, and rejected values that contain themselves.
    fn plain(&self, at: usize) -> Plain {
        let all = |items: &[usize]| items.iter().map(|&item| self.plain(item)).collect();
        match &self.nodes[at] {
            Node::Leaf(value) => value.clone(),
            Node::List(items) => Plain::List(all(items)),
            Node::Tuple(items) => Plain::Tuple(all(items)),
            Node::Dict(fields) => {
                let fields = fields
                    .iter()
                    .map(|&(key, value)| (self.plain(key), self.plain(value)));
                Plain::Dict(fields.collect())
            }
        }
    }
}

fn text(bytes: &[u8]) -> Result<Plain, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "has a text that is not UTF-8")?;
    Ok(Plain::Str(text.into()))
}

fn ends() -> String {
    "ends early".into()
}
