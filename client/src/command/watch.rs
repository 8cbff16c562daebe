//! `skerry watch`.

use std::time::SystemTime;

use clap::Args;
use skerry_client::Error;
use skerry_client::v1::watch_sandboxes_response::EventType;
use skerry_client::v1::{WatchSandboxesRequest, WatchSandboxesResponse};

use super::Context;
use super::sandbox::state_cell;
use crate::failure::Failure;
use crate::output::{Cell, Table, Tone};
use crate::units::{parse_pair, show_time};

/// Follow what happens to sandboxes
#[derive(Debug, Args)]
#[command(after_help = "\
First what is there, then each change as it happens. The watch of one
sandbox ends when it is deleted.

Examples:
  skerry watch                                   All of them
  skerry watch web                               One, until it is deleted
  skerry watch -l team=web                       Those with a label
  skerry watch -o json | jq -c '[.type, .sandbox.name]'
                                                 One JSON object a line")]
pub(super) struct Watch {
    /// Name or id; all where none is given
    sandbox: Option<String>,
    /// Only those with this label; several must all be there
    #[arg(short, long, value_name = "KEY=VALUE", value_parser = parse_pair)]
    label: Vec<(String, String)>,
}

impl Watch {
    pub(super) async fn run(self, context: &Context) -> Result<u8, Failure> {
        let one = self.sandbox.is_some();
        let request = WatchSandboxesRequest {
            sandbox_id: self.sandbox.unwrap_or_default(),
            labels: self.label.into_iter().collect(),
        };
        loop {
            let call = context.client.watch_sandboxes(request.clone());
            let mut watch = context.call("watch sandboxes", call).await?;
            loop {
                match watch.next().await {
                    Ok(Some(event)) => {
                        print(context, &event)?;
                        if one && event.r#type() == EventType::Deleted {
                            return Ok(0);
                        }
                    }
                    Ok(None) => return Err(ended()),
                    // We were too slow: what is there now comes anew.
                    Err(error) if fell_behind(&error) => break,
                    Err(error) => return Err(context.failure("watch sandboxes", &error)),
                }
            }
        }
    }
}

fn fell_behind(error: &Error) -> bool {
    error.reason.as_deref() == Some("WATCH_LAGGED")
}

fn ended() -> Failure {
    Failure::new("watch sandboxes", "the daemon ended the watch", "watch again")
}

fn print(context: &Context, event: &WatchSandboxesResponse) -> Result<(), Failure> {
    if context.output.is_json() {
        return context.output.json_line(event);
    }
    let Some(sandbox) = &event.sandbox else {
        // That all is shown that was there is of use to programs only.
        return Ok(());
    };
    let (kind, tone) = match event.r#type() {
        EventType::Existing => ("existing", Tone::Faint),
        EventType::Created => ("created ", Tone::Good),
        EventType::Updated => ("updated ", Tone::Plain),
        EventType::Deleted => ("deleted ", Tone::Middling),
        EventType::Unspecified | EventType::Current | EventType::KeepAlive => return Ok(()),
    };
    let mut line = Table::new(&[]);
    line.row([
        Cell::toned(&show_time(SystemTime::now()), Tone::Faint),
        Cell::toned(kind, tone),
        Cell::from(&sandbox.name),
        state_cell(sandbox.state()),
        Cell::from(&sandbox.state_reason),
    ]);
    context.output.table(&line)
}
