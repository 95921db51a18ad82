use super::*;
use crate::record::{Record, VariantRecord, fixture};
use crate::registry::Side;

fn profile(functions: &[(&str, f64, f64)], replaced: Option<&str>) -> CallProfile {
    let functions = functions.iter().map(|(name, own, total)| FunctionShare {
        name: (*name).into(),
        line: 7,
        own: *own,
        total: *total,
        ..FunctionShare::default()
    });
    CallProfile {
        variant: "python".into(),
        calls: 20,
        ticks: 500,
        freeing: None,
        seconds: 0.6,
        functions: functions.collect(),
        replaced: replaced.map(Into::into),
    }
}

/// The fixture, whose Rust gains 20×, with a `native` variant that gains as much, and with this profile.
fn record(profile: CallProfile) -> Record {
    let mut record = fixture::steady();
    let pair = &mut record.pairs[0];
    pair.variants.push(VariantRecord {
        name: "native".into(),
        side: Side::Python,
        ..pair.variants[0].clone()
    });
    for launch in &mut pair.launches {
        let mut native = launch.comparisons[1].clone();
        native.variant = "native".into();
        launch.comparisons.push(native);
    }
    pair.diagnoses.profiles.push(profile);
    record
}

/// The section without its tags.
fn text(record: &Record) -> String {
    let page = section(&PairAnalysis::alone(record, &record.pairs[0])).into_string();
    let mut text = String::new();
    let mut inside = false;
    for c in page.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn without_a_profile_there_is_no_section() {
    assert_eq!(text(&fixture::steady()), "");
}

#[test]
fn the_ceiling_is_next_to_what_was_measured() {
    let functions = [("walk", 0.9, 0.96), ("leaf", 0.06, 0.06), ("python", 0.03, 1.0)];
    let shown = text(&record(profile(&functions, Some("walk"))));
    for part in [
        "The hottest function, walk, takes 90 % (87 – 92 %) of the time by itself",
        "native replaces walk with Rust, which takes 96 %",
        "the whole would be about 25.0×",
        "Measured: 20.0×",
        "The full port, rust, gains 20.0×",
        "between calls, where results are freed1.0 %",
        "replaced in native",
    ] {
        assert!(shown.contains(part), "{part:?} is not in {shown}");
    }
    assert!(!shown.contains("More than the ceiling"), "{shown}");
}

#[test]
fn a_gain_above_the_ceiling_is_explained() {
    let shown = text(&record(profile(
        &[("walk", 0.5, 0.5), ("python", 0.5, 1.0)],
        Some("walk"),
    )));
    assert!(
        shown.contains("the whole would be about 2.00×") && shown.contains("More than the ceiling"),
        "{shown}"
    );
}

#[test]
fn a_function_that_was_never_seen_sets_no_limit() {
    let shown = text(&record(profile(&[("walk", 1.0, 1.0)], Some("json:loads"))));
    assert!(
        shown.contains("json:loads, which native replaces, was never seen"),
        "{shown}"
    );
    assert!(!shown.contains("the whole would be"), "{shown}");
}

#[test]
fn the_best_step_without_a_native_variant_is_a_subtree() {
    let functions = [("total", 0.3, 1.0), ("dateparser:parse", 0.12, 0.69)];
    let shown = text(&record(profile(&functions, None)));
    for part in [
        "With all that it calls, dateparser:parse takes 69 % (65 – 73 %): the most that one step below a port can replace.",
        "another library in its place may do",
        "the whole would be about 3.23×",
    ] {
        assert!(shown.contains(part), "{part:?} is not in {shown}");
    }
}

#[test]
fn a_function_that_takes_everything_has_no_ceiling() {
    let shown = text(&record(profile(&[("walk", 1.0, 1.0)], None)));
    assert!(
        shown.contains("any number of times (131× or more) as fast"),
        "{shown}"
    );
}

#[test]
fn names_of_functions_are_escaped() {
    let record = record(profile(&[("<b>walk</b>", 1.0, 1.0)], None));
    let page = section(&PairAnalysis::alone(&record, &record.pairs[0])).into_string();
    assert!(page.contains("&lt;b&gt;walk") && !page.contains("<b>walk"));
}

/// By its samples `native` gains 20×; it replaces `part` of the time.
fn gained(part: f64, change: impl FnOnce(&mut Record)) -> String {
    let rest = 1.0 - part;
    let mut record = record(profile(
        &[("walk", part, part), ("python", rest, 1.0)],
        Some("walk"),
    ));
    change(&mut record);
    text(&record)
}

#[test]
fn the_ceiling_is_no_bound_for_an_extension_on_several_threads() {
    let threaded = |record: &mut Record| {
        for launch in &mut record.pairs[0].launches {
            let series = &mut launch.comparisons[3].variant_samples;
            series.cpu_ns = Some(series.ns.iter().sum::<u64>() * 19 / 10);
        }
    };
    let shown = gained(0.5, threaded);
    assert!(
        shown.contains(
            "Measured: 20.0× (20.0 – 20.0×), on 1.9 threads, for which the ceiling is not a bound."
        ) && !shown.contains("More than the ceiling"),
        "{shown}"
    );
    assert!(gained(0.5, |_| ()).contains("More than the ceiling"));
}

#[test]
fn a_gain_above_the_ceiling_that_may_be_chance_says_so() {
    let shown = gained(0.945, |_| ());
    assert!(
        shown.contains(", above the ceiling, but not by both intervals.")
            && !shown.contains("More than the ceiling"),
        "{shown}"
    );
}

#[test]
fn what_the_ceiling_leaves_out_depends_on_what_the_profile_could_see() {
    let known = |record: &mut Record| record.pairs[0].diagnoses.profiles[0].freeing = Some(3);
    let (old, new) = (gained(0.5, |_| ()), gained(0.5, known));
    let caller = "which counts for its caller";
    assert!(
        old.contains("without freeing") && old.matches(caller).count() == 2,
        "{old}"
    );
    assert!(
        new.contains("counts for the function that lets go of it") && !new.contains(caller),
        "{new}"
    );
}

/// Ticks that come in long runs are worth fewer independent ones.
#[test]
fn a_ceiling_accounts_for_dependent_ticks() {
    let correlated = |record: &mut Record| {
        let functions = &mut record.pairs[0].diagnoses.profiles[0].functions;
        functions[0].total_worth = Some(50.0);
    };
    let (of_ticks, of_fewer) = (gained(0.9, |_| ()), gained(0.9, correlated));
    assert!(
        of_ticks.contains("10.0× (7.7") && of_fewer.contains("10.0× (4."),
        "{of_ticks}\n{of_fewer}"
    );
}
