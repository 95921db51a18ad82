//! What can be found out about the machine, the build and the checkout without asking anyone.

use super::{Build, Conditions, Machine};
use std::path::Path;
use std::process::Command;

/// Environment variable for the name of the machine in records.
pub const NAME: &str = "PAIRBENCH_MACHINE";

/// The machine as it is now.
pub fn machine() -> Machine {
    let load = load();
    Machine {
        name: name(),
        os: os(),
        cpu: cpu().unwrap_or_else(|| "unknown".into()),
        cores: std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
        memory_bytes: memory(),
        governor: first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        load_start: load,
        load_end: load,
        conditions: Conditions::now(),
    }
}

impl Machine {
    /// Updates what changes during a run.
    pub fn update(&mut self) {
        self.load_end = load();
        self.conditions.update();
    }
}

/// The name of the machine: `PAIRBENCH_MACHINE`, or else its name in the system.
fn name() -> String {
    let asked = std::env::var(NAME).ok().filter(|name| !name.is_empty());
    let of_system = || {
        let kernel = first_line("/proc/sys/kernel/hostname");
        kernel.or_else(|| output(&mut Command::new("hostname")))
    };
    asked.or_else(of_system).unwrap_or_default()
}

/// Load averages over 1, 5 and 15 minutes, if the system has them.
pub fn load() -> Option<[f64; 3]> {
    let text = first_line("/proc/loadavg")?;
    let mut numbers = text.split_whitespace().map(|word| word.parse().ok());
    Some([numbers.next()??, numbers.next()??, numbers.next()??])
}

/// The harness and the compiler that built it; the revision is that of the checkout around `folder`, and `opt_level`
/// that of the pairs.
pub fn build(folder: &Path, opt_level: &str) -> Build {
    Build {
        pairbench: env!("CARGO_PKG_VERSION").into(),
        revision: output(
            Command::new("git")
                .arg("-C")
                .arg(folder)
                .args(["describe", "--always", "--dirty"]),
        ),
        rustc: env!("PAIRBENCH_RUSTC").into(),
        target: env!("PAIRBENCH_TARGET").into(),
        profile: env!("PAIRBENCH_PROFILE").into(),
        opt_level: opt_level.into(),
        debug_assertions: cfg!(debug_assertions),
        rustflags: env!("PAIRBENCH_RUSTFLAGS").into(),
        executable: executable().unwrap_or_default(),
    }
}

/// Distinguishes two builds without reading the whole file, which would take seconds in a debug build.
fn executable() -> Option<String> {
    let file = std::env::current_exe().ok()?.metadata().ok()?;
    let changed = jiff::Timestamp::try_from(file.modified().ok()?).ok()?;
    Some(format!("{} bytes, {changed}", file.len()))
}

fn first_line(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.lines().next()?.trim().to_string())
}

fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_string();
    (output.status.success() && !text.is_empty()).then_some(text)
}

#[cfg(target_os = "linux")]
fn os() -> String {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let kernel = first_line("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{} (Linux {kernel})", name.unwrap_or("Linux").trim_matches('"'))
}

#[cfg(target_os = "macos")]
fn os() -> String {
    let version = output(Command::new("sw_vers").arg("-productVersion")).unwrap_or_default();
    format!("macOS {version}")
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn os() -> String {
    std::env::consts::OS.into()
}

#[cfg(target_os = "linux")]
fn cpu() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text
        .lines()
        .find(|line| line.starts_with("model name") || line.starts_with("Model"))?;
    Some(line.split_once(':')?.1.trim().to_string())
}

#[cfg(target_os = "macos")]
fn cpu() -> Option<String> {
    output(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"]))
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn cpu() -> Option<String> {
    std::env::var("PROCESSOR_IDENTIFIER").ok()
}

#[cfg(target_os = "macos")]
fn memory() -> Option<u64> {
    output(Command::new("sysctl").args(["-n", "hw.memsize"]))?
        .parse()
        .ok()
}

#[cfg(not(target_os = "macos"))]
fn memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}
