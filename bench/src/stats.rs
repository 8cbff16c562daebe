//! What is kept of a series of measurements: its median and its tails.

use serde::Serialize;

/// A series of measurements, summed up; all in the row's unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Summary {
    /// How many measurements.
    pub(crate) n: usize,
    /// The smallest.
    pub(crate) min: f64,
    /// A tenth are at most this.
    pub p10: f64,
    /// The median.
    pub p50: f64,
    /// Nine tenths are at most this.
    pub p90: f64,
    /// The largest.
    pub(crate) max: f64,
}

impl Summary {
    /// Sums up `values`; none where there are none.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Self {
            n: sorted.len(),
            min: *sorted.first()?,
            p10: quantile(&sorted, 0.1),
            p50: quantile(&sorted, 0.5),
            p90: quantile(&sorted, 0.9),
            max: *sorted.last()?,
        })
    }
}

/// The quantile `q` (0 to 1) of a sorted, non-empty slice, between its
/// neighbours where it falls between two.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let place = q * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = place.ceil() as usize;
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

#[cfg(test)]
mod tests {
    use super::Summary;

    #[test]
    fn the_median_of_an_even_count_lies_between_the_two_in_the_middle() {
        let summary = Summary::of(&[4.0, 1.0, 3.0, 2.0]).expect("not empty");
        assert_eq!((summary.min, summary.p50, summary.max), (1.0, 2.5, 4.0));
    }

    #[test]
    fn tails_are_read_from_the_sorted_values() {
        let values: Vec<f64> = (0..=10).rev().map(f64::from).collect();
        let summary = Summary::of(&values).expect("not empty");
        assert_eq!((summary.p10, summary.p50, summary.p90), (1.0, 5.0, 9.0));
    }

    #[test]
    fn nothing_has_no_median() {
        assert_eq!(Summary::of(&[]), None);
    }
}
