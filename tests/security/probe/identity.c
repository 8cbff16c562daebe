/* E7, E12, E17: who this process is, and what files can make of it. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

static uint64_t status_field(const char *name) {
  char text[8192];
  if (read_text("/proc/self/status", text, sizeof text) < 0)
    absent("/proc/self/status: %s", errno_name(errno));
  char *line = strstr(text, name);
  if (!line) absent("no %s in /proc/self/status", name);
  return strtoull(line + strlen(name) + 1, 0, 16);
}

static void judge_set(const char *name, uint64_t profile) {
  uint64_t set = status_field(name);
  if (set & ~profile)
    allowed("%s has %#lx, more than %#lx", name, (unsigned long)set, (unsigned long)profile);
  denied("%s is %#lx", name, (unsigned long)set);
}

/* The argument is the profile, in hexadecimal. */
#define SET(name, field)                                       \
  static void name(const struct arguments *arguments) {        \
    judge_set(field, strtoull(argument(arguments, 0), 0, 16)); \
  }
SET(bounding, "CapBnd")
SET(effective, "CapEff")
SET(permitted, "CapPrm")
SET(inheritable, "CapInh")
SET(ambient, "CapAmb")

static void new_privileges(const struct arguments *none) {
  (void)none;
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) denied("no_new_privs is set");
  allowed("no_new_privs is not set");
}

static void set_uid_program(const struct arguments *none) {
  (void)none;
  if (getuid() == 0) absent("to be run as somebody else than root");
  if (geteuid() == 0) allowed("a set-uid program made uid %u root", getuid());
  denied("uid %u stays so", getuid());
}

static void capable_program(const struct arguments *none) {
  (void)none;
  uint64_t set = status_field("CapEff");
  if (set) allowed("a file's capabilities gave %#lx", (unsigned long)set);
  denied("no capability");
}

/* Gives the file at the argument every way to gain rights that root inside
 * can set; says which, for the caller to judge from the host. */
static void arm_file(const struct arguments *arguments) {
  const char *path = argument(arguments, 0);
  struct vfs_cap_data rights = {.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
                                .data = {{.permitted = 1U << CAP_DAC_OVERRIDE}}};
  if (setxattr(path, "security.capability", &rights, sizeof rights, 0) < 0)
    denied("%s", errno_name(errno));
  allowed("file capabilities set");
}

static void make_set_uid(const struct arguments *arguments) {
  if (chmod(argument(arguments, 0), 04755) < 0) denied("%s", errno_name(errno));
  allowed("set-uid root inside");
}

static void judge_xattr(const char *name, const char *value) {
  const char *path = "/workspace/probe-xattr";
  mkdir(path, 0755);
  if (setxattr(path, name, value, strlen(value), 0) < 0) denied("%s", errno_name(errno));
  allowed("%s set", name);
}

static void trusted_opaque(const struct arguments *none) {
  (void)none;
  judge_xattr("trusted.overlay.opaque", "y");
}

static void trusted_redirect(const struct arguments *none) {
  (void)none;
  judge_xattr("trusted.overlay.redirect", "/etc");
}

static void user_redirect(const struct arguments *none) {
  (void)none;
  judge_xattr("user.overlay.redirect", "/etc");
}

static void security_attribute(const struct arguments *none) {
  (void)none;
  judge_xattr("security.ima", "x");
}

static void whiteout(const struct arguments *none) {
  (void)none;
  const char *path = "/workspace/probe-whiteout";
  if (mknod(path, S_IFCHR, makedev(0, 0)) < 0) denied("%s", errno_name(errno));
  unlink(path);
  allowed("a whiteout was made");
}

static void own_user_namespace(const struct arguments *none) {
  (void)none;
  char map[256];
  if (read_text("/proc/self/uid_map", map, sizeof map) < 0)
    absent("uid_map: %s", errno_name(errno));
  unsigned long inside, outside, length;
  if (sscanf(map, "%lu %lu %lu", &inside, &outside, &length) != 3) absent("uid_map: %s", map);
  if (outside == 0) allowed("uid 0 here is uid 0 outside");
  denied("uid 0 here is uid %lu outside, %lu ids", outside, length);
}

static void become(const struct arguments *arguments) {
  unsigned long uid = strtoul(argument(arguments, 0), 0, 10);
  if (setuid((uid_t)uid) < 0) denied("%s", errno_name(errno));
  allowed("uid %lu", uid);
}

static void say_ids(const struct arguments *none) {
  (void)none;
  if (getuid() == 0 || getgid() == 0) allowed("uid %u gid %u", getuid(), getgid());
  denied("uid %u gid %u", getuid(), getgid());
}

const struct check identity_checks[] = {
    {"E7.bounding", bounding},
    {"E7.effective", effective},
    {"E7.permitted", permitted},
    {"E7.inheritable", inheritable},
    {"E7.ambient", ambient},
    {"E7.no_new_privs", new_privileges},
    {"E7.set_uid", set_uid_program},
    {"E7.file_capability", capable_program},
    {"E12.uid_map", own_user_namespace},
    {"E12.unmapped_uid", become},
    {"E17.trusted_opaque", trusted_opaque},
    {"E17.trusted_redirect", trusted_redirect},
    {"E17.user_redirect", user_redirect},
    {"E17.security_attribute", security_attribute},
    {"E17.whiteout", whiteout},
    {"E17.arm_capability", arm_file},
    {"E17.arm_set_uid", make_set_uid},
    {"E20.ids", say_ids},
    {0, 0},
};
