// What `--version` says of both programs.

#pragma once

const char *_Nonnull bittrickle_version(void);
