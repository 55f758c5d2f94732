// The limit: what a plain C program does that gives each datagram back as it came, many in one call.
// echo PORT

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, SLOT = 2048 };

static char bytes[BATCH][SLOT];
static struct sockaddr_in addresses[BATCH];
static struct iovec vectors[BATCH];
static struct mmsghdr messages[BATCH];

int main(int count, char **words)
{
    if (count != 2) {
        fprintf(stderr, "echo PORT\n");
        return 64;
    }
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int size = 4 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (bind(descriptor, (struct sockaddr *)&here, sizeof here) != 0) {
        perror("bind");
        return 1;
    }
    for (int i = 0; i < BATCH; i++) {
        vectors[i].iov_base = bytes[i];
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_name = &addresses[i];
    }
    for (;;) {
        for (int i = 0; i < BATCH; i++) {
            vectors[i].iov_len = SLOT;
            messages[i].msg_hdr.msg_namelen = sizeof addresses[i];
        }
        int received = recvmmsg(descriptor, messages, BATCH, MSG_WAITFORONE, NULL);
        if (received < 0) {
            perror("recvmmsg");
            return 1;
        }
        for (int i = 0; i < received; i++)
            vectors[i].iov_len = messages[i].msg_len;
        for (int sent = 0; sent < received;) {
            int part = sendmmsg(descriptor, messages + sent, received - sent, 0);
            if (part > 0)
                sent += part;
        }
    }
}
