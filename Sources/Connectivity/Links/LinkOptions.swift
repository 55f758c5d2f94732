import Glibc
import NIOCore
import NIOPosix
import Wire

/// The socket options of links: no delay, few large reads, writes bounded in bytes.
extension ServerBootstrap {
    func linkOptions(_ limits: LinkLimits) -> ServerBootstrap {
        childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.keepAliveIdle), value: limits.systemKeepAlive.idle)
            .childChannelOption(.tcpOption(.keepAliveInterval), value: limits.systemKeepAlive.interval)
            .childChannelOption(.tcpOption(.keepAliveCount), value: limits.systemKeepAlive.count)
            .childChannelOption(.tcpOption(.notSentLowWater), value: limits.unsentBytes)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: limits.receiveAllocator)
            .childChannelOption(.writeBufferWaterMark, value: limits.writeMarks)
    }
}

extension ClientBootstrap {
    func linkOptions(_ limits: LinkLimits) -> ClientBootstrap {
        channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.keepAliveIdle), value: limits.systemKeepAlive.idle)
            .channelOption(.tcpOption(.keepAliveInterval), value: limits.systemKeepAlive.interval)
            .channelOption(.tcpOption(.keepAliveCount), value: limits.systemKeepAlive.count)
            .channelOption(.tcpOption(.notSentLowWater), value: limits.unsentBytes)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: limits.receiveAllocator)
            .channelOption(.writeBufferWaterMark, value: limits.writeMarks)
            .connectTimeout(limits.connect)
    }
}

extension LinkLimits {
    fileprivate var receiveAllocator: AdaptiveRecvByteBufferAllocator {
        AdaptiveRecvByteBufferAllocator(
            minimum: receiveBuffer.least, initial: receiveBuffer.least, maximum: receiveBuffer.most)
    }

    fileprivate var writeMarks: ChannelOptions.Types.WriteBufferWaterMark {
        .init(low: outboundBytes.low, high: outboundBytes.high)
    }
}

extension NIOBSDSocket.Option {
    /// `TCP_NOTSENT_LOWAT`, for which NIO has no name.
    fileprivate static let notSentLowWater = Self(rawValue: CInt(TCP_NOTSENT_LOWAT))
}
