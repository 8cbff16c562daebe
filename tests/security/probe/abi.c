/* E8: system calls that must not reach the kernel.
 *
 * The arguments are chosen so that the kernel, where it lets the call in,
 * answers with something else than EPERM: a bad pointer, a bad descriptor, an
 * unknown command. Where the kernel asks for a capability before it looks at
 * anything, EPERM tells nothing about the filter; docs/security.md says so by
 * the column of runc, which has no filter. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BAD_POINTER 1L
#define ANY_OTHER_BITS 0x100000000UL
#define X32_BIT 0x40000000L

#define CALL(name, ...)                             \
  static void name(const struct arguments *none) {  \
    (void)none;                                     \
    long result = syscall(__VA_ARGS__);             \
    judge_call(result, errno);                      \
  }

CALL(try_bpf, SYS_bpf, 9999, 0, 0)
CALL(try_perf_event_open, SYS_perf_event_open, 0, 0, -1, -1, 0)
CALL(try_userfaultfd, SYS_userfaultfd, 1)
CALL(try_keyctl, SYS_keyctl, 9999, 0, 0, 0, 0)
CALL(try_add_key, SYS_add_key, 0, 0, 0, 0, 0)
CALL(try_request_key, SYS_request_key, 0, 0, 0, 0)
CALL(try_io_uring_setup, SYS_io_uring_setup, 1, BAD_POINTER)
CALL(try_io_uring_enter, SYS_io_uring_enter, -1, 0, 0, 0, 0, 0)
CALL(try_io_uring_register, SYS_io_uring_register, -1, 0, 0, 0)
CALL(try_kexec_load, SYS_kexec_load, 0, 99, 0, 0)
CALL(try_kexec_file_load, SYS_kexec_file_load, -1, -1, 0, 0, -1)
CALL(try_init_module, SYS_init_module, 0, 0, 0)
CALL(try_finit_module, SYS_finit_module, -1, 0, 0)
CALL(try_delete_module, SYS_delete_module, 0, 0)
CALL(try_open_by_handle_at, SYS_open_by_handle_at, -1, 0, 0)
CALL(try_mount, SYS_mount, 0, "/tmp", BAD_POINTER, 0, 0)
CALL(try_umount2, SYS_umount2, BAD_POINTER, 0)
CALL(try_pivot_root, SYS_pivot_root, BAD_POINTER, BAD_POINTER)
CALL(try_setns, SYS_setns, -1, 0)
CALL(try_open_tree, SYS_open_tree, -1, "/", ~0L)
CALL(try_move_mount, SYS_move_mount, -1, "", -1, "", 0)
CALL(try_fsopen, SYS_fsopen, "tmpfs", 0)
CALL(try_fsconfig, SYS_fsconfig, -1, 0, 0, 0, 0)
CALL(try_fsmount, SYS_fsmount, -1, 0, 0)
CALL(try_fspick, SYS_fspick, AT_FDCWD, "/", 0)
CALL(try_mount_setattr, SYS_mount_setattr, -1, "", ~0L, 0, 0)
CALL(try_swapon, SYS_swapon, BAD_POINTER, 0)
CALL(try_swapoff, SYS_swapoff, BAD_POINTER)
CALL(try_reboot, SYS_reboot, 0, 0, 0, 0)
CALL(try_acct, SYS_acct, BAD_POINTER)
CALL(try_quotactl, SYS_quotactl, ~0L, 0, 0, 0)
CALL(try_iopl, SYS_iopl, 9)
CALL(try_ioperm, SYS_ioperm, 1L << 20, 1, 1)
CALL(try_fanotify_init, SYS_fanotify_init, ~0L, 0)
CALL(try_kcmp, SYS_kcmp, 0, 0, 0, 0, 0)
CALL(try_vhangup, SYS_vhangup)
CALL(try_lookup_dcookie, SYS_lookup_dcookie, 0, 0, 0)
CALL(try_unshare_user, SYS_unshare, CLONE_NEWUSER)
CALL(try_unshare_user_mount, SYS_unshare, CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET)
CALL(try_unshare_mount, SYS_unshare, CLONE_NEWNS)
CALL(try_af_alg, SYS_socket, AF_ALG, SOCK_SEQPACKET, 0)
CALL(try_af_vsock, SYS_socket, AF_VSOCK, SOCK_STREAM, 0)
CALL(try_af_packet, SYS_socket, AF_PACKET, SOCK_RAW, 0)

/* A child made by clone must end at once, or two of them answer. */
static void judge_clone(long flags) {
  long child = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(0);
  int error = errno;
  if (child > 0) waitpid((pid_t)child, 0, 0);
  judge_call(child, error);
}

static void try_clone_user(const struct arguments *none) {
  (void)none;
  judge_clone(CLONE_NEWUSER);
}

/* The kernel looks at the lower half alone, so must the filter. */
static void try_clone_user_high_bits(const struct arguments *none) {
  (void)none;
  judge_clone((long)(CLONE_NEWUSER | ANY_OTHER_BITS));
}

/* A C library falls back to clone on ENOSYS alone: EPERM would break threads,
 * and anything else means that namespaces pass in memory no filter can see. */
static void try_clone3(const struct arguments *none) {
  (void)none;
  struct clone_args request = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
  long child = syscall(SYS_clone3, &request, sizeof request);
  if (child == 0) _exit(0);
  int error = errno;
  if (child > 0) waitpid((pid_t)child, 0, 0);
  if (child < 0 && error == ENOSYS) denied("ENOSYS");
  if (child < 0 && error == EPERM) denied("EPERM, so that threads can't fall back to clone");
  judge_call(child, error);
}

/* Mounting for real, and looking whether it is there. */
static void try_mount_tmpfs(const struct arguments *none) {
  (void)none;
  if (mount("none", "/tmp", "tmpfs", 0, 0) < 0) denied("%s", errno_name(errno));
  umount2("/tmp", MNT_DETACH);
  allowed("a tmpfs was mounted on /tmp");
}

static void try_remount_proc_sys(const struct arguments *none) {
  (void)none;
  if (mount(0, "/proc/sys", 0, MS_REMOUNT | MS_BIND, 0) < 0) denied("%s", errno_name(errno));
  allowed("/proc/sys is writable now");
}

static void try_unmount_mask(const struct arguments *none) {
  (void)none;
  if (umount2("/proc/keys", MNT_DETACH) < 0) denied("%s", errno_name(errno));
  allowed("the mask of /proc/keys is gone");
}

/* A fresh proc in a user namespace of one's own has no masks. */
static void try_mount_proc(const struct arguments *none) {
  (void)none;
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) < 0)
    denied("unshare: %s", errno_name(errno));
  pid_t child = fork();
  if (child == 0) _exit(mount("proc", "/tmp", "proc", 0, 0) == 0 ? 7 : 0);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 7) allowed("a second proc was mounted");
  denied("namespaces, but no proc in them");
}

/* The 32-bit table has numbers of its own: 20 is getpid there and writev here. */
static void try_ia32(const struct arguments *none) {
  (void)none;
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
  if (result >= 0) allowed("getpid by int 0x80 returned %ld", result);
  judge_call(-1, (int)-result);
}

static void try_ia32_unshare(const struct arguments *none) {
  (void)none;
  long result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(310L), "b"((long)CLONE_NEWUSER)
                   : "memory", "r8", "r9", "r10", "r11");
  if (result == 0) allowed("unshare(CLONE_NEWUSER) by int 0x80 worked");
  judge_call(-1, (int)-result);
}

static void try_x32(const struct arguments *none) {
  (void)none;
  long result = syscall(SYS_getpid | X32_BIT);
  judge_call(result, errno);
}

static void try_x32_unshare(const struct arguments *none) {
  (void)none;
  long result = syscall(SYS_unshare | X32_BIT, CLONE_NEWUSER);
  judge_call(result, errno);
}

/* A terminal that controls this process, in which the kernel would let it type. */
static int own_terminal(void) {
  int leader, terminal;
  if (openpty(&leader, &terminal, 0, 0, 0) < 0) absent("no pty: %s", errno_name(errno));
  setsid();
  if (ioctl(terminal, TIOCSCTTY, 0) < 0) absent("TIOCSCTTY: %s", errno_name(errno));
  return terminal;
}

static void judge_ioctl(unsigned long request, const char *text) {
  long result = syscall(SYS_ioctl, own_terminal(), request, text);
  judge_call(result, errno);
}

static void try_tiocsti(const struct arguments *none) {
  (void)none;
  judge_ioctl(TIOCSTI, "x");
}

static void try_tiocsti_high_bits(const struct arguments *none) {
  (void)none;
  judge_ioctl(TIOCSTI | ANY_OTHER_BITS, "x");
}

static void try_tioclinux(const struct arguments *none) {
  (void)none;
  judge_ioctl(TIOCLINUX, "\x06");
}

const struct check abi_checks[] = {
    {"E8.bpf", try_bpf},
    {"E8.perf_event_open", try_perf_event_open},
    {"E8.userfaultfd", try_userfaultfd},
    {"E8.keyctl", try_keyctl},
    {"E8.add_key", try_add_key},
    {"E8.request_key", try_request_key},
    {"E8.io_uring_setup", try_io_uring_setup},
    {"E8.io_uring_enter", try_io_uring_enter},
    {"E8.io_uring_register", try_io_uring_register},
    {"E8.kexec_load", try_kexec_load},
    {"E8.kexec_file_load", try_kexec_file_load},
    {"E8.init_module", try_init_module},
    {"E8.finit_module", try_finit_module},
    {"E8.delete_module", try_delete_module},
    {"E8.open_by_handle_at", try_open_by_handle_at},
    {"E8.mount", try_mount},
    {"E8.mount_tmpfs", try_mount_tmpfs},
    {"E8.umount2", try_umount2},
    {"E8.pivot_root", try_pivot_root},
    {"E8.setns", try_setns},
    {"E8.open_tree", try_open_tree},
    {"E8.move_mount", try_move_mount},
    {"E8.fsopen", try_fsopen},
    {"E8.fsconfig", try_fsconfig},
    {"E8.fsmount", try_fsmount},
    {"E8.fspick", try_fspick},
    {"E8.mount_setattr", try_mount_setattr},
    {"E8.swapon", try_swapon},
    {"E8.swapoff", try_swapoff},
    {"E8.reboot", try_reboot},
    {"E8.acct", try_acct},
    {"E8.quotactl", try_quotactl},
    {"E8.iopl", try_iopl},
    {"E8.ioperm", try_ioperm},
    {"E8.fanotify_init", try_fanotify_init},
    {"E8.kcmp", try_kcmp},
    {"E8.vhangup", try_vhangup},
    {"E8.lookup_dcookie", try_lookup_dcookie},
    {"E8.unshare_user", try_unshare_user},
    {"E8.unshare_user_mount_net", try_unshare_user_mount},
    {"E8.unshare_mount", try_unshare_mount},
    {"E8.clone_user", try_clone_user},
    {"E8.clone_user_high_bits", try_clone_user_high_bits},
    {"E8.clone3", try_clone3},
    {"E8.ia32", try_ia32},
    {"E8.ia32_unshare_user", try_ia32_unshare},
    {"E8.x32", try_x32},
    {"E8.x32_unshare_user", try_x32_unshare},
    {"E8.tiocsti", try_tiocsti},
    {"E8.tiocsti_high_bits", try_tiocsti_high_bits},
    {"E8.tioclinux", try_tioclinux},
    {"E8.af_alg", try_af_alg},
    {"E8.af_packet", try_af_packet},
    {"E14.vsock", try_af_vsock},
    {"E6.remount_proc_sys", try_remount_proc_sys},
    {"E6.unmount_mask", try_unmount_mask},
    {"E6.second_proc", try_mount_proc},
    {0, 0},
};
