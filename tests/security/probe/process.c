/* E1, E2, E3, E13: the processes around this one, their files and memory. */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MAX_WATCHED 256

#define OPEN(name, path, flags)                    \
  static void name(const struct arguments *none) { \
    (void)none;                                    \
    judge_open(path, flags);                       \
  }

OPEN(open_init_exe, "/proc/1/exe", O_RDONLY)
OPEN(open_init_exe_to_write, "/proc/1/exe", O_WRONLY)
OPEN(open_init_mem, "/proc/1/mem", O_RDWR)
OPEN(open_init_environ, "/proc/1/environ", O_RDONLY)
OPEN(open_init_maps, "/proc/1/maps", O_RDONLY)
OPEN(open_init_fds, "/proc/1/fd", O_RDONLY | O_DIRECTORY)
OPEN(open_init_root, "/proc/1/root/", O_RDONLY | O_DIRECTORY)
OPEN(open_init_cwd, "/proc/1/cwd/", O_RDONLY | O_DIRECTORY)
OPEN(open_init_oom_score, "/proc/1/oom_score_adj", O_WRONLY)

static int is_own_program(int descriptor) {
  struct stat own, other;
  return stat("/proc/self/exe", &own) == 0 && fstat(descriptor, &other) == 0 &&
         own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Keeps every program that is not this one open for reading while others are
 * being started in the sandbox, and then opens it for writing: the way of
 * CVE-2019-5736. A sealed memfd opens and takes no write. */
static void watch_programs(const struct arguments *arguments) {
  double end = seconds_now() + atof(argument(arguments, 0));
  int seen = 0, sealed = 0;
  char path[64], target[256] = "";
  while (seconds_now() < end && seen < MAX_WATCHED) {
    DIR *proc = opendir("/proc");
    if (!proc) absent("/proc: %s", errno_name(errno));
    for (struct dirent *entry; (entry = readdir(proc)) && seen < MAX_WATCHED;) {
      if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
      snprintf(path, sizeof path, "/proc/%.20s/exe", entry->d_name);
      int held = open(path, O_RDONLY | O_CLOEXEC);
      if (held < 0) continue;
      snprintf(path, sizeof path, "/proc/self/fd/%d", held);
      ssize_t length = readlink(path, target, sizeof target - 1);
      target[length > 0 ? length : 0] = 0;
      if (is_own_program(held)) {
        close(held);
        continue;
      }
      seen++;
      int seals = fcntl(held, F_GET_SEALS);
      for (int tries = 0; tries < 200 && !(seals > 0 && (seals & F_SEAL_WRITE)); tries++) {
        int writable = open(path, O_WRONLY | O_CLOEXEC);
        if (writable >= 0) allowed("opened %s for writing", target);
        usleep(1000);
      }
      sealed += seals > 0 && (seals & F_SEAL_WRITE);
      close(held);
    }
    closedir(proc);
  }
  denied("%d foreign programs seen, %d of them sealed memfds, none writable", seen, sealed);
}

static void list_descriptors(const struct arguments *none) {
  (void)none;
  char found[400] = "", path[64], target[128];
  int extra = 0;
  for (int descriptor = 3; descriptor < 4096; descriptor++) {
    if (fcntl(descriptor, F_GETFD) < 0) continue;
    extra++;
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(path, target, sizeof target - 1);
    target[length > 0 ? length : 0] = 0;
    size_t used = strlen(found);
    snprintf(found + used, sizeof found - used, " %d=%s", descriptor, target);
  }
  if (extra) allowed("%d inherited:%s", extra, found);
  denied("only 0, 1 and 2");
}

/* Where this process was started. Every directory inside leads up to `/`. */
static void leave_by_cwd(const struct arguments *arguments) {
  const char *canary = argument(arguments, 0);
  char path[4096], climbed[4600] = "";
  if (syscall(SYS_getcwd, path, sizeof path) < 0) denied("no cwd: %s", errno_name(errno));
  for (int level = 0; level < 40; level++) strcat(climbed, "../");
  strcat(climbed, canary[0] == '/' ? canary + 1 : canary);
  if (access(climbed, F_OK) == 0) allowed("%s leads to a file of the host", path);
  struct stat root, top;
  char up[200] = ".";
  for (int level = 0; level < 40; level++) strcat(up, "/..");
  if (stat("/", &root) < 0 || stat(up, &top) < 0) denied("%s: %s", path, errno_name(errno));
  if (root.st_dev != top.st_dev || root.st_ino != top.st_ino)
    allowed("%s is outside of the root", path);
  if (path[0] != '/') allowed("%s", path);
  denied("%s is inside", path);
}

static void seize_init(const struct arguments *none) {
  (void)none;
  if (ptrace(PTRACE_SEIZE, 1, 0, 0) < 0) denied("%s", errno_name(errno));
  ptrace(PTRACE_DETACH, 1, 0, 0);
  allowed("attached");
}

static void copy_from_init(long call) {
  char byte = 0;
  struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};
  long result = syscall(call, 1, &here, 1, &there, 1, 0);
  judge_call(result, errno);
}

static void read_init(const struct arguments *none) {
  (void)none;
  copy_from_init(SYS_process_vm_readv);
}

/* At an address that is nobody's, so that a write that is let in hits nothing. */
static void write_init(const struct arguments *none) {
  (void)none;
  char byte = 0;
  struct iovec here = {&byte, 1}, there = {(void *)16, 1};
  long result = syscall(SYS_process_vm_writev, 1, &here, 1, &there, 1, 0);
  judge_call(result, errno);
}

static void take_descriptor(const struct arguments *none) {
  (void)none;
  long init = syscall(SYS_pidfd_open, 1, 0);
  if (init < 0) denied("pidfd_open: %s", errno_name(errno));
  long result = syscall(SYS_pidfd_getfd, init, 0, 0);
  judge_call(result, errno);
}

static void limit_init(const struct arguments *none) {
  (void)none;
  struct rlimit limit;
  if (prlimit(1, RLIMIT_NOFILE, 0, &limit) < 0) denied("%s", errno_name(errno));
  if (prlimit(1, RLIMIT_NOFILE, &limit, 0) < 0) denied("%s", errno_name(errno));
  allowed("set init's limit of descriptors");
}

static void renice_init(const struct arguments *none) {
  (void)none;
  errno = 0;
  int nice = getpriority(PRIO_PROCESS, 1);
  if (errno) denied("%s", errno_name(errno));
  if (setpriority(PRIO_PROCESS, 1, nice) < 0) denied("%s", errno_name(errno));
  allowed("set init's priority");
}

/* All of root's processes at once: init is one of them. */
static void renice_user(const struct arguments *none) {
  (void)none;
  if (setpriority(PRIO_USER, 0, 1) < 0) denied("%s", errno_name(errno));
  if (getpriority(PRIO_PROCESS, 1) == 1) allowed("set init's priority");
  denied("init's priority is what it was");
}

static void bind_init(const struct arguments *none) {
  (void)none;
  cpu_set_t cpus;
  if (sched_getaffinity(1, sizeof cpus, &cpus) < 0) denied("%s", errno_name(errno));
  if (sched_setaffinity(1, sizeof cpus, &cpus) < 0) denied("%s", errno_name(errno));
  allowed("set init's processors");
}

/* Every signal; the caller asks afterwards whether the sandbox still answers. */
static void kill_init(const struct arguments *none) {
  (void)none;
  for (int signal = 1; signal < 65; signal++) kill(1, signal);
  usleep(300000);
  char stat[512];
  if (read_text("/proc/1/stat", stat, sizeof stat) < 0) allowed("process 1 is gone");
  char *state = strrchr(stat, ')');
  if (!state || strchr("TtZX", state[2])) allowed("process 1: %s", stat);
  denied("process 1 goes on");
}

/* Looks for a process by a mark in its command line. */
static void find_process(const struct arguments *arguments) {
  const char *mark = argument(arguments, 0);
  DIR *proc = opendir("/proc");
  if (!proc) absent("/proc: %s", errno_name(errno));
  int seen = 0;
  for (struct dirent *entry; (entry = readdir(proc));) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9' || atoi(entry->d_name) == getpid() ||
        atoi(entry->d_name) == getppid())
      continue;
    char path[64], line[4096];
    snprintf(path, sizeof path, "/proc/%.20s/cmdline", entry->d_name);
    long length = read_text(path, line, sizeof line);
    seen++;
    if (length > 0 && memmem(line, (size_t)length, mark, strlen(mark)))
      allowed("process %s is another sandbox's", entry->d_name);
  }
  denied("%d processes, all this sandbox's", seen);
}

const struct check process_checks[] = {
    {"E1.init_exe", open_init_exe},
    {"E1.init_exe_write", open_init_exe_to_write},
    {"E1.init_mem", open_init_mem},
    {"E1.watch", watch_programs},
    {"E2.descriptors", list_descriptors},
    {"E3.cwd", leave_by_cwd},
    {"E13.ptrace_init", seize_init},
    {"E13.process_vm_readv_init", read_init},
    {"E13.process_vm_writev_init", write_init},
    {"E13.pidfd_getfd_init", take_descriptor},
    {"E13.init_environ", open_init_environ},
    {"E13.init_maps", open_init_maps},
    {"E13.init_fds", open_init_fds},
    {"E13.init_root", open_init_root},
    {"E13.init_cwd", open_init_cwd},
    {"E13.init_oom_score", open_init_oom_score},
    {"E13.init_rlimit", limit_init},
    {"E13.init_priority", renice_init},
    {"E13.init_priority_by_user", renice_user},
    {"E13.init_affinity", bind_init},
    {"E13.kill_init", kill_init},
    {"E13.other_processes", find_process},
    {0, 0},
};
