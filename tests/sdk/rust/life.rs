//! Steps that are about sandboxes and the daemon.

use std::time::Duration;

use serde_json::json;
use skerry_client::v1::watch_sandboxes_response::EventType;
use skerry_client::{Code, Skerry};

use super::step::Step;
use super::{Done, Failure, Running, same};

impl Running {
    pub(super) async fn life_step(&mut self, step: &Step) -> Done {
        let (skerry, sandbox) = (self.world.skerry.clone(), self.sandbox.clone());
        match step.op.as_str() {
            "pause" => sandbox.pause().await?,
            "resume" => sandbox.resume().await?,
            "stop" => sandbox.stop_within(Duration::ZERO).await?,
            "start_sandbox" => sandbox.start().await?,
            "refresh" => sandbox.refresh().await?,
            "keep_alive" => {
                sandbox.keep_alive_for(Duration::from_millis(step.period_ms)).await?;
                let kept = sandbox.info().keep_alive_time.is_some();
                return same("whether it is kept", kept, true);
            }
            "stats" => return self.stats(step).await,
            "fork" => {
                let forks = sandbox.fork(step.count).await?;
                same("the number of forks", forks.len(), usize::from(step.count))?;
                for fork in forks {
                    self.inside(fork, &step.steps).await?;
                }
                return Ok(());
            }
            "snapshot" => {
                sandbox.snapshots().create(&step.name).await?;
                let taken = sandbox.snapshots().list().await?;
                let names: Vec<_> = taken.into_iter().map(|snapshot| snapshot.name).collect();
                return same("the snapshots", names, [step.name.clone()]);
            }
            "from_snapshot" => {
                let made = skerry.sandboxes().create("").snapshot(&step.name).await?;
                return self.inside(made, &step.steps).await;
            }
            "delete_snapshot" => return Ok(skerry.snapshots().delete(&step.name).await?),
            "volume" => {
                skerry.volumes().create(&step.name).await?;
                self.steps(&step.steps).await?;
                return Ok(skerry.volumes().delete(&step.name).await?);
            }
            "with_volume" => {
                let made = skerry.sandboxes().create("").volume(&step.path, &step.name).await?;
                return self.inside(made, &step.steps).await;
            }
            _ => return self.daemon_step(step).await,
        }
        let state = sandbox.state().as_str_name().replace("SANDBOX_STATE_", "");
        same("the state", &json!(state), &step.want)
    }

    async fn daemon_step(&mut self, step: &Step) -> Done {
        let skerry = &self.world.skerry;
        match step.op.as_str() {
            "url" => {
                let url = self.sandbox.ports().url(step.port).await?;
                let part = step.want.as_str().unwrap_or_default();
                same("a part of the URL", url.contains(part), true)?;
            }
            "create" => {
                let image = step.image.as_deref().unwrap_or("host");
                skerry.sandboxes().create(image).name(&step.name).await?.delete().await?;
            }
            "get" => drop(skerry.sandboxes().get(&step.name).await?),
            "get_or_create" => {
                let first = skerry.sandboxes().get_or_create("host", &step.name).await?;
                let second = skerry.sandboxes().get_or_create("host", &step.name).await?;
                first.delete().await?;
                same("the second's id", second.id(), first.id())?;
            }
            "token" => self.token(step).await?,
            "events" => self.events().await?,
            "images" => {
                let images = skerry.images().list().await?;
                let found = images.iter().any(|image| step.want == image.name.as_str());
                same("whether it is there", found, true)?;
            }
            "info" => same("the API", &json!(skerry.info().await?.api_version), &step.want)?,
            "other" => {
                let address = step.address.as_ref().unwrap_or(&self.world.address);
                drop(other(address, &step.token).info().await?);
            }
            "through_cuts" => self.through_cuts(&step.steps).await?,
            op => return Err(Failure::Wrong(format!("there is no step {op}"))),
        }
        Ok(())
    }

    pub(super) async fn through_cuts(&self, steps: &[Step]) -> Done {
        let cut = other(&self.world.cut_address, &self.world.token);
        let sandbox = cut.sandboxes().get(self.sandbox.id()).await?;
        let world = super::World { skerry: cut, ..self.world.clone() };
        Running::new(&world, sandbox).steps(steps).await
    }

    async fn stats(&self, step: &Step) -> Done {
        let stats = self.sandbox.stats().await?;
        let limit = stats.limits.and_then(|limits| limits.memory_bytes);
        same("the limit of memory", limit, Some(step.memory))?;
        let used = stats.cpu_time.is_some_and(|time| time.seconds > 0 || time.nanos > 0);
        same("whether a processor was used", used, step.runs)?;
        same("whether memory is told", stats.memory_used_bytes.is_some(), step.runs)?;
        same("whether processes are told", stats.pids.is_some(), step.runs)?;
        let state = stats.state().as_str_name().replace("SANDBOX_STATE_", "");
        same("the state", &json!(state), &step.want)
    }

    async fn token(&self, step: &Step) -> Done {
        let tokens = self.world.skerry.tokens();
        let made = tokens.create(&step.name).await?;
        let id = made.token.map(|token| token.id).unwrap_or_default();
        let new = other(&self.world.address, &made.secret);
        let who = new.tokens().identity().await?.token.map(|token| token.id);
        same("who calls", who.as_deref(), Some(id.as_str()))?;
        let listed = tokens.list().await?.iter().any(|token| token.id == id);
        same("whether it is listed", listed, true)?;
        tokens.revoke(&id).await?;
        let refused = new.info().await.err().map(|error| error.code);
        same("the code", refused, Some(Code::Unauthenticated))
    }

    async fn events(&self) -> Done {
        let mut kinds = Vec::new();
        let mut events = self.world.skerry.events_of(self.sandbox.id());
        while let Some(event) = events.next().await? {
            kinds.push(event.r#type());
            match event.r#type() {
                EventType::Current => self.sandbox.delete().await?,
                EventType::Deleted => break,
                _ => {}
            }
        }
        same("the first events", &kinds[..2], &[EventType::Existing, EventType::Current][..])
    }
}

fn other(address: &str, token: &str) -> Skerry {
    Skerry::connect(address, Some(token)).expect("an address and a token")
}
