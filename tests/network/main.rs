//! The network of sandboxes, on a daemon in a network namespace of the test's
//! own. All that a test sends goes to namespaces that it made itself.

mod bounds;
mod cases;
mod change;
mod crash;
mod credentials;
mod crowd;
mod declared;
mod first;
mod flows;
mod gate;
mod leaks;
mod names;
mod peers;
mod policy;
mod probe;
mod reached;
mod refused;
mod resolver;
mod site;
mod stats;
mod steps;
mod tenants;
mod tour;
mod world;
