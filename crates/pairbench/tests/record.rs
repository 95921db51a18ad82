//! Records on disk: what is written is read back, and nothing that a file may hold makes the reader panic.
#![cfg(feature = "harness")]
#![allow(missing_docs)]

mod report_data;

use pairbench::record::{ReadError, Record, SCHEMA, parse, read, write};
use proptest::prelude::*;
use report_data::{Extent, hostile, realistic};
use std::path::Path;
use std::sync::LazyLock;

const SMALL: Extent = Extent {
    launches: 1,
    sample_pairs: 2,
    all_sizes: false,
};

/// Small enough to be cut at every byte, with good pairs and bad ones.
static RECORD: LazyLock<Record> = LazyLock::new(|| {
    let mut record = realistic(SMALL);
    record.pairs.truncate(2);
    record.pairs.extend(hostile());
    for pair in &mut record.pairs {
        pair.sources.rust.truncate(0);
        pair.sources.python.truncate(0);
        pair.launches.truncate(1);
    }
    record
});

static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| serde_json::to_vec(&*RECORD).unwrap());

fn parsed(bytes: &[u8]) -> Result<Record, ReadError> {
    parse(bytes, Path::new("cut.json"))
}

#[test]
fn written_and_read_back_is_equal() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&RECORD, folder.path()).unwrap();
    assert_eq!(path, folder.path().join(format!("{}.json", RECORD.id)));
    assert_eq!(read(&path).unwrap(), *RECORD);
}

#[test]
fn a_record_cut_off_at_any_byte_is_an_error_that_says_so() {
    assert!(parsed(&BYTES).is_ok());
    let length = BYTES.len();
    for cut in 0..length {
        let Err(error) = parsed(&BYTES[..cut]) else {
            panic!("the first {cut} of {length} bytes passed for a record");
        };
        assert!(matches!(error, ReadError::Malformed(..)), "{cut}: {error}");
    }
    let error = parsed(&BYTES[..length / 2]).unwrap_err().to_string();
    assert!(
        error.contains("cut.json is not a complete pairbench record"),
        "{error}"
    );
}

#[test]
fn a_newer_schema_is_named_as_such_whatever_else_is_in_it() {
    for text in [
        format!(r#"{{"schema": {}, "unheard_of": [1, {{}}]}}"#, SCHEMA + 1),
        String::from_utf8(BYTES.clone()).unwrap().replacen(
            &format!("\"schema\":{SCHEMA}"),
            "\"schema\":4000000000",
            1,
        ),
    ] {
        let error = parsed(text.as_bytes()).unwrap_err();
        assert!(matches!(error, ReadError::TooNew(..)), "{error}");
        let text = error.to_string();
        assert!(
            text.contains("cut.json has schema") && text.contains("or a newer"),
            "{text}"
        );
    }
}

#[test]
fn a_file_that_is_no_record_is_distinguished_from_a_missing_one() {
    for bytes in [
        b"".as_slice(),
        b"null",
        b"{}",
        b"[1]",
        b"\xff\xfe",
        b"{\"schema\": -1}",
        b"<html>",
    ] {
        assert!(
            matches!(parsed(bytes), Err(ReadError::Malformed(..))),
            "{bytes:?}"
        );
    }
    let deep = "[".repeat(100_000);
    assert!(parsed(deep.as_bytes()).is_err());
    assert!(matches!(
        read(Path::new("/nowhere/at/all.json")),
        Err(ReadError::Io(..))
    ));
}

#[test]
fn writing_again_replaces_the_file_and_leaves_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut record = RECORD.clone();
    write(&record, folder.path()).unwrap();
    record.pairs.pop();
    let path = write(&record, folder.path()).unwrap();
    assert_eq!(read(&path).unwrap(), record);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_write_that_fails_leaves_the_old_record_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&RECORD, folder.path()).unwrap();
    let mut newer = RECORD.clone();
    newer.pairs.pop();
    // A folder in the place of the file cannot be replaced, not even by root.
    std::fs::rename(&path, folder.path().join("old")).unwrap();
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("inside"), "").unwrap();
    assert!(write(&newer, folder.path()).is_err());
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let mut wanted = vec![format!("{}.json", RECORD.id), "old".into()];
    wanted.sort();
    assert_eq!(names, wanted, "a temporary file was left");
    assert!(path.join("inside").exists());
    // A file in the place of the folder.
    assert!(write(&newer, &folder.path().join("old")).is_err());
    assert_eq!(read(&folder.path().join("old")).unwrap(), *RECORD);
}

#[test]
#[cfg(unix)]
fn an_unwritable_folder_keeps_the_old_record() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = write(&RECORD, folder.path()).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    // Root may write anyway; then there is nothing to test.
    let refused = std::fs::File::create(folder.path().join("probe")).is_err();
    if refused {
        let mut newer = RECORD.clone();
        newer.pairs.pop();
        assert!(write(&newer, folder.path()).is_err());
        assert_eq!(read(&path).unwrap(), *RECORD);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Flipped bytes are read or refused, and what is read survives another round.
    #[test]
    fn flipped_bytes_never_panic(flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = BYTES.clone();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(record) = parsed(&bytes) {
            let text = serde_json::to_vec(&record).unwrap();
            prop_assert_eq!(parsed(&text).unwrap(), record);
        }
    }

    /// The same for digits replaced by other digits, which always parse.
    #[test]
    fn other_numbers_never_panic_the_summary(seed in any::<u64>()) {
        let mut state = seed | 1;
        let mut bytes = BYTES.clone();
        for byte in bytes.iter_mut().filter(|byte| byte.is_ascii_digit()) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if state >> 61 == 0 {
                *byte = b'1' + (state >> 40) as u8 % 9;
            }
        }
        if let Ok(record) = parsed(&bytes) {
            let _ = pairbench::analyse::Analysis::of(&record).warnings();
        }
    }
}
