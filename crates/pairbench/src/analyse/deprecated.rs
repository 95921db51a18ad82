//! Deprecation warnings from Python while a pair was verified.

use crate::record::{Deprecation, PairRecord, Subject, Warning, WarningKind};
use crate::text::count;

pub(super) fn find(pair: &PairRecord) -> Option<Warning> {
    let warned = pair.deprecations.len();
    if warned == 0 {
        return None;
    }
    let releases = pair.deprecations.iter().filter_map(release);
    let first = releases
        .min()
        .map(|(_, release)| format!(", the first removed in {release}"));
    let figure = format!("{}{}", count(warned, "deprecation"), first.unwrap_or_default());
    Some(WarningKind::Deprecated.found(vec![Subject::pair(&pair.name)], figure))
}

/// The release that removes it, after a key that sorts releases: 3.9 comes before 3.10.
fn release(deprecation: &Deprecation) -> Option<(Vec<u32>, &str)> {
    let release = deprecation.removed_in.as_deref()?;
    let numbers = release.split('.').map(|part| part.parse().unwrap_or(u32::MAX));
    Some((numbers.collect(), release))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fixture;

    #[test]
    fn the_earliest_release_is_named() {
        let mut pair = fixture::steady().pairs.remove(0);
        assert_eq!(find(&pair), None);
        for release in [None, Some("3.16"), Some("3.9"), Some("3.10")] {
            pair.deprecations.push(Deprecation {
                removed_in: release.map(Into::into),
                ..fixture::deprecation()
            });
        }
        let found = find(&pair).unwrap();
        assert_eq!(found.figure, "4 deprecations, the first removed in 3.9");
        assert_eq!(found.about, [Subject::pair("steady")]);
        pair.deprecations.truncate(1);
        assert_eq!(find(&pair).unwrap().figure, "1 deprecation");
    }
}
