/* What the parts of the probe share. Every check runs in a child of its own,
 * answers once through denied(), allowed() or absent(), and ends there. */
#ifndef PROBE_H
#define PROBE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdarg.h>
#include <stddef.h>

/* The check's arguments: what stands after its name on the command line. */
struct arguments {
  int count;
  char **values;
};

struct check {
  const char *name;
  void (*run)(const struct arguments *);
};

/* Tables of checks, each ended by an entry without a name. */
extern const struct check abi_checks[];
extern const struct check process_checks[];
extern const struct check path_checks[];
extern const struct check identity_checks[];
extern const struct check shared_checks[];
extern const struct check load_checks[];

/* The bad thing did not work. */
void denied(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* The bad thing worked. */
void allowed(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* It can't be tried here. */
void absent(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* The name of an errno, for the details. */
const char *errno_name(int error);
/* Answers for a system call: EPERM, EACCES and ENOSYS are a denial, every
 * other errno means that the kernel itself looked at the arguments. */
void judge_call(long result, int error) __attribute__((noreturn));
/* Answers for opening a path; closes it and never reads or writes it. */
void judge_open(const char *path, int flags) __attribute__((noreturn));
/* The argument at `index`; absent() where it was not given. */
const char *argument(const struct arguments *arguments, int index);
/* Reads at most `size` - 1 bytes of a file and ends them with NUL; -1 where
 * it can't be read. */
long read_text(const char *path, char *buffer, size_t size);

#endif
