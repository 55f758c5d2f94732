#pragma once

// Many datagrams in one call (recvmmsg, sendmmsg), which Glibc's module does not show.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/socket.h>
