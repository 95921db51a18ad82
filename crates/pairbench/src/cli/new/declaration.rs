//! The code of a new pair, and what the user has to know about it.

use super::input::{self, Call, Use};
use super::signature::{Annotation, Parameter, Signature};
use super::types::Type;
use std::path::Path;

/// An argument of the port.
#[derive(Debug)]
struct Argument {
    name: String,
    /// `None` if neither annotation nor call gives a single type in Rust.
    kind: Option<Type>,
}

/// What a pair is declared with.
#[derive(Debug)]
pub(super) struct Declaration<'a> {
    target: &'a str,
    how: Use,
    arguments: Vec<Argument>,
    /// `None` if it is not annotated with a type that is known in Rust.
    returns: Option<Type>,
    pickled: bool,
    asynchronous: bool,
}

impl<'a> Declaration<'a> {
    /// From the signature, as far as it is known, and the first call of the file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn new(target: &'a str, input: &Path, signature: Option<&Signature>) -> Result<Self, String> {
        let type_of = |annotation: Option<&Annotation>| annotation.and_then(Type::of_annotation);
        let declared = signature.map(|one| &one.parameters[..]).unwrap_or_default();
        let first = declared
            .first()
            .and_then(|first| type_of(first.annotation.as_ref()));
        let (how, call) = input::first_call(input, first.as_ref())?;
        Ok(Declaration {
            target,
            how,
            arguments: arguments(declared, &call, type_of),
            returns: signature.and_then(|one| type_of(one.returns.as_ref())),
            pickled: call.pickled,
            asynchronous: signature.is_some_and(|one| one.asynchronous),
        })
    }

    /// Its code.
    pub fn lines(&self, name: &str, input: &str) -> Vec<String> {
        let port = self.port();
        let mut lines = vec![".pair(".to_string(), format!("    {name:?},")];
        let complete = !self.pickled && self.arguments.iter().all(|argument| argument.kind.is_some());
        if !complete {
            lines.push("    // Not every type of the arguments is known, so the port is left to you:".into());
            lines.push(format!("    // {port}"));
        }
        let call = match self.how {
            Use::Calls => "calls",
            Use::Whole => "input_file",
        };
        let (of, call) = (
            format!("Pair::of({:?})", self.target),
            format!(".{call}({input:?})"),
        );
        match complete {
            true => lines.extend([
                format!("    {of}"),
                format!("        {call}"),
                format!("        {port},"),
            ]),
            false => lines.push(format!("    {of}{call},")),
        }
        lines.push(")".into());
        lines
    }

    /// `.rust(…)`; unknown types get a placeholder name.
    fn port(&self) -> String {
        let arguments = self.arguments.iter().map(|Argument { name, kind }| {
            let kind = kind
                .as_ref()
                .map_or_else(|| format!("&{}", camel_case(name)), Type::argument);
            format!("{name}: {kind}")
        });
        let arguments: Vec<_> = arguments.collect();
        let returns = self.returns.as_ref().map_or_else(|| "()".into(), Type::owned);
        format!(".rust(|{}| -> {returns} {{ todo!() }})", arguments.join(", "))
    }

    /// What was decided, and what is left to do.
    pub fn notes(&self, input: &str) -> Vec<String> {
        let mut notes = vec![match self.how {
            Use::Calls => format!(
                "each element of {input} is a call; where all of them are the one argument of a single call, write \
                 .input_file instead of .calls"
            ),
            Use::Whole => format!(
                "the content of {input} is the one argument of a single call; where each of its elements is a call, write \
                 .calls instead of .input_file"
            ),
        }];
        let unknown = self.arguments.iter().filter(|argument| argument.kind.is_none());
        let unknown: Vec<_> = unknown.map(|argument| argument.name.as_str()).collect();
        if self.pickled {
            notes.push("the calls are pickled, so the arguments of the port are left to you; Rust reads plain values of them".into());
        } else if !unknown.is_empty() {
            notes.push(format!(
                "neither the annotation nor the first call has one type in Rust for {}: often it is a struct with \
                 #[derive(serde::Deserialize)]. Until you write it, the pair has no port, which is fine",
                unknown.join(" and ")
            ));
        } else {
            notes.push(
                "the port is todo!(): not written yet. Replace the closure by the path of your function"
                    .into(),
            );
        }
        if self.returns.is_none() {
            notes.push("the type that it returns is not annotated, or has none in Rust that we know: replace the `()`".into());
        }
        if self.asynchronous {
            notes.push(
                "the function is asynchronous: call it from a function that runs the loop, and measure that"
                    .into(),
            );
        }
        notes
    }
}

/// The arguments of the first call, in the order of the signature; from the signature alone if the call is pickled.
fn arguments(
    declared: &[Parameter],
    call: &Call,
    type_of: impl Fn(Option<&Annotation>) -> Option<Type>,
) -> Vec<Argument> {
    let by_name = |name: &str| declared.iter().find(|one| one.name == name);
    let argument = |name: String, value: Option<&serde_json::Value>| {
        let annotated = by_name(&name).and_then(|one| type_of(one.annotation.as_ref()));
        Argument {
            kind: annotated.or_else(|| Type::of_value(value?)),
            name,
        }
    };
    if call.pickled {
        return declared
            .iter()
            .map(|one| argument(one.name.clone(), None))
            .collect();
    }
    let mut names = declared
        .iter()
        .filter(|one| !one.keyword)
        .map(|one| one.name.clone());
    let mut all: Vec<Argument> = Vec::new();
    for (at, value) in call.positional.iter().enumerate() {
        all.push(argument(
            names.next().unwrap_or_else(|| format!("argument{}", at + 1)),
            Some(value),
        ));
    }
    let place = |name: &String| {
        declared
            .iter()
            .position(|one| one.name == *name)
            .unwrap_or(usize::MAX)
    };
    let mut keywords: Vec<_> = call.keywords.iter().collect();
    keywords.sort_by_key(|(name, _)| place(name));
    all.extend(
        keywords
            .into_iter()
            .map(|(name, value)| argument(name.clone(), Some(value))),
    );
    for one in &mut all {
        one.name = escaped(&one.name);
    }
    all
}

/// A Python name as a valid name in Rust.
fn escaped(name: &str) -> String {
    const WORDS: [&str; 24] = [
        "as", "async", "await", "box", "const", "do", "dyn", "enum", "extern", "fn", "impl", "let", "loop",
        "macro", "match", "mod", "move", "mut", "pub", "ref", "static", "struct", "type", "use",
    ];
    match WORDS.contains(&name) {
        true => format!("{name}_"),
        false => name.to_string(),
    }
}

fn camel_case(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    words.map(capital).collect()
}
