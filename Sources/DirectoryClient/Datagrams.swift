import Wire

/// What comes in, and how messages go out.
extension DirectoryClient {
    func received(_ datagram: [UInt8], on path: PathID) {
        guard !isClosed, paths[path] != nil else { return }
        switch DatagramKind(of: datagram) {
        case .sealed: receivedSealed(datagram, on: path)
        case .unknownSession: receivedHint(datagram)
        case .helloAnswer, .openAnswer, .busy, .startAgain, .otherVersion: receivedHandshake(datagram, on: path)
        case .hello, .open, nil: return
        }
        run()
    }

    private func receivedHint(_ datagram: [UInt8]) {
        guard let hint = UnknownSessionHint(datagram) else { return }
        if current?.session.isMeant(by: hint) == true {
            perform(keeper.hinted(of: .current, now: Self.now))
        } else if beside?.session.isMeant(by: hint) == true {
            perform(keeper.hinted(of: .beside, now: Self.now))
        }
    }

    private func receivedSealed(_ datagram: [UInt8], on path: PathID) {
        guard let id = SealedSession.id(of: datagram) else { return }
        let place: SessionKeeper.Place
        let plaintext: [UInt8]
        if id == current?.session.id, let opened = try? current?.session.open(datagram) {
            (place, plaintext) = (.current, opened)
        } else if id == beside?.session.id, let opened = try? beside?.session.open(datagram) {
            (place, plaintext) = (.beside, opened)
        } else {
            return
        }
        // What comes on the attached stream says nothing of the way that requests go.
        if path != attachedPath { perform(keeper.heard(on: place, now: Self.now)) }
        guard let message = try? DirectoryMessage(decoding: plaintext) else { return }
        if path == probe?.path, place == .current, case .challenge = message { moveToProbe() }
        received(message, on: place)
    }

    private func received(_ message: DirectoryMessage, on place: SessionKeeper.Place) {
        switch message {
        case .challenge(let bytes):
            send(.challengeAnswer(bytes), on: place)
            // What brought the challenge about was not answered.
            if place == .current { exchanges.resume(now: Self.now) }
        case .answer(let transaction, let answer):
            let transaction = transaction.rawValue
            if attachment.awaits(transaction) { return receivedAttached(answer) }
            guard transaction & SessionKeeper.transactionFlag == 0 else {
                return perform(
                    keeper.receive(
                        answer, to: transaction, now: Self.now, firstTimeout: firstTimeout, jitter: jitter))
            }
            perform(exchanges.receive(answer, to: transaction, now: Self.now))
        case .call(let call): hear.yield(.call(call))
        case .moved(let user): hear.yield(.moved(user))
        case .report(let report): hear.yield(.report(report))
        case .request, .challengeAnswer: return
        }
    }

    func send(_ message: DirectoryMessage, on place: SessionKeeper.Place) {
        let datagram: [UInt8]?
        let path: PathID?
        switch place {
        case .current: (datagram, path) = (try? current?.session.seal(message.encoded), current?.path)
        case .beside: (datagram, path) = (try? beside?.session.seal(message.encoded), beside?.path)
        }
        guard let datagram, let path else { return }
        send(datagram, through: path)
    }

    func send(_ datagram: [UInt8], through id: PathID) {
        // Sending may break the socket, which changes the paths.
        guard let path = paths[id], !path.send(datagram) else { return }
        paths[id]?.hasLost = true
    }
}
