package io.github.cvmattestation.testkit;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * An HTTP server on the loopback address that can be told to misbehave, path by path. Each
 * connection carries one request and ends; when the server is closed, no thread and no socket of
 * its is left.
 */
public final class FaultyServer implements AutoCloseable {
  /** Where {@link FakeFault#REDIRECT} sends: this server answers there as well. */
  public static final String ELSEWHERE = "/elsewhere";

  /** What {@link FakeFault#GARBAGE} says, which no message may repeat. */
  public static final String GARBAGE = "injected text";

  /** What a {@link FakeFault#GZIP_BOMB} unpacks to, in bytes. */
  public static final int BOMB_SIZE = 1 << 24;

  private static final int BACKLOG = 64;

  /** A fault, and for how many requests more. */
  private record Plan(FakeFault fault, int times) {}

  private final ServerSocket listener;
  private final String scheme;
  private final FakeService service;
  private final Thread acceptor;
  private final Map<String, Plan> plans = new HashMap<>();
  private final Map<String, FakeResponse> answered = new LinkedHashMap<>();
  private final List<FakeRequest> requests = new ArrayList<>();
  private final Set<Socket> clients = new HashSet<>();
  private final Set<Thread> threads = new HashSet<>();

  private FaultyServer(ServerSocket listener, String scheme, FakeService service) {
    this.listener = listener;
    this.scheme = scheme;
    this.service = service;
    acceptor = new Thread(this::accept, "faulty-server");
    acceptor.setDaemon(true);
  }

  /** Serves HTTP on a free port until it is closed. */
  public static FaultyServer http(FakeService service) {
    try {
      return start(new ServerSocket(0, BACKLOG, loopback()), "http", service);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Serves HTTPS on a free port until it is closed; see {@link FakeTls} for {@code tls}. */
  public static FaultyServer https(SSLContext tls, FakeService service) {
    try {
      return start(
          tls.getServerSocketFactory().createServerSocket(0, BACKLOG, loopback()),
          "https",
          service);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FaultyServer start(ServerSocket listener, String scheme, FakeService service) {
    FaultyServer server = new FaultyServer(listener, scheme, service);
    server.acceptor.start();
    return server;
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  /** Scheme, the host {@code localhost} and the port; no slash at the end. */
  public String url() {
    return scheme + "://localhost:" + port();
  }

  /** The port. */
  public int port() {
    return listener.getLocalPort();
  }

  /** From now on every request to {@code path} meets this fault. */
  public void fail(String path, FakeFault fault) {
    fail(path, fault, Integer.MAX_VALUE);
  }

  /** The next {@code times} requests to {@code path} meet this fault. */
  public synchronized void fail(String path, FakeFault fault, int times) {
    plans.put(path, new Plan(fault, times));
  }

  /** From now on every request is answered as it should be. */
  public synchronized void heal() {
    plans.clear();
  }

  /** What was received so far, in order. */
  public synchronized List<FakeRequest> requests() {
    return List.copyOf(requests);
  }

  /** How many requests came to {@code path}. */
  public int requestsTo(String path) {
    return (int) requests().stream().filter(request -> request.path().equals(path)).count();
  }

  /** Waits until no client is connected: one that keeps a connection is waited for in vain. */
  public synchronized void awaitNoClient() {
    try {
      while (!clients.isEmpty()) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a client is connected", e);
    }
  }

  /** Ends every connection and frees the port. Closing twice is closing once. */
  @Override
  public void close() {
    List<Thread> running;
    try {
      listener.close();
      synchronized (this) {
        running = new ArrayList<>(threads);
        for (Socket client : clients) {
          client.close();
        }
      }
      acceptor.join();
      for (Thread thread : running) {
        thread.join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread thread = new Thread(() -> converse(client), "faulty-server-client");
        thread.setDaemon(true);
        if (register(client, thread)) {
          thread.start();
        }
      } catch (IOException e) {
        // This server is closed; the condition of the loop knows.
        Thread.onSpinWait();
      }
    }
  }

  private synchronized boolean register(Socket client, Thread thread) throws IOException {
    if (listener.isClosed()) {
      client.close();
      return false;
    }
    clients.add(client);
    threads.removeIf(earlier -> !earlier.isAlive()); // all but this one have been started
    threads.add(thread);
    return true;
  }

  private void converse(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      FakeRequest request =
          HttpWire.read(new DataInputStream(new BufferedInputStream(client.getInputStream())));
      Optional<FakeFault> fault = arrived(request);
      FakeResponse answer = answer(request, fault);
      if (fault.isEmpty()) {
        HttpWire.write(client.getOutputStream(), answer);
      } else {
        new FaultPlayer(client).play(fault.get(), answer);
      }
    } catch (IOException e) {
      // The client is gone, which it may be at any time.
      Thread.onSpinWait();
    } finally {
      left(client);
    }
  }

  private synchronized void left(Socket client) {
    clients.remove(client);
    notifyAll();
  }

  /** Notes the request and says what it shall meet. */
  private synchronized Optional<FakeFault> arrived(FakeRequest request) {
    requests.add(request);
    Plan plan = plans.get(request.path());
    if (plan == null || plan.times() == 0) {
      return Optional.empty();
    }
    plans.put(request.path(), new Plan(plan.fault(), plan.times() - 1));
    return Optional.of(plan.fault());
  }

  private FakeResponse answer(FakeRequest request, Optional<FakeFault> fault) {
    String path = request.path();
    Optional<FakeResponse> old = Optional.empty();
    if (fault.isPresent()) {
      old =
          switch (fault.get()) {
            case STALE_BODY -> earlier(path);
            case SWAPPED_BODY -> other(path);
            default -> Optional.empty();
          };
    }
    if (old.isPresent()) {
      return old.get();
    }
    FakeResponse fresh;
    try {
      fresh = service.answer(request);
    } catch (RuntimeException e) {
      fresh = FakeResponse.error(500, "InternalError");
    }
    remember(path, fresh);
    return fresh;
  }

  private synchronized void remember(String path, FakeResponse fresh) {
    answered.remove(path); // so that it becomes the last
    answered.put(path, fresh);
  }

  private synchronized Optional<FakeResponse> earlier(String path) {
    return Optional.ofNullable(answered.get(path));
  }

  private synchronized Optional<FakeResponse> other(String path) {
    return answered.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(path))
        .map(Map.Entry::getValue)
        .reduce((first, second) -> second);
  }
}
