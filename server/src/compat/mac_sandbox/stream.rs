//! Commands, told as they go: server-sent events.

use std::convert::Infallible;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::Stream;
use serde_json::json;
use skerry_api::v1::{self, exec_stream_response as frame};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use super::super::ask::Ask;
use super::super::failure;
use super::super::route::Answer;
use super::exec::{Exec, has_not_started};
use super::sandbox::find;

/// Between two signs of life.
const PING: Duration = Duration::from_secs(15);
/// Events on their way.
const EVENTS: usize = 16;

/// Names of signals by their numbers.
const SIGNALS: [(i32, &str); 14] = [
    (1, "SIGHUP"),
    (2, "SIGINT"),
    (3, "SIGQUIT"),
    (4, "SIGILL"),
    (5, "SIGTRAP"),
    (6, "SIGABRT"),
    (7, "SIGBUS"),
    (8, "SIGFPE"),
    (9, "SIGKILL"),
    (10, "SIGUSR1"),
    (11, "SIGSEGV"),
    (12, "SIGUSR2"),
    (13, "SIGPIPE"),
    (15, "SIGTERM"),
];

pub(super) async fn stream(ask: Ask) -> Answer {
    let exec: Exec = ask.json().await?;
    let spec = Some(exec.spec()?);
    let sandbox_id = find(&ask).await?.id;
    let request = v1::ExecStreamRequest { sandbox_id, spec };
    match ask.calls.execs().exec_stream(ask.calls.by(request)).await {
        Ok(frames) => Ok(Sse::new(events(Ok(frames.into_inner()))).into_response()),
        Err(status) if has_not_started(&status) => {
            Ok(Sse::new(events(Err(status))).into_response())
        }
        Err(status) => Err(status.into()),
    }
}

/// A task sends them until the caller has gone; the command goes on.
fn events(
    started: Result<Streaming<v1::ExecStreamResponse>, Status>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let (sender, events) = mpsc::channel(EVENTS);
    tokio::spawn(async move {
        if sender.send(Ok(ping())).await.is_err() {
            return;
        }
        let last = match started {
            Ok(frames) => tell(frames, &sender).await,
            Err(status) => Some(error(&status)),
        };
        if let Some(last) = last {
            // Who has gone is told nothing.
            let _gone = sender.send(Ok(last)).await;
        }
    });
    ReceiverStream::new(events)
}

/// Tells what comes; the last event is returned.
async fn tell(
    mut frames: Streaming<v1::ExecStreamResponse>,
    sender: &mpsc::Sender<Result<Event, Infallible>>,
) -> Option<Event> {
    let mut pings = interval_at(Instant::now() + PING, PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let event = tokio::select! {
            () = sender.closed() => return None,
            _ = pings.tick() => Some(ping()),
            frame = frames.message() => match frame {
                Ok(Some(message)) => match message.event {
                    Some(frame::Event::Exited(result)) => return Some(exit(&result)),
                    Some(frame::Event::Stdout(chunk)) => Some(output("stdout", &chunk.data)),
                    Some(frame::Event::Stderr(chunk)) => Some(output("stderr", &chunk.data)),
                    _ => None,
                },
                Ok(None) => return Some(error(&Status::unavailable("the stream broke off"))),
                Err(status) => return Some(error(&status)),
            },
        };
        if let Some(event) = event
            && sender.send(Ok(event)).await.is_err()
        {
            return None;
        }
    }
}

fn ping() -> Event {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let timestamp = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
    Event::default().event("ping").data(json!({ "timestamp": timestamp }).to_string())
}

fn output(stream: &str, data: &[u8]) -> Event {
    Event::default().event(stream).data(STANDARD.encode(data))
}

fn exit(result: &v1::ExecResult) -> Event {
    let named = SIGNALS.iter().find(|(number, _)| *number == result.signal);
    let signal = match (result.signal, named) {
        (0, _) => None,
        (_, Some((_, name))) => Some((*name).to_owned()),
        (number, None) => Some(format!("SIG{number}")),
    };
    let exit = json!({ "exitCode": result.exit_code, "signal": signal });
    Event::default().event("exit").data(exit.to_string())
}

fn error(status: &Status) -> Event {
    let error = json!({ "error": failure::message(status) });
    Event::default().event("error").data(error.to_string())
}
