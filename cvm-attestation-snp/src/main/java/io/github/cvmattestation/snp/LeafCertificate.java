package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a VCEK or VLEK certificate says in AMD's extensions, arc 1.3.6.1.4.1.3704.1 (AMD 57230,
 * section 3.1, table 8).
 *
 * @param kind VCEK or VLEK, by the subject's common name
 * @param line the product line in {@code productName}
 * @param productName such as {@code Milan-B0} or {@code Genoa}
 * @param tcb the security patch levels the key is derived from
 * @param hwId 64 bytes, or 8 on Turin; in a VCEK only
 * @param cspId the cloud provider; in a VLEK only
 * @param key the P-384 key
 */
public record LeafCertificate(
    SignerInfo.SigningKey kind,
    ProductLine line,
    String productName,
    TcbVersion tcb,
    Optional<Bytes> hwId,
    Optional<String> cspId,
    PublicKeyInfo.Ec key) {

  /** Common name of every VCEK certificate. */
  public static final String VCEK_NAME = "SEV-VCEK";

  /** Common name of every VLEK certificate. */
  public static final String VLEK_NAME = "SEV-VLEK";

  private static final String ARC = "1.3.6.1.4.1.3704.1";
  private static final String ARC_PREFIX = ARC + ".";
  private static final String STRUCT_VERSION = ARC + ".1";
  private static final String PRODUCT_NAME = ARC + ".2";
  private static final String HW_ID = ARC + ".4";
  private static final String CSP_ID = ARC + ".5";
  private static final String BOOT_LOADER = ARC + ".3.1";
  private static final String TEE = ARC + ".3.2";
  private static final String SNP = ARC + ".3.3";
  private static final String MICROCODE = ARC + ".3.8";
  private static final String FMC = ARC + ".3.9";

  /** What every line has. */
  private static final List<String> LEVELS = List.of(BOOT_LOADER, TEE, SNP, MICROCODE);

  private static final Set<String> RESERVED_LEVELS =
      Set.of(ARC + ".3.4", ARC + ".3.5", ARC + ".3.6", ARC + ".3.7");
  private static final Set<String> KNOWN =
      Set.of(STRUCT_VERSION, PRODUCT_NAME, HW_ID, CSP_ID, BOOT_LOADER, TEE, SNP, MICROCODE, FMC);
  private static final int MAX_TEXT = 128;

  /** Reads the extensions; one that is missing, unknown or of another line is an error. */
  public static LeafCertificate of(DerCertificate certificate) throws MalformedException {
    SignerInfo.SigningKey kind = kind(certificate.subjectCommonName());
    String productName = text(require(certificate, PRODUCT_NAME, "productName"), "productName");
    ProductLine line =
        ProductLine.ofLabel(beforeDash(productName))
            .orElseThrow(() -> malformed("productName", "Milan, Genoa or Turin"));
    int structVersion = level(require(certificate, STRUCT_VERSION, "structVersion"));
    if (structVersion != (line == ProductLine.TURIN ? 1 : 0)) {
      throw malformed("structVersion", "0, or 1 for Turin");
    }
    requireKnownExtensions(certificate);
    Optional<Bytes> hwId =
        certificate.extension(HW_ID).isPresent()
            ? Optional.of(hwId(line, require(certificate, HW_ID, "hwID")))
            : Optional.empty();
    Optional<String> cspId =
        certificate.extension(CSP_ID).isPresent()
            ? Optional.of(text(require(certificate, CSP_ID, "cspID"), "cspID"))
            : Optional.empty();
    boolean isVcek = kind == SignerInfo.SigningKey.VCEK;
    if (hwId.isPresent() != isVcek || cspId.isPresent() == isVcek) {
      throw malformed("hwID and cspID", "hwID in a VCEK, cspID in a VLEK, never both");
    }
    return new LeafCertificate(
        kind, line, productName, tcb(certificate, line), hwId, cspId, key(certificate));
  }

  private static SignerInfo.SigningKey kind(String commonName) throws MalformedException {
    return switch (commonName) {
      case VCEK_NAME -> SignerInfo.SigningKey.VCEK;
      case VLEK_NAME -> SignerInfo.SigningKey.VLEK;
      default -> throw malformed("subject", VCEK_NAME + " or " + VLEK_NAME);
    };
  }

  private static TcbVersion tcb(DerCertificate certificate, ProductLine line)
      throws MalformedException {
    for (String reserved : RESERVED_LEVELS) {
      if (certificate.extension(reserved).isPresent() && level(certificate, reserved) != 0) {
        throw malformed("spl4 to spl7", "zero");
      }
    }
    boolean isTurin = line == ProductLine.TURIN;
    Set<String> present = certificate.extensions().keySet();
    if (!present.containsAll(LEVELS) || present.contains(FMC) != isTurin) {
      throw malformed("SPL", "every level of " + line.label() + " and no other");
    }
    int bootLoader = level(certificate, BOOT_LOADER);
    int tee = level(certificate, TEE);
    int snp = level(certificate, SNP);
    int microcode = level(certificate, MICROCODE);
    return isTurin
        ? new TcbVersion.Turin(level(certificate, FMC), bootLoader, tee, snp, microcode)
        : new TcbVersion.PreTurin(bootLoader, tee, snp, microcode);
  }

  private static int level(DerCertificate certificate, String oid) throws MalformedException {
    return level(require(certificate, oid, "SPL"));
  }

  /** An extension of AMD's that is not known may limit what the known ones mean. */
  private static void requireKnownExtensions(DerCertificate certificate) throws MalformedException {
    for (String oid : certificate.extensions().keySet()) {
      boolean known =
          !(oid.equals(ARC) || oid.startsWith(ARC_PREFIX))
              || RESERVED_LEVELS.contains(oid)
              || KNOWN.contains(oid);
      if (!known) {
        throw malformed(oid, "no unknown extension of AMD's");
      }
    }
  }

  private static PublicKeyInfo.Ec key(DerCertificate certificate) throws MalformedException {
    if (PublicKeyInfo.parse(certificate.subjectPublicKeyInfo()) instanceof PublicKeyInfo.Ec key
        && key.curve() == Curve.P384) {
      return key;
    }
    throw malformed("key", "on P-384");
  }

  /** INTEGER 0 to 255: from 128 on DER puts a zero octet in front. */
  private static int level(Bytes der) throws MalformedException {
    DerReader in = new DerReader("SPL", der);
    Bytes content = in.content(DerReader.INTEGER);
    in.end();
    if (content.size() == 1 && content.get(0) < 0x80) {
      return content.get(0);
    }
    if (content.size() == 2 && content.get(0) == 0 && content.get(1) >= 0x80) {
      return content.get(1);
    }
    throw malformed("SPL", "an INTEGER from 0 to 255");
  }

  /**
   * Raw octets, or the same in an OCTET STRING. By length, raw first: chip ids that begin with 04h
   * are otherwise taken for a header.
   */
  private static Bytes hwId(ProductLine line, Bytes value) throws MalformedException {
    int size = line == ProductLine.TURIN ? 8 : 64;
    if (value.size() == size) {
      return value;
    }
    DerReader in = new DerReader("hwID", value);
    Bytes content = in.content(DerReader.OCTET_STRING);
    in.end();
    if (content.size() != size) {
      throw malformed("hwID", size + " bytes");
    }
    return content;
  }

  private static String text(Bytes der, String name) throws MalformedException {
    DerReader in = new DerReader(name, der);
    Bytes content = in.content(DerReader.IA5_STRING);
    in.end();
    boolean printable = content.size() <= MAX_TEXT;
    for (int i = 0; printable && i < content.size(); i++) {
      printable = content.get(i) >= 0x20 && content.get(i) < 0x7F;
    }
    if (!printable) {
      throw malformed(name, "printable IA5String");
    }
    return new String(content.toArray(), StandardCharsets.US_ASCII);
  }

  private static String beforeDash(String productName) {
    int dash = productName.indexOf('-');
    return dash < 0 ? productName : productName.substring(0, dash);
  }

  private static Bytes require(DerCertificate certificate, String oid, String name)
      throws MalformedException {
    Optional<Bytes> value = certificate.extension(oid);
    if (value.isEmpty()) {
      throw malformed(name, "to be there");
    }
    return value.get();
  }

  private static MalformedException malformed(String where, String expected) {
    return new MalformedException("leaf certificate, " + where, expected, "something else");
  }
}
