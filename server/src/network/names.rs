//! Answers names on the gateway's port 53, by the policy of who asks, which
//! the rules let nobody lie about.
//!
//! An allowlist's addresses are in the rules before the answer is sent. Only
//! addresses are answered; a name that is allowed has no others (AAAA, HTTPS)
//! as far as a sandbox can see, and questions of all other kinds are refused:
//! they carry data out as well as in.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::proto::op::{Metadata, OpCode, ResponseCode};
use hickory_server::proto::rr::rdata::A;
use hickory_server::proto::rr::{DNSClass, Name, RData, Record, RecordType};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::Semaphore;

use super::guests::NotAsking;
use super::host::Parts;
use super::upstream::{Said, Upstream};
use super::{EgressEvent, EgressEventKind, EgressReason, NetworkError};
use crate::model::{EgressMode, SandboxId};

/// Questions of all sandboxes together that wait for an answer.
const MAX_WAITING: usize = 512;
/// How long a connection may be silent.
const TCP_TIMEOUT: Duration = Duration::from_secs(5);
/// Answers of one connection that wait to be read.
const TCP_ANSWERS: usize = 16;
/// Seconds that an answer is good for, whatever its owner says: not so short
/// that everybody asks all the time, nor so long that an address stays
/// reachable for days.
const SECONDS: std::ops::RangeInclusive<u32> = 5..=3600;
/// An address is reachable for so much longer than its answer is good, for who
/// asks, waits and then connects.
const GRACE: Duration = Duration::from_secs(60);

/// Answers until it is dropped.
pub(super) struct Names {
    server: Server<Answering>,
}

impl Names {
    /// Begins to answer on the gateway's address.
    pub(super) async fn open(
        gateway: Ipv4Addr,
        parts: Arc<Parts>,
        upstream: Upstream,
    ) -> Result<Self, NetworkError> {
        let failed = |error: std::io::Error| NetworkError::Dns {
            address: gateway,
            cause: error.to_string(),
        };
        let udp = UdpSocket::bind((gateway, 53)).await.map_err(failed)?;
        let tcp = TcpListener::bind((gateway, 53)).await.map_err(failed)?;
        let waiting = Semaphore::new(MAX_WAITING);
        let mut server = Server::new(Answering { parts, upstream, waiting });
        server.register_socket(udp);
        server.register_listener(tcp, TCP_TIMEOUT, TCP_ANSWERS);
        Ok(Self { server })
    }

    /// Ends it.
    pub(super) async fn close(mut self) {
        if let Err(error) = self.server.shutdown_gracefully().await {
            tracing::debug!(%error, "the server of names ended");
        }
    }
}

struct Answering {
    parts: Arc<Parts>,
    upstream: Upstream,
    waiting: Semaphore,
}

/// What is answered.
enum Answer {
    Code(ResponseCode),
    Addresses(Vec<Ipv4Addr>, u32),
}

const REFUSED: Answer = Answer::Code(ResponseCode::Refused);
const NOTHING: Answer = Answer::Code(ResponseCode::NoError);

#[async_trait::async_trait]
impl RequestHandler for Answering {
    async fn handle_request<R: ResponseHandler, T: Time>(
        &self,
        request: &Request,
        mut response: R,
    ) -> ResponseInfo {
        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.recursion_available = true;
        let mut records = Vec::new();
        match self.answer(request).await {
            Answer::Code(code) => metadata.response_code = code,
            Answer::Addresses(addresses, seconds) => {
                if let Ok(info) = request.request_info() {
                    let name = info.query.original().name();
                    records.extend(addresses.into_iter().map(|address| {
                        Record::from_rdata(name.clone(), seconds, RData::A(A(address)))
                    }));
                }
            }
        }
        let message = MessageResponseBuilder::from_message_request(request);
        let message = message.build(metadata, records.iter(), [], [], []);
        match response.send_response(message).await {
            Ok(info) => info,
            Err(error) => {
                tracing::debug!(%error, "an answer can't be sent");
                let counts = Default::default();
                hickory_server::proto::op::Header { metadata, counts }.into()
            }
        }
    }
}

impl Answering {
    async fn answer(&self, request: &Request) -> Answer {
        let (Ok(info), IpAddr::V4(sandbox)) = (request.request_info(), request.src().ip()) else {
            return Answer::Code(ResponseCode::FormErr);
        };
        let query = info.query;
        let name = query.name().to_string();
        let name = name.trim_end_matches('.');
        let guests = &self.parts.guests;
        let asking = match guests.ask(sandbox) {
            Ok(asking) => asking,
            Err(NotAsking::Stranger) => return REFUSED,
            Err(NotAsking::TooMany(id)) => return self.refuse(id, name, EgressReason::TooMany),
        };
        let address = match query.query_type() {
            RecordType::A => true,
            RecordType::AAAA | RecordType::HTTPS | RecordType::SVCB => false,
            _ => return self.refuse(asking.id, name, EgressReason::QueryType),
        };
        if query.query_class() != DNSClass::IN || info.metadata.op_code != OpCode::Query {
            return self.refuse(asking.id, name, EgressReason::QueryType);
        }
        if !asking.policy.allows_name(name) {
            return self.refuse(asking.id, name, EgressReason::Policy);
        }
        if !address {
            return NOTHING;
        }
        let Ok(_waiting) = self.waiting.try_acquire() else {
            return self.refuse(asking.id, name, EgressReason::TooMany);
        };
        let (mut addresses, seconds) = match self.upstream.ask(&Name::from(query.name())).await {
            Said::Addresses(addresses, seconds) => (addresses, seconds),
            Said::None(code) => return Answer::Code(code),
        };
        addresses.retain(|address| asking.policy.allows_answer(*address));
        if addresses.is_empty() {
            return self.refuse(asking.id, name, EgressReason::Rebinding);
        }
        let seconds = seconds.clamp(*SECONDS.start(), *SECONDS.end());
        // An open one is sent by the gate only where it has to be.
        let by_gate = asking.credentials.has_host(name);
        if asking.policy.mode == EgressMode::Allowlist || by_gate {
            let time = Duration::from_secs(seconds.into()) + GRACE;
            match self.parts.learn(sandbox, name, &addresses, time).await {
                Ok(Ok(())) => {}
                Ok(Err(reason)) => return self.refuse(asking.id, name, reason),
                Err(error) => {
                    tracing::warn!(%error, "a name's addresses can't be let through");
                    return Answer::Code(ResponseCode::ServFail);
                }
            }
        }
        drop(asking.permit);
        Answer::Addresses(addresses, seconds)
    }

    fn refuse(&self, sandbox: SandboxId, name: &str, reason: EgressReason) -> Answer {
        let (time, kind) = (SystemTime::now(), EgressEventKind::Name(name.to_owned()));
        self.parts.egress.report(EgressEvent { time, sandbox, kind, reason });
        REFUSED
    }
}
