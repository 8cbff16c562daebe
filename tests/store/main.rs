//! The store: what is acknowledged stays, and damage is said.

mod damage;
mod power;
mod table;
