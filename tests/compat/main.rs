//! The APIs of the systems before ours, as their own clients call them.

mod access;
mod answer;
mod apple;
mod axios;
mod bodies;
mod documents;
mod hostile;
mod lives;
mod mac;
mod place;
mod shape;
mod stage;
mod world;
