/* E15: objects of the kernel that have a name. `.plant` makes one in one
 * sandbox, `.seek` looks for it in another, `.uproot` removes it. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* KEY_SPEC_USER_KEYRING, shared by all processes of one uid. */
#define USER_KEYRING (-4L)
#define KEYCTL_UNLINK 9
#define KEYCTL_SEARCH 10
/* SYSLOG_ACTION_READ_ALL */
#define READ_ALL 3

static key_t number(const struct arguments *arguments) {
  return (key_t)strtol(argument(arguments, 0), 0, 10);
}

static void name_of(const struct arguments *arguments, char *name, size_t size) {
  snprintf(name, size, "/skerry-probe-%s", argument(arguments, 0));
}

static void judge_plant(long result) {
  if (result < 0) denied("not made: %s", errno_name(errno));
  allowed("made");
}

static void judge_seek(long result) {
  if (result < 0) denied("not found: %s", errno_name(errno));
  allowed("found");
}

static void plant_memory(const struct arguments *arguments) {
  judge_plant(shmget(number(arguments), 4096, IPC_CREAT | 0666));
}

static void seek_memory(const struct arguments *arguments) {
  judge_seek(shmget(number(arguments), 0, 0));
}

static void uproot_memory(const struct arguments *arguments) {
  judge_plant(shmctl(shmget(number(arguments), 0, 0), IPC_RMID, 0));
}

static void plant_queue(const struct arguments *arguments) {
  judge_plant(msgget(number(arguments), IPC_CREAT | 0666));
}

static void seek_queue(const struct arguments *arguments) {
  judge_seek(msgget(number(arguments), 0));
}

static void uproot_queue(const struct arguments *arguments) {
  judge_plant(msgctl(msgget(number(arguments), 0), IPC_RMID, 0));
}

static void plant_semaphore(const struct arguments *arguments) {
  judge_plant(semget(number(arguments), 1, IPC_CREAT | 0666));
}

static void seek_semaphore(const struct arguments *arguments) {
  judge_seek(semget(number(arguments), 1, 0));
}

static void uproot_semaphore(const struct arguments *arguments) {
  judge_plant(semctl(semget(number(arguments), 1, 0), 0, IPC_RMID));
}

static void plant_posix_queue(const struct arguments *arguments) {
  char name[64];
  name_of(arguments, name, sizeof name);
  judge_plant(mq_open(name, O_CREAT | O_RDWR, 0666, 0));
}

static void seek_posix_queue(const struct arguments *arguments) {
  char name[64];
  name_of(arguments, name, sizeof name);
  judge_seek(mq_open(name, O_RDONLY));
}

static void uproot_posix_queue(const struct arguments *arguments) {
  char name[64];
  name_of(arguments, name, sizeof name);
  judge_plant(mq_unlink(name));
}

static void plant_file(const struct arguments *arguments) {
  char path[128], name[64];
  name_of(arguments, name, sizeof name);
  snprintf(path, sizeof path, "/dev/shm%s", name);
  judge_plant(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
}

static void seek_file(const struct arguments *arguments) {
  char path[128], name[64];
  name_of(arguments, name, sizeof name);
  snprintf(path, sizeof path, "/dev/shm%s", name);
  judge_seek(open(path, O_RDONLY | O_CLOEXEC));
}

static void plant_key(const struct arguments *arguments) {
  char name[64];
  name_of(arguments, name, sizeof name);
  judge_plant(syscall(SYS_add_key, "user", name, "x", 1, USER_KEYRING));
}

static void seek_key(const struct arguments *arguments) {
  char name[64];
  name_of(arguments, name, sizeof name);
  judge_seek(syscall(SYS_keyctl, KEYCTL_SEARCH, USER_KEYRING, "user", name, 0));
}

static void uproot_key(const struct arguments *arguments) {
  char name[64];
  name_of(arguments, name, sizeof name);
  long key = syscall(SYS_keyctl, KEYCTL_SEARCH, USER_KEYRING, "user", name, 0);
  judge_plant(syscall(SYS_keyctl, KEYCTL_UNLINK, key, USER_KEYRING, 0, 0));
}

/* Holds a lock on a file that is not its own, until it is killed. */
static void hold_lock(const struct arguments *arguments) {
  int descriptor = open(argument(arguments, 0), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) absent("%s", errno_name(errno));
  if (flock(descriptor, LOCK_EX | LOCK_NB) < 0) denied("%s", errno_name(errno));
  for (;;) pause();
}

static void meet_lock(const struct arguments *arguments) {
  int descriptor = open(argument(arguments, 0), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) absent("%s", errno_name(errno));
  if (flock(descriptor, LOCK_EX | LOCK_NB) < 0) allowed("%s", errno_name(errno));
  denied("nobody else's lock");
}

/* Waits for somebody else to open a file. */
static void watch_file(const struct arguments *arguments) {
  int watch = inotify_init1(IN_CLOEXEC);
  if (inotify_add_watch(watch, argument(arguments, 0), IN_OPEN) < 0)
    absent("%s", errno_name(errno));
  struct pollfd wait = {.fd = watch, .events = POLLIN};
  if (poll(&wait, 1, 1000 * atoi(argument(arguments, 1))) > 0) allowed("saw it being opened");
  denied("saw nothing");
}

static void read_kernel_log(const struct arguments *none) {
  (void)none;
  char text[256];
  int length = klogctl(READ_ALL, text, sizeof text);
  if (length < 0) denied("%s", errno_name(errno));
  allowed("%d bytes of the kernel's log", length);
}

static void open_kernel_log(const struct arguments *none) {
  (void)none;
  judge_open("/dev/kmsg", O_RDONLY);
}

const struct check shared_checks[] = {
    {"E15.sysv_memory.plant", plant_memory},
    {"E15.sysv_memory.seek", seek_memory},
    {"E15.sysv_memory.uproot", uproot_memory},
    {"E15.sysv_queue.plant", plant_queue},
    {"E15.sysv_queue.seek", seek_queue},
    {"E15.sysv_queue.uproot", uproot_queue},
    {"E15.sysv_semaphore.plant", plant_semaphore},
    {"E15.sysv_semaphore.seek", seek_semaphore},
    {"E15.sysv_semaphore.uproot", uproot_semaphore},
    {"E15.posix_queue.plant", plant_posix_queue},
    {"E15.posix_queue.seek", seek_posix_queue},
    {"E15.posix_queue.uproot", uproot_posix_queue},
    {"E15.dev_shm.plant", plant_file},
    {"E15.dev_shm.seek", seek_file},
    {"E15.keyring.plant", plant_key},
    {"E15.keyring.seek", seek_key},
    {"E15.keyring.uproot", uproot_key},
    {"E15.lock.hold", hold_lock},
    {"E15.lock.meet", meet_lock},
    {"E15.watch", watch_file},
    {"E15.dmesg", read_kernel_log},
    {"E15.kmsg", open_kernel_log},
    {0, 0},
};
