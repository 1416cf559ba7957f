package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Map;
import java.util.Optional;

/**
 * A request that a {@link FaultyServer} received.
 *
 * @param method such as {@code GET}
 * @param path from the slash to the question mark, as it was sent
 * @param query behind the question mark; empty where there is none
 * @param headers by their names in lower case; of several with one name the last
 * @param body the whole of it
 */
public record FakeRequest(
    String method, String path, String query, Map<String, String> headers, Bytes body) {
  /** Copies the map. */
  public FakeRequest {
    headers = Map.copyOf(headers);
  }

  /** The header field {@code name}, in lower case. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }
}
