//! Previews: what passes the proxy and what does not, and how it wakes what
//! sleeps. Most tests have the whole daemon in this process, on a runtime
//! whose ports are programs of the test's; `real` has sandboxes that run.

mod acme;
mod app;
mod health;
mod hosts;
mod https;
mod links;
mod pass;
mod path;
mod pebble;
mod published;
mod real;
mod smuggle;
mod stage;
mod streams;
mod tenants;
mod tls;
mod tunnel;
mod wake;
