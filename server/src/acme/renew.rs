//! Has a certificate for as long as the daemon runs. What fails leaves the old
//! one where it is, and is tried again later and later.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use instant_acme::{Account, Error};
use tokio::time::sleep;

use super::certificate::Certificate;
use super::challenge::Challenges;
use super::hook::Hook;
use super::order::{Means, fulfil};
use super::{AcmeConfig, AcmeError, CERTIFICATE, account};
use crate::store::PrivateFile;

/// Between two tries, at the most.
const MAX_PAUSE: Duration = Duration::from_secs(60 * 60);
/// Between two looks at the clock, which may be set.
const MAX_SLEEP: Duration = Duration::from_secs(60 * 60);
/// At the least, whatever a certificate says of itself.
const MIN_SLEEP: Duration = Duration::from_secs(1);
/// What an authority says to who asks too often.
const RATE_LIMITED: &str = "urn:ietf:params:acme:error:rateLimited";

/// The task's own.
pub(super) struct Renewing {
    folder: PathBuf,
    config: AcmeConfig,
    challenges: Arc<Challenges>,
    hook: Option<Hook>,
    /// Once the authority has let us in.
    account: Option<Account>,
}

impl Renewing {
    pub(super) fn open(
        folder: &Path,
        config: AcmeConfig,
        challenges: Arc<Challenges>,
    ) -> Result<Self, AcmeError> {
        let hook = config.hook.as_deref().map(|hook| Hook::open(folder, hook)).transpose()?;
        Ok(Self { folder: folder.to_owned(), config, challenges, hook, account: None })
    }

    pub(super) async fn run(mut self) {
        // What an earlier daemon left in DNS.
        self.clean_up().await;
        let mut pause = self.config.pause;
        loop {
            if let Some(wait) = self.wait() {
                sleep(wait.clamp(MIN_SLEEP, MAX_SLEEP)).await;
                continue;
            }
            let renewed = self.renew().await;
            self.challenges.hide_all();
            self.clean_up().await;
            match renewed {
                Ok(()) => pause = self.config.pause,
                Err(error) => {
                    let wait = if is_rate_limited(&error) { MAX_PAUSE } else { pause };
                    tracing::warn!(%error, again_in = ?wait, "there is no new certificate");
                    sleep(wait).await;
                    pause = (pause * 2).min(MAX_PAUSE);
                }
            }
        }
    }

    /// How long the certificate is good enough; `None`: one is wanted now.
    fn wait(&self) -> Option<Duration> {
        let certificate = Certificate::open(&self.folder.join(CERTIFICATE))?;
        if !certificate.is_for(&self.config.names) {
            return None;
        }
        certificate.due().duration_since(SystemTime::now()).ok().filter(|wait| !wait.is_zero())
    }

    async fn renew(&mut self) -> Result<(), AcmeError> {
        if self.account.is_none() {
            self.account = Some(account::open(&self.folder, &self.config).await?);
        }
        let Some(account) = &self.account else { return Ok(()) };
        let mut means = Means {
            proof: self.config.proof,
            challenges: &self.challenges,
            hook: self.hook.as_mut(),
        };
        let text = fulfil(account, &self.config.names, &mut means).await?;
        let certificate = Certificate::read(text.as_bytes())?;
        if !certificate.is_for(&self.config.names) {
            return Err(AcmeError::Unusable("it is for other names".to_owned()));
        }
        let path = self.folder.join(CERTIFICATE);
        PrivateFile::write(&self.folder, CERTIFICATE, &text).map_err(AcmeError::at(&path))?;
        let until = chrono::DateTime::<chrono::Utc>::from(certificate.until());
        tracing::info!(names = ?self.config.names, %until, "there is a new certificate");
        Ok(())
    }

    async fn clean_up(&mut self) {
        if let Some(hook) = &mut self.hook
            && let Err(error) = hook.clean_up().await
        {
            tracing::warn!(%error, "a record stays in DNS for now");
        }
    }
}

fn is_rate_limited(error: &AcmeError) -> bool {
    let AcmeError::Refused(Error::Api(problem)) = error else { return false };
    problem.r#type.as_deref() == Some(RATE_LIMITED)
}
