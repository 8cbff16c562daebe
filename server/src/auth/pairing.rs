//! Pairing: a short code that gets a device its token.
//!
//! A code is one of 2^30. Each wrong try counts against every open code, and
//! five kill one: a guess at any of the codes that may be open at once gets
//! through with a chance of at most 5 · 16 / 2^30, however many addresses try.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use subtle::ConstantTimeEq;
use tokio::time::Instant;

use super::{ClientAddress, NewToken, Throttle, Token, TokenError, TokenRecord, Tokens};

/// 32 characters, so that five bits are one: no 0 and O, no 1 and I.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const CODE_CHARACTERS: usize = 6;
/// How long a code is good.
const LIFETIME: Duration = Duration::from_secs(5 * 60);
/// Wrong tries until a code is dead.
const MAX_TRIES: u32 = 5;
/// Codes at once.
const MAX_OPEN: usize = 16;

/// Why there is no code, or no token for one.
#[derive(Debug, thiserror::Error)]
pub enum PairingError {
    /// As many codes are open as may be.
    #[error("{MAX_OPEN} pairing codes are open already; wait until one has run out")]
    TooMany,
    /// Too many tries.
    #[error("too many tries; wait {} s", .0.as_secs() + 1)]
    Throttled(Duration),
    /// No code is that one: it is wrong, used, dead or too old.
    #[error("the pairing code is wrong, used or older than 5 minutes: `skerry pair` makes another")]
    Wrong,
    /// The operating system has no random numbers.
    #[error("no random numbers: {0}")]
    Random(getrandom::Error),
    /// The token can't be made.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// A code that waits for its device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// The code.
    pub code: String,
    /// When it is no good any more.
    pub expire_time: SystemTime,
}

impl Pairing {
    /// Its address on the page that confirms: a browser sends nobody what
    /// follows the `#`.
    pub fn url(&self, page: &str) -> String {
        format!("{page}#{}", self.code)
    }
}

struct Open {
    code: [u8; CODE_CHARACTERS],
    until: Instant,
    tries: u32,
    token: NewToken,
}

/// The codes that are open; cheap to clone.
#[derive(Clone)]
pub struct Pairings {
    tokens: Arc<Tokens>,
    throttle: Throttle,
    open: Arc<Mutex<Vec<Open>>>,
}

impl Pairings {
    /// Codes for tokens.
    pub fn new(tokens: Arc<Tokens>, throttle: Throttle) -> Self {
        Self { tokens, throttle, open: Arc::default() }
    }

    /// Makes a code for such a token; its device's name is what the device
    /// says.
    ///
    /// # Errors
    /// Too many are open.
    pub fn create(&self, token: NewToken) -> Result<Pairing, PairingError> {
        let code = code().map_err(PairingError::Random)?;
        let now = Instant::now();
        let mut open = self.open.lock();
        open.retain(|one| one.until > now);
        if open.len() >= MAX_OPEN {
            return Err(PairingError::TooMany);
        }
        open.push(Open { code, until: now + LIFETIME, tries: 0, token });
        let code = code.into_iter().map(char::from).collect();
        Ok(Pairing { code, expire_time: SystemTime::now() + LIFETIME })
    }

    /// Makes a token for a code, which is used then.
    ///
    /// # Errors
    /// The code is none; too many tries; the token can't be made.
    pub async fn confirm(
        &self,
        from: ClientAddress,
        code: &str,
        device_name: String,
    ) -> Result<(TokenRecord, Token), PairingError> {
        self.throttle.code(from).map_err(PairingError::Throttled)?;
        let token = self.take(code).ok_or(PairingError::Wrong)?;
        let name = if token.name.is_empty() { device_name.clone() } else { token.name };
        let token = NewToken { name, device_name, ..token };
        Ok(self.tokens.create(token).await?)
    }

    fn take(&self, code: &str) -> Option<NewToken> {
        let code = plain(code);
        let now = Instant::now();
        let mut open = self.open.lock();
        open.retain(|one| one.until > now);
        // All are compared, so that the time tells nothing about which.
        let matches = open.iter().enumerate().fold(None, |found, (index, one)| {
            let same = bool::from(one.code.ct_eq(&code));
            if same { Some(index) } else { found }
        });
        if let Some(index) = matches {
            return Some(open.swap_remove(index).token);
        }
        open.iter_mut().for_each(|one| one.tries += 1);
        open.retain(|one| one.tries < MAX_TRIES);
        None
    }
}

fn code() -> Result<[u8; CODE_CHARACTERS], getrandom::Error> {
    let mut bytes = [0; CODE_CHARACTERS];
    getrandom::fill(&mut bytes)?;
    // Five bits of each byte: every character is as likely as another.
    Ok(bytes.map(|byte| ALPHABET[usize::from(byte & 31)]))
}

/// A code as it was made; of what is none, one that no code is.
fn plain(text: &str) -> [u8; CODE_CHARACTERS] {
    let kept = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-'));
    let upper: Vec<u8> =
        kept.take(CODE_CHARACTERS + 1).map(|byte| byte.to_ascii_uppercase()).collect();
    upper.try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    struct Stage {
        pairings: Pairings,
        _dir: tempfile::TempDir,
    }

    impl Stage {
        async fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let store = Store::open(&dir.path().join("store")).unwrap();
            let (tokens, _) = Tokens::open(dir.path(), &store, &[]).await.unwrap();
            Self { pairings: Pairings::new(tokens, Throttle::default()), _dir: dir }
        }

        fn code(&self) -> String {
            self.pairings.create(NewToken::default()).unwrap().code
        }

        async fn confirm(&self, from: u8, code: &str) -> Result<Token, PairingError> {
            let from = ClientAddress([192, 0, 2, from].into());
            let made = self.pairings.confirm(from, code, "phone".to_owned()).await;
            made.map(|(_, token)| token)
        }
    }

    #[tokio::test]
    async fn a_code_is_good_once_however_it_is_written() {
        let stage = Stage::new().await;
        let code = stage.code();
        assert!(code.len() == 6 && code.bytes().all(|byte| ALPHABET.contains(&byte)), "{code}");
        let written = format!(" {}-{} ", code[..3].to_lowercase(), &code[3..]);
        let token = stage.confirm(1, &written).await.unwrap();
        assert!(stage.pairings.tokens.identify(token.secret().as_bytes()).is_some());
        assert!(matches!(stage.confirm(1, &code).await, Err(PairingError::Wrong)));
    }

    #[tokio::test]
    async fn five_wrong_tries_from_anywhere_kill_a_code() {
        let stage = Stage::new().await;
        let code = stage.code();
        for from in 1..5 {
            assert!(matches!(stage.confirm(from, "000000").await, Err(PairingError::Wrong)));
        }
        let later = stage.code();
        assert!(matches!(stage.confirm(5, "").await, Err(PairingError::Wrong)));
        assert!(matches!(stage.confirm(6, &code).await, Err(PairingError::Wrong)));
        stage.confirm(7, &later).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_code_is_good_for_five_minutes() {
        let stage = Stage::new().await;
        let code = stage.code();
        tokio::time::advance(LIFETIME - Duration::from_secs(1)).await;
        let late = stage.code();
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(matches!(stage.confirm(1, &code).await, Err(PairingError::Wrong)));
        stage.confirm(1, &late).await.unwrap();
    }

    #[tokio::test]
    async fn so_many_codes_are_open_at_most() {
        let stage = Stage::new().await;
        for _ in 0..MAX_OPEN {
            stage.code();
        }
        let over = stage.pairings.create(NewToken::default());
        assert!(matches!(over, Err(PairingError::TooMany)));
    }
}
