//! The result of a run: rows of series and targets, as a table for people and
//! as JSON for programs.

use std::fmt::{self, Write};

use serde::Serialize;

use crate::stats::Summary;

/// Everything that one run found out.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Where it ran.
    pub(crate) machine: Machine,
    /// Versions of the programs that were measured, by name.
    pub(crate) versions: Vec<(String, String)>,
    /// Programs that took no part at all, and why.
    pub(crate) skipped: Vec<Skipped>,
    /// What was measured.
    pub(crate) rows: Vec<Row>,
}

/// The machine of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    /// Processors that are on-line.
    pub(crate) processors: usize,
    /// Memory in MiB.
    pub(crate) memory_mib: u64,
    /// The kernel's release.
    pub(crate) kernel: String,
    /// One-minute load average when the run began: ratios survive a busy
    /// machine, absolute times don't.
    pub(crate) load_before: f64,
    /// The same when it ended; the run itself is in it.
    pub(crate) load_after: f64,
}

/// A program that was not measured.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Skipped {
    /// Its name.
    pub(crate) name: String,
    /// Why; one line.
    pub(crate) reason: String,
}

/// One row: the same thing measured of several programs.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// The name that `--rows` takes.
    pub(crate) name: &'static str,
    /// What is measured.
    pub(crate) title: String,
    /// Unit of all its figures.
    pub(crate) unit: &'static str,
    /// One series for each program.
    pub(crate) series: Vec<Series>,
    /// What was to be reached.
    pub(crate) targets: Vec<Target>,
    /// Programs that have no figure in this row, and why.
    pub(crate) skipped: Vec<Skipped>,
    /// Figures beside the series; one line each.
    pub(crate) notes: Vec<String>,
}

/// The measurements of one program in one row.
#[derive(Debug, Serialize)]
pub(crate) struct Series {
    /// The program, and which of its calls.
    pub(crate) name: String,
    /// The measurements, summed up.
    pub(crate) summary: Summary,
    /// All of them, in order.
    pub(crate) values: Vec<f64>,
}

/// A figure to be reached.
#[derive(Debug, Serialize)]
pub(crate) struct Target {
    /// What the figure is.
    pub(crate) what: String,
    /// What it must be.
    pub(crate) bound: Bound,
    /// What it is; none where one side of it was not measured.
    pub(crate) measured: Option<f64>,
    /// Whether the bound holds.
    pub(crate) verdict: Verdict,
}

/// A bound of a target.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

/// Whether a target was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// The bound holds.
    Met,
    /// It does not.
    Missed,
    /// There is nothing to compare.
    NotMeasured,
}

impl Row {
    /// The median of a series; none where it was not measured.
    pub(crate) fn median(&self, series: &str) -> Option<f64> {
        let found = self.series.iter().find(|each| each.name == series)?;
        Some(found.summary.p50)
    }

    /// Adds the target that the median of `above` divided by the median of
    /// `below` keeps `bound`.
    pub(crate) fn ratio(&mut self, above: &str, below: &str, bound: Bound) {
        let measured =
            self.median(above).zip(self.median(below)).map(|(above, below)| above / below);
        self.targets.push(Target::new(format!("{above} ÷ {below}"), bound, measured));
    }

    /// Adds the target that the median of `series` keeps `bound`.
    pub(crate) fn bound(&mut self, series: &str, bound: Bound) {
        let what = format!("{series}, {}", self.unit);
        self.targets.push(Target::new(what, bound, self.median(series)));
    }
}

impl Target {
    fn new(what: String, bound: Bound, measured: Option<f64>) -> Self {
        let verdict = match (bound, measured) {
            (_, None) => Verdict::NotMeasured,
            (Bound::AtLeast(least), Some(is)) if is >= least => Verdict::Met,
            (Bound::AtMost(most), Some(is)) if is <= most => Verdict::Met,
            _ => Verdict::Missed,
        };
        Self { what, bound, measured, verdict }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => write!(f, "≥ {least}"),
            Self::AtMost(most) => write!(f, "≤ {most}"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Met => "met",
            Self::Missed => "MISSED",
            Self::NotMeasured => "not measured",
        })
    }
}

impl Report {
    /// The machine and the programs, before anything is measured.
    pub(crate) fn head(&self) -> String {
        let machine = &self.machine;
        let mut text = format!(
            "{} processors, {} MiB, Linux {}, load {:.2}\n",
            machine.processors, machine.memory_mib, machine.kernel, machine.load_before
        );
        for (name, version) in &self.versions {
            text += &format!("  {name}: {version}\n");
        }
        for each in &self.skipped {
            text += &format!("  skipped: {} ({})\n", each.name, each.reason);
        }
        text
    }

    /// How many targets were met, and which were not.
    pub(crate) fn tail(&self) -> String {
        let targets = || self.rows.iter().flat_map(|row| &row.targets);
        let count = |verdict| targets().filter(|target| target.verdict == verdict).count();
        let mut text = format!(
            "targets: {} met, {} missed, {} not measured\n",
            count(Verdict::Met),
            count(Verdict::Missed),
            count(Verdict::NotMeasured)
        );
        for target in targets().filter(|target| target.verdict == Verdict::Missed) {
            let measured = target.measured.map_or_else(String::new, figure);
            text += &format!("  missed: {} is {measured}, not {}\n", target.what, target.bound);
        }
        text
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} ({})", self.name, self.title, self.unit)?;
        let names = self.series.iter().map(|series| series.name.as_str());
        let targets = self.targets.iter().map(|target| target.what.as_str());
        let width = names
            .chain(targets)
            .map(|name| name.chars().count())
            .chain([6])
            .max()
            .unwrap_or_default();
        if !self.series.is_empty() {
            writeln!(
                f,
                "  {:width$} {:>5} {:>10} {:>10} {:>10} {:>10}",
                "", "n", "p10", "p50", "p90", "max"
            )?;
        }
        for series in &self.series {
            let Summary { n, p10, p50, p90, max, .. } = series.summary;
            writeln!(
                f,
                "  {:width$} {n:>5} {:>10} {:>10} {:>10} {:>10}",
                series.name,
                figure(p10),
                figure(p50),
                figure(p90),
                figure(max)
            )?;
        }
        for target in &self.targets {
            let measured = target.measured.map_or("–".to_owned(), figure);
            writeln!(
                f,
                "  {:width$} {measured:>10}   target {}: {}",
                target.what, target.bound, target.verdict
            )?;
        }
        write_skipped(f, &self.skipped)?;
        self.notes.iter().try_for_each(|note| writeln!(f, "  note: {note}"))
    }
}

fn write_skipped(f: &mut fmt::Formatter<'_>, skipped: &[Skipped]) -> fmt::Result {
    skipped.iter().try_for_each(|each| writeln!(f, "  skipped: {} ({})", each.name, each.reason))
}

/// Three significant digits at least, and no more decimals than that takes.
fn figure(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write!(text, "{value:.decimals$}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(series: &[(&str, f64)]) -> Row {
        Row {
            name: "create",
            title: "create".to_owned(),
            unit: "ms",
            series: series
                .iter()
                .map(|(name, value)| Series {
                    name: (*name).to_owned(),
                    summary: Summary::of(&[*value]).expect("not empty"),
                    values: vec![*value],
                })
                .collect(),
            targets: Vec::new(),
            skipped: Vec::new(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_ratio_is_met_missed_or_not_measured() {
        let mut row = row(&[("skerry", 4.0), ("docker", 400.0)]);
        row.ratio("docker", "skerry", Bound::AtLeast(100.0));
        row.ratio("docker", "skerry", Bound::AtLeast(100.1));
        row.ratio("podman", "skerry", Bound::AtLeast(10.0));
        let verdicts: Vec<Verdict> = row.targets.iter().map(|target| target.verdict).collect();
        assert_eq!(verdicts, [Verdict::Met, Verdict::Missed, Verdict::NotMeasured]);
    }

    #[test]
    fn a_bound_from_above_is_missed_by_more() {
        let mut row = row(&[("skerry", 5.1)]);
        row.bound("skerry", Bound::AtMost(5.0));
        assert_eq!(row.targets[0].verdict, Verdict::Missed);
        assert!(row.to_string().contains("target ≤ 5: MISSED"));
    }
}
