//! Tables: a line of headings, columns as wide as their widest cell.

use std::collections::BTreeMap;

use super::printable;

/// What stands between two columns.
const GAP: &str = "   ";

/// What a cell's colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing.
    Plain,
    /// All is well.
    Good,
    /// It passes, or it is less than it could be.
    Middling,
    /// It needs someone's eye.
    Bad,
    /// It rests.
    Faint,
}

impl Tone {
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Good => Some("32"),
            Self::Middling => Some("33"),
            Self::Bad => Some("31"),
            Self::Faint => Some("2"),
        }
    }
}

/// One cell.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    /// A cell with a tone; what would speak to a terminal is made visible.
    pub(crate) fn toned(text: &str, tone: Tone) -> Self {
        Self { text: printable(text), tone }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::toned(text.as_ref(), Tone::Plain)
    }
}

/// Rows under headings.
#[derive(Debug)]
pub(crate) struct Table {
    headings: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows. Without headings it is a list of pairs.
    pub(crate) fn new(headings: &[&str]) -> Self {
        Self { headings: headings.iter().map(Cell::from).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Adds a name and what it is, where that is not empty.
    pub(crate) fn pair(&mut self, name: &str, value: impl Into<Cell>) {
        let value = value.into();
        if !value.text.is_empty() {
            self.row([Cell::toned(name, Tone::Faint), value]);
        }
    }

    /// Adds a row for each key and its value.
    pub(crate) fn pairs(&mut self, name: &str, values: &BTreeMap<String, String>) {
        for (key, value) in values {
            self.pair(name, format!("{key}={value}"));
        }
    }

    /// The table as text.
    pub(crate) fn render(&self, colour: bool) -> String {
        let lines = || std::iter::once(&self.headings).chain(&self.rows).filter(|l| !l.is_empty());
        let mut widths: Vec<usize> = Vec::new();
        for line in lines() {
            widths.resize(widths.len().max(line.len()), 0);
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.text.chars().count());
            }
        }
        let mut text = String::new();
        for line in lines() {
            render_line(&mut text, line, &widths, colour);
        }
        text
    }
}

fn render_line(text: &mut String, line: &[Cell], widths: &[usize], colour: bool) {
    for (index, (cell, width)) in line.iter().zip(widths).enumerate() {
        match cell.tone.code().filter(|_| colour) {
            Some(code) => text.push_str(&format!("\x1b[{code}m{}\x1b[0m", cell.text)),
            None => text.push_str(&cell.text),
        }
        // Nothing trails the last column.
        if index + 1 < line.len() {
            text.extend(std::iter::repeat_n(' ', width - cell.text.chars().count()));
            text.push_str(GAP);
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&["NAME", "STATE"]);
        table.row(["a-long-name".into(), Cell::toned("running", Tone::Good)]);
        table.row(["é".into(), Cell::toned("failed", Tone::Bad)]);
        let plain = "NAME          STATE\na-long-name   running\né             failed\n";
        assert_eq!(table.render(false), plain);
        let coloured = table.render(true);
        assert!(coloured.contains("a-long-name   \x1b[32mrunning\x1b[0m\n"), "{coloured:?}");
    }

    #[test]
    fn a_cell_says_nothing_to_the_terminal() {
        let mut table = Table::new(&[]);
        table.pair("reason", "\x1b]0;owned\x07\n");
        table.pair("empty", "");
        assert_eq!(table.render(false), "reason   \\u{1b}]0;owned\\u{7}\\n\n");
    }
}
