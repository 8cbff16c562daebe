//! Holds the house rules: parses every source file and fails with a list of
//! what breaks one. Each rule is also run on a snippet that breaks it.

mod arrows;
mod crates;
mod lengths;
mod names;
mod protos;
mod source;
mod text;
mod words;
