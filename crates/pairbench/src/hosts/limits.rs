//! How much a launch may take of the machine: time, output, memory.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A number of bytes. `Display` and `FromStr` use binary units: `512 MiB`, `2GiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

/// What a launch may take before it is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long it may run. The clock stops while the machine sleeps, so that a closed lid does not count as a hang.
    pub time: Duration,
    /// How much it may print, the pair's code and its workers included.
    pub output: Bytes,
    /// How much memory its processes may hold together. Without a limit memory is not checked.
    pub memory: Option<Bytes>,
}

impl Limits {
    /// What a pair may print by default: room for a line in each of a million calls.
    pub const OUTPUT: Bytes = Bytes(64 << 20);
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        let power = (self.0.max(1).ilog2() / 10) as usize;
        match power.checked_sub(1) {
            None => write!(f, "{} bytes", self.0),
            Some(at) => {
                let scaled = self.0 as f64 / 1024f64.powi(power as i32);
                // One decimal unless it is zero.
                let text = format!("{scaled:.1}");
                write!(f, "{} {}", text.strip_suffix(".0").unwrap_or(&text), units[at])
            }
        }
    }
}

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len());
        let number: f64 = text[..digits]
            .parse()
            .map_err(|_| "a size like 512MiB or 2GiB".to_string())?;
        let factor: f64 = match text[digits..].trim().to_ascii_lowercase().as_str() {
            "" | "b" => 1.0,
            "k" | "kb" | "kib" => 1024.0,
            "m" | "mb" | "mib" => 1_048_576.0,
            "g" | "gb" | "gib" => 1_073_741_824.0,
            other => {
                return Err(format!(
                    "{other:?} is not a unit of size; there are KiB, MiB and GiB"
                ));
            }
        };
        let bytes = number * factor;
        // No interpreter starts with less, and no machine has more.
        if (1024.0..1e15).contains(&bytes) {
            Ok(Bytes(bytes as u64))
        } else {
            Err("at least 1KiB, and less than a petabyte".into())
        }
    }
}

/// How much of the memory that is free now one launch may take. A runaway pair would otherwise take the machine down,
/// and the run with it. `None` if the system does not report it; then there is no limit.
pub(crate) fn memory_to_spare() -> Option<Bytes> {
    let free = [available(), left_in_groups()].into_iter().flatten().min()?;
    Some(Bytes(free / 10 * 8))
}

/// What processes could take without swapping.
#[cfg(target_os = "linux")]
fn available() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

/// What the control groups of this process leave to it.
#[cfg(target_os = "linux")]
fn left_in_groups() -> Option<u64> {
    super::cgroups::memory_left(std::path::Path::new("/"))
}

#[cfg(not(target_os = "linux"))]
fn available() -> Option<u64> {
    None
}

#[cfg(not(target_os = "linux"))]
fn left_in_groups() -> Option<u64> {
    None
}

/// Bytes of memory that a process and all its descendants hold. `None` if the system does not report it, or all have
/// ended.
///
/// Shared pages are divided among processes only above `suspect`: that costs more, and would disturb the measurement.
#[cfg(target_os = "linux")]
pub(super) fn memory_of(process: u32, suspect: Bytes) -> Option<Bytes> {
    let all = with_descendants(process);
    let quick: u64 = all.iter().filter_map(|&id| resident(id)).sum();
    if quick == 0 {
        return None;
    }
    if quick <= suspect.0 {
        return Some(Bytes(quick));
    }
    // After a fork both processes seem to hold what they share.
    let exact: Vec<u64> = all.iter().filter_map(|&id| proportional(id)).collect();
    Some(Bytes(if exact.len() == all.len() {
        exact.iter().sum()
    } else {
        quick
    }))
}

#[cfg(not(target_os = "linux"))]
pub(super) fn memory_of(_process: u32, _suspect: Bytes) -> Option<Bytes> {
    None
}

#[cfg(target_os = "linux")]
fn with_descendants(process: u32) -> Vec<u32> {
    let mut all = vec![process];
    let mut at = 0;
    // A thousand is more than any pool; a chain that grows while it is followed ends there, too.
    while at < all.len() && all.len() < 1_000 {
        let threads = std::fs::read_dir(format!("/proc/{}/task", all[at]));
        for thread in threads.into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            all.extend(
                children
                    .split_whitespace()
                    .filter_map(|id| id.parse::<u32>().ok()),
            );
        }
        at += 1;
    }
    all
}

/// Resident bytes without those of files.
#[cfg(target_os = "linux")]
fn resident(process: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
    let pages: Vec<u64> = text
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    let [_, resident, shared, ..] = pages[..] else {
        return None;
    };
    Some(resident.saturating_sub(shared) * rustix::param::page_size() as u64)
}

/// Resident bytes; those that several processes share are divided among them.
#[cfg(target_os = "linux")]
fn proportional(process: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = text.lines().find(|line| line.starts_with("Pss_Anon:"));
    let line = line.or_else(|| text.lines().find(|line| line.starts_with("Pss:")))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

/// Bytes of memory that a process and all its descendants hold, with shared memory counted for each. `None` if the
/// system does not report it.
pub(crate) fn resident_of(process: u32) -> Option<Bytes> {
    sum_of_status(process, "VmRSS:").map(|kilobytes| Bytes(kilobytes * 1024))
}

/// The sum of their peaks, each at its own time, since they started or since [`forget_peak`].
pub(crate) fn resident_peak_of(process: u32) -> Option<Bytes> {
    sum_of_status(process, "VmHWM:").map(|kilobytes| Bytes(kilobytes * 1024))
}

/// The number of threads of a process and all its descendants. `None` if the system does not report it.
pub(crate) fn threads_of(process: u32) -> Option<u64> {
    sum_of_status(process, "Threads:")
}

#[cfg(target_os = "linux")]
fn sum_of_status(process: u32, key: &str) -> Option<u64> {
    let of = |id: u32| {
        let text = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix(key))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    // A process that ends meanwhile no longer has any.
    let others = with_descendants(process).into_iter().skip(1).filter_map(of);
    Some(of(process)? + others.sum::<u64>())
}

#[cfg(not(target_os = "linux"))]
fn sum_of_status(_process: u32, _key: &str) -> Option<u64> {
    None
}

/// CPU time of the living threads of a process and all its descendants. `None` if the system does not report it.
pub(crate) fn cpu_of(process: u32) -> Option<Duration> {
    #[cfg(target_os = "linux")]
    return {
        let of = |id: u32| {
            let threads = std::fs::read_dir(format!("/proc/{id}/task")).ok()?;
            let times = threads.flatten().filter_map(|thread| {
                let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
                text.split_whitespace().next()?.parse::<u64>().ok()
            });
            Some(times.sum::<u64>())
        };
        let others = with_descendants(process).into_iter().skip(1).filter_map(of);
        Some(Duration::from_nanos(of(process)? + others.sum::<u64>()))
    };
    #[cfg(not(target_os = "linux"))]
    return {
        let _ = process;
        None
    };
}

/// How many descendants of a process are alive. `None` if the system does not report it.
pub(crate) fn descendants_of(process: u32) -> Option<u32> {
    #[cfg(target_os = "linux")]
    return u32::try_from(with_descendants(process).len() - 1).ok();
    #[cfg(not(target_os = "linux"))]
    return {
        let _ = process;
        None
    };
}

/// Resets the peaks of a process and its descendants. If the system refuses, they stay those since each one's start.
pub(crate) fn forget_peak(process: u32) {
    #[cfg(target_os = "linux")]
    for id in with_descendants(process) {
        let _ = std::fs::write(format!("/proc/{id}/clear_refs"), "5");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = process;
}

/// Called in a launch: keeps it from ever reserving more than twice the limit, in case the supervisor comes too late. What
/// a process reserves is more than it uses, so users do not see this limit.
#[cfg(target_os = "linux")]
pub(crate) fn stop_hard(limit: Bytes) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let most = limit.0.saturating_mul(2);
    let Rlimit { current, maximum } = getrlimit(Resource::Data);
    if current.is_none_or(|current| current > most) && maximum.is_none_or(|maximum| maximum >= most) {
        let _ = setrlimit(
            Resource::Data,
            Rlimit {
                current: Some(most),
                maximum,
            },
        );
    }
}

/// Does nothing here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn stop_hard(_limit: Bytes) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("2GiB", 2 << 30),
            ("1.5 MiB", 3 << 19),
            ("64k", 64 << 10),
            ("4096", 4096),
        ] {
            assert_eq!(text.parse(), Ok(Bytes(bytes)), "{text}");
        }
        for bad in ["", "0", "-1", "2 GB/s", "1e99GiB", "NaN", "GiB", "12"] {
            assert!(bad.parse::<Bytes>().is_err(), "{bad}");
        }
        let shown = [
            (999, "999 bytes"),
            (1 << 20, "1 MiB"),
            ((5 << 30) / 2, "2.5 GiB"),
            (u64::MAX, "16 EiB"),
        ];
        for (bytes, text) in shown {
            assert_eq!(Bytes(bytes).to_string(), text);
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn memory_counts_what_is_touched_and_the_children() {
        let me = std::process::id();
        let before = memory_of(me, Bytes(u64::MAX)).unwrap();
        let much = std::hint::black_box(vec![1_u8; 256 << 20]);
        let after = memory_of(me, Bytes(u64::MAX)).unwrap();
        // Other tests of this process free and take some as well.
        assert!(after.0 > before.0 + (128 << 20), "{before} → {after}");
        let exact = memory_of(me, Bytes(0)).unwrap();
        assert!(exact.0 > 128 << 20, "{exact}");
        // The kernel's sums lag behind by some pages.
        let (some, all) = (128 << 20, 250 << 20);
        assert!(resident_of(me).unwrap().0 > all && resident_peak_of(me).unwrap().0 > all);
        drop(much);
        let peak = resident_peak_of(me).unwrap();
        assert!(peak.0 > all && resident_of(me).unwrap().0 < peak.0 - some);
        forget_peak(me);
        assert!(resident_peak_of(me).unwrap().0 < peak.0 - some);
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        assert!(with_descendants(me).contains(&child.id()));
        assert!(descendants_of(me) >= Some(1));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(resident_peak_of(child.id()), None);
        assert_eq!(memory_of(child.id(), Bytes(0)), None);
        assert!(memory_to_spare().is_some());
    }
}
