//! Programs of others: buf holds the protos to their rules.

mod buf_lint;
mod tool;
