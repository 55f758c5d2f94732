#ifndef BITTRICKLE_CSPAWN_SHIM_H
#define BITTRICKLE_CSPAWN_SHIM_H

// Calls of Linux that Swift does not see: those that the C library has for programs that define _GNU_SOURCE, those that take arguments of any
// kind, and those that the C library does not have.

#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// Starts a program that sees nothing of this one but what it is given: its words, its environment, and standard input and output, each a
// descriptor, or -1 for none. It has no terminal's attention (a group of its own), and signals are for it as for a program that was just
// started. Without a slash it is looked for in PATH. 0, or the number of an error.
static inline int bittrickle_spawn(
    pid_t *process, const char *program, char *const words[], char *const environment[], int input, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int error = posix_spawn_file_actions_init(&actions);
    if (error) return error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    const int given[3] = {input, output, -1};
    for (int place = 0; place < 3 && !error; place++)
        error = given[place] < 0 ? posix_spawn_file_actions_addopen(&actions, place, "/dev/null", O_RDWR, 0)
                                 : posix_spawn_file_actions_adddup2(&actions, given[place], place);
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    // What this program ignores or keeps back that one should hear of.
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    if (!error) error = posix_spawnp(process, program, &actions, &attributes, words, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

// Makes this process one that others see under a name (15 letters), that ends with the thread that started it, that gains no rights, and whose
// memory is neither written down when it crashes nor read by who has the same user. 0 where that is so.
static inline int bittrickle_be_child(const char *name) {
    return prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_NAME, name) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           prctl(PR_SET_DUMPABLE, 0);
}

// Has this process, which gains no rights any more, open, change and execute no more files, nor look into folders, where Linux can do that: since
// 5.13 (landlock(7)), of truncate(2) since 6.2. 0 where it can.
static inline int bittrickle_open_no_files(void) {
    const long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) return -1;
    // What is handled, and what no rule allows: all rights that this version knows, 13 of the first, one more of the second and of the third.
    const struct landlock_ruleset_attr rights = {.handled_access_fs = (1ULL << (version < 3 ? 12 + version : 15)) - 1};
    const int nothing = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0);
    if (nothing < 0) return -1;
    const long result = syscall(SYS_landlock_restrict_self, nothing, 0);
    close(nothing);
    return (int)result;
}

#endif
