#ifndef BITTRICKLE_CMINIUPNPC_SHIM_H
#define BITTRICKLE_CMINIUPNPC_SHIM_H

#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnperrors.h>

// The gateways that answer within that many milliseconds on the network of a local address, for freeUPNPDevlist. A gateway of
// the second generation answers for the first as well (UPnP Device Architecture); others are asked for in turn by the library.
static inline struct UPNPDev *bittrickle_discover(int delay, const char *local) {
    static const char *const types[] = {"urn:schemas-upnp-org:device:InternetGatewayDevice:1",
                                        "urn:schemas-upnp-org:service:WANIPConnection:1", 0};
    int error = 0;
    return upnpDiscoverDevices(types, delay, local, 0, UPNP_LOCAL_PORT_ANY, 0, 2, &error, 0);
}

// Whether one of these devices is a gateway; where it is, and also where something else was found, the URLs are to be freed.
// What the numbers mean changed with API 18, as did the arguments. One without a connection or with a private address outside is one, too.
static inline int bittrickle_valid_gateway(
    struct UPNPDev *devices, struct UPNPUrls *urls, struct IGDdatas *data, int *needs_freeing) {
    char local[64] = "";
#if MINIUPNPC_API_VERSION >= 18
    char external[64] = "";
    int found = UPNP_GetValidIGD(devices, urls, data, local, sizeof local, external, sizeof external);
    int last = 3;
#else
    int found = UPNP_GetValidIGD(devices, urls, data, local, sizeof local);
    int last = 2;
#endif
    *needs_freeing = found > 0;
    return found >= 1 && found <= last;
}

#endif
