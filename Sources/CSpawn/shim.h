#ifndef BITTRICKLE_CSPAWN_SHIM_H
#define BITTRICKLE_CSPAWN_SHIM_H

// A call of Linux that the C library has for programs that define _GNU_SOURCE, which Swift's module of it does not.

#include <spawn.h>

int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

#endif
