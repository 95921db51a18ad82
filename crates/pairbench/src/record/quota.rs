//! CPU quotas of control groups, version 2 and version 1, from the files of Linux.

use super::conditions::{number, text};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What a CPU quota has cost a control group so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Throttled {
    /// Periods in which the group was stopped.
    pub periods: u64,
    /// Seconds for which its threads were stopped.
    pub seconds: f64,
}

/// The folders of this process's control group for CPU time and of all groups above, by version 2 and version 1.
pub(super) fn control_groups(root: &Path) -> Vec<PathBuf> {
    let listed = text(&root.join("proc/self/cgroup")).unwrap_or_default();
    let mut folders = Vec::new();
    for line in listed.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else {
            continue;
        };
        let mounts: &[&str] = match controllers {
            "" => &["sys/fs/cgroup", "sys/fs/cgroup/unified"],
            _ if controllers.split(',').any(|name| name == "cpu") => {
                &["sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct"]
            }
            _ => continue,
        };
        for mount in mounts {
            let mount = root.join(mount);
            // In a container the path may be the host's and not exist here; the mount itself is then the group.
            let group = mount.join(path.trim_start_matches('/'));
            let above = group.ancestors().take_while(|folder| folder.starts_with(&mount));
            folders.extend(above.filter(|folder| folder.is_dir()).map(Path::to_path_buf));
        }
    }
    folders
}

/// Cores' worth of time that the group may use; `None` without a limit.
pub(super) fn quota(group: &Path) -> Option<f64> {
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

/// What quotas have cost so far: of the group that was stopped most, since a group above stops those below with it.
pub(super) fn throttled(groups: &[PathBuf]) -> Option<Throttled> {
    let of = |group: &PathBuf| {
        let stat = text(&group.join("cpu.stat"))?;
        let field = |name: &str| {
            let found = stat
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            found?.trim().parse::<f64>().ok()
        };
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

/// Machines made of files, for tests.
#[cfg(test)]
pub(super) mod made {
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
    use super::super::Conditions;
    use super::made::{machine, write};
    use super::*;

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
        let mut found = Conditions::below(root.path());
        assert_eq!(found.cpu_limit, Some(1.5));
        assert_eq!(found.throttled().unwrap(), Throttled::default());
        write(
            root.path(),
            "sys/fs/cgroup/jobs/cpu.stat",
            "nr_throttled 13\nthrottled_usec 1250000\n",
        );
        found.update_below(root.path());
        let throttled = found.throttled().unwrap();
        assert_eq!(throttled.periods, 10);
        assert!((throttled.seconds - 1.0).abs() < 1e-9);
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
        let found = Conditions::below(root.path());
        assert_eq!(found.cpu_limit, Some(0.5));
        assert_eq!(
            found.throttled_start,
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
        assert_eq!(Conditions::below(free.path()).cpu_limit, None);
    }
}
