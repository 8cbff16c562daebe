//! The system calls that a machine's processes may make: an allow-list, and
//! refusals that programs understand.
//!
//! Two filters are stacked; the stricter answer wins. One refuses with EPERM
//! whatever the list does not name, the other says ENOSYS where programs have
//! a way around (clone3, io_uring). Foreign calling conventions
//! are not served: x32 numbers are not in the list, and a 32-bit call ends
//! its process (seccompiler's answer to a foreign architecture).

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

mod allowed;

pub use allowed::ALLOWED;

/// The filters, compiled.
#[derive(Debug, Clone)]
pub struct Filters {
    absent: BpfProgram,
    allowed: BpfProgram,
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
const CLONE_NAMESPACES: u64 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWCGROUP) as u64;

/// Terminal calls that put characters into another's input.
const FORBIDDEN_IOCTLS: [u64; 2] = [libc::TIOCSTI, libc::TIOCLINUX];

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
const SOCKET_FAMILIES: [i32; 4] = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];

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
        let absent = ABSENT.iter().map(|call| (*call, vec![])).collect();
        let mut allowed: std::collections::BTreeMap<i64, Vec<SeccompRule>> =
            ALLOWED.iter().map(|call| (*call, vec![])).collect();
        allowed.insert(libc::SYS_clone, vec![rule(&[masked(0, CLONE_NAMESPACES)?])?]);
        let others = FORBIDDEN_IOCTLS.map(|call| condition(1, SeccompCmpOp::Ne, call));
        let others = others.into_iter().collect::<Result<Vec<_>, _>>()?;
        allowed.insert(libc::SYS_ioctl, vec![rule(&others)?]);
        allowed.insert(libc::SYS_socket, any_of(0, SOCKET_FAMILIES.map(|f| f as u64))?);
        allowed.insert(libc::SYS_socketpair, any_of(0, [libc::AF_UNIX as u64])?);
        for (call, values) in OF_A_PROCESS {
            let others = values
                .iter()
                .map(|(argument, value)| condition(*argument, SeccompCmpOp::Ne, *value));
            allowed.insert(call, vec![rule(&others.collect::<Result<Vec<_>, _>>()?)?]);
        }
        allowed.insert(libc::SYS_personality, any_of(0, PERSONALITIES)?);
        Ok(Self {
            absent: compile(absent, SeccompAction::Allow, errno(libc::ENOSYS))?,
            allowed: compile(allowed, errno(libc::EPERM), SeccompAction::Allow)?,
        })
    }

    /// Puts them over this thread and all it will start. Sets no_new_privs.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn load(&self) -> Result<(), SeccompError> {
        // Of two refusals the kernel takes the later filter's.
        seccompiler::apply_filter(&self.allowed).map_err(wrap)?;
        seccompiler::apply_filter(&self.absent).map_err(wrap)
    }
}

fn errno(number: i32) -> SeccompAction {
    SeccompAction::Errno(number as u32)
}

fn compile(
    rules: std::collections::BTreeMap<i64, Vec<SeccompRule>>,
    otherwise: SeccompAction,
    on_match: SeccompAction,
) -> Result<BpfProgram, SeccompError> {
    let arch = std::env::consts::ARCH.try_into().map_err(wrap)?;
    SeccompFilter::new(rules, otherwise, on_match, arch).map_err(wrap)?.try_into().map_err(wrap)
}

fn condition(argument: u8, op: SeccompCmpOp, value: u64) -> Result<SeccompCondition, SeccompError> {
    // The kernel takes these arguments as 32 bits, so that the upper half,
    // which a caller chooses freely, must not matter.
    SeccompCondition::new(argument, SeccompCmpArgLen::Dword, op, value).map_err(wrap)
}

fn masked(argument: u8, mask: u64) -> Result<SeccompCondition, SeccompError> {
    SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(mask), 0)
        .map_err(wrap)
}

fn rule(conditions: &[SeccompCondition]) -> Result<SeccompRule, SeccompError> {
    SeccompRule::new(conditions.to_vec()).map_err(wrap)
}

fn any_of<const N: usize>(
    argument: u8,
    values: [u64; N],
) -> Result<Vec<SeccompRule>, SeccompError> {
    values.into_iter().map(|value| rule(&[condition(argument, SeccompCmpOp::Eq, value)?])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filters_fit_the_kernels_bound() {
        let filters = Filters::compile().expect("compiles");
        assert!(filters.allowed.len() < 4096, "{} instructions", filters.allowed.len());
    }

    #[test]
    fn no_list_names_a_call_twice() {
        for (call, _) in OF_A_PROCESS {
            assert!(!ALLOWED.contains(&call), "system call {call}");
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
