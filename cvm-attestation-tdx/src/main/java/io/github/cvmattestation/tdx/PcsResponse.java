package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An answer of Intel's PCS, of a PCCS or of Azure's mirror: a body, and headers of which one holds
 * the chain of whoever signed the body (Intel PCS API v4).
 *
 * @param headers values by name, as {@code HttpHeaders.map()} gives them; the letter case of names
 *     means nothing
 * @param body exactly as it was received
 */
public record PcsResponse(Map<String, List<String>> headers, Bytes body) {
  private static final int MAX_HEAD_SIZE = 256 << 10;

  public PcsResponse {
    Map<String, List<String>> byName = new HashMap<>();
    headers.forEach(
        (name, values) ->
            byName
                .computeIfAbsent(name.toLowerCase(Locale.ROOT), any -> new ArrayList<>())
                .addAll(values));
    byName.replaceAll((name, values) -> List.copyOf(values));
    headers = Map.copyOf(byName);
  }

  /**
   * Reads an answer with its head, as {@code curl --include} keeps it (RFC 9112, section 2.1). The
   * body begins behind the first empty line and must have been stored decoded.
   *
   * @throws MalformedException if it is not an answer, or one whose status is not 200
   */
  public static PcsResponse parse(Bytes response) throws MalformedException {
    Map<String, List<String>> headers = new HashMap<>();
    int at = 0;
    for (int number = 0; ; number++) {
      int end = lineEnd(response, at);
      String line = line(response, at, end);
      at = end + 1;
      if (number == 0) {
        if (!line.matches("HTTP/[0-9](\\.[0-9])? 200( .*)?")) {
          throw new MalformedException("HTTP response", "status 200", "something else");
        }
      } else if (line.isEmpty()) {
        return new PcsResponse(headers, response.slice(at, response.size()));
      } else {
        int colon = line.indexOf(':');
        String name = line.substring(0, Math.max(colon, 0));
        if (name.isEmpty() || !name.equals(name.strip())) {
          throw new MalformedException("HTTP response", "a header field", "something else");
        }
        headers
            .computeIfAbsent(name.toLowerCase(Locale.ROOT), any -> new ArrayList<>())
            .add(line.substring(colon + 1).strip());
      }
    }
  }

  private static int lineEnd(Bytes response, int from) throws MalformedException {
    int limit = Math.min(response.size(), MAX_HEAD_SIZE);
    for (int i = from; i < limit; i++) {
      if (response.get(i) == '\n') {
        return i;
      }
    }
    throw new MalformedException("HTTP response", "an empty line behind the head", "none");
  }

  private static String line(Bytes response, int from, int to) {
    boolean carriageReturn = to > from && response.get(to - 1) == '\r';
    return new String(
        response.slice(from, carriageReturn ? to - 1 : to).toArray(), StandardCharsets.ISO_8859_1);
  }

  /**
   * The one value of a header, under whichever of these names.
   *
   * @throws MalformedException if there is none, or another beside it
   */
  String header(String... names) throws MalformedException {
    Set<String> values = new LinkedHashSet<>();
    for (String name : names) {
      values.addAll(headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
    }
    if (values.size() != 1) {
      throw new MalformedException(
          "header " + names[0], "one value", values.isEmpty() ? "none" : "several");
    }
    return values.iterator().next();
  }
}
