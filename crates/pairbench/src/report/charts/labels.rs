//! Positions for short labels near marks, so that none covers another.

/// A straight line from one point to another.
pub(crate) type Segment = ((f64, f64), (f64, f64));

/// A rectangle; `y` grows downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Box2 {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

impl Box2 {
    /// A rectangle around a point.
    pub(crate) fn around((x, y): (f64, f64), width: f64, height: f64) -> Self {
        Box2 {
            left: x - width / 2.0,
            right: x + width / 2.0,
            top: y - height / 2.0,
            bottom: y + height / 2.0,
        }
    }

    /// Whether the two overlap in more than an edge.
    pub(crate) fn meets(&self, other: &Box2) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn holds(&self, other: &Box2) -> bool {
        self.left <= other.left
            && other.right <= self.right
            && self.top <= other.top
            && other.bottom <= self.bottom
    }

    /// Whether a straight line crosses it, tested in small steps, which is good enough for the eye.
    fn is_crossed(&self, (from, to): &Segment) -> bool {
        let steps = ((to.0 - from.0).hypot(to.1 - from.1) / 3.0)
            .ceil()
            .clamp(1.0, 500.0) as u32;
        (0..=steps).any(|step| {
            let part = f64::from(step) / f64::from(steps);
            let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
        })
    }
}

/// Moves labels in a column, each with its height, until none is nearer than `step` to the next and none is below
/// `bottom`. Returns them from the highest to the lowest.
pub(crate) fn kept_apart<T>(mut labels: Vec<(T, f64)>, step: f64, bottom: f64) -> Vec<(T, f64)> {
    labels.sort_by(|a, b| a.1.total_cmp(&b.1));
    for at in 1..labels.len() {
        labels[at].1 = labels[at].1.max(labels[at - 1].1 + step);
    }
    // Labels that were pushed below the bottom move back up, and push those above.
    let mut limit = bottom;
    for label in labels.iter_mut().rev() {
        label.1 = label.1.min(limit);
        limit = label.1 - step;
    }
    labels
}

/// The cost of crossing a line, in units of distance.
const CROSSING: f64 = 12.0;

/// The middle of a label for each mark: the nearest position on rings around it where it covers no mark and no earlier
/// label, or one a bit further away if it would otherwise cross a line. A label without such a position, among very
/// many marks in one spot, is put at the innermost one.
///
/// `anchors` are the marks with the widths of their labels, `taken` is what must not be covered.
pub(crate) fn place(
    anchors: &[((f64, f64), f64)],
    height: f64,
    taken: &[Box2],
    lines: &[Segment],
    inside: Box2,
) -> Vec<(f64, f64)> {
    const RINGS: u32 = 40;
    const WAYS: u32 = 16;
    let mut taken = taken.to_vec();
    let mut places = Vec::with_capacity(anchors.len());
    for (mark, width) in anchors {
        let candidates = (0..RINGS).flat_map(|ring| {
            (0..WAYS).map(move |way| {
                // To the right first, then around the mark.
                let angle = f64::from(way) * std::f64::consts::TAU / f64::from(WAYS);
                let distance = 13.0 + 4.0 * f64::from(ring);
                (
                    distance,
                    (mark.0 + distance * angle.cos(), mark.1 - distance * angle.sin()),
                )
            })
        });
        let mut best: Option<(f64, (f64, f64))> = None;
        for (distance, at) in candidates {
            if best.is_some_and(|(cost, _)| distance >= cost) {
                break;
            }
            let label = Box2::around(at, *width, height);
            if !inside.holds(&label) || taken.iter().any(|one| one.meets(&label)) {
                continue;
            }
            let crossed = lines.iter().filter(|line| label.is_crossed(line)).count();
            let cost = distance + CROSSING * crossed as f64;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, at));
            }
        }
        let at = best.map_or((mark.0 + 13.0, mark.1), |(_, at)| at);
        taken.push(Box2::around(at, *width, height));
        places.push(at);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    const INSIDE: Box2 = Box2 {
        left: 0.0,
        right: 340.0,
        top: 0.0,
        bottom: 400.0,
    };

    #[test]
    fn a_lone_label_is_on_the_right_and_one_at_the_edge_on_the_left() {
        let place = |mark| place(&[(mark, 10.0)], 12.0, &[], &[], INSIDE)[0];
        assert_eq!(place((100.0, 100.0)), (113.0, 100.0));
        let (x, _) = place((339.0, 100.0));
        assert!(x < 339.0);
    }

    #[test]
    fn a_label_avoids_the_line_of_its_mark() {
        let line = ((100.0, 100.0), (300.0, 100.0));
        let at = place(&[((100.0, 100.0), 10.0)], 12.0, &[], &[line], INSIDE)[0];
        assert!(!Box2::around(at, 10.0, 12.0).is_crossed(&line), "{at:?}");
    }

    proptest! {
        /// Even if half of the marks are in one spot, like hot loops.
        #[test]
        fn no_label_covers_another_or_a_mark(
            free in vec((10.0..330.0_f64, 10.0..390.0_f64), 0..15),
            crowd in vec((290.0..300.0_f64, 60.0..200.0_f64), 0..15),
        ) {
            let marks: Vec<(f64, f64)> = free.into_iter().chain(crowd).collect();
            let anchors: Vec<_> = marks.iter().map(|mark| (*mark, 16.0)).collect();
            let taken: Vec<Box2> = marks.iter().map(|mark| Box2::around(*mark, 10.0, 10.0)).collect();
            let places = place(&anchors, 13.0, &taken, &[], INSIDE);
            prop_assert_eq!(places.len(), marks.len());
            let labels: Vec<Box2> = places.iter().map(|at| Box2::around(*at, 16.0, 13.0)).collect();
            for (i, label) in labels.iter().enumerate() {
                prop_assert!(INSIDE.holds(label));
                prop_assert!(taken.iter().all(|mark| !mark.meets(label)));
                prop_assert!(labels[i + 1..].iter().all(|other| !other.meets(label)));
            }
        }
    }
}
