//! `--against`: another revision of the repository, measured in the same run, each of its launches beside one of this
//! revision. Two runs differ by the machine's state between them; two adjacent launches do not.
//!
//! The other revision's bench is a process of its own that builds, verifies and records everything as in any run, but
//! measures only on request: this run sends a [`Request`] for each launch, a line of JSON, and waits for the [`Reply`].

use crate::hosts::launcher::Stop;
use crate::hosts::revision::{self, Revision};
use crate::record::{self, OtherRevision, Record, Status};
use crate::run::options::Cases;
use crate::run::state::Run;
use crate::terminal::{Terminal, print};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// The folder of the other revision's record, below the reports folder.
pub(crate) const FOLDER: &str = "against";

/// The version of the protocol, which must be the same on both sides.
const PROTOCOL: u32 = 1;

/// How long the other revision may take to write its record once the run is over.
const PATIENCE: Duration = Duration::from_secs(20);

/// What this run asks of the other revision.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub(crate) enum Request {
    /// A launch of a case, with the seeds that follow from this one.
    Launch {
        pair: String,
        size: u64,
        contestants: Vec<String>,
        seed: u64,
    },
    /// No more launches.
    Finish { status: Status },
}

/// A reply of the other revision, a line on its standard output.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub(crate) enum Reply {
    /// It has verified its pairs.
    Ready {
        protocol: u32,
        /// [`Record::id`].
        record: String,
        path: PathBuf,
    },
    /// The launch is over, whatever came of it.
    Launched,
}

impl Reply {
    /// Sends the reply to the requesting run.
    pub fn send(&self) {
        // If nobody listens any more, no further request comes.
        let _ = print(&format!("{}\n", serde_json::to_string(self).expect("plain data")));
    }

    /// The reply that this run is ready for requests.
    pub fn ready(record: &Record, path: &Path) -> Self {
        Reply::Ready {
            protocol: PROTOCOL,
            record: record.id.clone(),
            path: path.into(),
        }
    }
}

/// The other revision, ready for requests.
#[derive(Debug)]
pub(crate) struct Against {
    label: String,
    record: PathBuf,
    child: Child,
    replies: Receiver<Reply>,
    log: PathBuf,
    stop: &'static Stop,
}

/// Builds the other revision, has it verify what was chosen, and notes it in this run's record. The time for this does
/// not count on the run's clock.
///
/// # Errors
///
/// Why it cannot be measured.
pub(crate) fn begin(run: &mut Run<'_>, name: &str, terminal: &Terminal) -> Result<Against, String> {
    let start = Instant::now();
    let revision = revision::prepare(name, &run.target, run.stop, &|line| terminal.say(&line))?;
    let label = revision.label();
    terminal.say(&format!("verifying {label}"));
    let (against, id) = Against::start(&revision, arguments(run)?, run.stop)?;
    run.record.settings.against = Some(OtherRevision {
        name: name.into(),
        commit: revision.commit,
        record: id,
    });
    run.clock.leave_out(start.elapsed());
    terminal.say(&format!(
        "{label} is ready: each of its launches comes beside one of this revision"
    ));
    Ok(against)
}

impl Against {
    fn start(
        revision: &Revision,
        arguments: Vec<String>,
        stop: &'static Stop,
    ) -> Result<(Self, String), String> {
        let log = revision.folder.join("log");
        let errors = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let mut child = revision
            .command()
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("{}: {error}", revision.executable.display()))?;
        let lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        let (sender, replies) = channel();
        std::thread::spawn(move || {
            // Other lines are the results, which this run shows in its own way.
            let mut replies = lines
                .map_while(Result::ok)
                .filter_map(|line| serde_json::from_str(&line).ok());
            replies.all(|reply| sender.send(reply).is_ok())
        });
        let mut against = Against {
            label: revision.label(),
            record: PathBuf::new(),
            child,
            replies,
            log,
            stop,
        };
        match against.reply()? {
            Reply::Ready {
                protocol: PROTOCOL,
                record,
                path,
            } => {
                against.record = path;
                Ok((against, record))
            }
            _ => Err(format!(
                "the versions of pairbench in {} and in this revision are incompatible: --against needs the same on both sides",
                against.label
            )),
        }
    }

    /// Has it make the launch that goes with one of this run's.
    ///
    /// # Errors
    ///
    /// When it has ended.
    pub fn launch(&mut self, request: &Request) -> Result<(), String> {
        self.send(request)?;
        self.reply().map(drop)
    }

    fn send(&mut self, request: &Request) -> Result<(), String> {
        let line = format!("{}\n", serde_json::to_string(request).expect("plain data"));
        let input = self.child.stdin.as_mut().expect("it is piped");
        let sent = input.write_all(line.as_bytes()).and_then(|()| input.flush());
        sent.map_err(|_| self.ended())
    }

    /// Waits for the next reply, without a limit: a launch has limits of its own.
    fn reply(&mut self) -> Result<Reply, String> {
        self.replies.recv().map_err(|_| self.ended())
    }

    /// Why it has ended, as far as its output shows.
    fn ended(&mut self) -> String {
        if self.stop.requested() {
            return "stopped".into();
        }
        let output = std::fs::read_to_string(&self.log).unwrap_or_default();
        let of_clap = output.lines().find(|line| line.contains("--in-step"));
        let why = match of_clap {
            Some(_) => "its pairbench is older than --against".into(),
            None => output.lines().last().unwrap_or("it printed nothing").to_string(),
        };
        format!(
            "{} cannot be measured: {why} (all of it: {})",
            self.label,
            self.log.display()
        )
    }

    /// Ends it, and returns its label and its record.
    ///
    /// # Errors
    ///
    /// When there is no record; the text says why.
    pub fn finish(mut self, status: Status) -> Result<(String, Record), String> {
        // If it has already ended, it has written what it had.
        let _ = self.send(&Request::Finish { status });
        // Its results come after the replies; the channel closes when it has ended.
        loop {
            match self.replies.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => return Err(format!("{} does not end", self.label)),
            }
        }
        let record = record::read(&self.record).map_err(|error| error.to_string())?;
        Ok((self.label.clone(), record))
    }
}

impl Drop for Against {
    fn drop(&mut self) {
        // It ends by itself when no more requests can come.
        drop(self.child.stdin.take());
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The arguments that make the other revision measure as this run does.
fn arguments(run: &Run<'_>) -> Result<Vec<String>, String> {
    let (options, settings) = (run.options, &run.record.settings);
    let reports = std::path::absolute(&options.reports).map_err(|error| error.to_string())?;
    let mut all: Vec<String> = ["--bench", "--in-step", "--noplot", "--quiet"]
        .map(String::from)
        .into();
    let mut add = |flag: &str, value: String| all.extend([format!("--{flag}={value}")]);
    add("color", "never".into());
    add("diagnose", "none".into());
    add("reports", reports.join(FOLDER).display().to_string());
    add("launches", settings.launches.to_string());
    add("seed", settings.seed.to_string());
    add("sample-size", settings.sample_size.to_string());
    let seconds = |milliseconds: u64| (milliseconds as f64 / 1000.0).to_string();
    add("warm-up-time", seconds(settings.warm_up_ms));
    add("measurement-time", seconds(settings.measurement_ms));
    add("timeout", format!("{}s", options.timeout.as_secs_f64()));
    add("output-limit", options.output_limit.0.to_string());
    for interpreter in &run.interpreters {
        add("interpreter", interpreter.python.about.executable.clone());
    }
    match &options.cases {
        Cases::Default => {}
        Cases::All => add("cases", "all".into()),
        Cases::Sizes(sizes) => add(
            "cases",
            Vec::from_iter(sizes.iter().map(u64::to_string)).join(","),
        ),
    }
    if let Some(limit) = options.memory_limit {
        add("memory-limit", limit.0.to_string());
    }
    for (flag, names) in [
        ("variants", &options.variants),
        ("inherit-environ", &options.inherit_environ),
    ] {
        if !names.is_empty() {
            add(flag, names.join(","));
        }
    }
    for (flag, given) in [("--exact", options.exact), ("--no-install", options.no_install)] {
        all.extend(given.then(|| flag.to_string()));
    }
    all.push("--".into());
    all.extend(options.filter.iter().cloned());
    Ok(all)
}
