//! Files of a real sandbox, through the real daemon: every call, and what a
//! hostile sandbox, archive or caller may try with it.

mod archive;
mod basics;
mod hostile;
mod large;
mod search;
mod steps;
mod watch;
