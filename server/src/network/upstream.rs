//! Who knows the names: the host's own resolvers, or those that were given.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

/// Until another is asked.
const TIMEOUT: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 2;
/// Answers that are kept for all sandboxes together.
const CACHE: u64 = 4096;
/// The most addresses of one answer.
const MAX_ADDRESSES: usize = 64;
/// Resolvers of the host's that are asked: as many as libc takes.
const MAX_RESOLVERS: usize = 3;

/// Asks resolvers.
pub(super) struct Upstream {
    resolver: TokioResolver,
}

/// What they said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// Addresses, and for how many seconds they are good.
    Addresses(Vec<Ipv4Addr>, u32),
    /// There are none, with this code.
    None(ResponseCode),
}

impl Upstream {
    /// `given`, or those of a resolv.conf where none are given.
    pub(super) fn new(given: &[IpAddr], resolv_conf: &Path) -> io::Result<Self> {
        let listed = match given {
            [] => listed(&std::fs::read_to_string(resolv_conf).unwrap_or_default()),
            given => given.to_vec(),
        };
        let servers = listed.into_iter().map(NameServerConfig::udp_and_tcp).collect();
        let config = ResolverConfig::from_parts(None, Vec::new(), servers);
        let mut builder =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        let options = builder.options_mut();
        options.timeout = TIMEOUT;
        options.attempts = ATTEMPTS;
        options.cache_size = CACHE;
        options.use_hosts_file = ResolveHosts::Never;
        // Which answers may pass is the policy's to say.
        options.deny_answers = Vec::new();
        Ok(Self { resolver: builder.build().map_err(io::Error::other)? })
    }

    /// A name's addresses, through aliases.
    pub(super) async fn ask(&self, name: &Name) -> Said {
        let found = match self.resolver.lookup(name.clone(), RecordType::A).await {
            Ok(found) => found,
            Err(error) if error.is_nx_domain() => return Said::None(ResponseCode::NXDomain),
            Err(error) if error.is_no_records_found() => {
                return Said::None(ResponseCode::NoError);
            }
            Err(error) => {
                tracing::debug!(%error, "a name can't be resolved");
                return Said::None(ResponseCode::ServFail);
            }
        };
        let mut addresses = Vec::new();
        let mut seconds = u32::MAX;
        for record in found.answers().iter().take(MAX_ADDRESSES) {
            seconds = seconds.min(record.ttl);
            if let RData::A(address) = &record.data {
                addresses.push(address.0);
            }
        }
        match addresses.is_empty() {
            true => Said::None(ResponseCode::NoError),
            false => Said::Addresses(addresses, seconds),
        }
    }
}

/// The resolvers that a resolv.conf lists.
fn listed(text: &str) -> Vec<IpAddr> {
    let lines = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()).flatten()?.parse().ok()
    });
    lines.take(MAX_RESOLVERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolvers_are_read_as_libc_reads_them() {
        let text = "# nameserver 1.1.1.1\nsearch a.test\nnameserver 9.9.9.9 # x\n\
                    nameserver ::1\nnameserver bad\n nameserver 8.8.8.8\nnameserver 7.7.7.7";
        let wanted: Vec<IpAddr> =
            ["9.9.9.9", "::1", "8.8.8.8"].map(|text| text.parse().expect(text)).into();
        assert_eq!(listed(text), wanted);
    }
}
