//! Calls on the files of a native machine, without engine or API. Needs root;
//! skipped without.

mod archive;
mod hostile;
mod host;
mod look;
mod names;
mod stopped;
mod transfer;
