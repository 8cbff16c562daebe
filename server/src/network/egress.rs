//! What was refused: a stream of events, and how often.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::SystemTime;

use parking_lot::Mutex;
use tokio::sync::broadcast;

use crate::model::SandboxId;

/// Events that a watcher may be behind.
const EGRESS_BACKLOG: usize = 1024;

/// Why something was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EgressReason {
    /// The policy does not list it.
    Policy,
    /// A private or reserved address that no entry lists.
    Private,
    /// An address of the host.
    Host,
    /// Another sandbox.
    Sandbox,
    /// Not the sender's own address, or IPv6.
    Spoofed,
    /// A name whose answer was a private address.
    Rebinding,
    /// A question of a kind that is not answered.
    QueryType,
    /// Too many questions, or connections, at once.
    TooMany,
    /// What a connection to a port of names says of itself: no name, or one
    /// that is not allowed at its address, or neither TLS nor HTTP.
    ServerName,
}

/// What was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EgressEventKind {
    /// A packet.
    Packet {
        /// Where it was going.
        address: Ipv4Addr,
        /// Its port there; 0 where the protocol has none.
        port: u16,
        /// The number of its protocol: 6 is TCP.
        protocol: u8,
        /// A name that the sandbox knows the address by.
        name: Option<String>,
    },
    /// A question for a name.
    Name(String),
}

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EgressEvent {
    /// When.
    pub time: SystemTime,
    /// Whose.
    pub sandbox: SandboxId,
    /// Of what.
    pub kind: EgressEventKind,
    /// Why.
    pub reason: EgressReason,
}

/// How much was refused to a sandbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EgressCounts {
    /// Packets, by the rules.
    pub packets: u64,
    /// Names.
    pub names: u64,
    /// Connections to ports 80 and 443, and requests on them, at the gate.
    pub connections: u64,
}

/// The watcher was too slow: it has missed so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the watcher is {0} events behind")]
pub struct EgressLagged(pub u64);

/// Tells watchers, and counts refused names.
pub struct Egress {
    sender: broadcast::Sender<EgressEvent>,
    counts: Mutex<HashMap<SandboxId, EgressCounts>>,
}

impl Default for Egress {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(EGRESS_BACKLOG), counts: Mutex::default() }
    }
}

impl Egress {
    /// Every refusal from here on.
    pub fn watch(&self) -> EgressWatch {
        EgressWatch { receiver: self.sender.subscribe() }
    }

    /// What the daemon itself has refused to a sandbox since its start.
    pub fn counts(&self, sandbox: &SandboxId) -> EgressCounts {
        self.counts.lock().get(sandbox).copied().unwrap_or_default()
    }

    pub(super) fn report(&self, event: EgressEvent) {
        if matches!(event.kind, EgressEventKind::Name(_)) {
            self.counts.lock().entry(event.sandbox.clone()).or_default().names += 1;
        }
        self.tell(event);
    }

    /// As [`Self::report`], of what the gate refuses.
    pub(super) fn report_at_gate(&self, event: EgressEvent) {
        self.counts.lock().entry(event.sandbox.clone()).or_default().connections += 1;
        self.tell(event);
    }

    fn tell(&self, event: EgressEvent) {
        // Nobody watches.
        let _ = self.sender.send(event);
    }

    pub(super) fn forget(&self, sandbox: &SandboxId) {
        self.counts.lock().remove(sandbox);
    }
}

/// One watcher.
pub struct EgressWatch {
    receiver: broadcast::Receiver<EgressEvent>,
}

impl EgressWatch {
    /// The next refusal; `None` when the network is gone. Cancel-safe.
    pub async fn next(&mut self) -> Result<Option<EgressEvent>, EgressLagged> {
        match self.receiver.recv().await {
            Ok(event) => Ok(Some(event)),
            Err(broadcast::error::RecvError::Closed) => Ok(None),
            Err(broadcast::error::RecvError::Lagged(missed)) => Err(EgressLagged(missed)),
        }
    }
}
