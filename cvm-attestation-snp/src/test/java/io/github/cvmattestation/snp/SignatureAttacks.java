package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.SnpFinding.SNP_SIGNATURE;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.Tampering;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** A report that its leaf did not sign. */
final class SignatureAttacks {
  private static final BigInteger ORDER = EcSigningKey.p384("any").order();
  private static final int COMPONENT = 72;

  private SignatureAttacks() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>(flips());
    attacks.add(
        signature("another key's signature", () -> scene().signedBy(EcSigningKey.p384("other"))));
    attacks.add(
        signature(
            "signature of another report",
            () ->
                scene()
                    .tampered(
                        raw ->
                            raw.slice(0, SnpReport.SIGNED_SIZE)
                                .concat(
                                    Scene.vcek(Line.GENOA)
                                        .report(writer -> writer.guestSvn(7))
                                        .withLeaf(Scene.PKI.vcek(Line.GENOA))
                                        .report()
                                        .slice(SnpReport.SIGNED_SIZE, SnpReport.SIZE)))));
    attacks.add(
        signature(
            "SHA-256 in place of SHA-384",
            () -> {
              Scene scene = scene();
              return scene.tampered(
                  raw -> {
                    Bytes rs =
                        scene.leaf().key().sign("SHA-256", raw.slice(0, SnpReport.SIGNED_SIZE));
                    return stored(
                        raw,
                        new BigInteger(1, rs.slice(0, 48).toArray()),
                        new BigInteger(1, rs.slice(48, 96).toArray()));
                  });
            }));
    attacks.add(
        tampered(
            "r and s changed over", raw -> components(raw, component(raw, 1), component(raw, 0))));
    attacks.add(
        tampered(
            "r big-endian",
            raw ->
                components(
                    raw,
                    component(raw, 0).slice(0, 48).reversed().concat(Bytes.zeros(24)),
                    component(raw, 1))));
    BigInteger one = BigInteger.ONE;
    BigInteger zero = BigInteger.ZERO;
    attacks.add(numbers("r zero", zero, null));
    attacks.add(numbers("s zero", null, zero));
    attacks.add(numbers("r and s zero", zero, zero));
    attacks.add(numbers("r and s one", one, one));
    attacks.add(numbers("r the order", ORDER, null));
    attacks.add(numbers("s the order", null, ORDER));
    attacks.add(numbers("r and s the order", ORDER, ORDER));
    attacks.add(numbers("r the order and one", ORDER.add(one), null));
    attacks.add(numbers("s all ones", null, one.shiftLeft(384).subtract(one)));
    return attacks;
  }

  /** Security case 1: what is not noticed by structure is noticed by the signature. */
  private static List<Attack> flips() {
    List<Attack> attacks = new ArrayList<>();
    // One bit in each field that may hold anything.
    for (int offset :
        new int[] {
          0x004, 0x008, 0x010, 0x020, 0x038, 0x040, 0x050, 0x08F, 0x090, 0x0BF, 0x0C0, 0x0E0, 0x110,
          0x140, 0x160, 0x180, 0x18A, 0x1A0, 0x1E0, 0x1E8, 0x1EC, 0x1F0
        }) {
      attacks.add(
          tampered(
              "bit of signed byte %03x turned over".formatted(offset),
              raw -> Tampering.flipBit(raw, offset * 8)));
    }
    for (int offset : new int[] {0x2A0, 0x2CF, 0x2E8, 0x317}) {
      attacks.add(
          tampered(
              "bit of signature byte %03x turned over".formatted(offset),
              raw -> Tampering.flipBit(raw, offset * 8)));
    }
    return attacks;
  }

  private static Attack numbers(String name, BigInteger r, BigInteger s) {
    return tampered(
        name,
        raw ->
            components(
                raw,
                r == null ? component(raw, 0) : stored(r),
                s == null ? component(raw, 1) : stored(s)));
  }

  private static Attack tampered(String name, UnaryOperator<Bytes> change) {
    return signature(name, () -> scene().tampered(change));
  }

  private static Attack signature(String name, Supplier<Scene> scene) {
    return Attack.of(name, SnpCheck.SIGNATURE, SNP_SIGNATURE, "VCEK", scene);
  }

  private static Scene scene() {
    return Scene.vcek(Line.GENOA);
  }

  static Bytes component(Bytes raw, int index) {
    int from = SnpReport.SIGNED_SIZE + index * COMPONENT;
    return raw.slice(from, from + COMPONENT);
  }

  static Bytes stored(Bytes raw, BigInteger r, BigInteger s) {
    return components(raw, stored(r), stored(s));
  }

  private static Bytes components(Bytes raw, Bytes r, Bytes s) {
    return Tampering.overwrite(raw, SnpReport.SIGNED_SIZE, r.concat(s));
  }

  /** 72 bytes, little-endian. */
  private static Bytes stored(BigInteger value) {
    byte[] out = new byte[COMPONENT];
    byte[] bigEndian = value.toByteArray();
    for (int i = 0; i < bigEndian.length && i < COMPONENT; i++) {
      out[i] = bigEndian[bigEndian.length - 1 - i];
    }
    return Bytes.of(out);
  }
}
