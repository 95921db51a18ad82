//! Limits of control groups (containers, mostly) on CPU time and memory, version 2 and version 1, from the files of Linux.

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What a CPU quota has cost a control group so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Throttled {
    /// Periods in which the group was stopped.
    pub periods: u64,
    /// Seconds for which its threads were stopped.
    pub seconds: f64,
}

/// The text of a small file, without the white space around it; `None` when it is empty or cannot be read.
pub(crate) fn text(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?.trim().to_string();
    (!text.is_empty()).then_some(text)
}

pub(crate) fn number(path: &Path) -> Option<f64> {
    text(path)?.parse().ok()
}

/// The folders of this process's control group for a controller (`cpu`, `memory`) and of all groups above, of version 2
/// and version 1.
pub(crate) fn control_groups(root: &Path, controller: &str) -> Vec<PathBuf> {
    let listed = text(&root.join("proc/self/cgroup")).unwrap_or_default();
    let mut folders = Vec::new();
    for line in listed.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else {
            continue;
        };
        // Version 1 mounts a controller by its own name, by that of its group, or both.
        let mounts = match controllers {
            "" => ["", "unified"],
            _ if controllers.split(',').any(|name| name == controller) => [controller, controllers],
            _ => continue,
        };
        for mount in mounts {
            let mount = root.join("sys/fs/cgroup").join(mount);
            // In a container the path may be the host's and not exist here; the mount itself is then the group.
            let group = mount.join(path.trim_start_matches('/'));
            let above = group.ancestors().take_while(|folder| folder.starts_with(&mount));
            folders.extend(above.filter(|folder| folder.is_dir()).map(Path::to_path_buf));
        }
    }
    folders
}

/// CPU time that the group may use, in cores; `None` without a limit.
pub(crate) fn quota(group: &Path) -> Option<f64> {
    let (quota, period) = match text(&group.join("cpu.max")) {
        Some(line) => {
            let (quota, period) = line.split_once(' ')?;
            (quota.parse::<f64>().ok()?, period.parse().ok()?)
        }
        None => (
            number(&group.join("cpu.cfs_quota_us"))?,
            number(&group.join("cpu.cfs_period_us"))?,
        ),
    };
    (quota > 0.0 && period > 0.0).then(|| quota / period)
}

/// A number from a file that has a name and a number in each line.
fn field(stat: &str, name: &str) -> Option<f64> {
    let mut lines = stat.lines();
    let found = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found?.trim().parse().ok()
}

/// What quotas have cost so far, in the group that was stopped most: a group above stops those below with it.
pub(crate) fn throttled(groups: &[PathBuf]) -> Option<Throttled> {
    let of = |group: &PathBuf| {
        let stat = text(&group.join("cpu.stat"))?;
        let field = |name: &str| field(&stat, name);
        let seconds = field("throttled_usec").map(|us| us * 1e-6);
        Some(Throttled {
            periods: field("nr_throttled")? as u64,
            seconds: seconds.or_else(|| field("throttled_time").map(|ns| ns * 1e-9))?,
        })
    };
    groups
        .iter()
        .filter_map(of)
        .max_by_key(|throttled| throttled.periods)
}

/// Bytes of memory that the groups leave to this process: the least of all of them. `None` without a limit.
///
/// Files that the kernel keeps in memory count as used, but it drops them when the memory is needed.
#[cfg(any(target_os = "linux", test))]
pub(super) fn memory_left(root: &Path) -> Option<u64> {
    let left = |group: &PathBuf| {
        let bytes = |file: &str| text(&group.join(file))?.parse::<u64>().ok();
        let stat = text(&group.join("memory.stat")).unwrap_or_default();
        let field = |name: &str| field(&stat, name).map(|number| number as u64);
        let (limit, used, files) = match bytes("memory.max") {
            Some(limit) => {
                let files = [field("inactive_file"), field("active_file")];
                (limit, bytes("memory.current")?, files)
            }
            None => {
                let own = bytes("memory.limit_in_bytes")?;
                // Includes groups above, which are not visible in a container.
                let limit = field("hierarchical_memory_limit").map_or(own, |all| all.min(own));
                let files = [field("total_inactive_file"), field("total_active_file")];
                (limit, bytes("memory.usage_in_bytes")?, files)
            }
        };
        let files: u64 = files.into_iter().flatten().sum();
        Some(limit.saturating_sub(used.saturating_sub(files)))
    };
    control_groups(root, "memory").iter().filter_map(left).min()
}

/// Machines made of files, for tests.
#[cfg(test)]
pub(crate) mod made {
    use std::path::Path;

    /// A machine made of files.
    pub fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            write(root.path(), path, text);
        }
        root
    }

    pub fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::made::{machine, write};
    use super::*;

    fn limit(root: &Path) -> Option<f64> {
        let groups = control_groups(root, "cpu");
        groups.iter().filter_map(|group| quota(group)).reduce(f64::min)
    }

    #[test]
    fn quotas_of_version_two_hold_for_the_groups_below() {
        let root = machine(&[
            ("proc/self/cgroup", "0::/jobs/bench\n"),
            ("sys/fs/cgroup/jobs/cpu.max", "150000 100000\n"),
            (
                "sys/fs/cgroup/jobs/cpu.stat",
                "usage_usec 9\nnr_periods 40\nnr_throttled 3\nthrottled_usec 250000\n",
            ),
            ("sys/fs/cgroup/jobs/bench/cpu.max", "max 100000\n"),
            (
                "sys/fs/cgroup/jobs/bench/cpu.stat",
                "nr_throttled 0\nthrottled_usec 0\n",
            ),
        ]);
        let periods = || throttled(&control_groups(root.path(), "cpu")).unwrap();
        assert_eq!(limit(root.path()), Some(1.5));
        assert_eq!((periods().periods, periods().seconds), (3, 0.25));
        write(
            root.path(),
            "sys/fs/cgroup/jobs/cpu.stat",
            "nr_throttled 13\nthrottled_usec 1250000\n",
        );
        assert_eq!((periods().periods, periods().seconds), (13, 1.25));
    }

    #[test]
    fn quotas_of_version_one_where_the_path_is_the_hosts() {
        let root = machine(&[
            (
                "proc/self/cgroup",
                "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n0::/\n",
            ),
            ("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000"),
            ("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000"),
            (
                "sys/fs/cgroup/cpu/cpu.stat",
                "nr_periods 9\nnr_throttled 2\nthrottled_time 2000000000\n",
            ),
        ]);
        assert_eq!(limit(root.path()), Some(0.5));
        assert_eq!(
            throttled(&control_groups(root.path(), "cpu")),
            Some(Throttled {
                periods: 2,
                seconds: 2.0
            })
        );
        let free = machine(&[
            ("proc/self/cgroup", "1:cpu:/\n"),
            ("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1"),
            ("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000"),
        ]);
        assert_eq!(limit(free.path()), None);
    }

    #[test]
    fn memory_is_limited_by_the_tightest_group() {
        let jobs = "sys/fs/cgroup/jobs";
        let files = [
            ("proc/self/cgroup".to_string(), "0::/jobs/bench\n"),
            (format!("{jobs}/memory.max"), "1000\n"),
            (format!("{jobs}/memory.current"), "900\n"),
            (format!("{jobs}/bench/memory.max"), "500\n"),
            (format!("{jobs}/bench/memory.current"), "200\n"),
        ];
        let root = machine(&files.each_ref().map(|(path, text)| (path.as_str(), *text)));
        assert_eq!(memory_left(root.path()), Some(100));
        write(root.path(), &format!("{jobs}/memory.max"), "max\n");
        assert_eq!(memory_left(root.path()), Some(300));
        let old = machine(&[
            (
                "proc/self/cgroup",
                "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n",
            ),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "4096"),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "96"),
        ]);
        assert_eq!(memory_left(old.path()), Some(4000));
        assert_eq!(memory_left(machine(&[]).path()), None);
    }

    #[test]
    fn files_that_the_kernel_can_drop_are_not_used_memory() {
        let stat = "anon 300\ninactive_file 400\nactive_file 200\n";
        let new = machine(&[
            ("proc/self/cgroup", "0::/job\n"),
            ("sys/fs/cgroup/job/memory.max", "1000\n"),
            ("sys/fs/cgroup/job/memory.current", "950\n"),
            ("sys/fs/cgroup/job/memory.stat", stat),
        ]);
        assert_eq!(memory_left(new.path()), Some(650));
        let stat = "inactive_file 1\nhierarchical_memory_limit 2000\ntotal_inactive_file 400\ntotal_active_file 200\n";
        let old = machine(&[
            ("proc/self/cgroup", "5:memory:/docker/abc\n"),
            (
                "sys/fs/cgroup/memory/memory.limit_in_bytes",
                "9223372036854771712",
            ),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "950"),
            ("sys/fs/cgroup/memory/memory.stat", stat),
        ]);
        assert_eq!(memory_left(old.path()), Some(1650));
    }
}
