/**
 * What a server needs to be a worker of a Handover supervisor: listeners opened with {@code SO_REUSEPORT}, and a word
 * with the supervisor about being ready and about draining. Nothing but the JDK is needed.
 *
 * <p>Without a supervisor (no {@code HANDOVER_SOCKET} in the environment) all of it works and says nothing, so that a
 * worker can be started by hand.
 *
 * <p>A blocking server, whole; {@link dev.handover.worker.TcpListener#accept()} ends when the worker has drained:
 *
 * <pre>{@code
 * public static void main(String[] args) throws Exception {
 *     try (Worker worker = Worker.join();
 *             TcpListener listener = worker.listen("tcp://127.0.0.1:7007")) {
 *         serve(worker, listener);
 *     } // says that it is done
 * }
 *
 * public static void serve(Worker worker, TcpListener listener) throws IOException, InterruptedException {
 *     worker.ready();
 *     Connection client;
 *     while ((client = listener.accept()) != null) { // null: the worker drains, and nobody is left in the queue
 *         startEcho(client);
 *     }
 *     worker.awaitFinished(); // until no connection is left, or the deadline
 * }
 *
 * private static void startEcho(Connection client) {
 *     Thread thread = new Thread(() -> echo(client));
 *     thread.setDaemon(true);
 *     thread.start();
 * }
 *
 * private static void echo(Connection client) {
 *     try (client) {
 *         client.channel().socket().getInputStream().transferTo(client.channel().socket().getOutputStream());
 *     } catch (IOException e) {
 *         // The client went away, and with it the only one to tell.
 *     }
 * }
 * }</pre>
 *
 * <p>An event loop of its own; the one rule is to {@link dev.handover.worker.TcpListener#poll() poll} the listener
 * until it gives nothing, in every turn:
 *
 * <pre>{@code
 * listener.register(selector); // a DRAIN wakes the selector up, too
 * worker.ready();
 * while (!worker.isFinished()) {
 *     selector.select(worker.timeLeft().toMillis() + 1);
 *     Connection client;
 *     while ((client = listener.poll()) != null) { // once in every turn, whatever was selected
 *         client.channel().configureBlocking(false);
 *         client.channel().register(selector, SelectionKey.OP_READ, client);
 *     }
 *     for (SelectionKey key : selector.selectedKeys()) {
 *         if (key.attachment() instanceof Connection ready) {
 *             echo(ready);
 *         }
 *     }
 *     selector.selectedKeys().clear();
 * }
 * }</pre>
 */
@NullMarked
package dev.handover.worker;

import org.jspecify.annotations.NullMarked;
