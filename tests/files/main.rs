//! Calls on the files of a native machine, without engine or API. Needs root;
//! skipped without.

mod archive;
mod host;
mod hostile;
mod look;
mod names;
mod stopped;
mod transfer;
