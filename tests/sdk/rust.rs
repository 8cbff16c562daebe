//! The scenarios of sdk/contract, run by the Rust client.

mod command;
mod file;
mod life;
mod step;

use std::fmt::Debug;
use std::time::Duration;

use serde_json::{Value, json};
use skerry_client::{Error, Exec, Sandbox, Skerry};

pub(crate) use step::Scenario;
use step::Step;

/// The daemons that the scenarios are run against.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) skerry: Skerry,
    /// Where it is, and where it is by connections that are cut.
    pub(crate) address: String,
    pub(crate) cut_address: String,
    pub(crate) token: String,
}

/// Why a step is not as it should be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A call failed.
    #[error("{0:?}")]
    Call(#[from] Error),
    /// Something is not what was wanted.
    #[error("{0}")]
    Wrong(String),
}

type Done = Result<(), Failure>;

fn same<T: PartialEq<U> + Debug, U: Debug>(what: &str, found: T, wanted: U) -> Done {
    if found == wanted {
        return Ok(());
    }
    Err(Failure::Wrong(format!("{what} is {found:?}, not {wanted:?}")))
}

/// Of what was found, the fields that are wanted.
fn same_fields(what: &str, found: &Value, wanted: &Value) -> Done {
    let names = wanted.as_object().into_iter().flatten().map(|(name, _)| name);
    let part: serde_json::Map<_, _> =
        names.map(|name| (name.clone(), found[name.as_str()].clone())).collect();
    same(what, &Value::Object(part), wanted)
}

/// Steps in one sandbox.
struct Running {
    world: World,
    sandbox: Sandbox,
    exec: Option<Exec>,
}

impl Running {
    fn new(world: &World, sandbox: Sandbox) -> Self {
        Self { world: world.clone(), sandbox, exec: None }
    }

    async fn steps(&mut self, steps: &[Step]) -> Done {
        for step in steps {
            // Steps have steps.
            let done = Box::pin(self.step(step)).await;
            let held = match &step.error {
                None => done,
                Some(wanted) => same_error(done, wanted),
            };
            held.map_err(|failure| Failure::Wrong(format!("{}: {failure}", step.op)))?;
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Done {
        match step.op.as_str() {
            "run" | "check" | "callbacks" | "stream" | "both_ways" | "start" | "pty" | "attach"
            | "until" | "write" | "end_input" | "resize" | "signal" | "kill" | "wait" | "execs" => {
                self.command_step(step).await
            }
            "write_file" | "read_file" | "digest" | "list_files" | "exists" | "move" | "remove"
            | "watch" | "copy_archive" => self.file_step(step).await,
            _ => self.life_step(step).await,
        }
    }

    /// Steps in another sandbox, which is deleted then.
    async fn inside(&self, sandbox: Sandbox, steps: &[Step]) -> Done {
        let done = Running::new(&self.world, sandbox.clone()).steps(steps).await;
        sandbox.delete().await?;
        done
    }
}

fn same_error(done: Done, wanted: &Value) -> Done {
    let error = match done {
        Err(Failure::Call(error)) => error,
        other => return Err(Failure::Wrong(format!("want the error {wanted}, not {other:?}"))),
    };
    let found = json!({
        "code": code(&error),
        "reason": error.reason.as_deref().unwrap_or_default(),
        "retryable": error.retryable(),
        "field": error.fields.first().map(|field| field.field.as_str()).unwrap_or_default(),
    });
    same_fields("the error", &found, wanted)
}

/// `InvalidArgument` as INVALID_ARGUMENT.
fn code(error: &Error) -> String {
    let mut name = String::new();
    for letter in format!("{:?}", error.code).chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}

/// Runs a scenario in a sandbox of its own.
pub(crate) async fn perform(world: &World, scenario: &Scenario) -> Done {
    let options = &scenario.options;
    let mut create = world.skerry.sandboxes().create("host");
    if options.wake {
        create = create.wake();
    }
    if let Some(milliseconds) = options.idle_timeout_ms {
        create = create.idle_timeout(Duration::from_millis(milliseconds));
    }
    if let Some(milliseconds) = options.max_lifetime_ms {
        create = create.max_lifetime(Duration::from_millis(milliseconds));
    }
    if let Some(bytes) = options.memory {
        create = create.memory(bytes);
    }
    if let Some(cpus) = options.cpus {
        create = create.cpus(cpus);
    }
    for port in &options.ports {
        create = create.port(*port);
    }
    let sandbox = create.await?;
    let mut running = Running::new(world, sandbox.clone());
    let done = match scenario.through.as_deref() {
        Some("cuts") => running.through_cuts(&scenario.steps).await,
        _ => running.steps(&scenario.steps).await,
    };
    sandbox.delete().await?;
    done
}
