//! The worker's end of the pipe: requests that make no sense are answered with a fault, and anything else ends it.
#![cfg(feature = "harness")]
#![allow(missing_docs)]

use pairbench::hosts::{frame, interpreter, worker::PROGRAM};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_pickle::{DeOptions, HashableValue, SerOptions, Value, value_from_slice, value_to_vec};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

struct Worker {
    child: Child,
    _folder: tempfile::TempDir,
}

fn start() -> Worker {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("worker.py");
    std::fs::write(&program, PROGRAM).unwrap();
    let python = interpreter::choose(None).unwrap();
    let child = Command::new(python.about.executable)
        .arg(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Worker {
        child,
        _folder: folder,
    }
}

impl Worker {
    fn write(&mut self, bytes: &[u8]) {
        let pipe = self.child.stdin.as_mut().unwrap();
        pipe.write_all(bytes).and_then(|()| pipe.flush()).unwrap();
    }

    /// The fields of the next reply.
    fn reply(&mut self) -> BTreeMap<HashableValue, Value> {
        let pipe = self.child.stdout.as_mut().unwrap();
        let mut head = [0; 8];
        pipe.read_exact(&mut head).unwrap();
        let length = u32::from_le_bytes(head[..4].try_into().unwrap());
        assert_eq!(length, !u32::from_le_bytes(head[4..].try_into().unwrap()));
        let mut message = vec![0; length as usize];
        pipe.read_exact(&mut message).unwrap();
        match value_from_slice(&message, DeOptions::new()).unwrap() {
            Value::Dict(fields) => fields,
            other => panic!("{other:?}"),
        }
    }

    /// Has it import this program as a pair's Python file.
    fn load(&mut self, folder: &Path, module: &str, program: &str) {
        let file = folder.join(format!("{module}.py"));
        std::fs::write(&file, program).unwrap();
        self.write(&request(&[
            ("op", text("load")),
            ("root", text(&folder.to_string_lossy())),
            ("module", text(module)),
            ("file", text(&file.to_string_lossy())),
            ("extension_dir", Value::None),
        ]));
        assert!(self.reply().contains_key(&key("ok")));
    }

    /// Waits for it to end, which it must do without another reply.
    fn end(mut self) -> Output {
        drop(self.child.stdin.take());
        let output = self.child.wait_with_output().unwrap();
        assert!(output.stdout.is_empty());
        output
    }
}

fn text(text: &str) -> Value {
    Value::String(text.into())
}

fn key(text: &str) -> HashableValue {
    HashableValue::String(text.into())
}

fn request(fields: &[(&str, Value)]) -> Vec<u8> {
    let fields = fields
        .iter()
        .map(|(name, value)| (key(name), value.clone()))
        .collect();
    frame(&value_to_vec(&Value::Dict(fields), SerOptions::new()).unwrap())
}

#[test]
fn requests_that_make_no_sense_get_a_fault_and_the_worker_goes_on() {
    let mut worker = start();
    let mut random = StdRng::seed_from_u64(1);
    let noise = (0..50).map(|_| {
        let length = random.random_range(0..200);
        frame(&(0..length).map(|_| random.random()).collect::<Vec<u8>>())
    });
    let senseless = [
        request(&[]),
        request(&[("op", text("dance"))]),
        request(&[
            ("op", text("time")),
            ("handle", Value::I64(7)),
            ("calls", Value::I64(1)),
        ]),
        request(&[("op", text("settle")), ("and", Value::None)]),
        request(&[
            ("op", text("open")),
            ("variant", text("python")),
            ("input", Value::Bytes(b"\x80".to_vec())),
        ]),
        frame(b"\x80\x03K\x01."),
        frame(b""),
    ];
    for bytes in noise.chain(senseless) {
        worker.write(&bytes);
        let reply = worker.reply();
        assert!(reply.contains_key(&key("fault")), "{bytes:?}: {reply:?}");
    }
    worker.write(&request(&[("op", text("settle"))]));
    assert_eq!(worker.reply()[&key("ok")], Value::Bool(true));
    assert!(worker.end().status.success());
}

#[test]
fn versions_are_a_dict_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let replies = [
        ("silent", "", "ok"),
        ("plain", "def versions(): return {'zlib': 13, 'lz': '1.0'}", "ok"),
        ("a_list", "def versions(): return ['zlib']", "fault"),
        ("raises", "def versions(): raise OSError('no library')", "fault"),
    ]
    .map(|(module, program, kind)| {
        let mut worker = start();
        worker.load(folder.path(), module, program);
        worker.write(&request(&[("op", text("versions"))]));
        format!("{:?}", worker.reply().remove(&key(kind)).expect(kind))
    });
    assert_eq!(replies[0], "List([])");
    for (reply, words) in replies
        .iter()
        .zip(["", "String(\"13\")", "no dict of names", "no library"])
    {
        assert!(reply.contains(words), "{reply}");
    }
}

#[test]
fn what_is_no_request_ends_the_worker() {
    let mut worker = start();
    worker.write(b"a line of text\n");
    let output = worker.end();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("not the head of a message"),
        "{said}"
    );
    // The harness disappears in the middle of a request.
    let whole = request(&[("op", Value::String("settle".into()))]);
    for cut in [3, 8, whole.len() - 1] {
        let mut worker = start();
        worker.write(&whole[..cut]);
        assert!(worker.end().status.success(), "{cut}");
    }
}

/// Each call has a child process use the CPU for a tenth of a second: one that ends, and one that stays.
#[cfg(target_os = "linux")]
const CHILDREN: &str = r#"
import subprocess, sys

BUSY = """
import sys, time
for line in sys.stdin:
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    print(flush=True)
"""
COMMAND = [sys.executable, "-c", BUSY]
STAYS = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

def ends(_):
    subprocess.run(COMMAND, input=b"\n", stdout=subprocess.PIPE, check=True)

def stays(_):
    STAYS.stdin.write(b"\n")
    STAYS.stdin.flush()
    STAYS.stdout.readline()
"#;

#[test]
#[cfg(target_os = "linux")]
fn cpu_time_of_child_processes_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut worker = start();
    worker.load(folder.path(), "children", CHILDREN);
    let input = value_to_vec(&Value::None, SerOptions::new()).unwrap();
    for (handle, variant) in [(1, "ends"), (2, "stays")] {
        worker.write(&request(&[
            ("op", text("open")),
            ("variant", text(variant)),
            ("input", Value::Bytes(input.clone())),
        ]));
        worker.reply();
        worker.write(&request(&[
            ("op", text("time")),
            ("handle", Value::I64(handle)),
            ("calls", Value::I64(2)),
        ]));
        let mut reply = worker.reply();
        let Some(Value::Tuple(times)) = reply.remove(&key("ok")) else {
            panic!("{reply:?}");
        };
        assert!(
            matches!(times[1], Value::I64(cpu) if cpu >= 200_000_000),
            "{variant}: {times:?}"
        );
    }
}
