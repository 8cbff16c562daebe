/* R1 to R7: taking more than one's share. Everything has a bound of its own,
 * given by the caller or below, so that a host without limits survives. */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_CHILDREN 20000
#define STEP (1L << 20)
/* Floods that nobody ends, end. */
#define FLOOD_SECONDS 60
/* How often 100 ms are waited for process 1 to reap what has ended. */
#define ORPHAN_WAITS 200

static long bound(const struct arguments *arguments) {
  return strtol(argument(arguments, 0), 0, 10);
}

/* Children that sleep, until no more can be had; all end before the answer. */
static void fork_bomb(const struct arguments *arguments) {
  static pid_t children[MAX_CHILDREN];
  long want = bound(arguments), made = 0;
  int error = 0;
  for (; made < want && made < MAX_CHILDREN; made++) {
    pid_t child = fork();
    if (child == 0)
      for (;;) pause();
    if (child < 0) {
      error = errno;
      break;
    }
    children[made] = child;
  }
  if (arguments->count > 1) sleep((unsigned)atoi(arguments->values[1]));
  for (long child = 0; child < made; child++) kill(children[child], SIGKILL);
  for (long child = 0; child < made; child++) waitpid(children[child], 0, 0);
  if (made == want) allowed("%ld processes", made);
  denied("%ld processes, then %s", made, errno_name(error));
}

static void fill_anonymous(const struct arguments *arguments) {
  long want = bound(arguments);
  for (long have = 0; have < want; have += STEP) {
    char *at = mmap(0, STEP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) denied("%ld MiB, then %s", have / STEP, errno_name(errno));
    memset(at, 1, STEP);
  }
  allowed("%ld MiB", want / STEP);
}

static void fill_descriptor(int descriptor, long want) {
  static char block[STEP];
  memset(block, 1, sizeof block);
  for (long have = 0; have < want;) {
    ssize_t wrote = write(descriptor, block, sizeof block);
    if (wrote <= 0) denied("%ld MiB, then %s", have / STEP, errno_name(errno));
    have += wrote;
  }
}

static void fill_file(const char *path, long want) {
  int descriptor = open(path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) absent("%s: %s", path, errno_name(errno));
  unlink(path);
  fill_descriptor(descriptor, want);
  allowed("%ld MiB", want / STEP);
}

static void fill_dev_shm(const struct arguments *arguments) {
  fill_file("/dev/shm/probe-fill", bound(arguments));
}

/* On the disk: it may be written, but not stay in memory. The caller reads
 * the memory controller's peak. */
static void fill_page_cache(const struct arguments *arguments) {
  fill_file("/workspace/probe-fill", bound(arguments));
}

static void fill_memfd(const struct arguments *arguments) {
  int descriptor = memfd_create("probe", MFD_CLOEXEC);
  if (descriptor < 0) denied("%s", errno_name(errno));
  fill_descriptor(descriptor, bound(arguments));
  allowed("%ld MiB", bound(arguments) / STEP);
}

/* As many socket pairs as there are descriptors for, each filled. */
static void fill_sockets(const struct arguments *arguments) {
  static char block[1 << 16];
  long want = bound(arguments), have = 0;
  while (have < want) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0)
      denied("%ld MiB, then %s", have / STEP, errno_name(errno));
    int size = 8 << 20;
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    for (ssize_t sent; (sent = send(pair[0], block, sizeof block, 0)) > 0;) have += sent;
  }
  allowed("%ld MiB", want / STEP);
}

static void take_descriptors(const struct arguments *arguments) {
  long want = bound(arguments);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  for (long have = 0; have < want; have++)
    if (dup(0) < 0) denied("%ld descriptors, then %s", have, errno_name(errno));
  allowed("%ld descriptors", want);
}

static void spin(const struct arguments *arguments) {
  long count = bound(arguments);
  unsigned seconds = (unsigned)atoi(argument(arguments, 1));
  for (long child = 0; child < count; child++)
    if (fork() == 0) {
      alarm(seconds);
      for (;;) {
      }
    }
  while (wait(0) > 0) {
  }
  allowed("%ld processes for %u s", count, seconds);
}

/* Bytes to stdout as fast as they are taken. */
static void flood(const struct arguments *arguments) {
  fill_descriptor(1, bound(arguments));
  _exit(0);
}

/* The one that was started ends; the one that goes on writing is nobody's. */
static void flood_as_orphan(const struct arguments *none) {
  (void)none;
  static char block[1 << 16];
  pid_t child = fork();
  if (child < 0) absent("fork: %s", errno_name(errno));
  if (child > 0) allowed("left a child that floods");
  setsid();
  alarm(FLOOD_SECONDS);
  while (write(1, block, sizeof block) > 0) {
  }
  _exit(0);
}

/* Each byte is a run of its own for whoever keeps stdout and stderr in order. */
static void alternate(const struct arguments *none) {
  (void)none;
  alarm(FLOOD_SECONDS);
  while (write(1, "o", 1) == 1 && write(2, "e", 1) == 1) {
  }
  _exit(0);
}

static long count_zombies(void) {
  DIR *proc = opendir("/proc");
  if (!proc) return -1;
  long zombies = 0;
  for (struct dirent *entry; (entry = readdir(proc));) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    char path[64], stat[512];
    snprintf(path, sizeof path, "/proc/%.20s/stat", entry->d_name);
    if (read_text(path, stat, sizeof stat) < 0) continue;
    char *state = strrchr(stat, ')');
    if (state && state[1] && state[2] == 'Z') zombies++;
  }
  closedir(proc);
  return zombies;
}

/* Forks; waits where there are no more processes until process 1 has reaped some. */
static pid_t fork_patiently(void) {
  pid_t child = fork();
  for (int wait = 0; child < 0 && errno == EAGAIN && wait < ORPHAN_WAITS; wait++) {
    usleep(100000);
    child = fork();
  }
  return child;
}

/* Grandchildren that outlive their parent, so that process 1 must reap them. */
static void orphans(const struct arguments *arguments) {
  long want = bound(arguments), made = 0;
  for (; made < want; made++) {
    pid_t parent = fork_patiently();
    if (parent < 0) allowed("%ld orphans, then %s", made, errno_name(errno));
    if (parent == 0) _exit(fork_patiently() < 0);
    int status = 0;
    waitpid(parent, &status, 0);
    if (WEXITSTATUS(status)) allowed("%ld orphans, then no more processes", made);
  }
  long zombies = 0;
  for (int wait = 0; wait < 100 && (zombies = count_zombies()) > 0; wait++) usleep(100000);
  if (zombies) allowed("%ld of %ld orphans stay zombies", zombies, want);
  denied("%ld orphans, no zombie stays", want);
}

const struct check load_checks[] = {
    {"R1.fork_bomb", fork_bomb},
    {"R2.anonymous", fill_anonymous},
    {"R2.dev_shm", fill_dev_shm},
    {"R2.page_cache", fill_page_cache},
    {"R2.memfd", fill_memfd},
    {"R2.socket_buffers", fill_sockets},
    {"R3.flood", flood},
    {"R3.flood_as_orphan", flood_as_orphan},
    {"R3.alternate", alternate},
    {"R4.descriptors", take_descriptors},
    {"R5.spin", spin},
    {"R7.orphans", orphans},
    {0, 0},
};
