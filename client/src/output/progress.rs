//! Signs of life on stderr while a call takes its time, on a terminal only.

use std::collections::HashMap;
use std::io::{self, IsTerminal};
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{Stream, StreamExt};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is over sooner needs no sign.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often a spinner turns.
const TICK: Duration = Duration::from_millis(100);

/// Waits for a call, with a spinner once it takes longer than half a second.
pub(crate) async fn waiting<F: Future>(what: &str, call: F) -> F::Output {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    bar.set_style(style("{spinner} {msg} ({elapsed})"));
    bar.set_message(what.to_owned());
    shown_in_time(&bar, call).await
}

/// How much of what is sent or received has gone.
#[derive(Debug, Clone)]
pub(crate) struct TransferProgress(ProgressBar);

impl TransferProgress {
    /// Of this many bytes, where that is known.
    pub(crate) fn new(what: &str, total: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        bar.set_style(style(match total {
            Some(_) => "{msg} [{wide_bar}] {bytes}/{total_bytes} {bytes_per_sec} {eta}",
            None => "{spinner} {msg} {bytes} {bytes_per_sec}",
        }));
        bar.set_message(what.to_owned());
        Self(bar)
    }

    /// So much more has gone.
    pub(crate) fn advance(&self, bytes: usize) {
        self.0.inc(bytes as u64);
    }

    /// The same pieces, each of them counted as it goes.
    pub(crate) fn counted<S>(
        &self,
        pieces: S,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let bar = self.0.clone();
        pieces.inspect(move |piece| {
            if let Ok(piece) = piece {
                bar.inc(piece.len() as u64);
            }
        })
    }

    /// Waits for the transfer, with the bar once it takes longer than half a
    /// second.
    pub(crate) async fn waiting<F: Future>(&self, transfer: F) -> F::Output {
        shown_in_time(&self.0, transfer).await
    }
}

/// A line for each layer of an image, on a terminal.
pub(crate) struct LayerBars {
    all: MultiProgress,
    layers: HashMap<String, ProgressBar>,
}

impl LayerBars {
    /// None where stderr is no terminal.
    pub(crate) fn on_terminal() -> Option<Self> {
        let shown = io::stderr().is_terminal();
        shown.then(|| Self { all: MultiProgress::new(), layers: HashMap::new() })
    }

    /// So far is this layer.
    pub(crate) fn show(&mut self, layer: &str, what: &'static str, have: u64, total: u64) {
        let bar = self.layers.entry(layer.to_owned()).or_insert_with(|| {
            let bar = self.all.add(ProgressBar::new(total));
            bar.set_style(style("{prefix} {msg:12} [{wide_bar}] {bytes}/{total_bytes}"));
            bar.set_prefix(layer.to_owned());
            bar
        });
        bar.set_message(what);
        bar.set_position(have);
    }

    /// Takes the lines away.
    pub(crate) fn end(&mut self) {
        for bar in self.layers.values() {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is a constant of this module")
}

async fn shown_in_time<F: Future>(bar: &ProgressBar, call: F) -> F::Output {
    tokio::pin!(call);
    tokio::select! {
        biased;
        output = &mut call => return output,
        () = tokio::time::sleep(PATIENCE) => {}
    }
    // Draws nothing where stderr is not a terminal.
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.enable_steady_tick(TICK);
    let output = call.await;
    bar.finish_and_clear();
    output
}
