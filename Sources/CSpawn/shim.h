#ifndef BITTRICKLE_CSPAWN_SHIM_H
#define BITTRICKLE_CSPAWN_SHIM_H

// A call of Linux that the C library has for programs that define _GNU_SOURCE, which Swift's module of it does not.

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

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

#endif
