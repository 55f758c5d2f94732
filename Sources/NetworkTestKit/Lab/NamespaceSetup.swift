/// What one namespace of a lab is to be, as a script for `sh`.
struct NamespaceSetup {
    let namespace: String
    var forwards = false
    /// Arguments of `ip`, line by line.
    var ip: [String] = []
    /// What `nft` reads.
    var nft = ""

    /// Enters the namespace and does all of it. It has its interfaces already, which are down.
    var script: String {
        """
        ip netns exec \(namespace) /bin/sh -e <<'INSIDE'
        cd /proc/sys/net
        for file in ipv4/conf/*/rp_filter ipv4/conf/*/send_redirects ipv6/conf/*/accept_dad; do echo 0 > "$file"; done
        \(forwards ? "echo 1 > ipv4/ip_forward; echo 1 > ipv6/conf/all/forwarding" : "")
        ip -batch - <<'IP'
        \(ip.joined(separator: "\n"))
        IP
        \(nft.isEmpty ? "" : "nft -f - <<'NFT'\n\(nft)\nNFT")
        INSIDE

        """
    }
}
