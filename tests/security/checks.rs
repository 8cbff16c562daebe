//! The list of checks: what is tried, how, and which guard denies it.
//!
//! A check that no switch turns off says why in its [`Guard`]: something that
//! is no part of the driver's set-up denies it too.

use crate::arena::{Arena, Broken, Finding, Run};

pub(crate) mod files;
pub(crate) mod identity;
pub(crate) mod image;
pub(crate) mod kernel;
pub(crate) mod load;
pub(crate) mod processes;
pub(crate) mod request;

/// A word of the probe's command line.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Word {
    Text(&'static str),
    AbstractName,
    HostPort,
    HostName,
    DiskMajor,
    DiskMinor,
    /// The capabilities that a sandbox's root may have, in hexadecimal.
    Profile,
    /// The mark of the other sandbox's process.
    OtherMark,
}

/// How a check is made.
#[derive(Clone, Copy)]
pub(crate) enum How {
    /// The probe does it alone, as root.
    Probe(&'static [Word]),
    /// The same as uid 1000.
    ProbeAsUser(&'static [Word]),
    /// The host has a part in it.
    Harness(fn(&Arena<'_>) -> Result<Finding, Broken>),
    /// The core has no such surface yet; `note` says which.
    Untried,
}

/// What denies a check.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Guard {
    /// With these switched off together, the outcome is another.
    Off(&'static [&'static str]),
    /// No switch of the driver's changes it; why.
    Deeper(&'static str),
    /// Nothing denies it yet; what that gives away.
    Open(&'static str),
}

/// One line of the list.
#[derive(Clone, Copy)]
pub(crate) struct Check {
    /// The probe's name for it: the number of hardening's list first.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) how: How,
    pub(crate) guard: Guard,
    pub(crate) note: &'static str,
}

impl Check {
    /// Makes it once.
    pub(crate) fn run(&self, arena: &Arena<'_>) -> Result<Finding, Broken> {
        match self.how {
            How::Probe(words) => arena.probe(&self.command(words, arena)),
            How::ProbeAsUser(words) => arena.probe(&self.command(words, arena).user("1000:1000")),
            How::Harness(run) => run(arena),
            How::Untried => Ok(Finding::absent(self.note)),
        }
    }

    /// The id up to an `@` is the probe's check; what follows tells variants
    /// apart.
    fn command(&self, words: &[Word], arena: &Arena<'_>) -> Run {
        let name = self.id.split_once('@').map_or(self.id, |(name, _)| name);
        let words = words.iter().map(|word| spell(*word, arena));
        Run::probe(std::iter::once(name.to_owned()).chain(words))
    }
}

fn spell(word: Word, arena: &Arena<'_>) -> String {
    let world = arena.world;
    match word {
        Word::Text(text) => text.to_owned(),
        Word::AbstractName => world.abstract_name.clone(),
        Word::HostPort => world.port.to_string(),
        Word::HostName => world.host_name.clone(),
        Word::DiskMajor => world.disk.0.to_string(),
        Word::DiskMinor => world.disk.1.to_string(),
        Word::Profile => format!("{:x}", skerry_linux::capability::KEPT.bits()),
        Word::OtherMark => arena.mark("two"),
    }
}

/// All checks, in the order of the list. Those that harm the sandbox they run
/// in come last of their kind.
pub(crate) fn all() -> Vec<&'static Check> {
    [
        processes::CHECKS,
        image::CHECKS,
        files::CHECKS,
        request::CHECKS,
        identity::CHECKS,
        kernel::CHECKS,
        load::CHECKS,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A check that the probe makes alone, as root.
pub(crate) const fn probe(
    id: &'static str,
    title: &'static str,
    words: &'static [Word],
    guard: Guard,
) -> Check {
    Check { id, title, how: How::Probe(words), guard, note: "" }
}

/// A check in which the host has a part.
pub(crate) const fn harness(
    id: &'static str,
    title: &'static str,
    run: fn(&Arena<'_>) -> Result<Finding, Broken>,
    guard: Guard,
) -> Check {
    Check { id, title, how: How::Harness(run), guard, note: "" }
}

/// A check that the probe does not make: another suite does, or nothing is there
/// to be tried.
pub(crate) const fn untried(id: &'static str, title: &'static str, note: &'static str) -> Check {
    Check { id, title, how: How::Untried, guard: Guard::Deeper(note), note }
}

impl Check {
    const fn note(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }

    const fn as_user(mut self) -> Self {
        if let How::Probe(words) = self.how {
            self.how = How::ProbeAsUser(words);
        }
        self
    }
}

/// The arrangement, not the check, failed.
fn broken(error: impl std::fmt::Display) -> Broken {
    Broken(error.to_string())
}
