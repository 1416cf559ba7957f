package io.github.cvmattestation.azure.internal.http;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.BaseSubscriber;

/** Gathers a body as it arrives, and hangs up when it is too long or takes too long. */
final class BodyCollector extends BaseSubscriber<ByteBuffer> {
  /** The body goes on where it had to end. */
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private final int max;
  private final BooleanSupplier overdue;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final CompletableFuture<Bytes> whole = new CompletableFuture<>();

  /**
   * A collector of at most {@code max} bytes.
   *
   * @param overdue asked at each part, since a body that comes byte by byte never stalls
   */
  BodyCollector(int max, BooleanSupplier overdue) {
    this.max = max;
    this.overdue = overdue;
  }

  /** The body, or why there is none. */
  CompletableFuture<Bytes> whole() {
    return whole;
  }

  @Override
  protected void hookOnNext(ByteBuffer part) {
    if (overdue.getAsBoolean()) {
      hangUp(new HttpTimeoutException("the deadline has passed"));
    } else if (part.remaining() > max - kept.size()) {
      hangUp(new TooLong());
    } else {
      byte[] octets = new byte[part.remaining()];
      part.get(octets);
      kept.write(octets, 0, octets.length);
    }
  }

  @Override
  protected void hookOnComplete() {
    whole.complete(Bytes.of(kept.toByteArray()));
  }

  @Override
  protected void hookOnError(Throwable problem) {
    whole.completeExceptionally(problem);
  }

  private void hangUp(IOException why) {
    cancel();
    whole.completeExceptionally(why);
  }
}
