package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** HTTP/1.1 as octets (RFC 9112): requests in, answers out, one of each for a connection. */
final class HttpWire {
  private static final int MAX_LINE = 1 << 16;
  private static final int MAX_BODY = 1 << 22;

  private HttpWire() {}

  static FakeRequest read(DataInputStream in) throws IOException {
    String[] start = line(in).split(" ", -1);
    if (start.length != 3) {
      throw new IOException("no request line");
    }
    Map<String, String> headers = new HashMap<>();
    for (String field = line(in); !field.isEmpty(); field = line(in)) {
      int colon = field.indexOf(':');
      headers.put(
          field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 1).strip());
    }
    int question = start[1].indexOf('?');
    String path = question < 0 ? start[1] : start[1].substring(0, question);
    String query = question < 0 ? "" : start[1].substring(question + 1);
    return new FakeRequest(start[0], path, query, headers, Bytes.of(body(in, headers)));
  }

  /** Status line and header fields, with the blank line. */
  static byte[] head(FakeResponse response, String framing) {
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(response.status()).append(" told");
    response.headers().forEach((name, value) -> field(head, name, value));
    field(head, "Connection", "close");
    return head.append("\r\n").append(framing).append("\r\n\r\n").toString().getBytes(ISO_8859_1);
  }

  static void write(OutputStream out, FakeResponse response) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(head(response, "Content-Length: " + response.body().size()));
    whole.writeBytes(response.body().toArray());
    whole.writeTo(out);
  }

  /** One chunk of a chunked body (RFC 9112, section 7.1). */
  static void chunk(OutputStream out, byte[] octets) throws IOException {
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    chunk.writeBytes((Integer.toHexString(octets.length) + "\r\n").getBytes(ISO_8859_1));
    chunk.writeBytes(octets);
    chunk.writeBytes("\r\n".getBytes(ISO_8859_1));
    chunk.writeTo(out);
  }

  private static void field(StringBuilder head, String name, String value) {
    head.append("\r\n").append(name).append(": ").append(value);
  }

  private static byte[] body(DataInputStream in, Map<String, String> headers) throws IOException {
    if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      for (byte[] chunk = chunk(in); chunk.length != 0; chunk = chunk(in)) {
        whole.writeBytes(chunk);
      }
      return whole.toByteArray();
    }
    return octets(in, Integer.parseInt(headers.getOrDefault("content-length", "0")));
  }

  private static byte[] chunk(DataInputStream in) throws IOException {
    byte[] octets = octets(in, Integer.parseInt(line(in), 16));
    line(in);
    return octets;
  }

  private static byte[] octets(DataInputStream in, int size) throws IOException {
    if (size < 0 || size > MAX_BODY) {
      throw new IOException("a body of " + size + " bytes");
    }
    byte[] octets = new byte[size];
    in.readFully(octets);
    return octets;
  }

  private static String line(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0 || line.length() == MAX_LINE) {
        throw new EOFException("the request ends inside a line");
      }
      line.append((char) octet);
    }
    return line.toString().strip();
  }
}
