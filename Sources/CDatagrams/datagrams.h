#ifndef BITTRICKLE_CDATAGRAMS_H
#define BITTRICKLE_CDATAGRAMS_H

// Many datagrams in one call: calls of Linux that the C library has for programs that define _GNU_SOURCE, which Swift's
// module of it does not. Under names of their own, as other modules may show them too.

#include <sys/socket.h>

struct many_message {
    struct msghdr header;
    unsigned int length;
};

int receive_many(int descriptor, struct many_message *messages, unsigned int count, int flags, void *timeout)
    __asm__("recvmmsg");
int send_many(int descriptor, struct many_message *messages, unsigned int count, int flags) __asm__("sendmmsg");

#endif
