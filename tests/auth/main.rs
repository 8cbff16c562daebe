//! Who may call what: every method by every kind of token, pairings, and what
//! ends with a token.

mod caller;
mod fixed;
mod hosts;
mod network;
mod page;
mod pairing;
mod revoke;
mod socket;
mod stage;
mod table;
mod tls;
