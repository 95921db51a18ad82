//! The events of launched processes, and how failures among them are shown to the user.

use crate::hosts::{Fault, launcher};
use crate::measure::Failure;
use crate::record::{PairRecord, VariantState};
use crate::terminal::Terminal;
use serde::de::DeserializeOwned;
use std::path::Path;

pub(crate) fn with_output(fault: Fault, tail: String) -> Fault {
    match fault {
        Fault::Died { how, output } if output.is_empty() => Fault::Died { how, output: tail },
        Fault::Killed { how, output } if output.is_empty() => Fault::Killed { how, output: tail },
        other => other,
    }
}

pub(crate) fn tail_of(path: &Path) -> String {
    let file = std::fs::File::open(path);
    file.and_then(|mut file| launcher::tail(&mut file))
        .unwrap_or_default()
}

/// The events of all complete lines; a line that a dying process left incomplete is not an event.
pub(crate) fn read_events<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    let text = std::fs::read(path).unwrap_or_default();
    text.split(|&byte| byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

/// Sets the state of a variant.
pub(crate) fn set_state(pair: &mut PairRecord, variant: &str, state: VariantState) {
    if let Some(found) = pair.variants.iter_mut().find(|known| known.name == variant) {
        found.state = state;
    }
}

/// Restores, after verifying, the state of variants that failed while measured: they are not measured again.
pub(crate) fn recall_failures(pair: &mut PairRecord) {
    let failures = pair.launches.iter().flat_map(|launch| launch.failures.clone());
    for Failure { variant, fault } in failures.collect::<Vec<_>>() {
        let name = if variant.is_empty() {
            pair.baseline.clone()
        } else {
            variant
        };
        set_state(pair, &name, VariantState::Failed { fault });
    }
}

/// Shows the traceback, both answers or the last output, indented, and what to do next.
pub(crate) fn show_details(fault: &Fault, terminal: &Terminal) {
    for line in fault.details().lines() {
        terminal.detail(&format!("       {line}"));
    }
    terminal.detail(&format!(
        "       {} {}",
        terminal.paint("36", "next:"),
        fault.next_step()
    ));
}
