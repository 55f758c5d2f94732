#include "CVersion.h"

// The release that this is, or is to become: Scripts/version compares it with the tag.
#define RELEASE "0.1.0"

// Scripts/version says it more exactly where this is no release. In C, so that another commit costs no Swift build.
#ifndef BITTRICKLE_VERSION
#define BITTRICKLE_VERSION RELEASE
#endif

const char *bittrickle_version(void) { return BITTRICKLE_VERSION; }
