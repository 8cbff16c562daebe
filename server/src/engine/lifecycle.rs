//! What may follow what: the whole life of a sandbox as one pure table.
//!
//! ```text
//!                 ┌────────── start ─────────┐
//!                 ▼                          │
//!  CREATING ─▶ RUNNING ─ stop, ended ─▶ STOPPING ─▶ STOPPED ◀┐
//!     │         │   ▲                                │       │
//!     │   PAUSING   RESUMING ◀─ pause failed      STARTING   │
//!     │         ▼   │    └── failed ──▶ FAILED ◀─────┘       │
//!     │        PAUSED ── stop, ended ──────────────────── STOPPING
//!     ▼
//!  DELETING ◀── delete, from every state ──▶ gone
//! ```
//!
//! A delete is a one-way door: one that failed stays DELETING until it is
//! tried again, since half of the disk may be gone.

use crate::model::SandboxState::{self, *};

/// What a sandbox is told, by a caller or by the action under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// Asked for: run.
    Start,
    /// Asked for: end every process.
    Stop,
    /// Asked for: freeze.
    Pause,
    /// Asked for: go on.
    Resume,
    /// Asked for: run, frozen or stopped as it may be.
    Wake,
    /// Asked for: be no more.
    Delete,
    /// The action has done what it should.
    Done,
    /// The action has failed.
    Failed,
    /// The machine has ended by itself.
    Ended,
}

/// What the supervisor does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// Make the machine for the first time.
    Create,
    /// Make a machine on the disk that is there.
    Start,
    /// End the machine; first let a frozen one go on.
    Stop,
    /// Free what the host still holds for a machine that has ended.
    CleanUp,
    /// Freeze the machine.
    Pause,
    /// Let it go on.
    Resume,
    /// End the machine, remove the disk, drop the record.
    Delete,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Enter a state and begin its action. One that is under way is given up
    /// first, except a delete by a delete.
    Begin(SandboxState, Action),
    /// The action is over: enter a state that lasts.
    Settle(SandboxState),
    /// It is so already.
    Already,
    /// Decide again when the action under way is over.
    Later,
    /// The sandbox is no more.
    Gone,
    /// Not in this state; what it would have to be.
    Denied(&'static str),
    /// Means nothing in this state.
    Ignored,
}

const WANT_RUNNING: &str = "it must be RUNNING";
const WANT_PAUSED: &str = "it must be PAUSED";
const WANT_RESUME: &str = "resume it instead";
const WANT_START_OR_DELETE: &str = "start or delete it";
const WANT_NOTHING: &str = "it is being deleted";

/// The table.
pub(super) fn decide(state: SandboxState, event: Event) -> Decision {
    use Decision::{Already, Begin, Denied, Gone, Ignored, Later, Settle};
    match (state, event) {
        (_, Event::Delete) => Begin(Deleting, Action::Delete),
        (Deleting, Event::Done) => Gone,
        (Deleting, Event::Failed) => Settle(Deleting),
        (Deleting, Event::Ended) => Ignored,
        (Deleting, _) => Denied(WANT_NOTHING),

        (Creating | Starting | Pausing | Resuming | Stopping, asked) if asked.is_asked() => Later,
        (Creating | Starting | Resuming, Event::Done) => Settle(Running),
        (Creating, Event::Failed) => Begin(Deleting, Action::Delete),
        (Starting | Resuming | Stopping, Event::Failed) => Settle(Failed),
        (Pausing, Event::Done) => Settle(Paused),
        (Pausing, Event::Failed) => Begin(Resuming, Action::Resume),
        (Stopping, Event::Done) => Settle(Stopped),
        (Pausing | Resuming | Running | Paused, Event::Ended) => Begin(Stopping, Action::CleanUp),
        (_, Event::Done | Event::Failed | Event::Ended) => Ignored,

        (Running, Event::Start | Event::Resume | Event::Wake) => Already,
        (Running | Paused, Event::Stop) => Begin(Stopping, Action::Stop),
        (Running, Event::Pause) => Begin(Pausing, Action::Pause),

        (Paused, Event::Start) => Denied(WANT_RESUME),
        (Paused, Event::Pause) => Already,
        (Paused, Event::Resume | Event::Wake) => Begin(Resuming, Action::Resume),

        (Stopped | Failed, Event::Start) => Begin(Starting, Action::Start),
        (Stopped, Event::Wake) => Begin(Starting, Action::Start),
        (Stopped, Event::Stop) => Already,
        (Failed, _) => Denied(WANT_START_OR_DELETE),
        (Stopped, Event::Pause) => Denied(WANT_RUNNING),
        (Stopped, Event::Resume) => Denied(WANT_PAUSED),
        // The guards above leave nothing; the compiler can't see through
        // `is_asked`.
        (Creating | Starting | Pausing | Resuming | Stopping, _) => Later,
    }
}

/// Whether a sandbox in this state has a machine that callers may use.
pub(super) fn has_machine(state: SandboxState) -> bool {
    matches!(state, Running | Pausing | Paused | Resuming)
}

impl Event {
    /// A caller asks for it, as opposed to what an action reports.
    fn is_asked(self) -> bool {
        matches!(
            self,
            Self::Start | Self::Stop | Self::Pause | Self::Resume | Self::Wake | Self::Delete
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    const STATES: [SandboxState; 10] = [
        Creating, Running, Pausing, Paused, Resuming, Stopping, Stopped, Starting, Failed, Deleting,
    ];
    const EVENTS: [Event; 9] = [
        Event::Start,
        Event::Stop,
        Event::Pause,
        Event::Resume,
        Event::Wake,
        Event::Delete,
        Event::Done,
        Event::Failed,
        Event::Ended,
    ];

    /// The state that an action ends in when it does what it should; `None` for
    /// the one that leaves nothing.
    fn target(action: Action) -> Option<SandboxState> {
        match action {
            Action::Create | Action::Start | Action::Resume => Some(Running),
            Action::Stop | Action::CleanUp => Some(Stopped),
            Action::Pause => Some(Paused),
            Action::Delete => None,
        }
    }

    fn passes(state: SandboxState) -> bool {
        matches!(state, Creating | Pausing | Resuming | Stopping | Starting)
    }

    #[test]
    fn delete_is_allowed_in_every_state() {
        for state in STATES {
            let decision = decide(state, Event::Delete);
            assert_eq!(decision, Decision::Begin(Deleting, Action::Delete), "{state:?}");
        }
    }

    #[test]
    fn what_is_so_already_is_no_error() {
        for (state, event) in [
            (Running, Event::Start),
            (Running, Event::Resume),
            (Running, Event::Wake),
            (Paused, Event::Pause),
            (Stopped, Event::Stop),
        ] {
            assert_eq!(decide(state, event), Decision::Already, "{state:?} {event:?}");
        }
    }

    #[test]
    fn what_the_api_denies_is_denied() {
        for (state, event) in [
            (Paused, Event::Start),
            (Failed, Event::Stop),
            (Failed, Event::Pause),
            (Failed, Event::Resume),
            (Stopped, Event::Pause),
            (Stopped, Event::Resume),
            (Deleting, Event::Start),
            (Deleting, Event::Stop),
        ] {
            let decision = decide(state, event);
            assert!(matches!(decision, Decision::Denied(_)), "{state:?} {event:?}: {decision:?}");
        }
    }

    #[test]
    fn a_passing_state_is_left_by_done_and_by_failed() {
        for state in STATES.into_iter().filter(|state| passes(*state)) {
            for event in [Event::Done, Event::Failed] {
                match decide(state, event) {
                    Decision::Begin(next, _) | Decision::Settle(next) => assert_ne!(next, state),
                    other => panic!("{state:?} {event:?}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn a_state_that_waits_for_an_action_is_entered_with_one_and_no_other_is() {
        for state in STATES {
            for event in EVENTS {
                match decide(state, event) {
                    Decision::Begin(next, action) => {
                        assert!(passes(next) || next == Deleting, "{state:?} {event:?}");
                        let settled = match decide(next, Event::Done) {
                            Decision::Settle(settled) => Some(settled),
                            Decision::Gone => None,
                            other => panic!("{next:?} after its action: {other:?}"),
                        };
                        assert_eq!(settled, target(action), "{state:?} {event:?}");
                    }
                    Decision::Settle(next) => assert!(!passes(next), "{state:?} {event:?}"),
                    Decision::Later => assert!(passes(state), "{state:?} {event:?}"),
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn every_state_can_be_reached_from_a_create() {
        let mut reached = HashSet::from([Creating]);
        let mut look = vec![Creating];
        while let Some(state) = look.pop() {
            for event in EVENTS {
                if let Decision::Begin(next, _) | Decision::Settle(next) = decide(state, event)
                    && reached.insert(next)
                {
                    look.push(next);
                }
            }
        }
        assert_eq!(reached.len(), STATES.len());
    }

    proptest! {
        #[test]
        fn whatever_happens_a_delete_ends_it(events in prop::collection::vec(0..EVENTS.len(), 0..40)) {
            let mut state = Creating;
            for event in events {
                match decide(state, EVENTS[event]) {
                    Decision::Begin(next, _) | Decision::Settle(next) => state = next,
                    Decision::Gone => return Ok(()),
                    _ => {}
                }
            }
            prop_assert_eq!(decide(state, Event::Delete), Decision::Begin(Deleting, Action::Delete));
            prop_assert_eq!(decide(Deleting, Event::Done), Decision::Gone);
        }
    }
}
