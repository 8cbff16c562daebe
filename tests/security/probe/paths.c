/* E4, E6, E9, E10, E11, E14, E16: what the file systems and the network
 * inside show, and what may be written there. */
#include "probe.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <ifaddrs.h>
#include <linux/magic.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* A walk looks at no more entries than this. */
#define MAX_WALK 200000

/* Content is what counts: a mask reads as nothing, whatever its mode says. */
static void judge_mask(const char *path) {
  struct stat status;
  if (stat(path, &status) < 0) {
    if (errno == ENOENT) absent("%s: this kernel has none", path);
    denied("%s: %s", path, errno_name(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    DIR *directory = opendir(path);
    if (!directory) denied("%s: %s", path, errno_name(errno));
    for (struct dirent *entry; (entry = readdir(directory));)
      if (entry->d_name[0] != '.') allowed("%s shows %s", path, entry->d_name);
    denied("%s is empty", path);
  }
  char content[64];
  long length = read_text(path, content, sizeof content);
  if (length < 0) denied("%s: %s", path, errno_name(errno));
  if (length == 0) denied("%s is empty", path);
  allowed("%s has content", path);
}

#define MASK(name, path)                           \
  static void name(const struct arguments *none) { \
    (void)none;                                    \
    judge_mask(path);                              \
  }
MASK(mask_kcore, "/proc/kcore")
MASK(mask_interrupts, "/proc/interrupts")
MASK(mask_keys, "/proc/keys")
MASK(mask_latency, "/proc/latency_stats")
MASK(mask_timer_list, "/proc/timer_list")
MASK(mask_timer_stats, "/proc/timer_stats")
MASK(mask_sched_debug, "/proc/sched_debug")
MASK(mask_scsi, "/proc/scsi")
MASK(mask_acpi, "/proc/acpi")
MASK(mask_asound, "/proc/asound")
MASK(mask_firmware, "/sys/firmware")
MASK(mask_powercap, "/sys/devices/virtual/powercap")
MASK(mask_kmsg, "/proc/kmsg")
MASK(mask_debugfs, "/sys/kernel/debug")
MASK(mask_tracefs, "/sys/kernel/tracing")
MASK(mask_bpffs, "/sys/fs/bpf")

#define WRITE(name, path)                          \
  static void name(const struct arguments *none) { \
    (void)none;                                    \
    judge_open(path, O_WRONLY);                    \
  }
WRITE(write_sysrq, "/proc/sysrq-trigger")
WRITE(write_panic, "/proc/sys/kernel/panic")
WRITE(write_forward, "/proc/sys/net/ipv4/ip_forward")
WRITE(write_affinity, "/proc/irq/default_smp_affinity")
WRITE(write_core_pattern, "/proc/sys/kernel/core_pattern")
WRITE(write_modprobe, "/proc/sys/kernel/modprobe")
WRITE(write_uevent_helper, "/sys/kernel/uevent_helper")
WRITE(write_binfmt, "/proc/sys/fs/binfmt_misc/register")
WRITE(write_hostname, "/proc/sys/kernel/hostname")

static int walked;
static int found;
static char first_found[300];

static void note(const char *path) {
  if (found++ == 0) snprintf(first_found, sizeof first_found, "%s", path);
}

static int visit_writable(const char *path, const struct stat *status, int kind, struct FTW *at) {
  (void)at;
  if (++walked > MAX_WALK) return 1;
  if (kind == FTW_F && S_ISREG(status->st_mode) && access(path, W_OK) == 0) note(path);
  return 0;
}

static void walk_for_writable(const char *root) {
  nftw(root, visit_writable, 32, FTW_PHYS | FTW_MOUNT);
  if (found) allowed("%d of %d writable, %s first", found, walked, first_found);
  denied("none of %d writable", walked);
}

static void walk_proc_sys(const struct arguments *none) {
  (void)none;
  walk_for_writable("/proc/sys");
}

static void walk_sys(const struct arguments *none) {
  (void)none;
  if (access("/sys/kernel", F_OK) < 0) denied("no /sys");
  walk_for_writable("/sys");
}

/* A path is what it claims to be, by file system and device number, so that
 * nothing in an image stands in for it. */
static void genuine(const struct arguments *arguments) {
  const char *path = argument(arguments, 0);
  struct statfs system;
  struct stat status;
  if (strcmp(path, "/proc") == 0 || strcmp(path, "/sys") == 0) {
    long want = path[1] == 'p' ? PROC_SUPER_MAGIC : SYSFS_MAGIC;
    if (lstat(path, &status) < 0) denied("%s: %s", path, errno_name(errno));
    if (S_ISLNK(status.st_mode)) allowed("%s is a link", path);
    if (statfs(path, &system) < 0) denied("%s: %s", path, errno_name(errno));
    if (system.f_type != want) allowed("%s is file system %#lx", path, (long)system.f_type);
    denied("%s is genuine", path);
  }
  if (stat(path, &status) < 0) denied("%s: %s", path, errno_name(errno));
  int null = strcmp(path, "/dev/null") == 0;
  if (null && !(S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3)))
    allowed("%s is no null device", path);
  denied("%s is genuine", path);
}

/* Puts a link where a path was; the old one stays beside it. */
static void replace_by_link(const struct arguments *arguments) {
  const char *path = argument(arguments, 0);
  char aside[300];
  snprintf(aside, sizeof aside, "%s-aside", path);
  if (rename(path, aside) < 0 && errno != ENOENT) denied("%s: %s", path, errno_name(errno));
  if (symlink(argument(arguments, 1), path) < 0) denied("%s: %s", path, errno_name(errno));
  allowed("%s is a link now", path);
}

static void replace_by_fifo(const struct arguments *arguments) {
  const char *path = argument(arguments, 0);
  unlink(path);
  if (mkfifo(path, 0644) < 0) denied("%s: %s", path, errno_name(errno));
  allowed("%s is a fifo now", path);
}

/* A file that says it is large and has no blocks. */
static void replace_by_sparse(const struct arguments *arguments) {
  const char *path = argument(arguments, 0);
  if (truncate(path, atol(argument(arguments, 1))) < 0) denied("%s: %s", path, errno_name(errno));
  allowed("%s is large now", path);
}

/* One line of mountinfo: fields 5 (mount point) and, after ` - `, the type. */
static int is_cgroup_mount(char *line, char **point) {
  char *type = strstr(line, " - cgroup");
  if (!type) return 0;
  for (int field = 0; field < 4 && line; field++) line = strchr(line + 1, ' ');
  if (!line) return 0;
  *point = line + 1;
  char *end = strchr(*point, ' ');
  if (end) *end = 0;
  return 1;
}

static void cgroup_writable(const struct arguments *none) {
  (void)none;
  FILE *mounts = fopen("/proc/self/mountinfo", "re");
  if (!mounts) absent("mountinfo: %s", errno_name(errno));
  char line[4096], path[4200], *point;
  int seen = 0;
  while (fgets(line, sizeof line, mounts)) {
    if (!is_cgroup_mount(line, &point)) continue;
    seen++;
    static const char *const files[] = {"release_agent", "cgroup.procs", "tasks"};
    for (int file = 0; file < 3; file++) {
      snprintf(path, sizeof path, "%s/%s", point, files[file]);
      int descriptor = open(path, O_WRONLY | O_CLOEXEC);
      if (descriptor >= 0) allowed("%s opened for writing", path);
    }
    snprintf(path, sizeof path, "%s/skerry-probe", point);
    if (mkdir(path, 0700) == 0) {
      rmdir(path);
      allowed("made %s", path);
    }
  }
  denied("%d cgroup mounts, none writable", seen);
}

static void mount_cgroup(const struct arguments *none) {
  (void)none;
  static const struct {
    const char *type, *data;
  } kinds[] = {{"cgroup2", ""}, {"cgroup", "memory"}, {"cgroup", "devices"}};
  for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++)
    if (mount("none", "/tmp", kinds[kind].type, 0, kinds[kind].data) == 0) {
      umount2("/tmp", MNT_DETACH);
      allowed("%s %s was mounted", kinds[kind].type, kinds[kind].data);
    }
  denied("%s", errno_name(errno));
}

/* A path other than `/` tells where on the host the sandbox is kept. */
static void judge_cgroup_path(int unified) {
  FILE *groups = fopen("/proc/self/cgroup", "re");
  if (!groups) denied("/proc/self/cgroup: %s", errno_name(errno));
  char line[1024];
  int seen = 0;
  while (fgets(line, sizeof line, groups)) {
    if ((strncmp(line, "0::", 3) == 0) != unified) continue;
    line[strcspn(line, "\n")] = 0;
    char *path = strrchr(line, ':');
    if (path && strcmp(path, ":/") != 0) allowed("%s", line);
    seen++;
  }
  if (seen == 0) absent("none of that kind");
  denied("every one says /");
}

static void cgroup_path(const struct arguments *none) {
  (void)none;
  judge_cgroup_path(1);
}

static void cgroup_path_v1(const struct arguments *none) {
  (void)none;
  judge_cgroup_path(0);
}

static int is_plain_device(const struct stat *status) {
  unsigned major_number = major(status->st_rdev), minor_number = minor(status->st_rdev);
  if (!S_ISCHR(status->st_mode)) return 0;
  if (major_number == 1)
    return minor_number == 3 || minor_number == 5 || minor_number == 7 || minor_number == 8 ||
           minor_number == 9;
  return (major_number == 5 && minor_number <= 2) || major_number == 136;
}

static int visit_device(const char *path, const struct stat *status, int kind, struct FTW *at) {
  (void)kind, (void)at;
  if (++walked > MAX_WALK) return 1;
  if ((S_ISBLK(status->st_mode) || S_ISCHR(status->st_mode)) && !is_plain_device(status)) note(path);
  return 0;
}

static void list_devices(const struct arguments *none) {
  (void)none;
  nftw("/dev", visit_device, 16, FTW_PHYS);
  if (found) allowed("%d more than the plain ones, %s first", found, first_found);
  denied("null, zero, full, random, urandom, tty and ptys alone");
}

static void open_named(const struct arguments *arguments) {
  judge_open(argument(arguments, 0), O_RDONLY);
}

static void make_device(mode_t kind, unsigned major_number, unsigned minor_number) {
  const char *path = "/workspace/probe-device";
  unlink(path);
  if (mknod(path, kind | 0600, makedev(major_number, minor_number)) < 0)
    denied("mknod: %s", errno_name(errno));
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int error = errno;
  unlink(path);
  if (descriptor < 0 && (error == EPERM || error == EACCES))
    denied("made, but open: %s", errno_name(error));
  allowed("made and %s", descriptor < 0 ? errno_name(error) : "opened");
}

static void make_memory_device(const struct arguments *none) {
  (void)none;
  make_device(S_IFCHR, 1, 1);
}

static void make_kernel_log_device(const struct arguments *none) {
  (void)none;
  make_device(S_IFCHR, 1, 11);
}

/* The host's root disk, whose number is given. */
static void make_block_device(const struct arguments *arguments) {
  make_device(S_IFBLK, (unsigned)atoi(argument(arguments, 0)),
              (unsigned)atoi(argument(arguments, 1)));
}

static void connect_abstract(const struct arguments *arguments) {
  const char *name = argument(arguments, 0);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
  socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
  int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(client, (struct sockaddr *)&address, length) < 0) denied("%s", errno_name(errno));
  allowed("connected to @%s", name);
}

static void connect_host_port(const struct arguments *arguments) {
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)atoi(argument(arguments, 0))),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(client, (struct sockaddr *)&address, sizeof address) < 0)
    denied("%s", errno_name(errno));
  allowed("connected to the host's port %s", argument(arguments, 0));
}

static void list_interfaces(const struct arguments *none) {
  (void)none;
  struct ifaddrs *first;
  if (getifaddrs(&first) < 0) denied("getifaddrs: %s", errno_name(errno));
  for (struct ifaddrs *at = first; at; at = at->ifa_next)
    if ((at->ifa_flags & IFF_UP) && !(at->ifa_flags & IFF_LOOPBACK)) allowed("%s", at->ifa_name);
  denied("loopback alone");
}

static int visit_socket(const char *path, const struct stat *status, int kind, struct FTW *at) {
  (void)kind, (void)at;
  if (++walked > MAX_WALK) return 1;
  if (S_ISSOCK(status->st_mode)) note(path);
  return 0;
}

static void list_sockets(const struct arguments *none) {
  (void)none;
  static const char *const roots[] = {"/run", "/var", "/tmp", "/etc", "/home", "/root", "/workspace"};
  for (size_t root = 0; root < sizeof roots / sizeof *roots; root++)
    nftw(roots[root], visit_socket, 32, FTW_PHYS);
  if (found) allowed("%d, %s first", found, first_found);
  denied("no socket among %d entries", walked);
}

static void set_time(const struct arguments *none) {
  (void)none;
  struct timeval now;
  gettimeofday(&now, 0);
  if (settimeofday(&now, 0) < 0) denied("%s", errno_name(errno));
  allowed("the clock was set (to what it said)");
}

static void set_clock(const struct arguments *none) {
  (void)none;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (clock_settime(CLOCK_REALTIME, &now) < 0) denied("%s", errno_name(errno));
  allowed("the clock was set (to what it said)");
}

static void adjust_clock(const struct arguments *none) {
  (void)none;
  struct timex values = {.modes = 0};
  if (adjtimex(&values) < 0) denied("%s", errno_name(errno));
  values.modes = ADJ_STATUS;
  if (adjtimex(&values) < 0) denied("%s", errno_name(errno));
  allowed("the clock's status was set (to what it was)");
}

/* Setting it is no escape; the caller looks at the host's name afterwards. */
static void set_host_name(const struct arguments *arguments) {
  const char *name = argument(arguments, 0);
  if (sethostname(name, strlen(name)) < 0) denied("%s", errno_name(errno));
  allowed("set inside");
}

static void see_host_name(const struct arguments *arguments) {
  struct utsname names;
  uname(&names);
  if (strcmp(names.nodename, argument(arguments, 0)) == 0) allowed("%s", names.nodename);
  denied("%s", names.nodename);
}

const struct check path_checks[] = {
    {"E4.genuine", genuine},
    {"E5.replace", replace_by_link},
    {"E20.fifo", replace_by_fifo},
    {"E20.sparse", replace_by_sparse},
    {"E6.kcore", mask_kcore},
    {"E6.interrupts", mask_interrupts},
    {"E6.keys", mask_keys},
    {"E6.latency_stats", mask_latency},
    {"E6.timer_list", mask_timer_list},
    {"E6.timer_stats", mask_timer_stats},
    {"E6.sched_debug", mask_sched_debug},
    {"E6.scsi", mask_scsi},
    {"E6.acpi", mask_acpi},
    {"E6.asound", mask_asound},
    {"E6.firmware", mask_firmware},
    {"E6.powercap", mask_powercap},
    {"E6.kmsg", mask_kmsg},
    {"E6.debugfs", mask_debugfs},
    {"E6.tracefs", mask_tracefs},
    {"E6.bpffs", mask_bpffs},
    {"E6.sysrq_trigger", write_sysrq},
    {"E6.sysctl_kernel", write_panic},
    {"E6.sysctl_net", write_forward},
    {"E6.irq", write_affinity},
    {"E6.proc_sys_writable", walk_proc_sys},
    {"E6.sys_writable", walk_sys},
    {"E9.cgroup_writable", cgroup_writable},
    {"E9.mount_cgroup", mount_cgroup},
    {"E9.cgroup_path", cgroup_path},
    {"E9.cgroup_path_v1", cgroup_path_v1},
    {"E10.core_pattern", write_core_pattern},
    {"E10.modprobe", write_modprobe},
    {"E10.uevent_helper", write_uevent_helper},
    {"E10.binfmt_misc", write_binfmt},
    {"E11.devices", list_devices},
    {"E11.open", open_named},
    {"E11.mknod_memory", make_memory_device},
    {"E11.mknod_kernel_log", make_kernel_log_device},
    {"E11.mknod_block", make_block_device},
    {"E14.abstract_socket", connect_abstract},
    {"E14.host_port", connect_host_port},
    {"E14.interfaces", list_interfaces},
    {"E14.sockets", list_sockets},
    {"E16.settimeofday", set_time},
    {"E16.clock_settime", set_clock},
    {"E16.adjtimex", adjust_clock},
    {"E16.sethostname", set_host_name},
    {"E16.host_name", see_host_name},
    {"E16.sysctl_hostname", write_hostname},
    {0, 0},
};
