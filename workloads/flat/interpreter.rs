//! A small scripting language: tokens, a syntax tree, and an interpreter that walks it.
//!
//! Rules that customers write, templates, formulas in a spreadsheet, queries, the language of a game or of a
//! course on compilers: such programs are many small functions that call one another over a tree of small
//! objects. The language is Lox, from Robert Nystrom's *Crafting Interpreters*, without classes and with `%`.
//! Scripts are short and run once, as rules and templates do.
//!
//! It does not show what compiling to bytecode or to closures would gain, in either language: both sides walk
//! the tree. Nor are scripts meant that nest deeper than Python's own stack goes.

use pairbench::registry::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use regex::RegexSet;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::LazyLock;

/// What to run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// The text of each script.
    scripts: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    lines: Vec<String>,
    error: Option<String>,
}

/// First the edges, then the programs below in turn, with numbers drawn by lot.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let scripts = (0..size as usize)
        .map(|at| {
            if let Some(&edge) = EDGES.get(at) {
                return edge.into();
            }
            let small = rng.random_range(5..=9_u32).to_string();
            let medium = rng.random_range(20..=40_u32).to_string();
            let large = rng.random_range(1_000..=9_999_u32).to_string();
            PROGRAMS[(at - EDGES.len()) % PROGRAMS.len()]
                .replace("$small", &small)
                .replace("$medium", &medium)
                .replace("$large", &large)
        })
        .collect();
    Input { scripts }
}

/// What each part of the language means, and each way to be wrong.
const EDGES: [&str; 38] = [
    "",
    "// nothing but a remark, and no end of line",
    "print 2 + 3 * 4 - 6 / 4 - 1; print (2 + 3) * -4; print 2 - 3 - 4; print 100 / 10 / 4; print 8 / 2 * 4; print 7 % 4 / 2; print 8 / 3 % 2;",
    "print 7 % 3; print -7 % 3; print 7 % -3; print -7 % -3; print 6 % -3; print 7.5 % 2; print 0.1 + 0.2;",
    "print 1 < 2; print 2 < 2; print 2 <= 2; print 3 <= 2; print 2 > 1; print 2 > 2; print 2 >= 2; print 1 >= 2; print 1 <= 2 + 3; print 9 > 2 + 3; print 9 >= 2 + 3;",
    "print 1 == 1; print 1 == 2; print 1 != 2; print \"1\" == 1; print nil == false; print true == 1; print 1 < 2 == true; print 1 == 2 < 3; print 1 == 2 <= 3; print 1 == 2 > 3; print 1 == 2 >= 3; print 1 != 2 < 3;",
    "print nil or \"b\"; print false or nil; print \"a\" or b; print 0 and \"\"; print nil and c; print true and 1 or 2; print 1 or 2 and 3; print !nil; print !!0; print !true; print !\"\"; print --3; print -0; print nil; print true; print false;",
    "print \"größer → 🦀\" + \"\"; print \"two\nlines\"; print \"1\" + \"2\"; print \"same\" == \"sa\" + \"me\"; print 1000000; print 123456789012345; print 0.001; print 12.50; print 1 / 3; print 999999999999999 + 1; print 999999999999999; print 7 * 1000000000000000;",
    "var a; print a; a = 1; var b = a = 2; print a + b; var a = \"again\"; print a; var a = 1; { var b = a; var a = 2; { var a = 3; print a + b; a = 4; } print a; } print a;",
    "for (var i = 0; i < 3; i = i + 1) { var square = i * i; print square; } var i = 9; for (; i < 11;) i = i + 1; print i; var i = 0; for (i = 5; i > 3; i = i - 1) print i; while (i > 0) { i = i - 2; if (i == 1) print \"one\"; else print i; }",
    "fun f() { for (;;) return \";\"; } print \"-\" + f(); for (var i = 0; (i < 2); (i = i + 1)) print i; fun f() { for (var i = 0; true; i = i + 1) { while (true) { if (i > 2) { return i; } else { i = i + 1; } } } } print f();",
    "fun f() {} print f(); print f; fun g(a, b) { return a - b; } print g(5, 3); fun h() { return; } print h(); print f == f; print f == g;",
    "fun make() { var n = 0; fun count() { n = n + 1; return n; } return count; } var a = make(); var b = make(); a(); print a() + b(); var f; { var n = 1; fun g() { return n; } f = g; n = 2; } print f(); fun twice(f) { return f() + f(); } print twice(f);",
    "fun outer(x) { fun inner(n) { if (n == 0) return x; return inner(n - 1); } return inner(5); } print outer(\"deep\"); fun even(n) { if (n == 0) return true; return odd(n - 1); } fun odd(n) { if (n == 0) return false; return even(n - 1); } print even(11);",
    "fun down(n) { if (n > 0) down(n - 1); } down(59); print \"still\"; down(60); print \"never\";",
    "fun f(a) { { var a = a + 1; print a; } return a; } print f(1); if (nil) print 1; if (0) print 2;",
    "print 1;\nprint\n1 / 0; print 2;",
    "print 1 % 0;",
    "print \"a\" + 1;",
    "print nil + nil;",
    "\n\nprint 1 < \"2\";",
    "print -\"1\";",
    "print missing;",
    "\"a\n\nb\"; missing = 1;",
    "var a = 1; a(2);",
    "fun f(a) {} f(1, 2);",
    "{ var a; var a; }",
    "fun f() {} print 1; return 2;",
    "print 1; a + b = 2;",
    "print 1; # 2",
    "print 1 print 2;",
    "print %;",
    "fun (a) {}",
    "fun f(%) {}",
    "fun f(a, a) {}",
    "fun f(a) {} f();",
    "print 1; print 1.;",
    "print 1; print \"open",
];

/// Small programs of many kinds: loops, recursion, closures, texts, rules.
const PROGRAMS: [&str; 10] = [
    r#"// Primes below a limit, by trial division.
fun prime(n) {
  if (n < 2) return false;
  for (var d = 2; d * d <= n; d = d + 1) {
    if (n % d == 0) return false;
  }
  return true;
}
var count = 0;
var last = nil;
for (var n = 0; n < $medium; n = n + 1) {
  if (prime(n)) { count = count + 1; last = n; }
}
print count;
print last;
"#,
    r#"// The same number twice: by recursion, and step by step.
fun fib(n) {
  if (n < 2) return n;
  return fib(n - 1) + fib(n - 2);
}
fun steps(n) {
  var a = 0;
  var b = 1;
  while (n > 0) { var next = a + b; a = b; b = next; n = n - 1; }
  return a;
}
print fib($small) == steps($small);
print steps($medium);
"#,
    r#"// Lists out of nothing but functions, sorted by insertion.
fun cons(head, tail) {
  fun get(first) { if (first) return head; return tail; }
  return get;
}
fun insert(x, list) {
  if (list == nil) return cons(x, nil);
  if (x <= list(true)) return cons(x, list);
  return cons(list(true), insert(x, list(false)));
}
var seed = $large;
fun draw() { seed = (seed * 137 + 187) % 256; return seed; }
var list = nil;
for (var i = 0; i < $small; i = i + 1) list = insert(draw(), list);
while (list != nil) { print list(true); list = list(false); }
"#,
    r#"// What an order costs: the rules of a shop.
fun shipping(weight, country) {
  if (country == "home") {
    if (weight <= 1) return 3.5;
    return 3.5 + weight * 0.75;
  }
  if (country == "nearby") return 7.25 + weight * 1.5;
  return 15 + weight * 4;
}
fun discount(goods, loyal) {
  var rate = 0;
  if (goods >= 5000) rate = 0.1;
  else if (goods >= 2500) rate = 0.05;
  if (loyal and goods > 2000) rate = rate + 0.025;
  return goods * rate;
}
fun cents(amount) {
  var rounded = amount * 100 + 0.5;
  return (rounded - rounded % 1) / 100;
}
fun price(goods, weight, country, loyal) {
  var free = goods >= 8000 and country != "far" or loyal and country == "home";
  var net = goods - discount(goods, loyal);
  if (!free) net = net + shipping(weight, country);
  return cents(net * 1.19);
}
print price($large, $small, "home", true);
print price($large / 2, $small, "nearby", false);
print price($large - 999.5, $medium / 4, "far", $medium > 30);
"#,
    r#"// How long it takes the numbers to come down to 1.
fun steps(n) {
  var count = 0;
  while (n != 1) {
    if (n % 2 == 0) n = n / 2; else n = 3 * n + 1;
    count = count + 1;
  }
  return count;
}
var longest = 1;
for (var n = $large; n < $large + 2; n = n + 1) {
  var count = steps(n);
  if (count > longest) longest = count;
}
print longest;
"#,
    r#"// The moves of the towers of Hanoi, as a text.
var moves = 0;
fun move(n, from, to, over) {
  if (n == 0) return "";
  var before = move(n - 1, from, over, to);
  moves = moves + 1;
  return before + from + to + " " + move(n - 1, over, to, from);
}
print move(4, "A", "C", "B");
print moves + $small;
"#,
    r#"// Roots by Newton's method, and the area below a curve.
fun abs(x) { if (x < 0) return -x; return x; }
fun root(x) {
  var guess = x / 2;
  while (abs(guess * guess - x) > 0.000001 * x) guess = (guess + x / guess) / 2;
  return guess;
}
fun area(f, from, to, parts) {
  var width = (to - from) / parts;
  var sum = 0;
  for (var i = 0; i < parts; i = i + 1) sum = sum + f(from + (i + 0.5) * width);
  return sum * width;
}
fun curve(x) { return x * x - 3 * x + $small; }
print root($large);
print area(curve, -1, $small, $medium);
"#,
    r#"// Counters, and functions of functions.
fun counter(start, step) {
  var value = start;
  fun next() { value = value + step; return value; }
  return next;
}
fun compose(f, g) {
  fun both(x) { return f(g(x)); }
  return both;
}
fun add(n) { fun f(x) { return x + n; } return f; }
fun times(n) { fun f(x) { return x * n; } return f; }
var ids = counter($large, $small);
var fees = counter(0, 0.25);
for (var i = 0; i < 10; i = i + 1) { ids(); if (i % 3 == 1) fees(); }
print ids();
print fees();
var change = add($medium);
for (var i = 0; i < $small; i = i + 1) change = compose(times(2), compose(add(i), change));
print change(1);
"#,
    r#"// Lines for a screen: a counting game, and a triangle.
fun word(n) {
  var text = "";
  if (n % 3 == 0) text = text + "fizz";
  if (n % 5 == 0) text = text + "buzz";
  if (text == "") return n;
  return text;
}
for (var n = $medium; n < $medium + 12; n = n + 1) print word(n);
fun repeat(text, n) {
  var all = "";
  for (var i = 0; i < n; i = i + 1) all = all + text;
  return all;
}
for (var row = 1; row <= $small; row = row + 2) print repeat("·", ($small - row) / 2) + repeat("^", row);
"#,
    r#"// Common divisors, digits, and who wins a game of taking away.
fun gcd(a, b) { if (b == 0) return a; return gcd(b, a % b); }
fun digits(n) {
  var sum = 0;
  while (n > 0) { var digit = n % 10; sum = sum + digit; n = (n - digit) / 10; }
  return sum;
}
fun wins(stones) {
  if (stones == 0) return false;
  for (var take = 1; take <= 3 and take <= stones; take = take + 1) {
    if (!wins(stones - take)) return true;
  }
  return false;
}
print gcd($large, $medium * 12);
print digits($large * 7);
if (wins($small)) print "first"; else print "second";
"#,
];

/// What is wrong with a script, and in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ScriptError(String);

impl ScriptError {
    fn new(line: u32, message: impl fmt::Display) -> ScriptError {
        ScriptError(format!("line {line}: {message}"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    End,
    /// What is no token; the parser expects something else there.
    Wrong,
    Name,
    Number,
    Text,
    // Keywords.
    And,
    Else,
    False,
    For,
    Fun,
    If,
    Nil,
    Or,
    Print,
    Return,
    True,
    Var,
    While,
    // Symbols.
    Assign,
    Close,
    CloseBrace,
    Comma,
    Divide,
    Equal,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    Minus,
    Not,
    NotEqual,
    Open,
    OpenBrace,
    Plus,
    Remainder,
    Semicolon,
    Times,
}

impl Kind {
    /// How tightly an operator binds its two sides; all of them are associative to the left. Zero if it is none.
    fn precedence(self) -> u8 {
        match self {
            Kind::Or => 1,
            Kind::And => 2,
            Kind::Equal | Kind::NotEqual => 3,
            Kind::Less | Kind::LessEqual | Kind::Greater | Kind::GreaterEqual => 4,
            Kind::Plus | Kind::Minus => 5,
            Kind::Times | Kind::Divide | Kind::Remainder => 6,
            _ => 0,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Token<'s> {
    kind: Kind,
    text: &'s str,
    line: u32,
}

/// Cuts a script into tokens; the text of a text is without its quotes.
fn tokenize(source: &str) -> Vec<Token<'_>> {
    let bytes = source.as_bytes();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        let run = |from: usize, belongs: fn(&u8) -> bool| {
            from + bytes[from..].iter().take_while(|&byte| belongs(byte)).count()
        };
        match byte {
            b' ' | b'\t' | b'\r' => at += 1,
            b'\n' => {
                line += 1;
                at += 1;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = run(at, |&byte| byte != b'\n'),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                at = run(at, |&byte| byte.is_ascii_alphanumeric() || byte == b'_');
                let text = &source[start..at];
                tokens.push(Token {
                    kind: keyword(text),
                    text,
                    line,
                });
            }
            b'0'..=b'9' => {
                at = run(at, u8::is_ascii_digit);
                if bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
                    at = run(at + 1, u8::is_ascii_digit);
                }
                tokens.push(Token {
                    kind: Kind::Number,
                    text: &source[start..at],
                    line,
                });
            }
            b'"' => {
                let end = run(at + 1, |&byte| byte != b'"');
                if end == bytes.len() {
                    at += 1;
                    tokens.push(Token {
                        kind: Kind::Wrong,
                        text: "\"",
                        line,
                    });
                    continue;
                }
                let text = &source[at + 1..end];
                tokens.push(Token {
                    kind: Kind::Text,
                    text,
                    line,
                });
                line += text.matches('\n').count() as u32;
                at = end + 1;
            }
            _ => {
                let (kind, length) = symbol(byte, bytes.get(at + 1)).unwrap_or_else(|| {
                    let wrong = source[at..].chars().next().expect("not at the end");
                    (Kind::Wrong, wrong.len_utf8())
                });
                at += length;
                tokens.push(Token {
                    kind,
                    text: &source[start..at],
                    line,
                });
            }
        }
    }
    tokens.push(Token {
        kind: Kind::End,
        text: "end",
        line,
    });
    tokens
}

fn keyword(text: &str) -> Kind {
    match text {
        "and" => Kind::And,
        "else" => Kind::Else,
        "false" => Kind::False,
        "for" => Kind::For,
        "fun" => Kind::Fun,
        "if" => Kind::If,
        "nil" => Kind::Nil,
        "or" => Kind::Or,
        "print" => Kind::Print,
        "return" => Kind::Return,
        "true" => Kind::True,
        "var" => Kind::Var,
        "while" => Kind::While,
        _ => Kind::Name,
    }
}

/// A symbol and its length, by its first byte and the one after it.
fn symbol(byte: u8, next: Option<&u8>) -> Option<(Kind, usize)> {
    let (alone, with_equal) = match byte {
        b'=' => (Kind::Assign, Kind::Equal),
        b'!' => (Kind::Not, Kind::NotEqual),
        b'<' => (Kind::Less, Kind::LessEqual),
        b'>' => (Kind::Greater, Kind::GreaterEqual),
        b'(' => return Some((Kind::Open, 1)),
        b')' => return Some((Kind::Close, 1)),
        b'{' => return Some((Kind::OpenBrace, 1)),
        b'}' => return Some((Kind::CloseBrace, 1)),
        b',' => return Some((Kind::Comma, 1)),
        b';' => return Some((Kind::Semicolon, 1)),
        b'+' => return Some((Kind::Plus, 1)),
        b'-' => return Some((Kind::Minus, 1)),
        b'*' => return Some((Kind::Times, 1)),
        b'/' => return Some((Kind::Divide, 1)),
        b'%' => return Some((Kind::Remainder, 1)),
        _ => return None,
    };
    Some(match next {
        Some(b'=') => (with_equal, 2),
        _ => (alone, 1),
    })
}

#[derive(Debug)]
enum Expr {
    Add {
        sides: Box<(Expr, Expr)>,
        line: u32,
    },
    Assign(Variable, Box<Expr>),
    Call {
        callee: Box<Expr>,
        arguments: Vec<Expr>,
        line: u32,
    },
    Constant(Value),
    Equal {
        sides: Box<(Expr, Expr)>,
        expected: bool,
    },
    /// Evaluates to a function, which keeps the variables around it.
    Function(Rc<Code>),
    Logical {
        sides: Box<(Expr, Expr)>,
        decides: bool,
    },
    Negative(Box<Expr>, u32),
    Not(Box<Expr>),
    OnNumbers {
        operator: Kind,
        sides: Box<(Expr, Expr)>,
        line: u32,
    },
    Variable(Variable),
}

#[derive(Debug)]
enum Variable {
    /// One of a block or function, by where it stands.
    Local { hops: usize, slot: usize },
    /// One of the script, by its name: functions may use it before it is declared.
    Global { name: Rc<str>, line: u32 },
}

#[derive(Debug)]
enum Stmt {
    Block(Vec<Stmt>),
    /// Makes a variable: in a block by its place, which is the next, outside by its name.
    Declare(Rc<str>, Expr),
    Expression(Expr),
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    Print(Expr),
    Return(Expr),
    /// Again and again; a `for` has a step after each.
    While {
        condition: Expr,
        body: Box<Stmt>,
        step: Option<Expr>,
    },
}

/// What a function does, wherever it is made.
#[derive(Debug)]
struct Code {
    name: Rc<str>,
    arity: usize,
    body: Vec<Stmt>,
}

/// Makes the tree of a script, by recursive descent.
struct Parser<'s> {
    tokens: Vec<Token<'s>>,
    at: usize,
    /// The names of each scope that is open, the innermost last; outside of all are globals.
    scopes: Vec<Vec<&'s str>>,
    functions: usize,
}

impl<'s> Parser<'s> {
    fn new(tokens: Vec<Token<'s>>) -> Parser<'s> {
        Parser {
            tokens,
            at: 0,
            scopes: Vec::new(),
            functions: 0,
        }
    }

    fn peek(&self) -> Token<'s> {
        self.tokens[self.at]
    }

    /// Takes the next token if it is of this kind.
    fn accept(&mut self, kind: Kind) -> bool {
        let found = self.peek().kind == kind;
        if found {
            self.at += 1;
        }
        found
    }

    /// Takes the next token, which must be of this kind.
    fn expect(&mut self, kind: Kind, spelling: &str) -> Result<&'s str, ScriptError> {
        let Token {
            kind: found,
            text,
            line,
        } = self.peek();
        if found != kind {
            return Err(ScriptError::new(
                line,
                format_args!("expected {spelling}, not {text}"),
            ));
        }
        self.at += 1;
        Ok(text)
    }

    fn semicolon(&mut self) -> Result<(), ScriptError> {
        self.expect(Kind::Semicolon, ";").map(drop)
    }

    fn script(&mut self) -> Result<Vec<Stmt>, ScriptError> {
        self.statements(Kind::End)
    }

    /// What comes before a token of this kind, and the token.
    fn statements(&mut self, end: Kind) -> Result<Vec<Stmt>, ScriptError> {
        let mut statements = Vec::new();
        while !self.accept(end) {
            statements.push(self.declaration()?);
        }
        Ok(statements)
    }

    fn declaration(&mut self) -> Result<Stmt, ScriptError> {
        if self.accept(Kind::Fun) {
            self.function()
        } else if self.accept(Kind::Var) {
            self.variable()
        } else {
            self.statement()
        }
    }

    /// Adds a name to the innermost scope.
    fn declare(&mut self, name: &'s str, line: u32) -> Result<(), ScriptError> {
        if let Some(names) = self.scopes.last_mut() {
            if names.contains(&name) {
                return Err(ScriptError::new(line, format_args!("{name} is declared twice")));
            }
            names.push(name);
        }
        Ok(())
    }

    /// The rest of a function; its parameters and its body are one scope.
    fn function(&mut self) -> Result<Stmt, ScriptError> {
        let line = self.peek().line;
        let name = self.expect(Kind::Name, "name")?;
        self.declare(name, line)?;
        self.expect(Kind::Open, "(")?;
        self.scopes.push(Vec::new());
        self.functions += 1;
        let mut arity = 0;
        if self.peek().kind != Kind::Close {
            loop {
                let parameter = self.expect(Kind::Name, "name")?;
                self.declare(parameter, line)?;
                arity += 1;
                if !self.accept(Kind::Comma) {
                    break;
                }
            }
        }
        self.expect(Kind::Close, ")")?;
        self.expect(Kind::OpenBrace, "{")?;
        let body = self.statements(Kind::CloseBrace)?;
        self.functions -= 1;
        self.scopes.pop();
        let name: Rc<str> = name.into();
        let code = Code {
            name: name.clone(),
            arity,
            body,
        };
        Ok(Stmt::Declare(name, Expr::Function(code.into())))
    }

    /// The rest of a variable, whose name is not known in its own value.
    fn variable(&mut self) -> Result<Stmt, ScriptError> {
        let line = self.peek().line;
        let name = self.expect(Kind::Name, "name")?;
        let value = match self.accept(Kind::Assign) {
            true => self.expression()?,
            false => Expr::Constant(Value::Nil),
        };
        self.semicolon()?;
        self.declare(name, line)?;
        Ok(Stmt::Declare(name.into(), value))
    }

    fn statement(&mut self) -> Result<Stmt, ScriptError> {
        let Token { kind, line, .. } = self.peek();
        if !matches!(
            kind,
            Kind::OpenBrace | Kind::If | Kind::For | Kind::While | Kind::Return | Kind::Print
        ) {
            let value = self.expression()?;
            self.semicolon()?;
            return Ok(Stmt::Expression(value));
        }
        self.at += 1;
        match kind {
            Kind::OpenBrace => {
                self.scopes.push(Vec::new());
                let statements = self.statements(Kind::CloseBrace)?;
                self.scopes.pop();
                Ok(Stmt::Block(statements))
            }
            Kind::If => {
                let condition = self.condition()?;
                let then = Box::new(self.statement()?);
                let otherwise = match self.accept(Kind::Else) {
                    true => Some(Box::new(self.statement()?)),
                    false => None,
                };
                Ok(Stmt::If(condition, then, otherwise))
            }
            Kind::For => self.for_loop(),
            Kind::While => Ok(Stmt::While {
                condition: self.condition()?,
                body: Box::new(self.statement()?),
                step: None,
            }),
            Kind::Return => self.result(line),
            _ => {
                let value = self.expression()?;
                self.semicolon()?;
                Ok(Stmt::Print(value))
            }
        }
    }

    fn condition(&mut self) -> Result<Expr, ScriptError> {
        self.expect(Kind::Open, "(")?;
        let condition = self.expression()?;
        self.expect(Kind::Close, ")")?;
        Ok(condition)
    }

    /// The rest of a `for`; its variable has a scope around the loop.
    fn for_loop(&mut self) -> Result<Stmt, ScriptError> {
        self.expect(Kind::Open, "(")?;
        self.scopes.push(Vec::new());
        let mut statements = Vec::new();
        if self.accept(Kind::Var) {
            statements.push(self.variable()?);
        } else if !self.accept(Kind::Semicolon) {
            statements.push(Stmt::Expression(self.expression()?));
            self.semicolon()?;
        }
        let condition = match self.peek().kind {
            Kind::Semicolon => Expr::Constant(Value::Bool(true)),
            _ => self.expression()?,
        };
        self.semicolon()?;
        let step = match self.peek().kind {
            Kind::Close => None,
            _ => Some(self.expression()?),
        };
        self.expect(Kind::Close, ")")?;
        let body = Box::new(self.statement()?);
        statements.push(Stmt::While {
            condition,
            body,
            step,
        });
        self.scopes.pop();
        Ok(Stmt::Block(statements))
    }

    fn result(&mut self, line: u32) -> Result<Stmt, ScriptError> {
        if self.functions == 0 {
            return Err(ScriptError::new(line, "return outside of functions"));
        }
        let value = match self.peek().kind {
            Kind::Semicolon => Expr::Constant(Value::Nil),
            _ => self.expression()?,
        };
        self.semicolon()?;
        Ok(Stmt::Return(value))
    }

    /// An expression, which may be an assignment.
    fn expression(&mut self) -> Result<Expr, ScriptError> {
        let value = self.binary(1)?;
        let line = self.peek().line;
        if !self.accept(Kind::Assign) {
            return Ok(value);
        }
        match value {
            Expr::Variable(variable) => Ok(Expr::Assign(variable, Box::new(self.expression()?))),
            _ => Err(ScriptError::new(line, "only variables can be assigned to")),
        }
    }

    /// Operators that bind at least as tightly as `level`, and their sides.
    fn binary(&mut self, level: u8) -> Result<Expr, ScriptError> {
        let mut left = self.unary()?;
        loop {
            let Token { kind, line, .. } = self.peek();
            let precedence = kind.precedence();
            if precedence < level {
                return Ok(left);
            }
            self.at += 1;
            let sides = Box::new((left, self.binary(precedence + 1)?));
            left = match kind {
                Kind::Plus => Expr::Add { sides, line },
                Kind::Or | Kind::And => Expr::Logical {
                    sides,
                    decides: kind == Kind::Or,
                },
                Kind::Equal | Kind::NotEqual => Expr::Equal {
                    sides,
                    expected: kind == Kind::Equal,
                },
                operator => Expr::OnNumbers {
                    operator,
                    sides,
                    line,
                },
            };
        }
    }

    /// What comes before, and after that a call or a single token.
    fn unary(&mut self) -> Result<Expr, ScriptError> {
        let line = self.peek().line;
        if self.accept(Kind::Not) {
            return Ok(Expr::Not(Box::new(self.unary()?)));
        }
        if self.accept(Kind::Minus) {
            return Ok(Expr::Negative(Box::new(self.unary()?), line));
        }
        let mut callee = self.primary()?;
        while self.peek().kind == Kind::Open {
            callee = self.call(callee)?;
        }
        Ok(callee)
    }

    fn call(&mut self, callee: Expr) -> Result<Expr, ScriptError> {
        let line = self.peek().line;
        self.at += 1;
        let mut arguments = Vec::new();
        if !self.accept(Kind::Close) {
            arguments.push(self.expression()?);
            while self.accept(Kind::Comma) {
                arguments.push(self.expression()?);
            }
            self.expect(Kind::Close, ")")?;
        }
        Ok(Expr::Call {
            callee: Box::new(callee),
            arguments,
            line,
        })
    }

    /// A single token, or an expression in parentheses.
    fn primary(&mut self) -> Result<Expr, ScriptError> {
        let Token { kind, text, line } = self.peek();
        self.at += 1;
        Ok(match kind {
            Kind::Name => Expr::Variable(self.resolve(text, line)),
            Kind::Number => Expr::Constant(Value::Number(text.parse().expect("digits"))),
            Kind::Text => Expr::Constant(Value::Text(text.into())),
            Kind::Nil => Expr::Constant(Value::Nil),
            Kind::True => Expr::Constant(Value::Bool(true)),
            Kind::False => Expr::Constant(Value::Bool(false)),
            Kind::Open => {
                let value = self.expression()?;
                self.expect(Kind::Close, ")")?;
                value
            }
            _ => {
                return Err(ScriptError::new(
                    line,
                    format_args!("expected an expression, not {text}"),
                ));
            }
        })
    }

    /// Finds the scope that a name belongs to.
    fn resolve(&self, name: &str, line: u32) -> Variable {
        for (hops, names) in self.scopes.iter().rev().enumerate() {
            if let Some(slot) = names.iter().position(|&known| known == name) {
                return Variable::Local { hops, slot };
            }
        }
        Variable::Global {
            name: name.into(),
            line,
        }
    }
}

#[derive(Debug, Clone)]
enum Value {
    Nil,
    Bool(bool),
    Number(f64),
    Text(Rc<str>),
    Function(Rc<Function>),
}

/// A function as a value: its code, and the scope that it was made in.
#[derive(Debug)]
struct Function {
    code: Rc<Code>,
    closure: Option<Rc<Scope>>,
}

/// The variables of a block or call that is running, and the scope around it.
#[derive(Debug)]
struct Scope {
    values: RefCell<Vec<Value>>,
    enclosing: Option<Rc<Scope>>,
}

impl Value {
    /// Everything counts as true but false and nil.
    fn is_true(&self) -> bool {
        !matches!(self, Value::Nil | Value::Bool(false))
    }
}

/// Values of different types are never equal; functions are if they are the same one.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Nil, Value::Nil) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => a == b,
            (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// As `print` shows it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => f.write_str("nil"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                write!(f, "{}", *number as i64)
            }
            Value::Number(number) if number.is_nan() => f.write_str("nan"),
            Value::Number(number) => {
                let text = format!("{number:?}");
                match text.split_once('e') {
                    // An exponent has a sign and at least two digits, as Python writes it.
                    Some((digits, exponent)) => match exponent.strip_prefix('-') {
                        Some(below) => write!(f, "{digits}e-{below:0>2}"),
                        None => write!(f, "{digits}e+{exponent:0>2}"),
                    },
                    None => f.write_str(&text),
                }
            }
            Value::Text(text) => f.write_str(text),
            Value::Function(function) => write!(f, "<fun {}>", function.code.name),
        }
    }
}

impl Scope {
    fn new(values: Vec<Value>, enclosing: Option<&Rc<Scope>>) -> Rc<Scope> {
        Rc::new(Scope {
            values: RefCell::new(values),
            enclosing: enclosing.cloned(),
        })
    }
}

/// The scope this many steps further out.
fn outwards(mut scope: Option<&Rc<Scope>>, hops: usize) -> &Scope {
    for _ in 0..hops {
        scope = scope.and_then(|scope| scope.enclosing.as_ref());
    }
    scope.expect("the parser has seen it")
}

/// Calls inside of calls, before a script is stopped.
const DEEPEST: usize = 60;

/// What a running script has.
#[derive(Default)]
struct Machine {
    globals: HashMap<Rc<str>, Value>,
    lines: Vec<String>,
    depth: usize,
    /// Scopes in which functions were made. Such a function may be one of the scope's own values, a cycle that no
    /// reference count frees; these are emptied in the end.
    closures: Vec<Rc<Scope>>,
}

impl Drop for Machine {
    fn drop(&mut self) {
        for scope in &self.closures {
            scope.values.take();
        }
    }
}

impl Machine {
    fn evaluate(&mut self, expression: &Expr, scope: Option<&Rc<Scope>>) -> Result<Value, ScriptError> {
        match expression {
            Expr::Constant(value) => Ok(value.clone()),
            Expr::Variable(Variable::Local { hops, slot }) => {
                Ok(outwards(scope, *hops).values.borrow()[*slot].clone())
            }
            Expr::Variable(Variable::Global { name, line }) => match self.globals.get(name) {
                Some(value) => Ok(value.clone()),
                None => Err(ScriptError::new(*line, format_args!("undefined variable {name}"))),
            },
            Expr::Assign(variable, value) => {
                let value = self.evaluate(value, scope)?;
                self.assign(variable, value.clone(), scope)?;
                Ok(value)
            }
            Expr::Add { sides, line } => {
                let left = self.evaluate(&sides.0, scope)?;
                let right = self.evaluate(&sides.1, scope)?;
                match (left, right) {
                    (Value::Number(left), Value::Number(right)) => Ok(Value::Number(left + right)),
                    (Value::Text(left), Value::Text(right)) => {
                        Ok(Value::Text([&*left, &*right].concat().into()))
                    }
                    _ => Err(ScriptError::new(
                        *line,
                        "operands must be two numbers or two texts",
                    )),
                }
            }
            Expr::OnNumbers {
                operator,
                sides,
                line,
            } => {
                let left = self.evaluate(&sides.0, scope)?;
                let right = self.evaluate(&sides.1, scope)?;
                let (Value::Number(left), Value::Number(right)) = (left, right) else {
                    return Err(ScriptError::new(*line, "operands must be numbers"));
                };
                on_numbers(*operator, left, right, *line)
            }
            Expr::Equal { sides, expected } => {
                let left = self.evaluate(&sides.0, scope)?;
                let right = self.evaluate(&sides.1, scope)?;
                Ok(Value::Bool((left == right) == *expected))
            }
            Expr::Logical { sides, decides } => {
                let left = self.evaluate(&sides.0, scope)?;
                if left.is_true() == *decides {
                    return Ok(left);
                }
                self.evaluate(&sides.1, scope)
            }
            Expr::Not(value) => Ok(Value::Bool(!self.evaluate(value, scope)?.is_true())),
            Expr::Negative(value, line) => match self.evaluate(value, scope)? {
                Value::Number(number) => Ok(Value::Number(-number)),
                _ => Err(ScriptError::new(*line, "operand must be a number")),
            },
            Expr::Call {
                callee,
                arguments,
                line,
            } => {
                let callee = self.evaluate(callee, scope)?;
                let values: Vec<Value> = arguments
                    .iter()
                    .map(|argument| self.evaluate(argument, scope))
                    .collect::<Result<_, _>>()?;
                self.call(&callee, values, *line)
            }
            Expr::Function(code) => {
                self.closures.extend(scope.cloned());
                let function = Function {
                    code: code.clone(),
                    closure: scope.cloned(),
                };
                Ok(Value::Function(function.into()))
            }
        }
    }

    fn assign(
        &mut self,
        variable: &Variable,
        value: Value,
        scope: Option<&Rc<Scope>>,
    ) -> Result<(), ScriptError> {
        match variable {
            Variable::Local { hops, slot } => {
                outwards(scope, *hops).values.borrow_mut()[*slot] = value;
            }
            Variable::Global { name, line } => match self.globals.get_mut(name) {
                Some(place) => *place = value,
                None => return Err(ScriptError::new(*line, format_args!("undefined variable {name}"))),
            },
        }
        Ok(())
    }

    fn call(&mut self, callee: &Value, values: Vec<Value>, line: u32) -> Result<Value, ScriptError> {
        let Value::Function(function) = callee else {
            return Err(ScriptError::new(line, "only functions can be called"));
        };
        let (arity, given) = (function.code.arity, values.len());
        if given != arity {
            return Err(ScriptError::new(
                line,
                format_args!("expected {arity} arguments, not {given}"),
            ));
        }
        if self.depth == DEEPEST {
            return Err(ScriptError::new(line, "too many calls inside of calls"));
        }
        self.depth += 1;
        let scope = Scope::new(values, function.closure.as_ref());
        let result = self.execute_all(&function.code.body, Some(&scope))?;
        self.depth -= 1;
        Ok(result.unwrap_or(Value::Nil))
    }

    /// Goes through the statements. `None` means go on, and a value is what the function returns.
    fn execute_all(
        &mut self,
        statements: &[Stmt],
        scope: Option<&Rc<Scope>>,
    ) -> Result<Option<Value>, ScriptError> {
        for statement in statements {
            let result = self.execute(statement, scope)?;
            if result.is_some() {
                return Ok(result);
            }
        }
        Ok(None)
    }

    fn execute(&mut self, statement: &Stmt, scope: Option<&Rc<Scope>>) -> Result<Option<Value>, ScriptError> {
        match statement {
            Stmt::Block(statements) => {
                return self.execute_all(statements, Some(&Scope::new(Vec::new(), scope)));
            }
            Stmt::Declare(name, value) => {
                let value = self.evaluate(value, scope)?;
                match scope {
                    Some(scope) => scope.values.borrow_mut().push(value),
                    None => drop(self.globals.insert(name.clone(), value)),
                }
            }
            Stmt::Expression(value) => drop(self.evaluate(value, scope)?),
            Stmt::If(condition, then, otherwise) => {
                if self.evaluate(condition, scope)?.is_true() {
                    return self.execute(then, scope);
                }
                if let Some(otherwise) = otherwise {
                    return self.execute(otherwise, scope);
                }
            }
            Stmt::Print(value) => {
                let line = self.evaluate(value, scope)?.to_string();
                self.lines.push(line);
            }
            Stmt::Return(value) => return self.evaluate(value, scope).map(Some),
            Stmt::While {
                condition,
                body,
                step,
            } => {
                while self.evaluate(condition, scope)?.is_true() {
                    let result = self.execute(body, scope)?;
                    if result.is_some() {
                        return Ok(result);
                    }
                    if let Some(step) = step {
                        self.evaluate(step, scope)?;
                    }
                }
            }
        }
        Ok(None)
    }
}

fn on_numbers(operator: Kind, left: f64, right: f64, line: u32) -> Result<Value, ScriptError> {
    if right == 0.0 && matches!(operator, Kind::Divide | Kind::Remainder) {
        return Err(ScriptError::new(line, "division by zero"));
    }
    Ok(match operator {
        Kind::Less => Value::Bool(left < right),
        Kind::LessEqual => Value::Bool(left <= right),
        Kind::Greater => Value::Bool(left > right),
        Kind::GreaterEqual => Value::Bool(left >= right),
        Kind::Minus => Value::Number(left - right),
        Kind::Times => Value::Number(left * right),
        Kind::Divide => Value::Number(left / right),
        _ => Value::Number(floor_mod(left, right)),
    })
}

/// The remainder with the sign of the divisor, as Python has it.
fn floor_mod(left: f64, right: f64) -> f64 {
    let remainder = left % right;
    if remainder != 0.0 && (remainder < 0.0) != (right < 0.0) {
        remainder + right
    } else {
        remainder
    }
}

/// Runs one script: the lines that it wrote, and the error that ended it, if any.
fn run(source: &str) -> Output {
    let mut machine = Machine::default();
    let result = Parser::new(tokenize(source))
        .script()
        .and_then(|script| machine.execute_all(&script, None));
    Output {
        lines: std::mem::take(&mut machine.lines),
        error: result.err().map(|ScriptError(message)| message),
    }
}

fn rust(input: &Input) -> Vec<Output> {
    input.scripts.iter().map(|source| run(source)).collect()
}

/// What `native` calls: [`tokenize`](super::tokenize), with the tokens as Python's parser has them.
#[cfg(feature = "python")]
mod objects {
    use super::{Kind, Token};
    use pyo3::prelude::*;
    use pyo3::types::PyString;

    #[pyfunction]
    pub(super) fn tokenize<'py>(
        py: Python<'py>,
        source: &str,
    ) -> Vec<(Bound<'py, PyString>, Bound<'py, PyString>, u32)> {
        let tuple = |Token { kind, text, line }| match kind {
            Kind::Name => (PyString::intern(py, "name"), PyString::new(py, text), line),
            Kind::Number => (PyString::intern(py, "number"), PyString::new(py, text), line),
            Kind::Text => (PyString::intern(py, "text"), PyString::new(py, text), line),
            Kind::Wrong => (PyString::intern(py, "wrong"), PyString::new(py, text), line),
            _ => {
                let text = PyString::intern(py, text);
                (text.clone(), text, line)
            }
        };
        super::tokenize(source).into_iter().map(tuple).collect()
    }
}

/// The scripts above, with any numbers in the programs that they may have.
static KNOWN: LazyLock<RegexSet> = LazyLock::new(|| {
    let known = EDGES.iter().chain(&PROGRAMS).map(|script| {
        let pattern = regex::escape(script)
            .replace(r"\$small", "[5-9]")
            .replace(r"\$medium", "[2-4][0-9]")
            .replace(r"\$large", "[1-9][0-9]{3}");
        format!("^{pattern}$")
    });
    RegexSet::new(known).expect("escaped texts are patterns")
});

/// Refuses scripts with loops and functions besides the known ones, as nobody knows how long they go on, and others of
/// more than 200 tokens, which might nest too deep.
fn valid(input: &Input) -> bool {
    let ends = |script: &String| !["for", "fun", "while"].iter().any(|word| script.contains(word));
    let short = |script: &String| tokenize(script).len() <= 200;
    let mut scripts = input.scripts.iter();
    scripts.all(|script| (ends(script) && short(script)) || KNOWN.is_match(script))
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(Profile::Flat, "scripts of a small language parsed and run")
        .input(generate)
        .digs(valid)
        .cases("scripts", &[48, 60, 460])
        .tolerance(Tolerance::EXACT)
        .python(&["mypyc", "native"])
        .native(pairbench::native![objects::tokenize])
        .replaces("tokenize")
        .rust(rust)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: &str) -> Vec<String> {
        let Output { lines, error } = run(source);
        assert_eq!(error, None, "{source}");
        lines
    }

    fn error(source: &str) -> String {
        run(source).error.unwrap_or_else(|| panic!("no error: {source}"))
    }

    #[test]
    fn tokens_with_their_lines() {
        let tokens = tokenize("var a1 = \"x\ny\"; // no\n <= 1.5.");
        let found: Vec<_> = tokens
            .iter()
            .map(|token| (token.kind, token.text, token.line))
            .collect();
        let expected = [
            (Kind::Var, "var", 1),
            (Kind::Name, "a1", 1),
            (Kind::Assign, "=", 1),
            (Kind::Text, "x\ny", 1),
            (Kind::Semicolon, ";", 2),
            (Kind::LessEqual, "<=", 3),
            (Kind::Number, "1.5", 3),
            (Kind::Wrong, ".", 3),
            (Kind::End, "end", 3),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn values_worked_out_by_hand() {
        for (source, expected) in [
            ("print 2 + 3 * 4 - 6 / 4;", "12.5"),
            ("print 8 - 3 - 2;", "3"),
            ("print -7 % 3;", "2"),
            ("print 7 % -3;", "-2"),
            ("print 1 < 2 == true;", "true"),
            ("print \"1\" == 1;", "false"),
            ("print nil or \"b\";", "b"),
            ("print 0 and \"\";", ""),
            ("print nil and missing;", "nil"),
            ("print !0;", "false"),
            ("print 1 / 4;", "0.25"),
            ("print \"a\" + \"b\";", "ab"),
            ("print 10000000000000000;", "1e+16"),
            ("print 0.00001;", "1e-05"),
            ("print -0.00012;", "-0.00012"),
            ("{ var a = 1; { var a = a + 1; print a; } }", "2"),
            (
                "fun f(n) { if (n < 2) return n; return f(n - 1) + f(n - 2); } print f(10);",
                "55",
            ),
        ] {
            assert_eq!(lines(source), [expected], "{source}");
        }
    }

    #[test]
    fn closures_keep_their_variables() {
        let source = "fun make() { var n = 0; fun count() { n = n + 1; return n; } return count; }
            var a = make(); var b = make(); a(); print a(); print b();
            var f; for (var i = 0; i < 3; i = i + 1) { var j = i; fun g() { return j; } if (i == 1) f = g; }
            print f();";
        assert_eq!(lines(source), ["2", "1", "1"]);
    }

    #[test]
    fn errors_name_the_line() {
        for (source, expected) in [
            ("print 1;\nprint 1 / 0;", "line 2: division by zero"),
            ("print nil - 1;", "line 1: operands must be numbers"),
            ("missing = 1;", "line 1: undefined variable missing"),
            ("fun f() { f(); } f();", "line 1: too many calls inside of calls"),
            ("var a = 1", "line 1: expected ;, not end"),
            ("print \"open;", "line 1: expected an expression, not \""),
            ("return;", "line 1: return outside of functions"),
            ("1 = 2;", "line 1: only variables can be assigned to"),
        ] {
            assert_eq!(error(source), expected, "{source}");
        }
        // What was written before the error stays, unless the script could not be parsed.
        assert_eq!(run("print 1; print -nil; print 2;").lines, ["1"]);
        assert!(run("print 1; print -; print 2;").lines.is_empty());
    }

    #[test]
    fn functions_in_their_own_scope_are_freed() {
        let mut machine = Machine::default();
        let script = Parser::new(tokenize("fun f() { fun g() { return g; } g(); } f();")).script();
        machine.execute_all(&script.unwrap(), None).unwrap();
        let scopes: Vec<_> = machine.closures.iter().map(Rc::downgrade).collect();
        assert_eq!(scopes.len(), 1);
        drop(machine);
        assert!(scopes[0].upgrade().is_none());
    }

    #[test]
    fn only_edges_end_with_an_error() {
        let outputs = rust(&generate(460, 3));
        for (at, output) in outputs.iter().enumerate() {
            assert!(at < EDGES.len() || output.error.is_none(), "{output:?}");
        }
        assert_eq!(outputs.iter().filter(|output| output.error.is_some()).count(), 23);
    }
}
