//! The book: its API pages are made of the protos' comments, it builds without
//! a warning, and its links lead somewhere.

mod built;
mod page;
mod reference;
