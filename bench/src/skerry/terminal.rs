//! A command on a terminal, by the client library.

use skerry_client::v1::TerminalSize;
use skerry_client::{ExecEvent, Interaction};

use super::{Skerry, SkerryError, call, spec};

/// A terminal that is open.
pub(crate) struct Terminal(Interaction);

impl Skerry {
    /// Runs a command on a terminal.
    pub(crate) async fn terminal(&self, id: &str, argv: &[&str]) -> Result<Terminal, SkerryError> {
        let mut spec = spec(argv);
        spec.terminal = Some(TerminalSize { rows: 24, columns: 80 });
        self.client.interact(id, spec).await.map(Terminal).map_err(call("interact"))
    }
}

impl Terminal {
    /// Types a key and waits until it is seen.
    pub(crate) async fn echo(&mut self, key: u8) -> Result<(), SkerryError> {
        self.0.input.write(vec![key].into()).await;
        loop {
            match self.0.output.next().await.map_err(call("interact"))? {
                Some(ExecEvent::Stdout(data)) if data.contains(&key) => return Ok(()),
                Some(ExecEvent::Exited(result)) => {
                    return Err(SkerryError::Ended { code: result.exit_code, bytes: 0 });
                }
                Some(_) => {}
                None => return Err(SkerryError::Ended { code: -1, bytes: 0 }),
            }
        }
    }
}
