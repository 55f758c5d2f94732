#ifndef BITTRICKLE_CQRENCODE_SHIM_H
#define BITTRICKLE_CQRENCODE_SHIM_H

#include <qrencode.h>

#endif
