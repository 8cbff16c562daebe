//! Images from registries: Debian's own registry with images that buildah has
//! made, and a registry in this process that fails as it is told.

mod bases;
mod buildah;
mod creates;
mod debian;
mod fake;
mod faults;
mod made;
mod pull;
mod real;
mod resume;
mod server;
mod sharing;
mod tree;
