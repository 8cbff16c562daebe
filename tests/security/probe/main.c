/* A program that tries to get out of the sandbox it runs in.
 *
 *   probe NAME [ARGUMENT...]   runs the check NAME, or with NAME ending in
 *                              `.` every check whose name begins with it
 *   probe hold [MARK]          sleeps; MARK finds it from outside
 *   probe true                 exits with 0
 *
 * One line of JSON a check: {"check":…,"outcome":"denied"|"allowed"|"n/a",
 * "detail":…}. Everything it tries is harmless where it works: files are
 * opened and not written, clocks are set to what they say, system calls get
 * arguments that the kernel refuses after its permission checks. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* No check may take longer; the slow ones bound themselves lower. */
#define CHECK_SECONDS 60

static const char *running;

static void answer(const char *outcome, const char *format, va_list values) {
  char detail[600];
  vsnprintf(detail, sizeof detail, format, values);
  char line[2048];
  int used = snprintf(line, sizeof line, "{\"check\":\"%s\",\"outcome\":\"%s\",\"detail\":\"",
                      running, outcome);
  for (const unsigned char *at = (const unsigned char *)detail; *at && used < 1900; at++) {
    if (*at == '"' || *at == '\\') line[used++] = '\\';
    line[used++] = *at < 32 || *at > 126 ? '?' : (char)*at;
  }
  used += snprintf(line + used, sizeof line - (size_t)used, "\"}\n");
  if (write(1, line, (size_t)used) != used) _exit(3);
  _exit(0);
}

#define ANSWER(name, outcome)               \
  void name(const char *format, ...) {      \
    va_list values;                         \
    va_start(values, format);               \
    answer(outcome, format, values);        \
    _exit(3);                               \
  }
ANSWER(denied, "denied")
ANSWER(allowed, "allowed")
ANSWER(absent, "n/a")

const char *errno_name(int error) {
  const char *name = strerrorname_np(error);
  return name ? name : "?";
}

void judge_call(long result, int error) {
  if (result >= 0) allowed("returned %ld", result);
  if (error == EPERM || error == EACCES || error == ENOSYS) denied("%s", errno_name(error));
  allowed("reached the kernel: %s", errno_name(error));
}

void judge_open(const char *path, int flags) {
  int descriptor = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) denied("%s: %s", path, errno_name(errno));
  close(descriptor);
  allowed("%s opened", path);
}

const char *argument(const struct arguments *arguments, int index) {
  if (index >= arguments->count) absent("argument %d is missing", index + 1);
  return arguments->values[index];
}

long read_text(const char *path, char *buffer, size_t size) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return -1;
  size_t used = 0;
  ssize_t got = 0;
  while (used < size - 1 && (got = read(descriptor, buffer + used, size - 1 - used)) > 0)
    used += (size_t)got;
  int error = errno;
  close(descriptor);
  buffer[used] = 0;
  errno = error;
  return got < 0 && used == 0 ? -1 : (long)used;
}

/* SIGSYS is what a filter sends; another death means that the attempt went
 * as far as to break the process that made it. */
static void answer_for_dead(int status) {
  int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (signal == SIGSYS) denied("killed by SIGSYS");
  if (signal == SIGKILL) denied("killed by SIGKILL");
  if (signal == SIGALRM) denied("no end within %d s", CHECK_SECONDS);
  absent("the check died: status %#x", status);
}

static void run_check(const struct check *check, const struct arguments *arguments) {
  running = check->name;
  fflush(stdout);
  pid_t child = fork();
  if (child < 0) {
    absent("fork: %s", errno_name(errno));
  } else if (child == 0) {
    alarm(CHECK_SECONDS);
    check->run(arguments);
    absent("no answer");
  }
  int status;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  pid_t teller = fork();
  if (teller == 0) answer_for_dead(status);
  while (waitpid(teller, &status, 0) < 0 && errno == EINTR) {
  }
}

static int run_matching(const char *name, const struct arguments *arguments) {
  static const struct check *const tables[] = {abi_checks,      process_checks, path_checks,
                                               identity_checks, shared_checks,  load_checks};
  size_t length = strlen(name);
  int prefix = length > 0 && name[length - 1] == '.';
  int found = 0;
  for (size_t table = 0; table < sizeof tables / sizeof *tables; table++)
    for (const struct check *check = tables[table]; check->name; check++)
      if (prefix ? strncmp(check->name, name, length) == 0 : strcmp(check->name, name) == 0) {
        run_check(check, arguments);
        found++;
      }
  return found;
}

int main(int count, char **values) {
  const char *name = count > 1 ? values[1] : "";
  if (strcmp(name, "true") == 0) return 0;
  if (strcmp(name, "hold") == 0)
    for (;;) pause();
  struct arguments arguments = {count > 2 ? count - 2 : 0, values + 2};
  if (run_matching(name, &arguments)) return 0;
  fprintf(stderr, "probe: no check is called \"%s\"\n", name);
  return 2;
}
