//! Pulls under way, and who waits for each.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{Semaphore, watch};

use super::progress::{LayerProgress, Layers};
use super::{CountUsers, PullRequest, Pulling};
use crate::image::{ImageError, Shared};
use crate::model::Image;

/// Pulls under way; each has a few connections and a thread in its end.
const MAX_PULLS: usize = 64;

/// What a pull came to, for all who wait.
type Outcome = Result<Image, Arc<ImageError>>;

/// The pulls of one daemon.
#[derive(Default)]
pub(in crate::image) struct Pulls(Arc<Mutex<Under>>);

#[derive(Default)]
struct Under {
    flights: HashMap<PullRequest, Flight>,
    closed: bool,
}

/// A pull under way.
struct Flight {
    waiters: usize,
    cancel: watch::Sender<bool>,
    layers: Arc<Layers>,
    outcome: watch::Receiver<Option<Outcome>>,
}

/// A caller's part of a pull. When the last one is dropped, the pull ends.
pub struct Pull {
    pulls: Arc<Mutex<Under>>,
    request: PullRequest,
    layers: Arc<Layers>,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl Pull {
    /// How far each layer is; none before they are known.
    pub fn progress(&self) -> Vec<LayerProgress> {
        self.layers.progress()
    }

    /// Waits for its end. Cancel-safe.
    pub async fn finished(&mut self) -> Result<Image, Arc<ImageError>> {
        match self.outcome.wait_for(Option::is_some).await.map(|outcome| (*outcome).clone()) {
            Ok(Some(outcome)) => outcome,
            // Its task is gone without a word: it panicked.
            Ok(None) | Err(_) => Err(Arc::new(ImageError::PullEnded)),
        }
    }
}

impl Drop for Pull {
    fn drop(&mut self) {
        let mut under = self.pulls.lock();
        // A later pull of the same is another's.
        let own = |flight: &&mut Flight| Arc::ptr_eq(&flight.layers, &self.layers);
        if let Some(flight) = under.flights.get_mut(&self.request).filter(own) {
            flight.waiters -= 1;
            if flight.waiters == 0 {
                // It takes itself off the list.
                flight.cancel.send_replace(true);
            }
        }
    }
}

impl Pulls {
    /// Joins the pull of the same, or begins one.
    pub(in crate::image) async fn join(
        &self,
        shared: &Arc<Shared>,
        unpacking: &Arc<Semaphore>,
        request: PullRequest,
        users: CountUsers,
    ) -> Result<Pull, ImageError> {
        loop {
            let mut ending = {
                let mut under = self.0.lock();
                if under.closed {
                    return Err(ImageError::PullEnded);
                }
                let full = under.flights.len() >= MAX_PULLS;
                match under.flights.get_mut(&request) {
                    Some(flight) if !*flight.cancel.borrow() => {
                        flight.waiters += 1;
                        return Ok(self.pull(request.clone(), flight));
                    }
                    // Nobody wants it any more, and it is not gone yet.
                    Some(flight) => flight.outcome.clone(),
                    None if full => return Err(ImageError::Busy),
                    None => {
                        let flight = self.begin(shared, unpacking, &request, users);
                        let pull = self.pull(request.clone(), &flight);
                        under.flights.insert(request, flight);
                        return Ok(pull);
                    }
                }
            };
            // An error is its end as well.
            drop(ending.wait_for(Option::is_some).await);
            tokio::task::yield_now().await;
        }
    }

    fn pull(&self, request: PullRequest, flight: &Flight) -> Pull {
        Pull {
            pulls: Arc::clone(&self.0),
            request,
            layers: Arc::clone(&flight.layers),
            outcome: flight.outcome.clone(),
        }
    }

    fn begin(
        &self,
        shared: &Arc<Shared>,
        unpacking: &Arc<Semaphore>,
        request: &PullRequest,
        users: CountUsers,
    ) -> Flight {
        let (cancel, cancelled) = watch::channel(false);
        let (answer, outcome) = watch::channel(None);
        let layers = Arc::new(Layers::default());
        let pulling = Pulling {
            shared: Arc::clone(shared),
            request: request.clone(),
            layers: Arc::clone(&layers),
            cancelled,
            users,
        };
        let (under, unpacking) = (Arc::clone(&self.0), Arc::clone(unpacking));
        // Owned by the list: closing waits for all of them.
        tokio::spawn(async move {
            let listed = Listed { under, request: pulling.request.clone() };
            let outcome = pulling.run(unpacking).await.map_err(Arc::new);
            // Off the list first: who comes now begins anew.
            drop(listed);
            answer.send_replace(Some(outcome));
        });
        Flight { waiters: 1, cancel, layers, outcome }
    }

    /// Ends all pulls and waits for them; no new one begins.
    pub(in crate::image) async fn close(&self) {
        let outcomes: Vec<_> = {
            let mut under = self.0.lock();
            under.closed = true;
            let flights = under.flights.values();
            flights
                .map(|flight| {
                    flight.cancel.send_replace(true);
                    flight.outcome.clone()
                })
                .collect()
        };
        for mut outcome in outcomes {
            // An error is its end as well.
            drop(outcome.wait_for(Option::is_some).await);
        }
    }
}

/// A pull's place on the list; also a panic ends it.
struct Listed {
    under: Arc<Mutex<Under>>,
    request: PullRequest,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.under.lock().flights.remove(&self.request);
    }
}
