//! JSON over HTTP as a caller sees it: curl, and a WebSocket client, against
//! the real daemon.

mod bodies;
mod browser;
mod content;
mod examples;
mod hostile;
mod mapping;
mod pages;
mod schema;
mod socket;
mod streams;
mod table;
mod unary;
mod web;
