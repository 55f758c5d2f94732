#ifndef BITTRICKLE_CMINIUPNPC_SHIM_H
#define BITTRICKLE_CMINIUPNPC_SHIM_H

#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/miniwget.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnperrors.h>
#include <stdlib.h>
#include <string.h>

// The gateways that answer within that many milliseconds on the network of a local address, for freeUPNPDevlist. A gateway of
// the second generation answers for the first as well (UPnP Device Architecture); others are asked for in turn by the library.
static inline struct UPNPDev *bittrickle_discover(int delay, const char *local) {
    static const char *const types[] = {"urn:schemas-upnp-org:device:InternetGatewayDevice:1",
                                        "urn:schemas-upnp-org:service:WANIPConnection:1", 0};
    int error = 0;
    return upnpDiscoverDevices(types, delay, local, 0, UPNP_LOCAL_PORT_ANY, 0, 2, &error, 0);
}

// Reads the description that a device has at a URL, without asking it for anything else: what it says is to be looked at before. True
// for a gateway's; then the URLs are to be freed.
static inline int bittrickle_describe(const char *url, struct UPNPUrls *urls, struct IGDdatas *data) {
    static const char common[] = "urn:schemas-upnp-org:service:WANCommonInterfaceConfig:";
    int size = 0, status = 0;
    char *text = miniwget(url, &size, 0, &status);
    if (!text) return 0;
    memset(urls, 0, sizeof *urls);
    memset(data, 0, sizeof *data);
    parserootdesc(text, size, data);
    free(text);
    if (strncmp(data->CIF.servicetype, common, sizeof common - 1) != 0) return 0;
    GetUPNPUrls(urls, data, url, 0);
    return 1;
}

#endif
