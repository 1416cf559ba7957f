package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.TdxFinding.TDX_CERTIFICATION_DATA;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_DICE;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_LENGTH;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_MALFORMED;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_SIGNATURE;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_TYPE;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_UNSUPPORTED;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.testkit.TdQuoteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Quotes of a wrong form, a wrong signature or a wrong REPORTDATA (security cases 16, 28, 29). */
final class QuoteAttacks {
  static final EcSigningKey STRANGER = EcSigningKey.p256("stranger");

  /** r and s, the group's order (SP 800-186, section 3.2.1.3), for which no signature holds. */
  static final Bytes ORDER =
      Bytes.ofHex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

  private static final Bytes ZERO = Bytes.zeros(32);

  private QuoteAttacks() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>();
    attacks.addAll(types());
    attacks.addAll(sizes());
    attacks.addAll(signatures());
    attacks.addAll(flips());
    attacks.addAll(nonces());
    return attacks;
  }

  private static List<Attack> types() {
    List<Attack> attacks =
        new ArrayList<>(
            List.of(
                format("SGX quote, TEE type 0", TDX_TYPE, "SGX", w -> w.teeType(0)),
                format("TEE type of nobody", TDX_TYPE, "00000082h", w -> w.teeType(0x82)),
                format("version 3", TDX_TYPE, "version 3", w -> w.version(3)),
                format("version 6", TDX_UNSUPPORTED, "Version 4 or 5", w -> w.version(6)),
                format(
                    "attestation key of P-384",
                    TDX_UNSUPPORTED,
                    "Key Type",
                    w -> w.attestationKeyType(3)),
                format("reserved bytes of the header", TDX_MALFORMED, "", w -> w.reserved(1)),
                format(
                    "another vendor's quoting enclave",
                    TDX_UNSUPPORTED,
                    "",
                    w -> w.qeVendorId(Bytes.zeros(16))),
                format(
                    "outer certification data not a QE report",
                    TDX_CERTIFICATION_DATA,
                    "without the QE report",
                    w -> w.certificationType(5)),
                Attack.of(
                    "SGX report as the body of version 5",
                    TdxCheck.FORMAT,
                    TDX_TYPE,
                    "an SGX report",
                    () -> Scene.v5().quote(w -> w.bodyType(1))),
                Attack.of(
                    "CBOR", TdxCheck.FORMAT, TDX_DICE, "CBOR", () -> sent(Bytes.ofHex("d284"))),
                format(
                    "a PCK chain that is no PEM",
                    TDX_MALFORMED,
                    "PEM",
                    w -> w.innerCertification(5, Bytes.zeros(100).concat(Bytes.of((byte) 1))))));
    for (int type : new int[] {1, 2, 3, 4, 6, 7}) {
      attacks.add(
          format(
              "inner certification data of type " + type,
              TDX_CERTIFICATION_DATA,
              "type " + type,
              w -> w.innerType(type)));
    }
    return attacks;
  }

  private static List<Attack> sizes() {
    List<Attack> attacks = new ArrayList<>();
    for (long more : new long[] {1, 100_000, 0xFFFF_FFFFL}) {
      attacks.add(
          format(
              "signature data past the buffer by " + more,
              TDX_LENGTH,
              "Quote Signature Data",
              w -> w.signatureDataSizeOff(more)));
    }
    attacks.add(
        format("signature data too short", TDX_LENGTH, "", w -> w.signatureDataSizeOff(-1)));
    attacks.add(
        format("certification data too long", TDX_LENGTH, "", w -> w.certificationSizeOff(1)));
    attacks.add(
        format("certification data too short", TDX_LENGTH, "", w -> w.certificationSizeOff(-1)));
    attacks.add(format("PCK chain too long", TDX_LENGTH, "", w -> w.innerSizeOff(1)));
    attacks.add(format("PCK chain too short", TDX_LENGTH, "", w -> w.innerSizeOff(-1)));
    attacks.add(
        Attack.of(
            "body of version 5 one byte longer",
            TdxCheck.FORMAT,
            TDX_LENGTH,
            "649",
            () -> Scene.v5().quote(w -> w.bodySize(649))));
    attacks.add(
        Attack.of("nothing at all", TdxCheck.FORMAT, TDX_LENGTH, "", () -> sent(Bytes.empty())));
    attacks.add(
        Attack.of(
            "trailing bytes beyond 64 KiB",
            TdxCheck.FORMAT,
            TDX_LENGTH,
            "65536",
            () -> Scene.v4().quote(w -> w.trailing(Bytes.zeros(1 << 16)))));
    return attacks;
  }

  private static List<Attack> signatures() {
    return List.of(
        signature("quote signature of zeros", w -> w.signature(Bytes.zeros(64))),
        signature("quote signature with r = 0", w -> w.signature(ZERO.concat(half(w, 32)))),
        signature("quote signature with s = 0", w -> w.signature(half(w, 0).concat(ZERO))),
        signature("quote signature with r = n", w -> w.signature(ORDER.concat(half(w, 32)))),
        signature("quote signature with s = n", w -> w.signature(half(w, 0).concat(ORDER))),
        signature(
            "quote signature with r and s swapped",
            w -> w.signature(half(w, 32).concat(half(w, 0)))),
        signature(
            "quote signed by a key nobody vouches for",
            w -> w.signature(STRANGER.sign("SHA-256", w.signedPart()))),
        signature(
            "quote signed by the PCK itself",
            w -> w.signature(Scene.PKI.pck().key().sign("SHA-256", w.signedPart()))),
        signature(
            "quote signature over the body alone",
            w -> w.signature(genuine(w.signedPart().slice(48, w.signedPart().size())))),
        signature(
            "signature of another quote",
            w -> w.signature(genuine(TdQuoteWriter.v5().signedPart()))));
  }

  /** Signed bytes, one bit of each field that verification does not look at any further. */
  private static List<Attack> flips() {
    List<Attack> attacks = new ArrayList<>();
    record Place(String field, int offset) {}
    for (Place place :
        List.of(
            new Place("user data", 28),
            new Place("TEE_TCB_SVN", 48),
            new Place("MRSEAM", 64),
            new Place("MRSIGNERSEAM", 112),
            new Place("SEAMATTRIBUTES", 160),
            new Place("TDATTRIBUTES.DEBUG", 168),
            new Place("MRTD", 184),
            new Place("MRCONFIGID", 232),
            new Place("MROWNER", 280),
            new Place("MROWNERCONFIG", 328),
            new Place("RTMR0", 376),
            new Place("RTMR3", 567),
            new Place("REPORTDATA", 568),
            new Place("the last byte of REPORTDATA", 631))) {
      attacks.add(
          signature(
              "flipped in " + place.field(),
              raw -> Tampering.flipBit(raw, 8 * place.offset()),
              Scene.v4()));
    }
    attacks.add(
        signature(
            "flipped in TEE_TCB_SVN_2", raw -> Tampering.flipBit(raw, 8 * (54 + 584)), Scene.v5()));
    attacks.add(
        signature(
            "flipped in the service TD's hash",
            raw -> Tampering.flipBit(raw, 8 * (54 + 600)),
            Scene.v5()));
    return attacks;
  }

  private static List<Attack> nonces() {
    ReportData expected = ReportData.of(new Nonce(Bytes.ofHex("00112233445566778899aabbccddeeff")));
    return List.of(
        nonce("no REPORTDATA", expected, Bytes.zeros(64)),
        nonce("REPORTDATA of another nonce", expected, Tampering.flipBit(expected.value(), 0)),
        nonce(
            "REPORTDATA differing in its last bit",
            expected,
            Tampering.flipBit(expected.value(), 511)));
  }

  private static Attack nonce(String name, ReportData expected, Bytes actual) {
    return Attack.of(
        name,
        TdxCheck.REPORT_DATA,
        CoreFinding.NONCE_MISMATCH,
        "",
        () -> Scene.v5().quote(w -> w.reportData(new ReportData(actual))).expecting(expected));
  }

  private static Scene sent(Bytes bytes) {
    return Scene.v4().tampered(ignored -> bytes);
  }

  private static Bytes genuine(Bytes message) {
    return EcSigningKey.p256("attestation key").sign("SHA-256", message);
  }

  private static Bytes half(TdQuoteWriter writer, int from) {
    return genuine(writer.signedPart()).slice(from, from + 32);
  }

  private static Attack format(
      String name, FindingCode code, String says, Consumer<TdQuoteWriter> change) {
    Supplier<Scene> scene = () -> Scene.v4().quote(change);
    return Attack.of(name, TdxCheck.FORMAT, code, says, scene);
  }

  private static Attack signature(String name, Consumer<TdQuoteWriter> change) {
    return Attack.of(
        name, TdxCheck.SIGNATURE, TDX_SIGNATURE, "header and body", () -> Scene.v4().quote(change));
  }

  private static Attack signature(String name, UnaryOperator<Bytes> change, Scene scene) {
    return Attack.of(
        name, TdxCheck.SIGNATURE, TDX_SIGNATURE, "header and body", () -> scene.tampered(change));
  }
}
