package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Base64;
import java.util.Collection;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Azure evidence as JSON, in the forms that Confidential Containers have used. */
public final class CocoEvidence {
  private CocoEvidence() {}

  /** The first form: arrays of bytes as numbers, the VCEK as PEM. */
  public static String v0(Bytes hclReport, Bytes vcek, SignedQuote quote, Collection<Bytes> pcrs) {
    String values = pcrs.stream().map(CocoEvidence::numbers).collect(Collectors.joining(","));
    return "{\"quote\":{\"signature\":%s,\"message\":%s,\"pcrs\":[%s]},\"report\":%s,\"vcek\":\"%s\"}"
        .formatted(
            numbers(quote.signature()),
            numbers(quote.message()),
            values,
            numbers(hclReport),
            new String(FakeAmdPki.pem(vcek).toArray(), UTF_8).replace("\n", "\\n"));
  }

  /**
   * The later forms, which differ in {@code version} alone: base64url, and hexadecimal for the TPM.
   */
  public static String versioned(
      int version, Bytes hclReport, Bytes vcek, SignedQuote quote, Collection<Bytes> pcrs) {
    return versioned(version, hclReport, "vcek", vcek, quote, pcrs);
  }

  /** The same with a TD quote in the place of the VCEK. */
  public static String tdx(
      int version, Bytes hclReport, Bytes tdQuote, SignedQuote quote, Collection<Bytes> pcrs) {
    return versioned(version, hclReport, "td_quote", tdQuote, quote, pcrs);
  }

  private static String versioned(
      int version,
      Bytes hclReport,
      String member,
      Bytes value,
      SignedQuote quote,
      Collection<Bytes> pcrs) {
    String values =
        pcrs.stream().map(pcr -> '"' + pcr.hex() + '"').collect(Collectors.joining(","));
    return ("{\"version\":%d,\"hcl_report\":\"%s\",\"%s\":\"%s\","
            + "\"tpm_quote\":{\"signature\":\"%s\",\"message\":\"%s\",\"pcrs\":[%s]}}")
        .formatted(
            version,
            base64(hclReport),
            member,
            base64(value),
            quote.signature().hex(),
            quote.message().hex(),
            values);
  }

  /** Any of these inside the wrapper that names the platform. */
  public static String wrapped(String platform, String evidence) {
    return "{\"platform\":\"%s\",\"evidence\":%s}".formatted(platform, evidence);
  }

  private static String base64(Bytes value) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(value.toArray());
  }

  private static String numbers(Bytes value) {
    return IntStream.range(0, value.size())
        .mapToObj(i -> Integer.toString(value.get(i)))
        .collect(Collectors.joining(",", "[", "]"));
  }
}
