//! A resolver in the world: knows the names that a test tells it, and counts
//! who asks.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::{Arc, Mutex};

use crate::world::{Namespace, PUBLIC};

/// Seconds that an answer is good for.
const TIME_TO_LIVE: u32 = 1;

type Zone = Arc<Mutex<BTreeMap<String, Vec<Ipv4Addr>>>>;

/// Answers on port 53 of the world's own address, as long as the test's
/// process lives.
pub(crate) struct Resolver {
    zone: Zone,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Resolver {
    pub(crate) fn serve(world: &Namespace) -> Self {
        let _inside = world.enter();
        let socket = UdpSocket::bind((PUBLIC, 53)).expect("the port is free");
        let resolver = Self { zone: Zone::default(), asked: Arc::default() };
        let (zone, asked) = (Arc::clone(&resolver.zone), Arc::clone(&resolver.asked));
        std::thread::spawn(move || {
            let mut packet = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut packet) {
                if let Some(answer) = answer(&packet[..length], &zone, &asked) {
                    let _gone = socket.send_to(&answer, from);
                }
            }
        });
        resolver
    }

    /// From here on, a name has these addresses.
    pub(crate) fn set(&self, name: &str, addresses: &[Ipv4Addr]) {
        let mut zone = self.zone.lock().expect("nobody panics with it");
        zone.insert(name.to_owned(), addresses.to_vec());
    }

    /// What it was asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panics with it").clone()
    }
}

/// One question for an A record, as RFC 1035 has it.
fn answer(question: &[u8], zone: &Zone, asked: &Mutex<Vec<String>>) -> Option<Vec<u8>> {
    let mut at = 12;
    let mut labels = Vec::new();
    while let Some(length) = question.get(at).copied().filter(|length| *length > 0) {
        let label = question.get(at + 1..at + 1 + usize::from(length))?;
        labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
        at += 1 + usize::from(length);
    }
    let end = at + 5;
    let name = labels.join(".");
    asked.lock().ok()?.push(name.clone());
    let addresses = zone.lock().ok()?.get(&name).cloned();
    let count = addresses.as_ref().map_or(0, Vec::len) as u8;
    let code = if addresses.is_some() { 0 } else { 3 };
    let mut bytes = question.get(..2)?.to_vec();
    bytes.extend([0x81, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0]);
    bytes.extend(question.get(12..end)?);
    for address in addresses.into_iter().flatten() {
        bytes.extend([0xc0, 12, 0, 1, 0, 1]);
        bytes.extend(TIME_TO_LIVE.to_be_bytes());
        bytes.extend([0, 4]);
        bytes.extend(address.octets());
    }
    Some(bytes)
}
