//! Warnings about the build, the interpreter and the checkout.

use crate::record::{
    Embedding, NO_EMBEDDING, NativeModule, PairRecord, Record, Subject, Warning, WarningKind,
};
use crate::text::cut;

pub(super) fn find(record: &Record) -> Vec<Warning> {
    [
        debug_build(record),
        unoptimised(record),
        altered(record),
        not_embedded(record),
        no_native(record),
        dirty(record),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// `cargo bench` builds with the profile `bench`, which has the folder and the optimisation of `release`.
fn debug_build(record: &Record) -> Option<Warning> {
    let build = &record.build;
    let whole = build.profile == "release" && build.opt_level == "3" && !build.debug_assertions;
    let assertions = if build.debug_assertions {
        ", debug assertions"
    } else {
        ""
    };
    let figure = format!(
        "profile {}, opt-level {}{assertions}",
        build.profile, build.opt_level
    );
    (!whole).then(|| WarningKind::DebugBuild.found(Vec::new(), figure))
}

fn unoptimised(record: &Record) -> Option<Warning> {
    let python = &record.interpreter;
    let figure = format!(
        "{} {} without --enable-optimizations",
        python.implementation, python.version
    );
    (python.optimized == Some(false)).then(|| WarningKind::UnoptimisedInterpreter.found(Vec::new(), figure))
}

fn altered(record: &Record) -> Option<Warning> {
    let python = &record.interpreter;
    let figure = format!("{}: {}", python.label(), python.altered.join("; "));
    (!python.altered.is_empty()).then(|| WarningKind::AlteredInterpreter.found(Vec::new(), figure))
}

/// Warns if a pair's modules altered the interpreter when they were imported.
pub(super) fn altered_by(pair: &PairRecord) -> Option<Warning> {
    let about = vec![Subject::pair(&pair.name)];
    (!pair.altered.is_empty()).then(|| WarningKind::AlteredInterpreter.found(about, pair.altered.join("; ")))
}

/// Inputs found by a dig on which the sides still differ.
pub(super) fn open_findings(pair: &PairRecord) -> Option<Warning> {
    let open = pair.dug.as_ref().map_or(&[][..], |dug| &dug.open);
    let first = open.first()?;
    let others = match open.len() {
        1 => String::new(),
        all => format!(", and {} more", all - 1),
    };
    let figure = format!(
        "{} {}: {}{others}",
        first.variant,
        first.kind,
        cut(&first.call, 100)
    );
    Some(WarningKind::OpenFindings.found(vec![Subject::pair(&pair.name)], figure))
}

/// Steps whose compiled modules are debug builds.
pub(super) fn unoptimised_extension(pair: &PairRecord) -> Option<Warning> {
    let about = vec![Subject::pair(&pair.name)];
    let modules = pair.unoptimised.join(", ");
    (!modules.is_empty()).then(|| WarningKind::UnoptimisedExtension.found(about, modules))
}

fn not_embedded(record: &Record) -> Option<Warning> {
    match &record.embedding {
        Embedding::On { .. } => None,
        // Users who leave it out did not ask for it.
        Embedding::Off { reason } if reason == NO_EMBEDDING => None,
        Embedding::Off { reason } => {
            let (reason, remedy) = reason.split_once("; to embed that one: ").unwrap_or((reason, ""));
            let found = WarningKind::NotEmbedded.found(Vec::new(), reason);
            Some(match remedy {
                "" => found,
                remedy => found.with_remedy(remedy),
            })
        }
    }
}

fn no_native(record: &Record) -> Option<Warning> {
    match &record.native {
        NativeModule::Unavailable { reason } => {
            let first = reason.lines().next().unwrap_or_default();
            Some(WarningKind::NoNative.found(Vec::new(), first))
        }
        NativeModule::Ready { .. } | NativeModule::Prebuilt { .. } | NativeModule::NotNeeded => None,
    }
}

fn dirty(record: &Record) -> Option<Warning> {
    let revision = record.build.revision.as_deref()?;
    revision
        .ends_with("-dirty")
        .then(|| WarningKind::DirtyCheckout.found(Vec::new(), revision))
}
