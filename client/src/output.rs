//! What `skerry` prints: tables for people, JSON for programs.

mod json;
mod progress;
mod raw;
mod table;

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;

pub(crate) use json::{ApiMessage, array as json_list_of, object as json_of};
pub(crate) use progress::{LayerBars, TransferProgress, waiting};
pub(crate) use raw::{RawOutput, Target};
pub(crate) use table::{Cell, Table, Tone};

use crate::failure::Failure;

/// How results are printed: as tables for people, or for programs as the
/// API's messages in their canonical JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    // Not doc comments: they would be lines of every --help.
    #[default]
    Table,
    Json,
}

/// Where results go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    format: Format,
    colour: bool,
}

impl Output {
    /// Colour is for a terminal, and not where NO_COLOR says otherwise.
    pub(crate) fn new(format: Format) -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colour = io::stdout().is_terminal() && !set("NO_COLOR") && !dumb;
        Self { format, colour }
    }

    /// Whether a program reads it.
    pub(crate) fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// Prints a line of text.
    pub(crate) fn line(self, text: &str) -> Result<(), Failure> {
        write_all(&format!("{}\n", printable(text)))
    }

    /// Prints text that is made here, as it is.
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        write_all(text)
    }

    /// Takes what a terminal shows away, so that the next table is in its place.
    pub(crate) fn clear(self) -> Result<(), Failure> {
        if io::stdout().is_terminal() { write_all("\x1b[H\x1b[2J") } else { Ok(()) }
    }

    /// Prints a table.
    pub(crate) fn table(self, table: &Table) -> Result<(), Failure> {
        write_all(&table.render(self.colour))
    }

    /// Prints one message as an indented JSON object.
    pub(crate) fn json<M: ApiMessage>(self, message: &M) -> Result<(), Failure> {
        write_all(&format!("{}\n", json::object(message)))
    }

    /// Prints messages as an indented JSON array.
    pub(crate) fn json_list<M: ApiMessage>(self, messages: &[M]) -> Result<(), Failure> {
        write_all(&format!("{}\n", json::array(messages)))
    }

    /// Prints a list as it was asked for: names alone, JSON, or a table.
    pub(crate) fn list<M: ApiMessage>(
        self,
        messages: &[M],
        quiet: bool,
        name: impl Fn(&M) -> &str,
        table: impl FnOnce(&[M]) -> Table,
    ) -> Result<(), Failure> {
        if quiet {
            let names: String = messages.iter().map(|one| format!("{}\n", name(one))).collect();
            self.text(&names)
        } else if self.is_json() {
            self.json_list(messages)
        } else {
            self.table(&table(messages))
        }
    }

    /// Prints one message as it was asked for: JSON, or a table.
    pub(crate) fn one<M: ApiMessage>(
        self,
        message: &M,
        table: impl FnOnce(&M) -> Table,
    ) -> Result<(), Failure> {
        if self.is_json() { self.json(message) } else { self.table(&table(message)) }
    }

    /// Prints one object of several values: each by [`json_of`] or
    /// [`json_list_of`].
    pub(crate) fn json_fields(self, fields: &[(&str, String)]) -> Result<(), Failure> {
        write_all(&format!("{}\n", json::fields(fields)))
    }

    /// Prints one message as a JSON object on a line of its own.
    pub(crate) fn json_line<M: ApiMessage>(self, message: &M) -> Result<(), Failure> {
        write_all(&format!("{}\n", json::line(message)))
    }
}

/// Text from elsewhere with its control characters made visible, so that it
/// stays on its line and says nothing to a terminal.
pub(crate) fn printable(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            clean.extend(character.escape_default());
        } else {
            clean.push(character);
        }
    }
    clean
}

fn write_all(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::output(&error))
}
