//! Lines of several logs in one stream, taken apart by regular expressions.
//!
//! Monitors, importers and one-off scripts do this: find out what kind of line it is, take the parts out of
//! its groups, mask addresses, add up. The engine is C in Python, and backtracks; Rust's regex crate never
//! does, which bounds the time of the worst pattern and makes groups dearer than a search. Every line meets
//! several patterns, and most patterns fail on most lines.
//!
//! The two dialects are not one. The patterns keep to what both agree on: leftmost match, first alternative;
//! classes that are written out, because `\w`, `\d`, `\s` and `\b` differ on some characters beyond ASCII; no
//! `$` before a line's end, which Python also finds before a last newline; no references back and no looking
//! around, which the crate does not have. So it does not show patterns that need those, nor patterns on which
//! backtracking takes forever. Nor are lines meant with numbers of more than 12 digits, whose sums might need more
//! than 64 bits.

use pairbench::registry::prelude::*;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use regex::{Captures, Regex};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What the logs say.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    lines: Vec<String>,
}

type Counts = HashMap<String, u64>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    kinds: Counts,
    paths: Vec<(String, u64)>,
    statuses: Counts,
    sent: u64,
    with_query: u64,
    guesses: Vec<(String, u64)>,
    ports: u64,
    frames: Vec<(String, u64)>,
    levels: Counts,
    fields: Counts,
    masked: Vec<String>,
    micros: u64,
    requests: Counts,
}

/// First the edges, then lines of four programs; a tenth of them in none of the known forms.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let lines = (0..size).map(|at| match EDGES.get(at as usize) {
        Some(&edge) => edge.into(),
        None => match rng.random_range(0..20_u32) {
            0..8 => access(at, &mut rng),
            8..11 => login(at, &mut rng),
            11..13 => frame(&mut rng),
            13..18 => event(at, &mut rng),
            _ => other(at, &mut rng),
        },
    });
    Input {
        lines: lines.collect(),
    }
}

/// Just inside and just outside of what the patterns take, in places where greed and the order of alternatives matter.
const EDGES: [&str; 40] = [
    "",
    " ",
    r#"1.2.3.4 - - [x] "GET / HTTP/1.1" 200 -"#,
    r#"1.2.3.4 - a_b-9 [12/Jun/2024] "POST /a?b=c?d HTTP/2" 404 17 tail"#,
    r#"1.2.3.4 - - [x] "GET /? HTTP/1.1" 200 1"#,
    r#"1.2.3.4 - - [x] "GET /a b HTTP/1.1" 200 1"#,
    r#"1.2.3.4 - - [] "GET /a HTTP/1.1" 200 1"#,
    r#"1.2.3.4 - Ann [x] "GET /a HTTP/1.1" 200 1"#,
    r#"1.2.3.4 - - [x] "get /a HTTP/1.1" 200 1"#,
    r#"1.2.3.4 - - [x] "GET /ü?é HTTP/1.1" 200 12345678901"#,
    r#"1.2.3.4 - - [x] "GET /a HTTP/1.1" 20 1"#,
    r#" 1.2.3.4 - - [x] "GET /a HTTP/1.1" 200 1"#,
    "Failed password for root from 1.2.3.4 port 22",
    "Failed password for invalid user invalid from 1.2.3.4 port 1",
    "Failed password for invalid user from 1.2.3.4 port 1",
    "Failed password for invalid from 1.2.3.4 port 1",
    "Failed password for root from 1234.2.3.4 port 22",
    "x Failed password for Failed password for a from 999.9.9.9 port 7x",
    "Failed password for ann from 1.2.3 port 22",
    "\tat a.b.C.d(C.java:17)",
    " \t at $(C_1.java:0)more",
    "\tat a.b.<init>(C.java:17)",
    "at a.b.C.d(C.java:17)",
    "2024 INFO a: x",
    "2024 INFO a: ",
    "2024 INFORM a: x",
    "2024-06-12T10:00:00Z ERROR a.b: k=v k=\"v w\" k=\"v\\\" w\" k=\"v k= =v k== a_b=c-d z=!",
    "2024 WARN a: took 5 ms, took 7 s ",
    "2024 WARN a: took 5.25 ms, after 7.125 s, took 9.000 ms ",
    "2024 WARN a: took 5.1234 ms  after 8 ms",
    "2024 WARN a: took 8 ms.",
    "2024 INFO a: mail a@b c@d.e f.g@h.i.j, <k@l.m>, n@o..p q@-.- r+s%t@u-v.w.",
    "2024 INFO a: é@ü.de a@b.c@d.e @a.b a@.b $1@$2.x \\2@b.c",
    "2024 FATAL ..: 12345678-1234-4234-8234-123456789abc",
    "12345678-1234-f234-8234-123456789ab",
    "0012345678-1234-a234-8234-123456789abcdef 12345678-1234-b234-8234-123456789abc",
    "12345678-1234-A234-8234-123456789ABC",
    "2024 ERROR a: \u{a0}\u{2028}x=\u{85}y é=ü aé=b",
    "٢٠٢٤ INFO a: x",
    "2024 INFO a: ß=1 ſ@k.x K@k.x K@ſ.x",
];

fn stamp(at: u64) -> String {
    format!(
        "2024-06-12T{:02}:{:02}:{:02}.{:03}Z",
        at / 3600 % 24,
        at / 60 % 60,
        at % 60,
        at * 37 % 1000
    )
}

fn uuid(rng: &mut ChaCha8Rng) -> String {
    let (high, low) = (rng.random::<u64>(), rng.random::<u64>());
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

fn source(rng: &mut ChaCha8Rng) -> String {
    let host = rng.random_range(0..60_u32);
    format!("203.0.{}.{}", host % 4, 10 + host)
}

fn access(at: u64, rng: &mut ChaCha8Rng) -> String {
    const METHODS: [&str; 5] = ["GET", "GET", "GET", "POST", "HEAD"];
    const STATUS: [u32; 7] = [200, 200, 200, 204, 301, 404, 500];
    let method = METHODS.choose(rng).expect("not empty");
    let path = format!("/shop/items/{}", (rng.random::<f64>().powi(3) * 90.0) as u32);
    let query = match rng.random_range(0..3_u32) {
        0 => format!("?page={}&trace={}", rng.random_range(1..20_u32), uuid(rng)),
        _ => String::new(),
    };
    let size = match STATUS.choose(rng).expect("not empty") {
        status @ (204 | 301) => format!("{status} -"),
        status => format!("{status} {}", rng.random_range(200..60_000_u32)),
    };
    let user = if rng.random_bool(0.2) { "ann_k" } else { "-" };
    format!(
        "{} - {user} [12/Jun/2024:{:02}:{:02}:{:02} +0000] \"{method} {path}{query} HTTP/1.1\" {size} \
         \"https://example.org/\" \"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\"",
        source(rng),
        at / 3600 % 24,
        at / 60 % 60,
        at % 60,
    )
}

fn login(at: u64, rng: &mut ChaCha8Rng) -> String {
    const USERS: [&str; 6] = [
        "root",
        "invalid user admin",
        "invalid user test",
        "git",
        "invalid user pi",
        "ann",
    ];
    let user = USERS.choose(rng).expect("not empty");
    let what = if rng.random_bool(0.8) {
        "Failed"
    } else {
        "Accepted"
    };
    format!(
        "Jun 12 {:02}:{:02}:{:02} gate sshd[{}]: {what} password for {user} from {} port {} ssh2",
        at / 3600 % 24,
        at / 60 % 60,
        at % 60,
        rng.random_range(1_000..9_000_u32),
        source(rng),
        rng.random_range(1_024..65_536_u32)
    )
}

fn frame(rng: &mut ChaCha8Rng) -> String {
    const FRAMES: [(&str, &str); 5] = [
        ("org.example.shop.Cart.addItem", "Cart"),
        ("org.example.shop.Cart$Line.price", "Cart"),
        ("org.example.store.Pool.borrow_connection", "Pool"),
        ("java.base/java.lang.Thread.run", "Thread"),
        ("org.example.Main.main", "Main"),
    ];
    let (function, file) = FRAMES.choose(rng).expect("not empty");
    format!("\tat {function}({file}.java:{})", rng.random_range(10..40_u32))
}

fn event(at: u64, rng: &mut ChaCha8Rng) -> String {
    const LEVELS: [&str; 6] = ["INFO", "INFO", "INFO", "WARN", "ERROR", "FATAL"];
    const SOURCES: [&str; 4] = ["shop.cart", "shop.mail", "store.pool", "auth"];
    let (level, source) = (
        LEVELS.choose(rng).expect("not empty"),
        SOURCES.choose(rng).expect("not empty"),
    );
    let number = rng.random_range(1..5_000_u32);
    let text = match rng.random_range(0..5_u32) {
        0 => format!(
            "sent mail to user{number}@mail{}.example.org, took {number} ms, id={}",
            number % 9,
            uuid(rng)
        ),
        1 => format!(
            "order={number} user=u{} total={}.{:02} note=\"für \\\"Zoë\\\", in 2 days\"",
            number % 70,
            number,
            number % 100
        ),
        2 => format!(
            "query took {}.{:03} s, rows={number} table=loan_{}",
            number / 1_000,
            number % 1_000,
            number % 6
        ),
        3 => format!(
            "retry after {} s. attempt={} request={}",
            number % 60,
            number % 4,
            uuid(rng)
        ),
        _ => format!(
            "cart of {number} closed, {} items left over from yesterday",
            number % 30
        ),
    };
    format!("{} {level} {source}: {text}", stamp(at))
}

fn other(at: u64, rng: &mut ChaCha8Rng) -> String {
    match rng.random_range(0..3_u32) {
        0 => format!(
            "Jun 12 10:00:00 gate kernel: [{at}.{:06}] eth0: link is up, 1000 Mbit/s",
            at % 1_000
        ),
        1 => format!(
            "java.lang.IllegalStateException: no connection left in pool {}",
            at % 7
        ),
        _ => format!("{} DEBUG shop.cart: state={at} trace={}", stamp(at), uuid(rng)),
    }
}

type Add = for<'a> fn(&mut Totals, &Captures<'a>);

/// What kinds of lines there are, and what is to be done with each.
static RULES: LazyLock<[(&str, Regex, Add); 4]> = LazyLock::new(|| {
    [
        (
            "access",
            pattern(concat!(
                r#"^([0-9.]+) - ([a-z0-9_-]+) \[([^\]]+)\] "([A-Z]+) ([^ "?]+)(?:\?([^ "]*))? HTTP/[0-9.]+""#,
                " ([0-9]{3}) ([0-9]+|-)"
            )),
            Totals::access,
        ),
        (
            "login",
            pattern(concat!(
                "Failed password for (invalid user )?([a-z][a-z0-9_-]*)",
                r" from ([0-9]{1,3}(?:\.[0-9]{1,3}){3}) port ([0-9]+)"
            )),
            Totals::login,
        ),
        (
            "frame",
            pattern(r"^[ \t]+at ([A-Za-z0-9_.$]+)\(([A-Za-z0-9_]+\.java):([0-9]+)\)"),
            Totals::frame,
        ),
        (
            "event",
            pattern(r"^[0-9TZ:.-]+ (FATAL|ERROR|WARN|INFO) ([a-z.]+): (.+)"),
            Totals::event,
        ),
    ]
});
static FIELD: LazyLock<Regex> = LazyLock::new(|| pattern(r#"([a-z_]+)=("(?:[^"\\]|\\.)*"|[^ "]+)"#));
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"([A-Za-z0-9._%+-]+)@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"));
static TOOK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:took|after) ([0-9]+)(?:\.([0-9]{3}))? (ms|s)(?: |,|\.)"));
static REQUEST: LazyLock<Regex> =
    LazyLock::new(|| pattern("[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("it was tried when it was written")
}

/// What was found in all lines. Python reads it by field, where each table becomes a `dict`.
#[cfg_attr(feature = "python", pyo3::pyclass(get_all))]
#[derive(Default)]
struct Totals {
    kinds: Counts,
    paths: Counts,
    statuses: Counts,
    sent: u64,
    with_query: u64,
    guesses: Counts,
    ports: u64,
    frames: Counts,
    levels: Counts,
    fields: Counts,
    masked: Vec<String>,
    micros: u64,
    requests: Counts,
}

fn number(digits: &str) -> u64 {
    digits.parse().expect("some digits")
}

impl Totals {
    fn access(&mut self, found: &Captures<'_>) {
        count(
            &mut self.paths,
            &format!("{} {} {}", &found[2], &found[4], &found[5]),
        );
        count(&mut self.statuses, &found[7]);
        self.with_query += u64::from(found.get(6).is_some());
        if &found[8] != "-" {
            self.sent += number(&found[8]);
        }
    }

    fn login(&mut self, found: &Captures<'_>) {
        let user = if found.get(1).is_some() { "?" } else { &found[2] };
        count(&mut self.guesses, &format!("{} {user}", &found[3]));
        self.ports += number(&found[4]);
    }

    fn frame(&mut self, found: &Captures<'_>) {
        let (_, [function, file, line]) = found.extract();
        let name = function.rsplit('.').next().expect("at least one part");
        count(&mut self.frames, &format!("{file}:{line} {name}"));
    }

    fn event(&mut self, found: &Captures<'_>) {
        let (_, [level, source, text]) = found.extract();
        count(&mut self.levels, &format!("{level} {source}"));
        for (_, [name, value]) in FIELD.captures_iter(text).map(|field| field.extract()) {
            count(&mut self.fields, name);
            if value.starts_with('"') {
                count(&mut self.fields, &format!("{name} quoted"));
            }
        }
        if let masked @ std::borrow::Cow::Owned(_) = ADDRESS.replace_all(text, "***@$2") {
            self.masked.push(masked.into_owned());
        }
        if let Some(took) = TOOK.captures(text) {
            let thousandths = 1_000 * number(&took[1]) + took.get(2).map_or(0, |part| number(part.as_str()));
            self.micros += if &took[3] == "ms" {
                thousandths
            } else {
                1_000 * thousandths
            };
        }
    }
}

/// Counts one more of a kind.
fn count(table: &mut Counts, key: &str) {
    // The entry API would want a String for every key, not only for new ones.
    match table.get_mut(key) {
        Some(n) => *n += 1,
        None => {
            table.insert(key.into(), 1);
        }
    }
}

/// The ten most frequent; of equally frequent ones the first by alphabet.
fn most_frequent(table: Counts) -> Vec<(String, u64)> {
    let mut all: Vec<_> = table.into_iter().collect();
    all.sort_unstable_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
    all.truncate(10);
    all
}

/// Finds out what each line is, and adds it up.
fn scan(lines: &[impl AsRef<str>]) -> Totals {
    let mut totals = Totals::default();
    for line in lines.iter().map(AsRef::as_ref) {
        let known = RULES
            .iter()
            .find_map(|(kind, pattern, add)| Some((kind, add, pattern.captures(line)?)));
        match known {
            Some((kind, add, found)) => {
                count(&mut totals.kinds, kind);
                add(&mut totals, &found);
            }
            None => count(&mut totals.kinds, "other"),
        }
        if let Some(request) = REQUEST.captures(line) {
            count(&mut totals.requests, &request[1]);
        }
    }
    totals
}

/// What `native` calls: [`scan`] on Python's strings.
#[cfg(feature = "python")]
#[pyo3::pyfunction(name = "scan")]
fn scan_strings(lines: Vec<pyo3::pybacked::PyBackedStr>) -> Totals {
    scan(&lines)
}

fn rust(input: &Input) -> Output {
    let totals = scan(&input.lines);
    Output {
        kinds: totals.kinds,
        paths: most_frequent(totals.paths),
        statuses: totals.statuses,
        sent: totals.sent,
        with_query: totals.with_query,
        guesses: most_frequent(totals.guesses),
        ports: totals.ports,
        frames: most_frequent(totals.frames),
        levels: totals.levels,
        fields: totals.fields,
        masked: totals.masked,
        micros: totals.micros,
        requests: totals.requests,
    }
}

/// Refuses numbers of more than 12 digits.
fn valid(input: &Input) -> bool {
    static LONG: LazyLock<Regex> = LazyLock::new(|| pattern("[0-9]{13}"));
    !input.lines.iter().any(|line| LONG.is_match(line))
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::LibraryBound,
        "lines of logs taken apart by regular expressions",
    )
    .input(generate)
    .digs(valid)
    .cases("lines", &[200, 2_000, 20_000])
    .tolerance(Tolerance::EXACT)
    .python(&["native"])
    .native(pairbench::native![scan_strings])
    .replaces("scan")
    .versions(|| vec![("regex", crate::locked("regex").into())])
    .rust(rust)
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(lines: &[&str]) -> Output {
        let lines = lines.iter().map(|&line| line.into()).collect();
        rust(&Input { lines })
    }

    fn counts<const N: usize>(pairs: [(&str, u64); N]) -> Counts {
        pairs.map(|(key, n)| (key.into(), n)).into()
    }

    #[test]
    fn a_report_worked_out_by_hand() {
        let output = report(&[
            r#"10.0.0.1 - - [12/Jun/2024:10:00:00 +0000] "GET /a?b=c HTTP/1.1" 200 120 "x""#,
            r#"10.0.0.2 - ann [12/Jun/2024:10:00:01 +0000] "GET /a HTTP/1.1" 304 -"#,
            "gate sshd[1]: Failed password for invalid user pi from 203.0.113.9 port 40000 ssh2",
            "gate sshd[1]: Failed password for root from 203.0.113.9 port 40001 ssh2",
            "\tat org.example.Cart.add(Cart.java:17)",
            "2024-06-12T10:00:00Z WARN auth: mail to a.b@c.de and f@g.hi, took 1.250 s, who=\"A \\\"B\\\"\" n=1",
            "deadbeef-0000-4000-8000-000000000000 is no event",
        ]);
        let expected = Output {
            kinds: counts([
                ("access", 2),
                ("login", 2),
                ("frame", 1),
                ("event", 1),
                ("other", 1),
            ]),
            paths: vec![("- GET /a".into(), 1), ("ann GET /a".into(), 1)],
            statuses: counts([("200", 1), ("304", 1)]),
            sent: 120,
            with_query: 1,
            guesses: vec![("203.0.113.9 ?".into(), 1), ("203.0.113.9 root".into(), 1)],
            ports: 80_001,
            frames: vec![("Cart.java:17 add".into(), 1)],
            levels: counts([("WARN auth", 1)]),
            fields: counts([("who", 1), ("who quoted", 1), ("n", 1)]),
            masked: vec!["mail to ***@c.de and ***@g.hi, took 1.250 s, who=\"A \\\"B\\\"\" n=1".into()],
            micros: 1_250_000,
            requests: counts([("4", 1)]),
        };
        assert_eq!(output, expected);
    }

    #[test]
    fn every_kind_occurs_in_what_is_generated() {
        let output = rust(&generate(2_000, 1));
        assert_eq!(output.kinds.len(), 5, "{:?}", output.kinds);
        assert_eq!(output.kinds.values().sum::<u64>(), 2_000);
        assert!(output.kinds.values().all(|&n| n > 100), "{:?}", output.kinds);
        assert!(output.masked.len() > 50 && output.requests.len() == 16);
    }

    #[test]
    fn any_size_and_seed_gives_as_many_lines() {
        for size in [0, 1, 39, 41] {
            for seed in [0, 1, u64::MAX] {
                assert_eq!(generate(size, seed).lines.len() as u64, size);
            }
        }
    }
}
