package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.FakeCa;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.RsaSigningKey;
import java.nio.charset.StandardCharsets;

/** Revocation lists of forms that the testkit's writer does not know, byte by byte. */
final class Crls {
  private static final String PSS =
      "304106092a864886f70d01010a3034a00f300d06096086480165030402020500a11c301a"
          + "06092a864886f70d010108300d06096086480165030402020500a203020130";

  private Crls() {}

  /** A list that revokes nothing, signed by the line's ARK, with a critical extension. */
  static Bytes withCriticalExtension(Line line, String oid) {
    FakeCa ark = Scene.PKI.ark(line);
    Bytes name = der(0x30, der(0x31, der(0x30, Bytes.ofHex("0603550403"), text(0x0C, ark.name()))));
    Bytes extension =
        der(
            0x30,
            der(0x06, Bytes.ofHex(oid)),
            Bytes.ofHex("0101ff"),
            der(0x04, Bytes.ofHex("020101")));
    Bytes tbs =
        der(
            0x30,
            Bytes.ofHex("020101"),
            Bytes.ofHex(PSS),
            name,
            text(0x17, "260501000000Z"),
            text(0x17, "260701000000Z"),
            der(0xA0, der(0x30, extension)));
    return signed(tbs, ark.key());
  }

  private static Bytes signed(Bytes tbs, RsaSigningKey key) {
    Bytes signature = key.signPss("SHA-384", "SHA-384", 48, tbs);
    return der(0x30, tbs, Bytes.ofHex(PSS), der(0x03, Bytes.zeros(1), signature));
  }

  private static Bytes text(int tag, String value) {
    return der(tag, Bytes.of(value.getBytes(StandardCharsets.US_ASCII)));
  }

  static Bytes der(int tag, Bytes... parts) {
    Bytes content = Bytes.empty().concat(parts);
    int size = content.size();
    Bytes header =
        size < 0x80
            ? Bytes.of((byte) tag, (byte) size)
            : size < 0x100
                ? Bytes.of((byte) tag, (byte) 0x81, (byte) size)
                : Bytes.of((byte) tag, (byte) 0x82, (byte) (size >> 8), (byte) size);
    return header.concat(content);
  }
}
