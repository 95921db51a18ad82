//! Where foreign code runs: bubblewrap with a folder of its own, limits, and no network unless a package manager needs it.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// A process gets this much address space.
const MEMORY: u64 = 6 << 30;
/// No file that it writes is larger.
const FILE: u64 = 512 << 20;

/// A command inside the sandbox. It reads the system and `readable`, writes below `folder` and `writable`, and sees
/// neither the user's files nor other processes.
#[derive(Debug, Clone)]
pub struct Sandbox {
    /// Its home, its folder for temporary files, and where it starts.
    pub folder: PathBuf,
    /// Toolchains and interpreters.
    pub readable: Vec<PathBuf>,
    /// Caches of the package managers.
    pub writable: Vec<PathBuf>,
    /// Only for package managers.
    pub network: bool,
    /// Beside the few that all have.
    pub variables: Vec<(String, OsString)>,
    /// Before the system's programs.
    pub path: Vec<PathBuf>,
}

/// How a command ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// With exit code 0.
    pub ok: bool,
    /// It was ended.
    pub timed_out: bool,
    /// What it printed, both streams.
    pub text: String,
    /// How long it took.
    pub seconds: f64,
}

impl Sandbox {
    /// Runs the command, and ends it after this number of seconds.
    pub fn run(&self, start: &Path, seconds: u32, command: &[OsString]) -> Result<Outcome, String> {
        let log = self.folder.join("output.txt");
        let output = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let errors = output.try_clone().map_err(|error| error.to_string())?;
        let before = Instant::now();
        let status = Command::new("timeout")
            .args(["-k", "5", &seconds.to_string(), "nice", "-n", "5", "prlimit"])
            .args([
                format!("--as={MEMORY}"),
                format!("--fsize={FILE}"),
                "--core=0".into(),
            ])
            .args(["bwrap", "--die-with-parent", "--new-session", "--unshare-all"])
            .args(self.arguments(start))
            .args(command)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .status()
            .map_err(|error| format!("cannot run timeout: {error}"))?;
        let text = std::fs::read(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        Ok(Outcome {
            ok: status.success(),
            timed_out: matches!(status.code(), Some(124 | 137) | None),
            text: String::from_utf8_lossy(&text).into_owned(),
            seconds: before.elapsed().as_secs_f64(),
        })
    }

    fn arguments(&self, start: &Path) -> Vec<OsString> {
        let mut all: Vec<OsString> = [
            "--ro-bind",
            "/",
            "/",
            "--dev",
            "/dev",
            "--proc",
            "/proc",
            "--tmpfs",
            "/tmp",
        ]
        .map(Into::into)
        .into();
        if self.network {
            all.push("--share-net".into());
        }
        // What is bound afterwards is seen again.
        if let Some(home) = std::env::home_dir().filter(|home| home != Path::new("/")) {
            all.extend(["--tmpfs".into(), home.into()]);
        }
        for path in &self.readable {
            all.extend(["--ro-bind".into(), path.into(), path.into()]);
        }
        for path in self.writable.iter().chain([&self.folder]) {
            all.extend(["--bind".into(), path.into(), path.into()]);
        }
        all.push("--clearenv".into());
        for (name, value) in self.variables() {
            all.extend(["--setenv".into(), name.into(), value]);
        }
        all.extend(["--chdir".into(), start.into(), "--".into()]);
        all
    }

    fn variables(&self) -> Vec<(String, OsString)> {
        let system = ["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from);
        let path = std::env::join_paths(self.path.iter().chain(&system)).unwrap_or_default();
        let mut all = vec![
            ("PATH".into(), path),
            ("HOME".into(), self.folder.clone().into()),
            ("TMPDIR".into(), self.folder.clone().into()),
            ("LANG".into(), "C.UTF-8".into()),
        ];
        if self.network {
            // Proxies and certificates, as the user's own package managers have them.
            all.extend(std::env::vars_os().filter_map(|(name, value)| {
                let name = name.into_string().ok()?;
                let kept = ["SSL_CERT_", "PIP_CERT", "CARGO_HTTP_"]
                    .iter()
                    .any(|start| name.starts_with(start));
                (kept || name.to_lowercase().ends_with("_proxy")).then_some((name, value))
            }));
        }
        all.extend(self.variables.iter().cloned());
        all
    }
}
