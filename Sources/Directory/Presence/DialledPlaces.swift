import Wire

extension PresentDevice {
    var whereabouts: Whereabouts {
        Whereabouts(
            endpoints: Array(endpoints.prefix(Whereabouts.endpointLimit)),
            reflexive: Array(reflexive.prefix(Whereabouts.reflexiveLimit)))
    }
}

extension [Whereabouts] {
    /// Where somebody may hear that a member's devices are dialled, the best place of each first.
    func places(toldTo vantage: Vantage) -> [Endpoint] {
        let told = map { $0.told(to: vantage).endpoints }
        var all: [Endpoint] = []
        for number in 0..<(told.map(\.count).max() ?? 0) {
            for endpoints in told where number < endpoints.count && !all.contains(endpoints[number]) {
                all.append(endpoints[number])
            }
        }
        return all
    }

    /// Who is at none of these hears the same as others do who are not, either.
    var sites: Set<AddressSite> {
        var sites: Set<AddressSite> = []
        // Who names one place has it told to everybody.
        for place in self where place.endpoints.count > 1 {
            sites.formUnion(place.seen.compactMap(AddressSite.init))
            sites.formUnion(place.endpoints.dropFirst().compactMap { AddressSite($0.address) })
        }
        return sites
    }
}
