package io.github.cvmattestation.vtpm.internal;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * A socket, TCP or UNIX, with a time limit for each call and no way for an interrupt to close it: a
 * non-blocking channel, waited for with a selector.
 */
final class Connection implements Closeable {
  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final Duration timeout;

  private Connection(SocketChannel channel, Selector selector, Duration timeout)
      throws IOException {
    this.channel = channel;
    this.selector = selector;
    this.timeout = timeout;
    channel.configureBlocking(false);
    this.key = channel.register(selector, 0);
  }

  static Connection open(SocketAddress address, SocketChannel channel, Duration timeout)
      throws IOException {
    Selector selector = null;
    boolean done = false;
    try {
      selector = Selector.open();
      Connection connection = new Connection(channel, selector, timeout);
      connection.connect(address);
      done = true;
      return connection;
    } finally {
      if (!done) {
        channel.close();
        if (selector != null) {
          selector.close();
        }
      }
    }
  }

  private void connect(SocketAddress address) throws IOException {
    if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
      throw new UnknownHostException(inet.getHostString());
    }
    long deadline = deadline();
    boolean connected = channel.connect(address);
    while (!connected) {
      await(SelectionKey.OP_CONNECT, deadline);
      connected = channel.finishConnect();
    }
  }

  void write(byte[] octets) throws IOException {
    long deadline = deadline();
    ByteBuffer buffer = ByteBuffer.wrap(octets);
    while (buffer.hasRemaining()) {
      if (channel.write(buffer) == 0) {
        await(SelectionKey.OP_WRITE, deadline);
      }
    }
  }

  /** Exactly {@code size} bytes, in however many pieces they come. */
  byte[] readFully(int size) throws IOException {
    long deadline = deadline();
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer);
      if (read < 0) {
        throw new EOFException(
            "closed by the other end after " + buffer.position() + " of " + size + " bytes");
      }
      if (read == 0) {
        await(SelectionKey.OP_READ, deadline);
      }
    }
    return buffer.array();
  }

  /** Refuses bytes that came without being asked for: they would be taken for the next answer. */
  void requireQuiet() throws IOException {
    int read = channel.read(ByteBuffer.allocate(1));
    if (read != 0) {
      throw new IOException(read < 0 ? "closed by the other end" : "bytes that nobody asked for");
    }
  }

  int readU32() throws IOException {
    return ByteBuffer.wrap(readFully(Integer.BYTES)).getInt();
  }

  private long deadline() {
    return System.nanoTime() + timeout.toNanos();
  }

  private void await(int operation, long deadline) throws IOException {
    key.interestOps(operation);
    // An interrupted thread would not wait at all. The interrupt is kept for the caller.
    boolean interrupted = false;
    try {
      while (true) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new SocketTimeoutException("no answer within " + timeout);
        }
        int ready = selector.select(left);
        selector.selectedKeys().clear();
        interrupted |= Thread.interrupted();
        if (ready > 0) {
          return;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      selector.close();
    }
  }
}
