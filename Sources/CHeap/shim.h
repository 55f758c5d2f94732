#ifndef BITTRICKLE_CHEAP_SHIM_H
#define BITTRICKLE_CHEAP_SHIM_H

// What the C library says of its heap, and Swift's module of it leaves out.

#include <malloc.h>

#endif
