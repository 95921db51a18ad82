//! Lines of JSON parsed, validated, grouped, aggregated and serialised again.
//!
//! The inside of many services and nightly jobs: a log or a queue of events, some of them broken, turned into
//! a report. In Python dictionaries, strings and small decisions, of which only `json` itself is C; here
//! structs that borrow from the lines, which is what one would write with serde.
//!
//! It does not show reading from a disk or a network. And a line has at most one fault: where it had two, a
//! parser that checks types while it reads (as serde does) and one that reads first might each find another
//! one first. Left out are also lines on which readers of JSON differ: a field twice (maybe with its letters
//! escaped), numbers of more than 18 digits or with a large exponent, -0, NaN, escapes of half a character, and
//! more than 100 brackets.

use pairbench::registry::prelude::*;
use rand::seq::{IndexedMutRandom, IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use regex::Regex;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

/// What came in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    /// Lines, most of which are valid events.
    lines: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Output {
    accepted: u64,
    rejected: BTreeMap<Rejected, u64>,
    report: String,
}

const MAX_CENTS: i64 = 1_000_000;
/// The report is on one year, 2024; times are seconds since 1970.
const FIRST_SECOND: i64 = 1_704_067_200;
const LAST_SECOND: i64 = 1_735_689_599;

const FIELDS: [&str; 5] = ["user", "kind", "cents", "at", "tags"];
const KINDS: [&str; 4] = ["click", "purchase", "refund", "view"];
const TAGS: [&str; 6] = ["eu", "mobile", "new", "promo", "vip", "zürich"];

/// First the edges, then events of a year in order, with some users much more active than others; every twelfth
/// line has a fault.
fn generate(size: u64, seed: u64) -> Input {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let users = (size / 12 + 1) as f64;
    let edges = edges();
    let lines = (0..size)
        .map(|id| {
            if let Some(edge) = edges.get(id as usize) {
                return edge.clone();
            }
            let user = (rng.random::<f64>().powi(2) * users) as u64;
            let mut tags = TAGS;
            tags.shuffle(&mut rng);
            let event = json!({
                "id": id,
                "user": user_name(user),
                "kind": KINDS[rng.random_range(0..4_u32) as usize],
                "cents": rng.random_range(1..=99_999),
                "at": FIRST_SECOND + (id * 31_536_000 / size) as i64 + rng.random_range(0..60),
                "tags": tags[..rng.random_range(0..=3_u32) as usize],
            });
            if rng.random_bool(1.0 / 12.0) {
                faulty(event, &mut rng)
            } else {
                written(&event, user)
            }
        })
        .collect();
    Input { lines }
}

fn user_name(user: u64) -> String {
    match user % 16 {
        3 => format!("zoë-{user:05}"),
        7 => format!("o\"neil\\{user:05}"),
        _ => format!("user-{user:05}"),
    }
}

/// Some writers escape what is not ASCII, which a parser cannot borrow, and both are the same user.
fn written(event: &Value, user: u64) -> String {
    let text = event.to_string();
    if user % 32 == 3 {
        text.replace('ë', "\\u00eb")
    } else {
        text
    }
}

fn faulty(mut event: Value, rng: &mut ChaCha8Rng) -> String {
    let field = *FIELDS.choose(rng).expect("not empty");
    let fields = event.as_object_mut().expect("an event is an object");
    match rng.random_range(0..11_u32) {
        0 => {
            let mut text = event.to_string();
            let mut at = rng.random_range(0..text.len() as u32) as usize;
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            text.truncate(at);
            return text;
        }
        1 => return event.to_string().replace('"', "'"),
        2 => return event.to_string() + ",",
        3 => {
            fields.remove(field);
        }
        4 => fields[field] = Value::Null,
        5 => fields[field] = json!(12.5),
        6 => fields[field] = json!(true),
        7 => fields["tags"] = json!(["eu", 17]),
        8 => fields["kind"] = json!("Click"),
        9 => {
            let mut values = [
                ("cents", json!(0)),
                ("cents", json!(MAX_CENTS + 1)),
                ("at", json!(FIRST_SECOND - 1)),
                ("user", json!("")),
            ];
            let (field, value) = values.choose_mut(rng).expect("not empty");
            fields[*field] = value.take();
        }
        _ => {
            let other = [json!([]), json!("event"), json!(17), Value::Null];
            return other.choose(rng).expect("not empty").to_string();
        }
    }
    event.to_string()
}

/// What lies just inside and just outside of what is valid, and each fault in each field by itself.
fn edges() -> Vec<String> {
    const NO_EVENTS: [&str; 20] = [
        "null",
        "true",
        "0",
        "-1",
        "0.5",
        "\"\"",
        "[]",
        "[{}]",
        "{}",
        // Not even JSON.
        "",
        " ",
        "{",
        "}",
        "{}{}",
        "[",
        "nul",
        "\"\t\"",
        "{'user':1}",
        "{\"user\"}",
        "{\"user\":\"x\",}",
    ];
    let mut lines = limits();
    lines.extend(wrong_fields());
    lines.extend(NO_EVENTS.map(String::from));
    lines
}

/// A valid event with one field changed or added.
fn edge(field: &str, value: Value) -> Value {
    let mut event =
        json!({"user": "edge", "kind": "view", "cents": 50, "at": FIRST_SECOND + 7, "tags": ["eu"]});
    event[field] = value;
    event
}

fn limits() -> Vec<String> {
    let fields = [
        ("cents", json!(1)),
        ("cents", json!(MAX_CENTS)),
        ("cents", json!(0)),
        ("cents", json!(-5)),
        ("cents", json!(MAX_CENTS + 1)),
        ("at", json!(FIRST_SECOND)),
        ("at", json!(LAST_SECOND)),
        ("at", json!(-1)),
        ("at", json!(FIRST_SECOND - 1)),
        ("at", json!(LAST_SECOND + 1)),
        ("user", json!(" ")),
        ("user", json!("")),
        ("kind", json!("")),
        ("kind", json!("views")),
        ("tags", json!([])),
        ("tags", json!(["eu", "", "eu"])),
        ("more", json!({"a": [-1, 0.5, {}, null, "🦀"], "b": [[]]})),
    ];
    let mut events: Vec<Value> = fields.map(|(field, value)| edge(field, value)).into();
    // A group of one event at each end of each range: nothing else hides what totals begin with.
    for (user, cents, at) in [("first", 1, FIRST_SECOND), ("last", MAX_CENTS, LAST_SECOND)] {
        events.push(json!({"user": user, "kind": "click", "cents": cents, "at": at, "tags": []}));
    }
    let mut lines: Vec<String> = events.iter().map(Value::to_string).collect();
    lines.push(format!(" \t{}\r\n", edge("cents", json!(7))));
    lines
}

/// Each field in turn is left out, null, or of every wrong type.
fn wrong_fields() -> Vec<String> {
    let mut lines = vec![
        edge("tags", json!(["eu", null])).to_string(),
        edge("tags", json!([["eu"]])).to_string(),
    ];
    for field in FIELDS {
        let mut event = edge(field, Value::Null);
        lines.push(event.to_string());
        event
            .as_object_mut()
            .expect("an event is an object")
            .remove(field);
        lines.push(event.to_string());
        let values = [
            json!(7),
            json!("7"),
            json!(7.0),
            json!(false),
            json!(["7"]),
            json!({"7": 7}),
        ];
        lines.extend(values.into_iter().filter_map(|value| {
            let right = match field {
                "user" | "kind" => value.is_string(),
                "tags" => value.is_array(),
                _ => value.is_i64(),
            };
            (!right).then(|| edge(field, value).to_string())
        }));
    }
    lines
}

/// Why an event does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Rejected {
    Malformed,
    MissingField,
    OutOfRange,
    UnknownKind,
    WrongType,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Click,
    Purchase,
    Refund,
    View,
}

/// Text that is borrowed from the line unless it has escapes. (In an `Option`, a bare `Cow` would always be
/// owned.)
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A line whose fields have the right types. A null is a missing field; other fields are ignored.
#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    user: Option<Text<'a>>,
    #[serde(borrow)]
    kind: Option<Text<'a>>,
    cents: Option<i64>,
    at: Option<i64>,
    #[serde(borrow)]
    tags: Option<Vec<Text<'a>>>,
}

struct ValidEvent<'a> {
    user: Text<'a>,
    kind: Kind,
    cents: i64,
    at: i64,
    tags: Vec<Text<'a>>,
}

fn parse(line: &str) -> Result<ValidEvent<'_>, Rejected> {
    if line.trim_start().starts_with('[') {
        // From an array, serde would take the fields in their order.
        let array: serde_json::Result<IgnoredAny> = serde_json::from_str(line);
        return Err(array.map_or(Rejected::Malformed, |_| Rejected::WrongType));
    }
    let event: Event<'_> = serde_json::from_str(line).map_err(|error| match error.is_data() {
        true => Rejected::WrongType,
        false => Rejected::Malformed,
    })?;
    let (Some(user), Some(kind), Some(cents), Some(at), Some(tags)) =
        (event.user, event.kind, event.cents, event.at, event.tags)
    else {
        return Err(Rejected::MissingField);
    };
    let kind = match &*kind.0 {
        "click" => Kind::Click,
        "purchase" => Kind::Purchase,
        "refund" => Kind::Refund,
        "view" => Kind::View,
        _ => return Err(Rejected::UnknownKind),
    };
    let in_range = (1..=MAX_CENTS).contains(&cents) && (FIRST_SECOND..=LAST_SECOND).contains(&at);
    if user.0.is_empty() || !in_range {
        return Err(Rejected::OutOfRange);
    }
    Ok(ValidEvent {
        user,
        kind,
        cents,
        at,
        tags,
    })
}

/// What is known about a group of events.
struct Totals {
    count: u64,
    sum: i64,
    smallest: i64,
    largest: i64,
    first: i64,
    last: i64,
}

impl Default for Totals {
    fn default() -> Self {
        Totals {
            count: 0,
            sum: 0,
            smallest: MAX_CENTS,
            largest: 0,
            first: LAST_SECOND,
            last: FIRST_SECOND,
        }
    }
}

impl Totals {
    fn add(&mut self, cents: i64, at: i64) {
        self.count += 1;
        self.sum += cents;
        self.smallest = self.smallest.min(cents);
        self.largest = self.largest.max(cents);
        self.first = self.first.min(at);
        self.last = self.last.max(at);
    }
}

/// A line of the report. The fields are in alphabetical order, to which Python sorts its keys.
#[derive(Serialize)]
struct Row<'a> {
    count: u64,
    first: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    hour: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    last: i64,
    max: i64,
    mean: f64,
    min: i64,
    sum: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a Text<'a>>,
}

impl<'a> Row<'a> {
    fn new(totals: &Totals) -> Self {
        Row {
            count: totals.count,
            first: totals.first,
            hour: None,
            kind: None,
            last: totals.last,
            max: totals.largest,
            mean: totals.sum as f64 / totals.count as f64,
            min: totals.smallest,
            sum: totals.sum,
            user: None,
        }
    }
}

#[derive(Default)]
struct Tables<'a> {
    users: HashMap<(Text<'a>, Kind), Totals>,
    hours: BTreeMap<i64, Totals>,
    tags: BTreeMap<Text<'a>, u64>,
    rejected: BTreeMap<Rejected, u64>,
}

/// Groups the valid events by user and kind and by hour, counts the tags, and counts the others by reason.
fn aggregate(lines: &[String]) -> Tables<'_> {
    let mut tables = Tables::default();
    for line in lines {
        match parse(line) {
            Ok(event) => {
                let group = tables.users.entry((event.user, event.kind)).or_default();
                group.add(event.cents, event.at);
                let hour = tables.hours.entry(event.at / 3600 % 24).or_default();
                hour.add(event.cents, event.at);
                for tag in event.tags {
                    *tables.tags.entry(tag).or_default() += 1;
                }
            }
            Err(reason) => *tables.rejected.entry(reason).or_default() += 1,
        }
    }
    tables
}

/// Serialises the tables: a line a group, in order.
fn report(tables: &Tables<'_>) -> serde_json::Result<String> {
    let mut text = Vec::new();
    let mut users: Vec<_> = tables.users.iter().collect();
    users.sort_unstable_by_key(|&(group, _)| group);
    for ((user, kind), totals) in users {
        let row = Row {
            user: Some(user),
            kind: Some(*kind),
            ..Row::new(totals)
        };
        serde_json::to_writer(&mut text, &row)?;
        text.push(b'\n');
    }
    for (&hour, totals) in &tables.hours {
        let row = Row {
            hour: Some(hour),
            ..Row::new(totals)
        };
        serde_json::to_writer(&mut text, &row)?;
        text.push(b'\n');
    }
    #[derive(Serialize)]
    struct Last<'a> {
        tags: &'a BTreeMap<Text<'a>, u64>,
    }
    serde_json::to_writer(&mut text, &Last { tags: &tables.tags })?;
    Ok(String::from_utf8(text).expect("JSON is UTF-8"))
}

fn rust(input: &Input) -> Output {
    let tables = aggregate(&input.lines);
    Output {
        accepted: tables.hours.values().map(|totals| totals.count).sum(),
        report: report(&tables).expect("writing to memory does not fail"),
        rejected: tables.rejected,
    }
}

/// What `native` calls: `json.loads` for one line, which makes Python's objects while it reads.
///
/// Not all of `json.loads`: integers beyond 64 bits become floats, and `NaN` is an error.
#[cfg(feature = "python")]
mod objects {
    use pyo3::IntoPyObjectExt as _;
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use pyo3::types::{PyDict, PyList};
    use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
    use std::fmt;

    #[pyfunction]
    pub(super) fn loads<'py>(py: Python<'py>, line: &str) -> PyResult<Bound<'py, PyAny>> {
        let mut json = serde_json::Deserializer::from_str(line);
        let value = Object(py).deserialize(&mut json);
        value
            .and_then(|value| json.end().map(|()| value))
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }

    #[derive(Clone, Copy)]
    struct Object<'py>(Python<'py>);

    impl<'py> Object<'py> {
        fn of<T: IntoPyObject<'py>, E: Error>(self, value: T) -> Result<Bound<'py, PyAny>, E> {
            value
                .into_bound_py_any(self.0)
                .map_err(|error| E::custom(error.to_string()))
        }
    }

    impl<'de, 'py> DeserializeSeed<'de> for Object<'py> {
        type Value = Bound<'py, PyAny>;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_any(self)
        }
    }

    impl<'de, 'py> Visitor<'de> for Object<'py> {
        type Value = Bound<'py, PyAny>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("JSON")
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            self.of(self.0.None())
        }

        fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
            self.of(value)
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
            self.of(value)
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
            self.of(value)
        }

        fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
            self.of(value)
        }

        fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
            self.of(value)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
            let list = PyList::empty(self.0);
            while let Some(item) = items.next_element_seed(self)? {
                list.append(item).map_err(A::Error::custom)?;
            }
            Ok(list.into_any())
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let dict = PyDict::new(self.0);
            while let Some(key) = entries.next_key_seed(self)? {
                let value = entries.next_value_seed(self)?;
                dict.set_item(key, value).map_err(A::Error::custom)?;
            }
            Ok(dict.into_any())
        }
    }
}

/// What readers of JSON differ on: NaN, large numbers, -0, escapes of half a character; and letters that are escaped,
/// as in a field that is there twice.
static DIFFERS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"NaN|Infinity|[0-9]{19}|[eE][+-]?[0-9]{3}|[:,\[\s]-0|\\u([dD][89a-fA-F]|00[67])";
    Regex::new(pattern).expect("it was tried when it was written")
});

/// Refuses lines that readers of JSON differ on, and those with several kinds of faults, of which each side may find
/// another one first.
fn valid(input: &Input) -> bool {
    let read_alike = |line: &str| {
        let twice = FIELDS
            .iter()
            .any(|field| line.matches(&format!("\"{field}\"")).count() > 1);
        !twice && line.matches(['[', '{']).count() <= 100 && !DIFFERS.is_match(line)
    };
    input
        .lines
        .iter()
        .all(|line| read_alike(line) && faults(line) <= 1)
}

/// How many kinds of faults a line has; a wrong type in what is not even JSON is another one.
fn faults(line: &str) -> usize {
    let Ok(event) = serde_json::from_str::<Value>(line) else {
        return 1 + usize::from(matches!(parse(line), Err(Rejected::WrongType)));
    };
    if !event.is_object() {
        return 1;
    }
    let kinds = FIELDS.map(|field| {
        let (reason, right) = match (field, &event[field], event[field].as_i64()) {
            (_, Value::Null, _) => (Rejected::MissingField, false),
            ("user", Value::String(user), _) => (Rejected::OutOfRange, !user.is_empty()),
            ("kind", Value::String(kind), _) => (Rejected::UnknownKind, KINDS.contains(&&**kind)),
            ("cents", _, Some(cents)) => (Rejected::OutOfRange, (1..=MAX_CENTS).contains(&cents)),
            ("at", _, Some(at)) => (Rejected::OutOfRange, (FIRST_SECOND..=LAST_SECOND).contains(&at)),
            ("tags", Value::Array(tags), _) => (Rejected::WrongType, tags.iter().all(Value::is_string)),
            _ => (Rejected::WrongType, false),
        };
        (!right).then_some(reason)
    });
    kinds.into_iter().flatten().collect::<BTreeSet<_>>().len()
}

/// The pair, as the build script finds it.
pub fn pair() -> Pair {
    Pair::new(
        Profile::Flat,
        "JSON lines validated, grouped, aggregated and serialised",
    )
    .input(generate)
    .digs(valid)
    .cases("lines", &[400, 2_000, 40_000])
    .tolerance(Tolerance::EXACT)
    .python(&["orjson", "mypyc", "native"])
    .native(pairbench::native![objects::loads])
    .replaces("json:loads")
    .rust(rust)
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(lines: &[&str]) -> Output {
        rust(&Input {
            lines: lines.iter().map(|&line| line.into()).collect(),
        })
    }

    #[test]
    fn a_report_worked_out_by_hand() {
        let output = run(&[
            r#"{"user":"zo\u00eb","kind":"view","cents":5,"at":1704067200,"tags":["b","a"]}"#,
            r#"{"tags":["b"],"at":1704070800,"cents":10,"kind":"view","user":"zoë","more":{"x":[1.5]}}"#,
            r#"{"user":"ann","kind":"click","cents":1,"at":1704067201,"tags":[]}"#,
        ]);
        assert_eq!((output.accepted, output.rejected.len()), (3, 0));
        let expected = [
            concat!(
                r#"{"count":1,"first":1704067201,"kind":"click","last":1704067201,"#,
                r#""max":1,"mean":1.0,"min":1,"sum":1,"user":"ann"}"#
            ),
            concat!(
                r#"{"count":2,"first":1704067200,"kind":"view","last":1704070800,"#,
                r#""max":10,"mean":7.5,"min":5,"sum":15,"user":"zoë"}"#
            ),
            r#"{"count":2,"first":1704067200,"hour":0,"last":1704067201,"max":5,"mean":3.0,"min":1,"sum":6}"#,
            concat!(
                r#"{"count":1,"first":1704070800,"hour":1,"last":1704070800,"#,
                r#""max":10,"mean":10.0,"min":10,"sum":10}"#
            ),
            r#"{"tags":{"a":1,"b":2}}"#,
        ];
        assert_eq!(output.report, expected.join("\n"));
    }

    #[test]
    fn every_fault_has_its_reason() {
        let good = r#"{"user":"ann","kind":"click","cents":1,"at":1704067201,"tags":["x"]}"#;
        assert_eq!(run(&[good]).accepted, 1);
        for (from, to, reason) in [
            ("}", "", Rejected::Malformed),
            ("\"", "'", Rejected::Malformed),
            ("}", "},", Rejected::Malformed),
            ("\"user\"", "\"name\"", Rejected::MissingField),
            ("\"ann\"", "null", Rejected::MissingField),
            ("\"ann\"", "17", Rejected::WrongType),
            ("\"cents\":1", "\"cents\":true", Rejected::WrongType),
            ("\"cents\":1", "\"cents\":1.0", Rejected::WrongType),
            ("\"x\"", "null", Rejected::WrongType),
            (good, "[]", Rejected::WrongType),
            (good, r#"["ann","click",1,1704067201,["x"]]"#, Rejected::WrongType),
            (good, r#"["ann","click",1,1704067201,["x"]"#, Rejected::Malformed),
            (good, "null", Rejected::WrongType),
            (good, "", Rejected::Malformed),
            ("click", "Click", Rejected::UnknownKind),
            ("\"cents\":1", "\"cents\":0", Rejected::OutOfRange),
            ("1704067201", "1704067199", Rejected::OutOfRange),
            ("ann", "", Rejected::OutOfRange),
        ] {
            let line = good.replace(from, to);
            let output = run(&[&line]);
            assert_eq!(output.rejected, BTreeMap::from([(reason, 1)]), "{line}");
            assert_eq!((output.accepted, &*output.report), (0, r#"{"tags":{}}"#));
        }
    }

    #[test]
    fn every_reason_occurs_in_what_is_generated() {
        let output = rust(&generate(4_000, 1));
        assert_eq!(output.rejected.len(), 5, "{:?}", output.rejected);
        let rejected: u64 = output.rejected.values().sum();
        assert_eq!(output.accepted + rejected, 4_000);
        assert!((200..500).contains(&rejected), "{rejected}");
    }

    #[test]
    fn any_size_and_seed_gives_as_many_lines() {
        for size in [1, 2, 65] {
            for seed in [0, 1, u64::MAX] {
                assert_eq!(generate(size, seed).lines.len() as u64, size);
            }
        }
    }
}
