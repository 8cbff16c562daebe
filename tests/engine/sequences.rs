//! Random calls, faults and restarts, held against a small model.

use std::collections::BTreeMap;

use proptest::prelude::*;
use skerry_server::engine::{Engine, EngineError};
use skerry_server::model::SandboxState::{self, *};
use skerry_server::runtime::fake::{Fault, Step};

use crate::rig::{GRACE, Host, Rig, named};

const NAMES: [&str; 3] = ["a", "b", "c"];

#[derive(Debug, Clone, Copy)]
enum Call {
    Create,
    Start,
    Stop,
    Pause,
    Resume,
    Delete,
    /// Its machine ends by itself.
    End,
}

#[derive(Debug, Clone, Copy)]
enum Op {
    Call(usize, Call),
    /// The call, with its step of the runtime failing.
    Faulty(usize, Call),
    /// The daemon crashes and starts again.
    Restart,
}

fn calls() -> impl Strategy<Value = Call> {
    use Call::{Create, Delete, End, Pause, Resume, Start, Stop};
    prop::sample::select(vec![Create, Start, Stop, Pause, Resume, Delete, End])
}

fn ops() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => (0..NAMES.len(), calls()).prop_map(|(name, call)| Op::Call(name, call)),
        2 => (0..NAMES.len(), calls()).prop_map(|(name, call)| Op::Faulty(name, call)),
        1 => Just(Op::Restart),
    ]
}

/// What the API promises: the state after a call, and whether it succeeds.
fn promised(state: Option<SandboxState>, call: Call) -> (Option<SandboxState>, bool) {
    match (state, call) {
        (None, Call::Create) => (Some(Running), true),
        (None, Call::Delete | Call::End) => (None, true),
        (None, _) => (None, false),
        (Some(_), Call::Delete) => (None, true),
        (Some(state), Call::Create) => (Some(state), false),
        (Some(Running | Paused), Call::End) => (Some(Stopped), true),
        (state, Call::End) => (state, true),
        (Some(Running | Stopped | Failed), Call::Start) => (Some(Running), true),
        (Some(Running | Paused | Stopped), Call::Stop) => (Some(Stopped), true),
        (Some(Running | Paused), Call::Pause) => (Some(Paused), true),
        (Some(Running | Paused), Call::Resume) => (Some(Running), true),
        (state, _) => (state, false),
    }
}

/// The same, with the runtime's step failing.
fn promised_with_fault(state: Option<SandboxState>, call: Call) -> (Option<SandboxState>, bool) {
    match (state, call) {
        (None, Call::Create) => (None, false),
        (Some(Stopped | Failed), Call::Start) => (Some(Failed), false),
        (Some(Running), Call::Pause) => (Some(Running), false),
        (Some(Paused), Call::Resume) => (Some(Failed), false),
        // A stop that fails destroys instead; the others have no such step.
        (state, call) => promised(state, call),
    }
}

fn step(call: Call) -> Step {
    match call {
        Call::Create | Call::Start => Step::Create,
        Call::Stop => Step::Stop,
        Call::Pause => Step::Pause,
        Call::Resume => Step::Resume,
        Call::Delete | Call::End => Step::List,
    }
}

async fn make(rig: &Rig, name: &str, call: Call) -> Result<(), EngineError> {
    let engine: &Engine = &rig.engine;
    match call {
        Call::Create => engine.create(named(name)).await.map(drop),
        Call::Start => engine.start(name).await.map(drop),
        Call::Stop => engine.stop(name, GRACE).await.map(drop),
        Call::Pause => engine.pause(name).await.map(drop),
        Call::Resume => engine.resume(name).await.map(drop),
        Call::Delete => engine.delete(name).await,
        Call::End => {
            if let Ok(sandbox) = engine.get(name)
                && matches!(sandbox.state, Running | Paused)
            {
                rig.fake.end(&sandbox.id, "ended");
                rig.reaches(name, Stopped).await;
            }
            Ok(())
        }
    }
}

type Model = BTreeMap<usize, SandboxState>;

async fn life(rig: Rig, model: &mut Model, ops: &mut dyn Iterator<Item = Op>) {
    for op in ops {
        let (name, call, faulty) = match op {
            Op::Call(name, call) => (name, call, false),
            Op::Faulty(name, call) => (name, call, true),
            Op::Restart => break,
        };
        let state = model.get(&name).copied();
        let (after, succeeds) =
            if faulty { promised_with_fault(state, call) } else { promised(state, call) };
        if faulty {
            rig.fake.order(step(call), Fault::Fail);
        }
        let result = make(&rig, NAMES[name], call).await;
        rig.fake.clear(step(call));
        assert_eq!(result.is_ok(), succeeds, "{op:?} in {state:?}: {result:?}");
        assert_eq!(rig.state(NAMES[name]), after, "{op:?} in {state:?}");
        match after {
            Some(after) => model.insert(name, after),
            None => model.remove(&name),
        };
        // A failure is written down after it is told.
        rig.store.flush().await.expect("it is written");
        rig.assert_in_line();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 50, ..ProptestConfig::default() })]

    #[test]
    fn every_sequence_of_calls_faults_and_restarts_keeps_its_promises(
        ops in prop::collection::vec(ops(), 1..40),
    ) {
        let host = Host::new();
        let mut model = Model::new();
        let mut ops = ops.into_iter().peekable();
        while ops.peek().is_some() {
            host.life(|rig| life(rig, &mut model, &mut ops));
        }
        host.life(async |rig| {
            rig.assert_in_line();
            for (name, text) in NAMES.into_iter().enumerate() {
                assert_eq!(rig.state(text), model.get(&name).copied());
            }
        });
    }
}
