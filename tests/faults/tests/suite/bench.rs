//! Runs the bench executable, and looks for processes that it left behind.

use pairbench::record::{Record, is_summary, read};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// One use of the executable, with a folder for its reports.
pub struct Bench {
    pub folder: TempDir,
    pub mark: String,
    pub command: Command,
}

/// How it ended.
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub folder: TempDir,
    pub mark: String,
}

/// What a run prints when it begins to measure.
pub const MEASURING: &str = "Ctrl-C stops and still reports";

/// With the shortest measurement that criterion allows.
pub const SHORT: &str =
    "--launches 1 --sample-size 10 --warm-up-time 0.01 --measurement-time 0.05 --timeout 5s";

impl Bench {
    /// With these arguments, separated by spaces.
    pub fn new(arguments: &str) -> Self {
        Bench::in_folder(tempfile::tempdir().unwrap(), arguments)
    }

    /// The same, with the folder of an earlier use.
    pub fn in_folder(folder: TempDir, arguments: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let mark = format!("faults-{}-{number}", std::process::id());
        let mut command = Command::new(env!("CARGO_BIN_EXE_pairbench-faults"));
        command
            .arg("--bench")
            .args(arguments.split_whitespace())
            .arg("--reports")
            .arg(folder.path())
            .env("PAIRBENCH_ALLOW_DEBUG", "1")
            .env("PAIRBENCH_TEST_MARK", &mark)
            .env_remove("PAIRBENCH_INTERPRETER")
            .env_remove("VIRTUAL_ENV")
            .stdin(Stdio::null());
        Bench {
            folder,
            mark,
            command,
        }
    }

    /// The same, started by another program that takes its command line.
    pub fn within(mut self, program: &str) -> Self {
        let mut command = Command::new(program);
        command
            .arg(self.command.get_program())
            .args(self.command.get_args());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.stdin(Stdio::null());
        self.command = command;
        self
    }

    /// Starts, and waits until standard error holds these words.
    pub fn start(mut self, until: &str) -> Started {
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains(until) {
            let read = lines.read_line(&mut said).unwrap();
            assert_ne!(read, 0, "ended before {until:?}:\n{said}");
        }
        let said = Arc::new(Mutex::new(said));
        let rest = std::thread::spawn({
            let said = said.clone();
            move || {
                lines
                    .lines()
                    .for_each(|line| *said.lock().unwrap() += &(line.unwrap() + "\n"))
            }
        });
        Started {
            bench: self,
            child,
            said,
            rest,
        }
    }

    pub fn run(mut self) -> Ran {
        let output = self.command.output().unwrap();
        self.ran(output)
    }

    pub fn ran(self, output: Output) -> Ran {
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            folder: self.folder,
            mark: self.mark,
        }
    }
}

/// A run in progress.
pub struct Started {
    pub bench: Bench,
    pub child: Child,
    /// Standard error so far.
    said: Arc<Mutex<String>>,
    rest: JoinHandle<()>,
}

impl Started {
    /// Waits for the end.
    pub fn end(self) -> Ran {
        let mut output = self.child.wait_with_output().unwrap();
        self.rest.join().unwrap();
        output.stderr = std::mem::take(&mut *self.said.lock().unwrap()).into_bytes();
        self.bench.ran(output)
    }

    /// The records so far.
    pub fn records(&self) -> Vec<PathBuf> {
        records(self.bench.folder.path())
    }

    /// Launches in the record so far; none while there is no record.
    pub fn launches(&self) -> usize {
        let record = self.records().first().and_then(|path| read(path).ok());
        record.map_or(0, |record| {
            record.pairs.iter().map(|pair| pair.launches.len()).sum()
        })
    }

    /// Waits until standard error holds these words.
    pub fn wait_for_output(&mut self, words: &str) {
        self.wait_for(words, |run| run.said.lock().unwrap().contains(words));
    }

    /// Waits until a condition holds.
    pub fn wait_for(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(120);
        while !is_so(self) {
            assert!(matches!(self.child.try_wait(), Ok(None)), "ended before {what}");
            assert!(Instant::now() < deadline, "no {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// All records in a folder for reports, also one that was being written; no summaries.
fn records(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder.join("records")) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| !is_summary(path)).collect()
}

/// Runs with the arguments.
pub fn run(arguments: &str) -> Ran {
    Bench::new(arguments).run()
}

/// Runs with the arguments and the shortest measurement.
pub fn measure(arguments: &str) -> Ran {
    run(&format!("{SHORT} {arguments}"))
}

impl Ran {
    pub fn records(&self) -> Vec<PathBuf> {
        records(self.folder.path())
    }

    /// The one record of the run.
    pub fn record(&self) -> Record {
        let [path] = self.records().try_into().expect("one record and nothing else");
        read(&path).unwrap()
    }

    pub fn file(&self, below: &str) -> String {
        let path = self.folder.path().join(below);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Asserts that it was refused before anything was measured: exit code 2, an explanation, no record.
    #[track_caller]
    pub fn refused(&self, words: &[&str]) {
        assert_eq!(self.code, Some(2), "{}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not in:\n{}", self.stderr);
        }
        assert!(!self.stderr.contains("panicked at"), "{}", self.stderr);
        assert_eq!(self.records(), Vec::<PathBuf>::new());
    }

    /// Asserts that no process that the run started is alive.
    #[track_caller]
    pub fn left_nothing(&self) {
        // SIGKILL is delivered soon, not at once.
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let alive = alive(&self.mark);
            if alive.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "still running: {alive:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Command lines of the processes whose environment holds the mark. Linux only; empty elsewhere.
pub fn alive(mark: &str) -> Vec<String> {
    processes(mark).into_iter().map(|(_, line)| line).collect()
}

/// Identifiers and command lines of the processes whose environment holds the mark.
pub fn processes(mark: &str) -> Vec<(i32, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let file = |name: &str| std::fs::read(Path::new(&entry.path()).join(name)).unwrap_or_default();
        let holds = |bytes: &[u8]| bytes.windows(mark.len()).any(|part| part == mark.as_bytes());
        let id = entry.file_name().to_string_lossy().parse();
        if let Ok(id) = id
            && holds(&file("environ"))
        {
            found.push((id, String::from_utf8_lossy(&file("cmdline")).replace('\0', " ")));
        }
    }
    found
}
