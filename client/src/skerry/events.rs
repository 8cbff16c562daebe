//! Streams that begin anew by themselves.

use std::fmt;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, Stream};
use tonic::Streaming;

use crate::error::Error;
use crate::retry::Retry;

type Open<T> = Box<dyn Fn() -> BoxFuture<'static, Result<Streaming<T>, Error>> + Send + Sync>;

/// What happens, as it happens. After a lost connection it begins anew by
/// itself, for up to a minute without an answer.
///
/// ```no_run
/// use skerry_client::Skerry;
///
/// # async fn example(skerry: Skerry) -> Result<(), skerry_client::Error> {
/// let mut events = skerry.events();
/// while let Some(event) = events.next().await? {
///     println!("{:?} {:?}", event.r#type(), event.sandbox.map(|sandbox| sandbox.name));
/// }
/// # Ok(())
/// # }
/// ```
pub struct Events<T> {
    open: Open<T>,
    /// Others are signs of life.
    is_told: fn(&T) -> bool,
    messages: Option<Streaming<T>>,
    retry: Retry,
    ended: bool,
}

impl<T: Send + 'static> Events<T> {
    pub(super) fn new<F>(
        is_told: fn(&T) -> bool,
        open: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Streaming<T>, Error>> + Send + 'static,
    {
        Self {
            open: Box::new(move || open().boxed()),
            is_told,
            messages: None,
            retry: Retry::default(),
            ended: false,
        }
    }

    /// The next; `None` when the daemon ended the stream in order, and after an
    /// error. Cancel-safe.
    ///
    /// # Errors
    ///
    /// A refusal, and a connection that can't be had again.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        while !self.ended {
            match self.message().await {
                Ok(Some(message)) => {
                    self.retry.progress();
                    if (self.is_told)(&message) {
                        return Ok(Some(message));
                    }
                }
                Ok(None) => self.ended = true,
                Err(error) => {
                    self.messages = None;
                    let waited = self.retry.after_cut(error).await;
                    self.ended = waited.is_err();
                    waited?;
                }
            }
        }
        Ok(None)
    }

    /// The same as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<T, Error>> + Send + Unpin {
        Box::pin(stream::try_unfold(self, |mut events| async move {
            Ok(events.next().await?.map(|event| (event, events)))
        }))
    }

    async fn message(&mut self) -> Result<Option<T>, Error> {
        let messages = match &mut self.messages {
            Some(messages) => messages,
            None => self.messages.insert((self.open)().await?),
        };
        Ok(messages.message().await?)
    }
}

impl<T> fmt::Debug for Events<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Events").field("ended", &self.ended).finish_non_exhaustive()
    }
}
