package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a {@link FaultyServer} answers.
 *
 * @param status the HTTP status
 * @param headers beside Content-Length and Connection, which the server writes
 * @param body the whole of it
 */
public record FakeResponse(int status, Map<String, String> headers, Bytes body) {
  private static final String CONTENT_TYPE = "Content-Type";

  /** Copies the map. */
  public FakeResponse {
    headers = Map.copyOf(headers);
  }

  /** 200 with a body. */
  public static FakeResponse of(String contentType, Bytes body) {
    return new FakeResponse(200, Map.of(CONTENT_TYPE, contentType), body);
  }

  /** 200 with JSON. */
  public static FakeResponse json(String text) {
    return of("application/json; charset=utf-8", Bytes.of(text.getBytes(UTF_8)));
  }

  /** A refusal with the error document of Azure's services. */
  public static FakeResponse error(int status, String code) {
    return json("{\"error\":{\"code\":\"%s\",\"message\":\"as told\"}}".formatted(code))
        .withStatus(status);
  }

  /** The same with another status. */
  public FakeResponse withStatus(int changed) {
    return new FakeResponse(changed, headers, body);
  }

  /** The same with one header field more. */
  public FakeResponse withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new FakeResponse(status, more, body);
  }
}
