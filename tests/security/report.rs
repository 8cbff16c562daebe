//! The results as a file, and the page that is made from it.

use std::fmt::Write;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::arena::Outcome;
use crate::checks::{Check, Guard};

/// What one run of all sides found.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) kernel: String,
    /// The first line of `runc --version`.
    pub(crate) runc: String,
    pub(crate) rows: Vec<Row>,
}

/// One check on all sides.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) check: String,
    pub(crate) skerry: Outcome,
    pub(crate) runc: Outcome,
    pub(crate) runc_docker: Outcome,
    /// The outcome on Skerry with the check's guards switched off; `None` for
    /// a check without a switch.
    pub(crate) unguarded: Option<Outcome>,
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Where the results are kept.
pub(crate) fn results_path() -> PathBuf {
    file("tests/security/results.json")
}

/// Where the page is kept.
pub(crate) fn page_path() -> PathBuf {
    file("docs/security.md")
}

const HEAD: &str = "# Security: what was tried, and what came of it

Made from `tests/security/results.json` by
`cargo test --test security -- --ignored --exact the_results_are_recorded`; a test compares the two.

A small static program, `tests/security/probe`, tries each of these from inside: in a sandbox of Skerry's
native driver, and for reference in a container of Debian's runc, as root. `runc` is the profile that
`runc spec` writes (a writable root is the one change); `runc + caps` is that with Docker's fourteen
capabilities. runc adds a seccomp filter, a user namespace and limits where its caller asks for them; a
caller that does not is what these columns show.

- **denied**: the bad thing did not work. **allowed**: it did. **n/a**: there is nothing to try; the note says why.
- *Seen to fail without*: the guards of the driver that a test build left out, all of them together, whereupon
  the outcome was **allowed**. Where no switch changes the outcome, the column says what else denies it. *open*
  is what is known and not yet denied.
- The numbers are those of the list that the project tests itself against: E escape, R resources.

";

/// The page of these results.
pub(crate) fn page(results: &Results, checks: &[&Check]) -> String {
    let mut page = HEAD.to_owned();
    let count = |outcome| results.rows.iter().filter(|row| row.skerry == outcome).count();
    let seen = results.rows.iter().filter(|row| row.unguarded.is_some()).count();
    writeln!(
        page,
        "Linux {}, {}. {} checks: {} denied, {} allowed, {} n/a on Skerry; {seen} of them seen to fail without their guard.\n",
        results.kernel,
        results.runc,
        results.rows.len(),
        count(Outcome::Denied),
        count(Outcome::Allowed),
        count(Outcome::Absent),
    )
    .expect("a string takes everything");
    page.push_str(
        "| check | tried | Skerry | runc | runc + caps | seen to fail without | note |\n",
    );
    page.push_str("|---|---|---|---|---|---|---|\n");
    for row in &results.rows {
        if let Some(check) = checks.iter().find(|check| check.id == row.check) {
            line(&mut page, row, check);
        }
    }
    page
}

fn line(page: &mut String, row: &Row, check: &Check) {
    let guard = match (check.guard, row.unguarded) {
        (Guard::Off(names), Some(Outcome::Allowed)) => {
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" + ")
        }
        (Guard::Off(names), _) => format!("denied even without {}", names.join(" + ")),
        (Guard::Open(what), _) => format!("– (open: {what})"),
        (Guard::Deeper(_), _) if row.skerry == Outcome::Absent => "–".to_owned(),
        (Guard::Deeper(why), _) => format!("– ({why})"),
    };
    writeln!(
        page,
        "| {} | {} | {} | {} | {} | {guard} | {} |",
        check.id,
        check.title,
        word(row.skerry),
        word(row.runc),
        word(row.runc_docker),
        check.note,
    )
    .expect("a string takes everything");
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Denied => "denied",
        Outcome::Allowed => "**allowed**",
        Outcome::Absent => "n/a",
    }
}
