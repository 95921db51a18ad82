use super::*;

fn rung<'a>(name: &'a str, kind: Kind, ratios: &[f64]) -> Rung<'a> {
    let estimate = |&value: &f64| Estimate {
        value,
        interval: Some((0.9 * value, 1.1 * value)),
        launches: 8,
    };
    Rung {
        name,
        kind,
        ratios: ratios.iter().map(estimate).collect(),
        without: "skipped",
    }
}

fn ladder(step: f64, port: f64) -> Ladder<'static> {
    Ladder {
        pair: "a_pair",
        profile: Profile::Flat,
        rungs: vec![
            rung("PyPy 3.11", Kind::Baseline, &[1.5]),
            rung("native", Kind::Extension, &[step]),
            rung("numba", Kind::Compiled, &[]),
            rung("rust", Kind::Port, &[port, 1.5 * port]),
        ],
        residual: Some(Residual {
            port: "rust",
            step: Some("native"),
            ends: (step, port),
            gain: ("2.00×".into(), None),
        }),
    }
}

/// How often each of these texts is in the chart.
fn counts<const N: usize>(svg: &str, texts: [&str; N]) -> [usize; N] {
    texts.map(|text| svg.matches(text).count())
}

#[test]
fn each_step_has_a_line_with_its_kind_and_each_speed_its_mark() {
    let chart = draw(&[ladder(4.0, 8.0)], "A ladder.").unwrap();
    let words = [
        "runtime",
        "extension",
        "compiled Python",
        "skipped",
        "beyond native",
        "no interval",
    ];
    assert_eq!(counts(&chart.wide, words), [1, 1, 1, 1, 1, 0], "{}", chart.wide);
    // Two circles for the two speeds of the port, and their values.
    let texts = ["<circle", "8.00×", "12.0×", "2.00×", "a_pair"];
    for svg in [&chart.wide, &chart.narrow] {
        assert_eq!(counts(svg, texts)[..4], [2, 1, 1, 1], "{svg}");
        assert!(svg.contains("residual") && !svg.contains("NaN"), "{svg}");
    }
}

#[test]
fn the_bar_is_what_the_port_gains_beyond_the_step() {
    const BAR: &str = "opacity=\"0.35\"";
    let bars = |ladder| counts(&draw(&[ladder], "A ladder.").unwrap().wide, [BAR]);
    assert_eq!(bars(ladder(4.0, 8.0)), [1]);
    assert_eq!(bars(ladder(9.0, 8.0)), [0]);
    let many = vec![ladder(4.0, 8.0); LINE_PER_STEP + 1];
    let chart = draw(&many, "Ladders.").unwrap();
    for svg in [&chart.wide, &chart.narrow] {
        assert_eq!(
            counts(svg, [BAR, "a_pair", "runtime"]),
            [many.len(), many.len(), 0],
            "{svg}"
        );
    }
}

#[test]
fn without_a_ratio_nothing_is_drawn() {
    let mut empty = ladder(4.0, 8.0);
    empty.rungs.retain(|rung| rung.ratios.is_empty());
    assert!(draw(&[empty.clone()], "").is_none());
    let chart = draw(&vec![ladder(4.0, 8.0); MOST_PAIRS + 3], "Ladders.").unwrap();
    assert_eq!(chart.left_out, 3);
    assert_eq!(counts(&chart.wide, ["a_pair"]), [MOST_PAIRS]);
}
