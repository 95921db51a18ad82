//! The share of packages that still work, by the date of the release, as a picture for the page.

use super::count::Count;
use super::results::Side;
use plotters::coord::Shift;
use plotters::prelude::*;

const SIZE: (u32, u32) = (900, 340);
/// A day's panel ends here: the newest release, and room for its name.
const MARGIN: f64 = 1.3;

/// One side on one day.
#[derive(Debug)]
pub struct Curve {
    /// The day.
    pub day: String,
    /// The side.
    pub side: Side,
    /// Each release, when it came out, in years, and what works with it.
    pub points: Vec<(String, f64, Count)>,
}

/// An SVG with a panel for each day.
pub fn svg(curves: &[Curve]) -> Result<String, String> {
    let mut text = String::new();
    let mut days: Vec<&str> = curves.iter().map(|curve| curve.day.as_str()).collect();
    days.dedup();
    {
        let area = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        // On a dark page too.
        let filled = area.fill(&WHITE);
        let panels = area.split_evenly((1, days.len().max(1)));
        let drawn = days.iter().zip(&panels).try_for_each(|(day, place)| {
            let own: Vec<&Curve> = curves.iter().filter(|curve| curve.day == **day).collect();
            panel(place, day, &own)
        });
        (filled.and(drawn).and_then(|()| area.present())).map_err(|error| error.to_string())?;
    }
    Ok(text)
}

type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

fn panel<'a>(area: &DrawingArea<SVGBackend<'a>, Shift>, day: &str, curves: &[&Curve]) -> Drawn {
    let years = || (curves.iter()).flat_map(|curve| curve.points.iter().map(|point| point.1));
    let (from, to) = (
        years().fold(f64::INFINITY, f64::min),
        years().fold(0.0, f64::max) + MARGIN,
    );
    let mut chart = ChartBuilder::on(area)
        .caption(format!("as of {day}"), ("sans-serif", 16))
        .margin(12)
        .x_label_area_size(34)
        .y_label_area_size(60)
        .build_cartesian_2d(from..to, 0.0..1.08)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.12))
        .x_labels(8)
        .x_label_formatter(&|year| format!("{year:.0}"))
        .y_label_formatter(&|share| format!("{:.0} %", share * 100.0))
        .x_desc("when the release came out")
        .y_desc("still works")
        .draw()?;
    for curve in curves {
        // The names are apart even where the shares are not.
        let (color, above) = match curve.side {
            Side::Python => (RGBColor(0x2b, 0x6c, 0xb0), -0.01),
            Side::Rust => (RGBColor(0xb4, 0x4a, 0x12), 0.05),
        };
        let shares = curve
            .points
            .iter()
            .filter_map(|(_, year, count)| Some((*year, count.share()?)));
        chart.draw_series(LineSeries::new(shares.clone(), color.stroke_width(2)))?;
        chart.draw_series(shares.clone().map(|at| Circle::new(at, 3, color.filled())))?;
        chart.draw_series(curve.points.iter().map(|(_, year, count)| {
            let (low, high) = count.wilson();
            PathElement::new([(*year, low), (*year, high)], color.mix(0.5))
        }))?;
        let style = ("sans-serif", 13).into_font().color(&color);
        let last = curve
            .points
            .last()
            .and_then(|(release, year, count)| Some((release, *year, count.share()?)));
        chart.draw_series(last.map(|(release, year, share)| {
            Text::new(
                format!("{} {release}", curve.side.name()),
                (year + 0.1, share + above),
                style,
            )
        }))?;
    }
    Ok(())
}
