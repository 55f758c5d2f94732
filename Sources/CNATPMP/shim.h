#ifndef BITTRICKLE_CNATPMP_SHIM_H
#define BITTRICKLE_CNATPMP_SHIM_H

#include <natpmp.h>

#endif
