package dev.handover.example.quic;

import dev.handover.worker.ListenAddress;
import dev.handover.worker.Worker;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.AsciiString;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;

/**
 * An HTTP/3 server as a worker: answers {@code GET /} with the worker's name. Told to drain, it goes on serving the
 * connections that it has, on the socket that it has; that is closed by its exit, when none is left.
 */
public final class QuicWorker {
    private static final ListenAddress DEFAULT_ADDRESS = ListenAddress.parse("udp://127.0.0.1:8443");
    private static final char[] PASSWORD = "handover".toCharArray();
    private static final long MOST_STREAMS = 1000;
    private static final long MOST_BYTES = 1 << 20;
    private static final long IDLE_SECONDS = 30;

    private QuicWorker() {}

    /**
     * Serves until it has drained; exits with 0 if no connection was left, with 1 if the deadline came first or nothing
     * could be served at all.
     *
     * @param args a PKCS12 file with a key and a certificate, whose password is {@code handover}
     */
    public static void main(String[] args) {
        int status;
        try (Worker worker = Worker.join()) {
            if (args.length != 1) {
                throw new IllegalArgumentException("expected one argument, a PKCS12 file with a key");
            }
            serve(worker, context(Path.of(args[0])));
            status = worker.awaitFinished() ? 0 : 1;
        } catch (Exception e) {
            System.err.println("quic-worker: " + e.getMessage());
            status = 1;
        }
        System.exit(status);
    }

    private static QuicSslContext context(Path file) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream input = Files.newInputStream(file)) {
            keys.load(input, PASSWORD);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD);
        return QuicSslContextBuilder.forServer(factory, null)
                .applicationProtocols(Http3.supportedApplicationProtocols())
                .build();
    }

    private static void serve(Worker worker, QuicSslContext context) throws Exception {
        AtomicInteger connections = new AtomicInteger();
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        List<ListenAddress> addresses = worker.declared().isEmpty() ? List.of(DEFAULT_ADDRESS) : worker.declared();
        for (ListenAddress address : addresses) {
            SocketProtocolFamily family = address.isIpv6() ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
            new Bootstrap()
                    .group(loop)
                    .channelFactory(() -> new NioDatagramChannel(family))
                    .option(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true)
                    .handler(codec(worker.name(), context, connections))
                    .bind(new InetSocketAddress(address.address(), address.port()))
                    .sync();
        }
        worker.countConnections(connections::get);
        worker.ready();
    }

    /** Connections count from their first packet on, not from when their handshake is over. */
    private static ChannelHandler codec(String name, QuicSslContext context, AtomicInteger connections) {
        return Http3.newQuicServerCodecBuilder()
                .sslContext(context)
                .maxIdleTimeout(IDLE_SECONDS, TimeUnit.SECONDS)
                .initialMaxData(MOST_BYTES)
                .initialMaxStreamDataBidirectionalRemote(MOST_BYTES)
                .initialMaxStreamsBidirectional(MOST_STREAMS)
                .connectionIdAddressGenerator(TaggedIds.of(System.getenv()))
                .handler(new ChannelInitializer<QuicChannel>() {
                    @Override
                    protected void initChannel(QuicChannel connection) {
                        connections.incrementAndGet();
                        connection.closeFuture().addListener(closed -> connections.decrementAndGet());
                        connection.pipeline().addLast(new Http3ServerConnectionHandler(requests(name)));
                    }
                })
                .build();
    }

    private static ChannelHandler requests(String name) {
        return new ChannelInitializer<QuicStreamChannel>() {
            @Override
            protected void initChannel(QuicStreamChannel stream) {
                stream.pipeline().addLast(new Answer(name));
            }
        };
    }

    private static final class Answer extends Http3RequestStreamInboundHandler {
        private final String name;
        private HttpResponseStatus status = HttpResponseStatus.BAD_REQUEST;

        Answer(String name) {
            this.name = name;
        }

        @Override
        protected void channelRead(ChannelHandlerContext context, Http3HeadersFrame request) {
            boolean isForName = AsciiString.contentEquals(
                            HttpMethod.GET.asciiName(), request.headers().method())
                    && AsciiString.contentEquals("/", request.headers().path());
            status = isForName ? HttpResponseStatus.OK : HttpResponseStatus.NOT_FOUND;
        }

        @Override
        protected void channelRead(ChannelHandlerContext context, Http3DataFrame body) {
            body.release();
        }

        @Override
        protected void channelInputClosed(ChannelHandlerContext context) {
            String text = status.equals(HttpResponseStatus.OK) ? name : status.reasonPhrase();
            ByteBuf body = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
            Http3HeadersFrame head = new DefaultHttp3HeadersFrame();
            head.headers()
                    .status(status.codeAsText())
                    .add(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                    .addInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
            ChannelFuture unused = context.write(head);
            context.writeAndFlush(new DefaultHttp3DataFrame(body)).addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
        }
    }
}
