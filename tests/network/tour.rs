//! Every line of the page about the network.

use std::net::Ipv4Addr;

use skerry_test_support::tour::follow;

use crate::needs_network;
use crate::resolver::Resolver;
use crate::site::Site;
use crate::world::{OTHER, PUBLIC, World};

/// Where the page's web site is.
const SITE: Ipv4Addr = Ipv4Addr::new(151, 101, 65, 69);

#[tokio::test]
async fn every_line_about_the_network_does_what_it_says() {
    needs_network!();
    let world = World::new();
    let resolver = Resolver::serve(&world.world);
    for (name, address) in
        [("api.example.com", PUBLIC), ("www.example.org", OTHER), ("example.net", OTHER)]
    {
        resolver.set(name, &[address]);
    }
    resolver.set("api.example.edu", &[SITE]);
    let site = Site::serve(&world.world, SITE, &["api.example.edu"]);
    let authority = site.authority();
    let authority = authority.to_str().expect("a path of ours");
    let arguments = ["--dns-upstream", "93.184.216.34", "--egress-ca", authority];
    let daemon = world.daemon(&arguments).await;
    follow("docs/network.md", &daemon).await;
}
