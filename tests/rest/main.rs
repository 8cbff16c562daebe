//! JSON over HTTP as a caller sees it: curl, and a WebSocket client, against
//! the real daemon.

mod content;
mod hostile;
mod pages;
mod socket;
mod streams;
mod table;
mod unary;
mod web;
