package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.util.List;

/**
 * A TLS server's key and certificates.
 *
 * @param key its key
 * @param chain DER each, its own certificate first, without the root
 */
public record WebServer(RsaSigningKey key, List<Bytes> chain) {
  public WebServer {
    chain = List.copyOf(chain);
  }

  /** The same key under other certificates. */
  public WebServer withChain(List<Bytes> other) {
    return new WebServer(key, other);
  }
}
