package dev.handover.example.quic;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Clients of {@link QuicWorker}: opens connections at an even rate, asks on each from time to time as long as it lasts, and
 * counts what became of them. Many connections share a port, as behind a proxy: only their ids tell them apart.
 */
public final class QuicLoad implements AutoCloseable {
    private static final int PORTS = 16;
    private static final Duration PAUSE = Duration.ofMillis(200);
    /** Without an answer for so long, a connection is over, and counted as lost. */
    private static final Duration IDLE = Duration.ofSeconds(10);

    private static final long MOST_BYTES = 1 << 16;
    private static final int MILLIS_A_SECOND = 1000;

    private final InetSocketAddress server;
    private final Duration life;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<Channel> ports = new ArrayList<>();
    /** What follows is touched by the loop's one thread alone. */
    private final TreeSet<String> workers = new TreeSet<>();

    private boolean over;
    private long begun;
    private long open;
    private long failed;
    private long lost;
    private long answered;
    private long moved;
    private String firstFailure = "";

    /**
     * What became of all.
     *
     * @param begun how many connections were begun
     * @param failed how many of these never came about
     * @param lost how many ended before their time, or with a question that nobody had answered
     * @param answered how many questions were answered
     * @param moved how many of those by another worker than the connection's first one
     * @param workers who answered
     * @param firstFailure what is known of the first that failed or was lost; may be empty
     */
    public record Tally(
            long begun, long failed, long lost, long answered, long moved, List<String> workers, String firstFailure) {}

    /**
     * Begins.
     *
     * @param rate connections a second
     * @param life how long each lasts
     */
    public QuicLoad(InetSocketAddress server, int rate, Duration life) throws InterruptedException {
        this.server = server;
        this.life = life;
        QuicSslContext context = QuicSslContextBuilder.forClient()
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .applicationProtocols(Http3.supportedApplicationProtocols())
                .build();
        for (int port = 0; port < PORTS; port++) {
            ChannelHandler codec = Http3.newQuicClientCodecBuilder()
                    .sslContext(context)
                    .maxIdleTimeout(IDLE.toMillis(), TimeUnit.MILLISECONDS)
                    .initialMaxData(MOST_BYTES)
                    .initialMaxStreamDataBidirectionalLocal(MOST_BYTES)
                    .build();
            ports.add(new Bootstrap()
                    .group(loop)
                    .channel(NioDatagramChannel.class)
                    .handler(codec)
                    .bind(0)
                    .sync()
                    .channel());
        }
        Future<?> unused =
                loop.scheduleAtFixedRate(this::open, 0, MILLIS_A_SECOND * 1000L / rate, TimeUnit.MICROSECONDS);
    }

    private void open() {
        if (over) {
            return;
        }
        Channel port = ports.get((int) (begun++ % ports.size()));
        open++;
        QuicChannel.newBootstrap(port)
                .handler(new ChannelInitializer<QuicChannel>() {
                    @Override
                    protected void initChannel(QuicChannel connection) {
                        connection.pipeline().addLast(new Http3ClientConnectionHandler());
                    }
                })
                .remoteAddress(server)
                .connect()
                .addListener(connected -> {
                    if (connected.isSuccess()) {
                        new Connection((QuicChannel) connected.getNow()).begin();
                    } else {
                        failed++;
                        open--;
                        firstFailure = firstFailure.isEmpty()
                                ? "connection " + begun + ": " + connected.cause()
                                : firstFailure;
                    }
                });
    }

    /** One that is established. */
    private final class Connection {
        private final QuicChannel channel;
        private final long until = System.nanoTime() + life.toNanos();
        private String worker = "";
        private boolean asking;
        private boolean closing;

        Connection(QuicChannel channel) {
            this.channel = channel;
        }

        void begin() {
            channel.closeFuture().addListener(closed -> {
                open--;
                if (!closing || asking) {
                    lost++;
                    firstFailure = firstFailure.isEmpty() ? "lost: " + loss() : firstFailure;
                }
            });
            ask();
        }

        /** What is known of its end, which came before its time. */
        private String loss() {
            return (worker.isEmpty() ? "none of its questions was answered" : "the last answer was " + worker + "'s")
                    + (asking ? ", one was without an answer" : "")
                    + (channel.isTimedOut() ? ", for " + IDLE.toSeconds() + " s nothing came" : ", it was closed");
        }

        private void ask() {
            if (!channel.isActive()) {
                return;
            }
            asking = true;
            Http3.newRequestStream(channel, new Hearing(this)).addListener(created -> {
                if (created.isSuccess()) {
                    ((QuicStreamChannel) created.getNow())
                            .writeAndFlush(question())
                            .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
                }
            });
        }

        private Http3HeadersFrame question() {
            Http3HeadersFrame question = new DefaultHttp3HeadersFrame();
            question.headers()
                    .method(HttpMethod.GET.asciiName())
                    .scheme("https")
                    .authority(server.getHostString() + ":" + server.getPort())
                    .path("/");
            return question;
        }

        private void heard(String answer) {
            asking = false;
            answered++;
            workers.add(answer);
            moved += worker.isEmpty() || worker.equals(answer) ? 0 : 1;
            worker = answer;
            if (over || System.nanoTime() - until >= 0) {
                closing = true;
                Future<?> unused = channel.close();
            } else {
                Future<?> unused = loop.schedule(this::ask, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private static final class Hearing extends Http3RequestStreamInboundHandler {
        private final Connection connection;
        private final StringBuilder answer = new StringBuilder();
        private boolean isAnswered;

        Hearing(Connection connection) {
            this.connection = connection;
        }

        @Override
        protected void channelRead(ChannelHandlerContext context, Http3HeadersFrame head) {
            isAnswered = HttpResponseStatus.OK
                    .codeAsText()
                    .contentEquals(String.valueOf(head.headers().status()));
        }

        @Override
        protected void channelRead(ChannelHandlerContext context, Http3DataFrame body) {
            answer.append(body.content().toString(StandardCharsets.UTF_8));
            body.release();
        }

        @Override
        protected void channelInputClosed(ChannelHandlerContext context) {
            if (isAnswered) {
                connection.heard(answer.toString());
            }
        }
    }

    /** Stops opening, waits until all have ended, and tells what became of them. */
    public Tally end() throws Exception {
        loop.submit(() -> over = true).sync();
        while (loop.submit(() -> open).get() > 0) {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        }
        return tally();
    }

    /** So far. */
    public Tally tally() throws Exception {
        return loop.submit(() -> new Tally(begun, failed, lost, answered, moved, List.copyOf(workers), firstFailure))
                .get();
    }

    @Override
    public void close() {
        Future<?> unused = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** {@code HOST:PORT RATE LIFE DURATION}, the last two in whole seconds such as {@code 4s}. */
    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            System.err.println("quic-load: expected HOST:PORT, connections a second, how long each lasts (4s), and how"
                    + " long to go on (60s)");
            System.exit(2);
        }
        int colon = args[0].lastIndexOf(':');
        InetSocketAddress server =
                new InetSocketAddress(args[0].substring(0, colon), Integer.parseInt(args[0].substring(colon + 1)));
        try (QuicLoad load = new QuicLoad(server, Integer.parseInt(args[1]), seconds(args[2]))) {
            Thread.sleep(seconds(args[3]).toMillis());
            System.out.println(load.end());
        }
    }

    private static Duration seconds(String text) {
        return Duration.parse("PT" + text);
    }
}
