#ifndef BITTRICKLE_CNAMESPACES_SHIM_H
#define BITTRICKLE_CNAMESPACES_SHIM_H

// Calls of Linux that the C library has for programs that define _GNU_SOURCE, which Swift's module of it does not.

int setns(int descriptor, int kind);
int umount2(const char *path, int flags);

// Of setns: a network. Of umount2: now, whoever has it open.
static const int BITTRICKLE_CLONE_NEWNET = 0x40000000;
static const int BITTRICKLE_MNT_DETACH = 2;

// Of socket: all frames that pass (packet(7)).
static const int BITTRICKLE_AF_PACKET = 17;
static const unsigned short BITTRICKLE_ETH_P_ALL = 3;
// Of SOL_SOCKET: more than a user may have.
static const int BITTRICKLE_SO_RCVBUFFORCE = 33;

#endif
