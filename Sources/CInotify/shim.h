#ifndef BITTRICKLE_CINOTIFY_SHIM_H
#define BITTRICKLE_CINOTIFY_SHIM_H

// What Linux tells of changes in folders, and the priority of a thread's reads: Swift's module of the C library has
// neither; nor pipe2, which the C library has for programs that define _GNU_SOURCE.

#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

long syscall(long number, ...);
int pipe2(int ends[2], int flags);

// Of the calling thread (IOPRIO_WHO_PROCESS, 0).
static inline int bittrickle_io_priority(void) { return (int)syscall(SYS_ioprio_get, 1, 0); }
static inline int bittrickle_set_io_priority(int priority) { return (int)syscall(SYS_ioprio_set, 1, 0, priority); }

// IOPRIO_CLASS_IDLE: reads only when nobody else does.
static const int BITTRICKLE_IO_IDLE = 3 << 13;

#endif
