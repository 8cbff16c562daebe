//! The system calls that a machine's processes may make: an allow-list, and
//! refusals that programs understand.
//!
//! Two filters are stacked; the stricter answer wins. One decides by number: it
//! refuses with EPERM whatever the list does not name, and says ENOSYS where
//! programs have a way around (clone3, io_uring). The other refuses calls by
//! their arguments. Foreign calling conventions are not served: x32 numbers are
//! not in the list, and a 32-bit call ends its process.

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

mod allowed;
mod numbers;

use numbers::Answer;

pub use allowed::ALLOWED;

/// The filters, compiled.
#[derive(Debug, Clone)]
pub struct Filters {
    by_number: BpfProgram,
    by_argument: BpfProgram,
}

/// Calls that are answered as an older kernel would: programs fall back.
const ABSENT: &[i64] = &[
    // Its flags are in memory, where a filter can't see them.
    libc::SYS_clone3,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
];

/// What clone may not ask for: any new namespace.
const CLONE_NAMESPACES: [u64; 7] = [
    libc::CLONE_NEWNS as u64,
    libc::CLONE_NEWUTS as u64,
    libc::CLONE_NEWIPC as u64,
    libc::CLONE_NEWUSER as u64,
    libc::CLONE_NEWPID as u64,
    libc::CLONE_NEWNET as u64,
    libc::CLONE_NEWCGROUP as u64,
];

/// Calls that are allowed with some arguments only; `by_argument` says which.
const LIMITED: [i64; 5] = [
    libc::SYS_clone,
    libc::SYS_ioctl,
    libc::SYS_personality,
    libc::SYS_socket,
    libc::SYS_socketpair,
];

/// Terminal calls that put characters into another's input.
const TERMINAL_IOCTLS: [u64; 2] = [libc::TIOCSTI, libc::TIOCLINUX];

/// Calls that change another process, and the values that an argument of them
/// may not have: init's pid, and "all of this user's", which init is as well.
/// With a limit of descriptors or of time, a machine's root would end init.
const OF_A_PROCESS: [(i64, &[(u8, u64)]); 7] = [
    (libc::SYS_ioprio_set, &[(0, IOPRIO_WHO_USER), (1, INIT)]),
    (libc::SYS_prlimit64, &[(0, INIT)]),
    (libc::SYS_sched_setaffinity, &[(0, INIT)]),
    (libc::SYS_sched_setattr, &[(0, INIT)]),
    (libc::SYS_sched_setparam, &[(0, INIT)]),
    (libc::SYS_sched_setscheduler, &[(0, INIT)]),
    (libc::SYS_setpriority, &[(0, libc::PRIO_USER as u64), (1, INIT)]),
];
const INIT: u64 = 1;
/// Of linux/ioprio.h.
const IOPRIO_WHO_USER: u64 = 3;

/// Address families whose code is small and reachable by policy; not
/// AF_PACKET, AF_ALG, AF_VSOCK and the rest.
const SOCKET_FAMILIES: [u64; 4] =
    [libc::AF_UNIX as u64, libc::AF_INET as u64, libc::AF_INET6 as u64, libc::AF_NETLINK as u64];

/// The execution domains that glibc, wine and gdb ask for: Linux, with or
/// without 32-bit addresses, with or without random addresses; and "tell me".
const PERSONALITIES: [u64; 6] = [0x0, 0x8, 0x2_0000, 0x2_0008, 0x4_0000, 0xffff_ffff];

/// Could not be compiled or loaded.
#[derive(Debug)]
pub struct SeccompError(String);

impl std::fmt::Display for SeccompError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for SeccompError {}

fn wrap(error: impl std::fmt::Display) -> SeccompError {
    SeccompError(error.to_string())
}

impl Filters {
    /// Compiles the filters.
    ///
    /// # Errors
    /// None on a supported architecture.
    pub fn compile() -> Result<Self, SeccompError> {
        Ok(Self { by_number: by_number()?, by_argument: by_argument()? })
    }

    /// Puts them over this thread and all it will start. Sets no_new_privs.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn load(&self) -> Result<(), SeccompError> {
        seccompiler::apply_filter(&self.by_argument).map_err(wrap)?;
        seccompiler::apply_filter(&self.by_number).map_err(wrap)
    }
}

fn by_number() -> Result<BpfProgram, SeccompError> {
    let number = |call: &i64| u32::try_from(*call).map_err(wrap);
    let limited = LIMITED.iter().chain(OF_A_PROCESS.iter().map(|(call, _)| call));
    let mut answers = BTreeMap::new();
    for call in ALLOWED.iter().chain(limited) {
        answers.insert(number(call)?, Answer::Allow);
    }
    for call in ABSENT {
        answers.insert(number(call)?, Answer::Errno(libc::ENOSYS));
    }
    numbers::compile(&answers, Answer::Errno(libc::EPERM))
}

/// What of the limited calls is refused.
fn by_argument() -> Result<BpfProgram, SeccompError> {
    let forbidden_ioctls = TERMINAL_IOCTLS.iter().chain(&crate::btrfs::OF_SUBVOLUMES);
    let mut refused = BTreeMap::from([
        (libc::SYS_clone, any_of(CLONE_NAMESPACES.map(|flag| set(0, flag)))?),
        (libc::SYS_ioctl, any_of(forbidden_ioctls.map(|call| equal(1, *call)))?),
        (libc::SYS_socket, none_of(0, &SOCKET_FAMILIES)?),
        (libc::SYS_socketpair, none_of(0, &[libc::AF_UNIX as u64])?),
        (libc::SYS_personality, none_of(0, &PERSONALITIES)?),
    ]);
    for (call, values) in OF_A_PROCESS {
        refused
            .insert(call, any_of(values.iter().map(|(argument, value)| equal(*argument, *value)))?);
    }
    let arch = std::env::consts::ARCH.try_into().map_err(wrap)?;
    let refusal = SeccompAction::Errno(libc::EPERM as u32);
    SeccompFilter::new(refused, SeccompAction::Allow, refusal, arch)
        .map_err(wrap)?
        .try_into()
        .map_err(wrap)
}

/// The kernel takes these arguments as 32 bits, so that the upper half, which
/// a caller chooses freely, must not matter.
fn condition(argument: u8, op: SeccompCmpOp, value: u64) -> Result<SeccompCondition, SeccompError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, op, value).map_err(wrap)
}

fn equal(argument: u8, value: u64) -> Result<SeccompCondition, SeccompError> {
    condition(argument, SeccompCmpOp::Eq, value)
}

/// Whether a flag is set.
fn set(argument: u8, flag: u64) -> Result<SeccompCondition, SeccompError> {
    condition(argument, SeccompCmpOp::MaskedEq(flag), flag)
}

fn rule(conditions: Vec<SeccompCondition>) -> Result<SeccompRule, SeccompError> {
    SeccompRule::new(conditions).map_err(wrap)
}

/// Holds where one of the conditions does.
fn any_of(
    conditions: impl IntoIterator<Item = Result<SeccompCondition, SeccompError>>,
) -> Result<Vec<SeccompRule>, SeccompError> {
    conditions.into_iter().map(|condition| rule(vec![condition?])).collect()
}

/// Holds where an argument has none of the values.
fn none_of(argument: u8, values: &[u64]) -> Result<Vec<SeccompRule>, SeccompError> {
    let others = values.iter().map(|value| condition(argument, SeccompCmpOp::Ne, *value));
    Ok(vec![rule(others.collect::<Result<_, _>>()?)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filters_fit_the_kernels_bound() {
        let filters = Filters::compile().expect("compiles");
        for program in [&filters.by_number, &filters.by_argument] {
            assert!(program.len() < 4096, "{} instructions", program.len());
        }
    }

    #[test]
    fn no_list_names_a_call_twice() {
        for call in OF_A_PROCESS.map(|(call, _)| call).iter().chain(&LIMITED).chain(ABSENT) {
            assert!(!ALLOWED.contains(call), "system call {call}");
        }
    }

    #[test]
    fn what_hardening_names_is_not_allowed() {
        for call in [
            libc::SYS_bpf,
            libc::SYS_perf_event_open,
            libc::SYS_userfaultfd,
            libc::SYS_keyctl,
            libc::SYS_add_key,
            libc::SYS_request_key,
            libc::SYS_kexec_load,
            libc::SYS_kexec_file_load,
            libc::SYS_init_module,
            libc::SYS_finit_module,
            libc::SYS_delete_module,
            libc::SYS_open_by_handle_at,
            libc::SYS_mount,
            libc::SYS_umount2,
            libc::SYS_pivot_root,
            libc::SYS_setns,
            libc::SYS_unshare,
            libc::SYS_fsopen,
            libc::SYS_move_mount,
            libc::SYS_open_tree,
            libc::SYS_mount_setattr,
            libc::SYS_reboot,
            libc::SYS_swapon,
            libc::SYS_quotactl,
            libc::SYS_acct,
            libc::SYS_syslog,
            libc::SYS_iopl,
            libc::SYS_ioperm,
            libc::SYS_settimeofday,
            libc::SYS_clock_settime,
            libc::SYS_io_uring_setup,
        ] {
            assert!(!ALLOWED.contains(&call), "system call {call}");
        }
    }
}
