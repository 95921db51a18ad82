//! What may change the speed of a machine while it measures: clocks and power, besides the quotas in `hosts::cgroups`.
//! Read from files of Linux; little is known on other systems, and what is unknown is `None`.

use crate::hosts::cgroups::{Throttled, control_groups, number, quota, text, throttled};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What may change the speed of the machine while it measures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Conditions {
    /// All frequency governors in use, sorted.
    pub governors: Vec<String>,
    /// Whether cores may go beyond their nominal frequency (turbo, boost).
    pub turbo: Option<bool>,
    /// Frequency of the fastest core at the start, in MHz.
    pub mhz_start: Option<f64>,
    /// The same at the last write.
    pub mhz_end: Option<f64>,
    /// Highest frequency that any core can reach, in MHz.
    pub mhz_most: Option<f64>,
    /// Whether a battery was being discharged and no mains was connected, at the start or at the last write.
    pub on_battery: Option<bool>,
    /// CPU time that the control group may use, in cores, if there is a quota.
    pub cpu_limit: Option<f64>,
    /// How often the quota had stopped the group when the run started.
    pub throttled_start: Option<Throttled>,
    /// The same at the last write.
    pub throttled_end: Option<Throttled>,
    /// The kernel's clock source.
    pub clock_source: Option<String>,
    /// Smallest observed step of the Rust side's clock, in nanoseconds.
    pub clock_step_ns: Option<u64>,
}

impl Conditions {
    /// The conditions as they are now.
    pub(crate) fn now() -> Self {
        Conditions {
            clock_step_ns: Some(clock_step_ns()),
            on_battery: on_battery(),
            ..Conditions::below(Path::new("/"))
        }
    }

    /// The conditions according to the files below this root.
    fn below(root: &Path) -> Self {
        let cpu = root.join("sys/devices/system/cpu");
        let cores = cores(&cpu);
        let read = |core: &PathBuf, name: &str| text(&core.join("cpufreq").join(name));
        let mut governors: Vec<String> = cores.iter().filter_map(|c| read(c, "scaling_governor")).collect();
        governors.sort();
        governors.dedup();
        let mhz = current_mhz(root, &cores);
        let groups = control_groups(root, "cpu");
        let throttled = throttled(&groups);
        Conditions {
            governors,
            turbo: turbo(&cpu),
            mhz_start: mhz,
            mhz_end: mhz,
            mhz_most: fastest(
                cores
                    .iter()
                    .filter_map(|core| khz(read(core, "cpuinfo_max_freq"))),
            ),
            on_battery: battery(&root.join("sys/class/power_supply")),
            cpu_limit: groups.iter().filter_map(|group| quota(group)).reduce(f64::min),
            throttled_start: throttled,
            throttled_end: throttled,
            clock_source: text(&root.join("sys/devices/system/clocksource/clocksource0/current_clocksource")),
            clock_step_ns: None,
        }
    }

    /// Updates what changes. Cheap enough to call after every launch: it reads a few small files.
    pub fn update(&mut self) {
        self.update_below(Path::new("/"));
    }

    fn update_below(&mut self, root: &Path) {
        self.mhz_end = current_mhz(root, &cores(&root.join("sys/devices/system/cpu")));
        self.throttled_end = throttled(&control_groups(root, "cpu"));
        if self.on_battery == Some(false) {
            self.on_battery = battery(&root.join("sys/class/power_supply")).or(self.on_battery);
        }
    }

    /// What the quota cost between the start and the last write.
    pub(crate) fn throttled(&self) -> Option<Throttled> {
        let (start, end) = (self.throttled_start?, self.throttled_end?);
        Some(Throttled {
            periods: end.periods.saturating_sub(start.periods),
            seconds: (end.seconds - start.seconds).max(0.0),
        })
    }
}

/// The folders of the cores.
fn cores(cpu: &Path) -> Vec<PathBuf> {
    let is_core = |path: &PathBuf| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let digits = name.strip_prefix("cpu").unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let entries = std::fs::read_dir(cpu).into_iter().flatten();
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_core)
        .collect()
}

fn khz(text: Option<String>) -> Option<f64> {
    Some(text?.parse::<f64>().ok()? / 1000.0)
}

fn fastest(all: impl Iterator<Item = f64>) -> Option<f64> {
    all.filter(|mhz| *mhz > 0.0).reduce(f64::max)
}

/// Frequency of the fastest core, from cpufreq, or in a virtual machine from `/proc/cpuinfo`, which may be constant.
fn current_mhz(root: &Path, cores: &[PathBuf]) -> Option<f64> {
    let scaled = cores
        .iter()
        .filter_map(|core| khz(text(&core.join("cpufreq/scaling_cur_freq"))));
    fastest(scaled).or_else(|| {
        let info = text(&root.join("proc/cpuinfo"))?;
        let lines = info.lines().filter(|line| line.starts_with("cpu MHz"));
        fastest(lines.filter_map(|line| line.split_once(':')?.1.trim().parse().ok()))
    })
}

/// AMD's and ACPI's switch is `boost`; Intel's is the opposite, `no_turbo`.
fn turbo(cpu: &Path) -> Option<bool> {
    let intel = number(&cpu.join("intel_pstate/no_turbo")).map(|off| off == 0.0);
    intel.or_else(|| number(&cpu.join("cpufreq/boost")).map(|on| on != 0.0))
}

/// Whether a battery of the machine is being discharged while no mains is connected; `None` without a battery.
fn battery(supplies: &Path) -> Option<bool> {
    let supplies: Vec<PathBuf> = (std::fs::read_dir(supplies).ok()?)
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    let is = |supply: &&PathBuf, what: &str| text(&supply.join("type")).as_deref() == Some(what);
    // A mouse has a battery too; its scope is `Device`.
    let own = |supply: &&PathBuf| text(&supply.join("scope")).as_deref() != Some("Device");
    let mut batteries = supplies.iter().filter(|s| is(s, "Battery") && own(s)).peekable();
    batteries.peek()?;
    let mains = supplies
        .iter()
        .filter(|s| !is(s, "Battery"))
        .any(|s| number(&s.join("online")).is_some_and(|on| on != 0.0));
    Some(!mains && batteries.any(|s| text(&s.join("status")).as_deref() == Some("Discharging")))
}

/// The smallest observed step of [`Instant`].
fn clock_step_ns() -> u64 {
    let step = |_| {
        let start = Instant::now();
        loop {
            let step = start.elapsed().as_nanos();
            if step > 0 {
                return u64::try_from(step).unwrap_or(u64::MAX);
            }
        }
    };
    (0..100).map(step).min().unwrap_or(1)
}

#[cfg(target_os = "macos")]
fn on_battery() -> Option<bool> {
    let output = std::process::Command::new("pmset")
        .args(["-g", "batt"])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let has_one = text.contains("InternalBattery");
    (output.status.success() && has_one).then(|| text.contains("'Battery Power'"))
}

#[cfg(not(target_os = "macos"))]
fn on_battery() -> Option<bool> {
    battery(Path::new("/sys/class/power_supply"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::cgroups::made::{machine, write};

    const CPU: &str = "sys/devices/system/cpu";

    #[test]
    fn nothing_is_known_of_an_empty_machine() {
        assert_eq!(Conditions::below(machine(&[]).path()), Conditions::default());
    }

    #[test]
    fn a_laptop_on_battery() {
        let power = "sys/class/power_supply";
        let files = [
            (format!("{CPU}/cpu0/cpufreq/scaling_governor"), "powersave\n"),
            (format!("{CPU}/cpu0/cpufreq/scaling_cur_freq"), "800000\n"),
            (format!("{CPU}/cpu0/cpufreq/cpuinfo_max_freq"), "4200000\n"),
            (format!("{CPU}/cpu10/cpufreq/scaling_governor"), "performance\n"),
            (format!("{CPU}/cpu10/cpufreq/scaling_cur_freq"), "3400000\n"),
            (format!("{CPU}/cpufreq/policy0/scaling_governor"), "not a core\n"),
            (format!("{CPU}/intel_pstate/no_turbo"), "0\n"),
            (format!("{power}/AC/type"), "Mains\n"),
            (format!("{power}/AC/online"), "0\n"),
            (format!("{power}/BAT0/type"), "Battery\n"),
            (format!("{power}/BAT0/status"), "Discharging\n"),
            (
                "sys/devices/system/clocksource/clocksource0/current_clocksource".into(),
                "hpet\n",
            ),
        ];
        let root = machine(&files.each_ref().map(|(path, text)| (path.as_str(), *text)));
        let mut found = Conditions::below(root.path());
        assert_eq!(found.governors, ["performance", "powersave"]);
        assert_eq!((found.mhz_start, found.mhz_most), (Some(3400.0), Some(4200.0)));
        assert_eq!((found.turbo, found.on_battery), (Some(true), Some(true)));
        assert_eq!(found.clock_source.as_deref(), Some("hpet"));
        // Plugged in later: part of the run was still on battery.
        write(root.path(), &format!("{power}/AC/online"), "1\n");
        write(
            root.path(),
            &format!("{CPU}/cpu10/cpufreq/scaling_cur_freq"),
            "2000000\n",
        );
        found.update_below(root.path());
        assert_eq!((found.on_battery, found.mhz_end), (Some(true), Some(2000.0)));
        assert_eq!(Conditions::below(root.path()).on_battery, Some(false));
    }

    #[test]
    fn what_a_quota_cost_is_counted_from_the_start() {
        let stat = "sys/fs/cgroup/cpu.stat";
        let root = machine(&[
            ("proc/self/cgroup", "0::/\n"),
            ("sys/fs/cgroup/cpu.max", "150000 100000\n"),
            (stat, "nr_throttled 3\nthrottled_usec 250000\n"),
        ]);
        let mut found = Conditions::below(root.path());
        assert_eq!(found.cpu_limit, Some(1.5));
        assert_eq!(found.throttled(), Some(Throttled::default()));
        write(root.path(), stat, "nr_throttled 13\nthrottled_usec 1250000\n");
        found.update_below(root.path());
        let throttled = found.throttled().unwrap();
        assert_eq!(throttled.periods, 10);
        assert!((throttled.seconds - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_battery_of_a_mouse_is_not_the_machines() {
        let mouse = "sys/class/power_supply/hid";
        let files = [
            (format!("{mouse}/type"), "Battery"),
            (format!("{mouse}/scope"), "Device"),
            (format!("{mouse}/status"), "Discharging"),
        ];
        let root = machine(&files.each_ref().map(|(path, text)| (path.as_str(), *text)));
        assert_eq!(Conditions::below(root.path()).on_battery, None);
    }

    #[test]
    fn amds_boost_and_the_frequency_of_a_virtual_machine() {
        let boost = format!("{CPU}/cpufreq/boost");
        let root = machine(&[
            (&boost, "0"),
            ("proc/cpuinfo", "processor : 0\ncpu MHz\t\t: 2449.998\n"),
        ]);
        let found = Conditions::below(root.path());
        assert_eq!((found.turbo, found.mhz_start), (Some(false), Some(2449.998)));
    }

    #[test]
    fn a_clock_steps_forward() {
        assert!(clock_step_ns() > 0);
    }
}
