//! Which contestant to blame: the one that runs, written where the supervisor can read it if the launch ends badly.
//!
//! A comparison calls two sides in turn. The side that hangs, crashes or takes too much is to blame, not the variant
//! that it happens to be compared with. A launch that was killed reports nothing any more, so the name is written
//! before each turn, which takes a microsecond, outside of all samples.

use crate::hosts::{Fault, Host, HostSet};
use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

/// Names are padded to this width, so that each overwrites the one before.
const WIDTH: usize = 64;

/// The file with the name.
fn path(events: &Path) -> PathBuf {
    events.with_file_name("turn")
}

/// The name that was written last, if there is one.
pub(crate) fn read(events: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path(events)).ok()?;
    let name = text.trim();
    (!name.is_empty()).then(|| name.to_string())
}

/// Hosts that write down which contestant they are requested to run.
pub(crate) struct Blaming<H> {
    hosts: H,
    file: File,
    last: String,
}

impl<H: HostSet> Blaming<H> {
    /// Writes beside the events of the launch.
    pub fn new(hosts: H, events: &Path) -> std::io::Result<Self> {
        Ok(Blaming {
            hosts,
            file: File::create(path(events))?,
            last: String::new(),
        })
    }
}

impl<H: HostSet> HostSet for Blaming<H> {
    fn for_contestant(&mut self, name: &str) -> Result<(&mut dyn Host, String), Fault> {
        if name != self.last {
            self.last = name.into();
            // Without it the blame is less exact, and nothing else is lost.
            let _ = self
                .file
                .rewind()
                .and_then(|()| write!(self.file, "{name:WIDTH$}"));
        }
        self.hosts.for_contestant(name)
    }

    fn discard_broken(&mut self, name: &str, fault: &Fault) {
        self.hosts.discard_broken(name, fault);
    }
}
