#ifndef BITTRICKLE_CLIBPQ_SHIM_H
#define BITTRICKLE_CLIBPQ_SHIM_H

#include <libpq-fe.h>

#endif
