//! The user's `Cargo.toml`: what the pairs need, with everything else as it was.

use super::super::project::{BENCH, Package};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, RawString, Table, Value, value};

/// Where pairbench comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// The registry, from this version on.
    Version(&'static str),
    /// A folder.
    Folder(String),
}

impl Source {
    /// The value of `pairbench` in a table of dependencies.
    pub fn value(&self) -> Value {
        match self {
            Source::Version(version) => (*version).into(),
            Source::Folder(_) => Value::InlineTable(self.table().into_inline_table()),
        }
    }

    /// `[dev-dependencies.pairbench]`.
    fn table(&self) -> Table {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        match self {
            Source::Version(version) => table.insert("version", value(*version)),
            Source::Folder(folder) => table.insert("path", value(folder)),
        };
        table
    }
}

/// The manifest with what is missing, and a sentence for each change and each remark.
///
/// # Errors
///
/// When something in it stands in the way.
pub(super) fn extended(
    text: &str,
    package: &Package,
    dependency: &Source,
) -> Result<(String, Vec<String>), String> {
    let mut document: DocumentMut = text.parse().map_err(|error| format!("{error}"))?;
    let mut notes = Vec::new();
    if package.depends("pairbench", false) {
        notes.push(
            "pairbench is under [dependencies], so that your normal build contains it; move it to [dev-dependencies]".into(),
        );
    } else if !package.depends("pairbench", true) {
        depend(&mut document, dependency)?;
        notes.push("pairbench becomes a dev-dependency: only tests and benches compile it, your normal build does not".into());
    }
    if bench(&mut document)? {
        notes.push(format!(
            "benches/{BENCH}.rs becomes a bench target with a main function of its own"
        ));
    }
    match package.library() {
        None => notes.push(
            "the package has no library, and a bench cannot call functions of a program: move those that you port to src/lib.rs"
                .into(),
        ),
        Some(types) => {
            if !types.iter().any(|one| one == "lib" || one == "rlib") {
                add_rlib(&mut document)?;
                notes.push(format!(
                    "the library is built as {} only, which Rust code cannot use: \"rlib\" is added to crate-type, the one \
                     line that concerns your normal build (maturin and setuptools-rust build the cdylib as before)",
                    types.join(" and ")
                ));
            }
            if !package.measures_others() && leave_out_library(&mut document) {
                notes.push("`cargo bench` leaves out the unit tests of the library, which do not know pairbench's flags".into());
            }
        }
    }
    let mut changed = document.to_string();
    // toml_edit writes only line feeds.
    if text.contains("\r\n") {
        changed = changed.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    Ok((changed, notes))
}

fn depend(document: &mut DocumentMut, source: &Source) -> Result<(), String> {
    let table = document.entry("dev-dependencies").or_insert_with(new_table);
    // Each dependency has a table of its own: `[dev-dependencies.criterion]`.
    let separate = table.as_table().is_some_and(Table::is_implicit);
    let table = table
        .as_table_like_mut()
        .ok_or("[dev-dependencies] is not a table")?;
    let item = match separate {
        true => Item::Table(source.table()),
        false => Item::Value(source.value()),
    };
    table.insert("pairbench", item);
    Ok(())
}

/// A table after an empty line.
fn new_table() -> Item {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    Item::Table(table)
}

/// Adds the bench target; returns whether it was missing.
fn bench(document: &mut DocumentMut) -> Result<bool, String> {
    let benches = document
        .entry("bench")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let named = |name: Option<&str>, harness: Option<bool>| match (name == Some(BENCH), harness) {
        (true, Some(false)) => Ok(true),
        (true, _) => Err(format!(
            "there is a bench target {BENCH:?} with Rust's own test harness; rename it, or give it `harness = false`"
        )),
        (false, _) => Ok(false),
    };
    if let Some(tables) = benches.as_array_of_tables_mut() {
        for table in tables.iter() {
            let harness = table.get("harness").and_then(Item::as_bool);
            if named(table.get("name").and_then(Item::as_str), harness)? {
                return Ok(false);
            }
        }
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        table.insert("name", value(BENCH));
        table.insert("harness", value(false));
        tables.push(table);
    } else if let Some(array) = benches.as_array_mut() {
        for table in array.iter().filter_map(Value::as_inline_table) {
            let harness = table.get("harness").and_then(Value::as_bool);
            if named(table.get("name").and_then(Value::as_str), harness)? {
                return Ok(false);
            }
        }
        let mut table = InlineTable::new();
        table.insert("name", BENCH.into());
        table.insert("harness", false.into());
        push_like_last(array, table.into());
    } else {
        return Err("`bench` is neither [[bench]] nor a list".into());
    }
    Ok(true)
}

fn add_rlib(document: &mut DocumentMut) -> Result<(), String> {
    let library = document.get_mut("lib").and_then(Item::as_table_like_mut);
    let types = library.and_then(|library| {
        let key = ["crate-type", "crate_type"]
            .into_iter()
            .find(|key| library.contains_key(key))?;
        library.get_mut(key)?.as_array_mut()
    });
    let types = types.ok_or("crate-type is not a list under [lib]; add \"rlib\" to it by hand")?;
    push_like_last(types, "rlib".into());
    Ok(())
}

/// Sets `bench = false` for the library; returns whether it was missing.
fn leave_out_library(document: &mut DocumentMut) -> bool {
    let Some(library) = document
        .entry("lib")
        .or_insert_with(new_table)
        .as_table_like_mut()
    else {
        return false;
    };
    let missing = !library.contains_key("bench");
    if missing {
        library.insert("bench", value(false));
    }
    missing
}

/// Appends to an array, on a line of its own if the last item has one. What follows the last item, such as a comment,
/// stays behind it.
fn push_like_last(array: &mut Array, mut item: Value) {
    let text = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or_default().to_string();
    let mut after = text(Some(array.trailing()));
    let mut line = String::from(" ");
    if let Some(last) = array.iter_mut().last() {
        after = text(last.decor().suffix()) + &after;
        last.decor_mut().set_suffix("");
        let before = text(last.decor().prefix());
        if let Some(at) = before.rfind('\n') {
            line = before[at..].into();
        }
    }
    let comment = match line.starts_with('\n') {
        true => after.trim_end().len(),
        false => 0,
    };
    let (comment, rest) = after.split_at(comment);
    item.decor_mut().set_prefix(format!("{comment}{line}"));
    array.set_trailing(rest);
    array.push_formatted(item);
}
