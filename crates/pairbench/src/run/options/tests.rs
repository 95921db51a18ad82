//! Arguments and their defaults.

use super::*;
use clap::CommandFactory;

fn parse(arguments: &[&str]) -> Result<Options, String> {
    Options::try_parse_from([&["cargo bench --"], arguments].concat()).map_err(|error| error.to_string())
}

#[test]
fn the_flags_of_criterion_are_known() {
    let options = parse(&[
        "--bench",
        "--exact",
        "mandelbrot",
        "--sample-size",
        "30",
        "--warm-up-time",
        "0.5",
        "--measurement-time",
        "2",
        "--noplot",
        "--quick",
    ])
    .unwrap();
    assert_eq!(options.filter, ["mandelbrot"]);
    assert_eq!(
        (options.sample_size, options.warm_up_time),
        (Some(30), Some(Duration::from_millis(500)))
    );
    assert!(options.exact && options.noplot && options.quick);
}

#[test]
fn unsupported_flags_of_criterion_are_refused_by_name() {
    let refused = |arguments: &[&str]| parse(arguments).unwrap().refuse_unsupported().unwrap_err();
    assert!(refused(&["--profile-time", "5"]).contains("--diagnose profile"));
    assert!(refused(&["--load-baseline", "main"]).contains("compare OTHER main"));
    assert_eq!(parse(&[]).unwrap().refuse_unsupported(), Ok(()));
}

#[test]
fn the_flags_of_test_runners_are_known() {
    let listed = parse(&["--list", "--format", "terse", "--ignored"]).unwrap();
    assert!(listed.list && listed.ignored);
    let one = parse(&["mandelbrot/rust", "--nocapture", "--exact"]).unwrap();
    assert!(one.exact && !one.bench);
    assert_eq!(parse(&["a", "b"]).unwrap().filter, ["a", "b"]);
    assert!(
        parse(&["--format", "terse"]).is_err(),
        "without --list it has no meaning"
    );
}

#[test]
fn an_unknown_flag_is_an_error_with_a_suggestion() {
    let error = parse(&["--lanches", "3"]).unwrap_err();
    assert!(error.contains("--launches"), "{error}");
}

#[test]
fn fail_if_needs_something_to_compare_with() {
    let error = parse(&["--fail-if", "slower:5%"]).unwrap_err();
    assert!(error.contains("--baseline <NAME>"), "{error}");
    let rules = [
        "--baseline",
        "main",
        "--fail-if",
        "slower:5%",
        "--fail-if",
        "faster:50%",
    ];
    assert_eq!(parse(&rules).unwrap().fail_if.len(), 2);
    let error = parse(&["--baseline", "main", "--fail-if", "slower"]).unwrap_err();
    assert!(error.contains("slower:5%"), "{error}");
    let error = parse(&["--save-baseline", "../main"]).unwrap_err();
    assert!(error.contains("cannot be the name of a baseline"), "{error}");
}

#[test]
fn times_have_units() {
    assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
    assert_eq!(duration("5m"), Ok(Duration::from_secs(300)));
    assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
    for bad in ["", "0", "-1s", "5 weeks", "1e999", "NaN"] {
        assert!(duration(bad).is_err(), "{bad}");
    }
    for bad in ["", "0", "-1", "inf", "NaN"] {
        assert!(seconds(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_part_has_a_number_and_a_total() {
    let shard = parse(&["--shard", "2/4"]).unwrap().shard;
    assert_eq!(shard, Some(Shard { part: 2, of: 4 }));
    let error = parse(&["--shard", "0/4"]).unwrap_err();
    assert!(error.contains("the first is `1/4`"), "{error}");
    assert!(parse(&["--resume", "--shard", "2/4"]).is_err());
}

#[test]
fn a_number_of_launches_and_a_precision_exclude_each_other() {
    assert!(parse(&["--launches", "5", "--precision", "2%"]).is_err());
    assert!(parse(&["--precision", "0%"]).is_err());
    assert!(parse(&["--precision", "1.5"]).unwrap().precision.is_some());
}

/// Other projects do not have the files of the catalogue.
#[test]
fn the_help_is_true_in_every_project() {
    let help = Options::command().render_long_help().to_string().to_lowercase();
    for word in include_str!("../../../tests/data/catalogue-words.txt").lines() {
        assert!(!help.contains(word), "{word}: {help}");
    }
}
