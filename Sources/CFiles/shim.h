#ifndef BITTRICKLE_CFILES_SHIM_H
#define BITTRICKLE_CFILES_SHIM_H

// Calls of Linux that the C library has for programs that define _GNU_SOURCE, which Swift's module of it does not.

#include <sys/types.h>

int syncfs(int descriptor);
int renameat2(int old_folder, const char *old_name, int new_folder, const char *new_name, unsigned int flags);
ssize_t copy_file_range(
    int from, long long *from_offset, int to, long long *to_offset, size_t length, unsigned int flags);

// Of renameat2.
static const unsigned int BITTRICKLE_RENAME_NOREPLACE = 1;

#endif
