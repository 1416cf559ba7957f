package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.internal.JsonCursor;
import io.github.cvmattestation.attestation.internal.Pem;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.SignedText;
import io.github.cvmattestation.tdx.TdxCollateral;
import io.github.cvmattestation.tdx.TdxFinding;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The parts of collateral in the forms in which servers and files hold them. */
public final class CollateralParts {
  /** Beside the document a body holds its signature and two names. */
  private static final int MAX_BODY_SIZE = SignedText.MAX_SIZE + 1024;

  /** Percent-encoding triples what it encodes. */
  private static final int MAX_ENCODED_SIZE = 3 * CertificateBundle.MAX_SIZE;

  /** Two digits for each byte, and perhaps the end of a line. */
  private static final int MAX_CRL_TEXT_SIZE = 2 * TdxCollateral.MAX_CRL_SIZE + 2;

  private CollateralParts() {}

  /** The body of an answer about TCB Info: {@code {"tcbInfo":…,"signature":"…"}}. */
  public static SignedText tcbInfo(Bytes body) throws RefutedException {
    return signed("tcbInfo", body);
  }

  /** The body of an answer about QE Identity: {@code {"enclaveIdentity":…,"signature":"…"}}. */
  public static SignedText qeIdentity(Bytes body) throws RefutedException {
    return signed("enclaveIdentity", body);
  }

  private static SignedText signed(String member, Bytes body) throws RefutedException {
    requirePresent(member, body.size());
    try (JsonCursor in =
        JsonCursor.open(
            member + " body",
            body,
            MAX_BODY_SIZE,
            TdxFinding.COLLATERAL_FORMAT,
            TdxFinding.COLLATERAL_FORMAT)) {
      @Nullable Bytes text = null;
      @Nullable Bytes signature = null;
      in.beginObject();
      while (in.nextMember()) {
        String name = in.name();
        if (name.equals(member)) {
          // Verbatim: whatever a writer would make of it again, Intel did not sign.
          text = in.objectText();
        } else if (name.equals("signature")) {
          signature = in.hex(SignedText.SIGNATURE_SIZE);
        } else {
          throw in.wrong("a document and its signature alone");
        }
      }
      in.end();
      if (text == null || signature == null) {
        throw missing(text == null ? member : "signature of " + member);
      }
      return signed(member, text, signature);
    }
  }

  /** A document whose text and signature came apart from each other. */
  static SignedText signed(String name, Bytes text, Bytes signature) throws RefutedException {
    requirePresent(name, text.size());
    requireAtMost(name, text.size(), SignedText.MAX_SIZE);
    return new SignedText(text, signature);
  }

  /** Certificates as a file or a header holds them: PEM, perhaps percent-encoded, or DER. */
  public static Bytes certificates(String name, Bytes input) throws RefutedException {
    return certificates(name, input, true);
  }

  private static Bytes certificates(String name, Bytes input, boolean plain)
      throws RefutedException {
    requirePresent(name, input.size());
    requireAtMost(name, input.size(), MAX_ENCODED_SIZE);
    Bytes certificates = plain ? percentDecoded(name, input) : hexDecoded(name, input);
    requireAtMost(name, certificates.size(), CertificateBundle.MAX_SIZE);
    return certificates;
  }

  /** A revocation list as a file or an answer holds it: PEM, DER, or DER in hexadecimal (PCCS). */
  public static Bytes crl(String name, Bytes input) throws RefutedException {
    return crl(name, input, beginsLikeHex(input));
  }

  private static Bytes crl(String name, Bytes input, boolean hex) throws RefutedException {
    requirePresent(name, input.size());
    requireAtMost(name, input.size(), MAX_CRL_TEXT_SIZE);
    Bytes crl = hex ? hexDecoded(name, withoutLineEnd(input)) : input;
    requireAtMost(name, crl.size(), TdxCollateral.MAX_CRL_SIZE);
    return crl;
  }

  /** DER begins with a SEQUENCE, 0x30, and a length; its hexadecimal with the digits 3 and 0. */
  private static boolean beginsLikeHex(Bytes input) {
    return input.size() >= 2 && input.get(0) == '3' && input.get(1) == '0';
  }

  private static Bytes withoutLineEnd(Bytes input) {
    int end = input.size();
    while (end > 0 && (input.get(end - 1) == '\n' || input.get(end - 1) == '\r')) {
      end--;
    }
    return input.slice(0, end);
  }

  /** Certificates in a JSON string: PEM, perhaps percent-encoded, or DER in hexadecimal. */
  static Bytes certificatesOfText(String name, String text) throws RefutedException {
    Bytes octets = utf8(withoutNul(text));
    return certificates(name, octets, Pem.looksLike(octets));
  }

  /** A revocation list in a JSON string: PEM, or DER in hexadecimal. */
  static Bytes crlOfText(String name, String text) throws RefutedException {
    Bytes octets = utf8(withoutNul(text));
    return crl(name, octets, !Pem.looksLike(octets));
  }

  /** A dump of {@code sgx_ql_qve_collateral_t} may count the NUL that ends a string in C. */
  static String withoutNul(String text) {
    return text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
  }

  static Bytes utf8(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static Bytes hexDecoded(String name, Bytes digits) throws RefutedException {
    try {
      return Bytes.ofHex(new String(digits.toArray(), StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw wrong(name, "PEM or hexadecimal");
    }
  }

  /** Not {@code URLDecoder}: it takes the plus signs of base64 for spaces. */
  private static Bytes percentDecoded(String name, Bytes input) throws RefutedException {
    if (!Pem.looksLike(input)) {
      return input;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(input.size());
    for (int i = 0; i < input.size(); i++) {
      int octet = input.get(i);
      if (octet == '%') {
        boolean whole =
            i + 2 < input.size()
                && HexFormat.isHexDigit(input.get(i + 1))
                && HexFormat.isHexDigit(input.get(i + 2));
        if (!whole) {
          throw wrong(name, "percent-encoding (RFC 3986 §2.1)");
        }
        octet =
            16 * HexFormat.fromHexDigit(input.get(i + 1))
                + HexFormat.fromHexDigit(input.get(i + 2));
        i += 2;
      }
      out.write(octet);
    }
    return Bytes.of(out.toByteArray());
  }

  private static void requirePresent(String name, int size) throws RefutedException {
    if (size == 0) {
      throw missing(name);
    }
  }

  static void requireAtMost(String name, int size, int max) throws RefutedException {
    if (size > max) {
      throw new RefutedException(
          Finding.of(
              TdxFinding.COLLATERAL_FORMAT, name + ": at most " + max + " bytes", size + " bytes"));
    }
  }

  static RefutedException missing(String name) {
    return new RefutedException(Finding.of(TdxFinding.COLLATERAL_MISSING, name, "none"));
  }

  static RefutedException wrong(String name, String expected) {
    return new RefutedException(
        Finding.of(TdxFinding.COLLATERAL_FORMAT, name + ": " + expected, "something else"));
  }
}
