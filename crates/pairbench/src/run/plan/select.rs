//! Which pairs, variants and cases a run covers.

use crate::registry::{Case, Entry, Registry, Variant};
use crate::run::options::{Cases, Options};
use crate::text::tool;

/// A chosen pair with its chosen variants and cases.
#[derive(Debug)]
pub(crate) struct Selected<'a> {
    pub entry: &'a Entry,
    /// Names of the variants, the baseline first.
    pub variants: Vec<&'a str>,
    /// The cases to measure.
    pub cases: Vec<Case>,
}

impl Selected<'_> {
    /// The case that the pair's page shows, which is also the one that is diagnosed.
    pub fn shown_case(&self) -> Case {
        shown(&self.cases).unwrap_or_else(|| self.entry.pair.default_case())
    }
}

/// The default one of the chosen cases, or else the largest.
fn shown(cases: &[Case]) -> Option<Case> {
    let default = cases.iter().find(|case| case.default);
    default
        .or_else(|| cases.iter().max_by_key(|case| case.size))
        .copied()
}

/// Applies filter, `--variants` and `--cases`.
///
/// # Errors
///
/// When nothing is left, or a name is unknown; the message lists the valid ones.
pub(crate) fn select<'a>(registry: &'a Registry, options: &Options) -> Result<Vec<Selected<'a>>, String> {
    let wanted = filter(options)?;
    let known: Vec<&str> = all_variants(registry);
    for name in &options.variants {
        if !known.contains(&name.as_str()) {
            return Err(format!(
                "no variant is called {name:?}; there are {}",
                known.join(", ")
            ));
        }
    }
    let mut selected = Vec::new();
    let left_out = left_out(registry, options);
    for entry in registry
        .entries()
        .iter()
        .filter(|entry| !left_out.contains(&entry.name))
    {
        let of_pair: Vec<&str> = entry
            .pair
            .variants()
            .iter()
            .map(|variant| variant.name.as_str())
            .collect();
        let whole_pair = wanted(entry.name);
        let variants: Vec<&str> = of_pair
            .into_iter()
            .filter(|name| {
                let by_filter = whole_pair || wanted(&format!("{}/{name}", entry.name));
                by_filter && (options.variants.is_empty() || options.variants.iter().any(|v| v == name))
            })
            .collect();
        if variants.is_empty() {
            continue;
        }
        // The baseline is always measured: ratios are relative to it.
        let others = variants.into_iter().filter(|name| *name != Variant::BASELINE);
        let variants = std::iter::once(Variant::BASELINE).chain(others).collect();
        selected.push(Selected {
            entry,
            variants,
            cases: cases(entry, &options.cases),
        });
    }
    if selected.is_empty() {
        let names: Vec<_> = registry.entries().iter().map(|entry| entry.name).collect();
        return Err(match options.filter.as_slice() {
            filters @ [_, ..] => {
                let filters: Vec<String> = filters.iter().map(|filter| format!("{filter:?}")).collect();
                format!(
                    "nothing matches {}; the pairs are {}",
                    filters.join(" or "),
                    names.join(", ")
                )
            }
            [] if names.is_empty() => format!("there is no pair; `{} new NAME` makes one", tool()),
            [] => "the chosen variants are in no pair".into(),
        });
    }
    if let Cases::Sizes(sizes) = &options.cases {
        let none = selected.iter().all(|pair| pair.cases.is_empty());
        if none {
            let known = selected.iter().map(|pair| {
                let sizes: Vec<u64> = pair.entry.pair.cases().iter().map(|case| case.size).collect();
                format!("{} has {}", pair.entry.name, join(&sizes))
            });
            let known: Vec<String> = known.collect();
            return Err(format!(
                "no chosen pair has a case of size {}; {}",
                join(sizes),
                known.join("; ")
            ));
        }
        selected.retain(|pair| !pair.cases.is_empty());
    }
    Ok(selected)
}

/// The pairs that a `--quick` run leaves out unless they are named: their servers would take most of its time.
pub(crate) fn left_out<'a>(registry: &'a Registry, options: &Options) -> Vec<&'a str> {
    let named = !options.filter.is_empty() || !options.variants.is_empty();
    let entries = registry.entries().iter();
    let served = entries.filter(|entry| entry.pair.is_served() && options.quick && !named);
    served.map(|entry| entry.name).collect()
}

/// Whether an id matches.
type Filter = Box<dyn Fn(&str) -> bool>;

fn filter(options: &Options) -> Result<Filter, String> {
    let filters = options.filter.clone();
    if filters.is_empty() {
        return Ok(Box::new(|_| true));
    }
    if options.exact {
        return Ok(Box::new(move |id| filters.iter().any(|name| name == id)));
    }
    let expressions = regex::RegexSet::new(&filters)
        .map_err(|error| format!("the filter is not a regular expression: {error}"))?;
    Ok(Box::new(move |id| expressions.is_match(id)))
}

fn all_variants(registry: &Registry) -> Vec<&str> {
    let mut names: Vec<&str> = registry
        .entries()
        .iter()
        .flat_map(|entry| entry.pair.variants().iter().map(|variant| variant.name.as_str()))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn cases(entry: &Entry, wanted: &Cases) -> Vec<Case> {
    match wanted {
        Cases::Default => vec![entry.pair.default_case()],
        Cases::All => entry.pair.cases().to_vec(),
        Cases::Sizes(sizes) => entry
            .pair
            .cases()
            .iter()
            .filter(|case| sizes.contains(&case.size))
            .copied()
            .collect(),
    }
}

fn join(sizes: &[u64]) -> String {
    sizes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_shows_the_default_case_or_else_the_largest() {
        let [small, default, large] =
            [(1, false), (2, true), (3, false)].map(|(size, default)| Case { size, default });
        assert_eq!(shown(&[small, default, large]), Some(default));
        assert_eq!(shown(&[large, small]), Some(large));
        assert_eq!(shown(&[]), None);
    }
}
