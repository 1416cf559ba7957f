package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a quote as Intel TDX DCAP Quoting Library API, appendix 3, lays it out, with every field
 * open to a lie: sizes are right until they are set. Nothing is signed.
 */
final class RawQuote {
  /** A chain of PEM that nobody decodes here. */
  static final Bytes PEM =
      ascii("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")
          .concat(Bytes.zeros(1));

  int version = 4;
  int keyType = 2;
  long teeType = 0x81;
  Bytes reserved = Bytes.zeros(4);
  Bytes vendor = Bytes.ofHex("939a7233f79c4ca9940a0db3957f0607");
  Bytes userData = Le.pattern(200, 20);
  int bodyType = 3;
  @Nullable Long bodySize;
  Bytes body = Le.pattern(0, 584);
  @Nullable Long signatureDataSize;
  Bytes signature = Le.pattern(10, 64);
  Bytes attestationKey = Le.pattern(20, 64);
  int outerType = 6;
  @Nullable Long outerSize;
  Bytes report = report(Le.pattern(30, 16), Bytes.zeros(4), Le.pattern(31, 16), 2, 6);
  Bytes reportSignature = Le.pattern(40, 64);
  @Nullable Integer authSize;
  Bytes auth = Le.pattern(50, 32);
  int innerType = 5;
  @Nullable Long innerSize;
  Bytes inner = PEM;
  Bytes afterInner = Bytes.empty();
  Bytes afterOuter = Bytes.empty();
  Bytes trailing = Bytes.empty();

  static RawQuote v4() {
    return new RawQuote();
  }

  /** Version 5 with a body of type 2, 3 or 4. */
  static RawQuote v5(int bodyType) {
    RawQuote quote = new RawQuote();
    quote.version = 5;
    quote.bodyType = bodyType;
    quote.body = Le.pattern(0, new int[] {0, 384, 584, 648, 885}[bodyType]);
    return quote;
  }

  static Bytes report(Bytes cpuSvn, Bytes miscSelect, Bytes attributes, int prodId, int svn) {
    return cpuSvn.concat(
        miscSelect,
        Bytes.zeros(28),
        attributes,
        Le.pattern(60, 32),
        Bytes.zeros(32),
        Le.pattern(70, 32),
        Bytes.zeros(96),
        Le.u16(prodId),
        Le.u16(svn),
        Bytes.zeros(60),
        Le.pattern(80, 64));
  }

  /** Header, descriptor and body. */
  Bytes signedBytes() {
    Bytes header =
        Le.u16(version).concat(Le.u16(keyType), Le.u32(teeType), reserved, vendor, userData);
    return version == 5
        ? header.concat(Le.u16(bodyType), Le.u32(or(bodySize, body)), body)
        : header.concat(body);
  }

  Bytes outer() {
    return report.concat(
        reportSignature,
        Le.u16(authSize == null ? auth.size() : authSize),
        auth,
        Le.u16(innerType),
        Le.u32(or(innerSize, inner)),
        inner,
        afterInner);
  }

  Bytes signatureData() {
    Bytes outer = outer();
    return signature.concat(
        attestationKey, Le.u16(outerType), Le.u32(or(outerSize, outer)), outer, afterOuter);
  }

  Bytes encode() {
    Bytes data = signatureData();
    return signedBytes().concat(Le.u32(or(signatureDataSize, data)), data, trailing);
  }

  static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static long or(@Nullable Long size, Bytes content) {
    return size == null ? content.size() : size;
  }
}
