package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import io.github.cvmattestation.tdx.PckCertificate.Configuration;
import io.github.cvmattestation.tdx.PckCertificate.SgxType;
import io.github.cvmattestation.tdx.TcbLevel;
import java.util.Optional;

/**
 * SGX Extensions of a PCK certificate (Intel SGX PCK Certificate Specification §1.3.5): a SEQUENCE
 * of pairs of object identifier and value, of which two hold such a SEQUENCE themselves.
 *
 * @param ppid .1, OCTET STRING of 16 bytes
 * @param components .2.1 to .2.16, INTEGERs 0 to 255: one byte each
 * @param pceSvn .2.17, INTEGER 0 to 65535
 * @param cpuSvn .2.18, OCTET STRING of 16 bytes
 * @param pceId .3, OCTET STRING of 2 bytes
 * @param fmspc .4, OCTET STRING of 6 bytes
 * @param sgxType .5, ENUMERATED
 * @param platformInstanceId .6, OCTET STRING of 16 bytes
 * @param configuration .7.1 to .7.3, BOOLEANs
 */
public record SgxExtensions(
    Bytes ppid,
    Bytes components,
    int pceSvn,
    Bytes cpuSvn,
    Bytes pceId,
    Bytes fmspc,
    SgxType sgxType,
    Optional<Bytes> platformInstanceId,
    Optional<Configuration> configuration) {
  /** The object identifier of the extension. */
  public static final String OID = "1.2.840.113741.1.13.1";

  private static final Bytes ARC = Bytes.ofHex("2a864886f84d010d01");
  private static final Bytes TCB_ARC = ARC.concat(Bytes.of((byte) 2));
  private static final Bytes CONFIGURATION_ARC = ARC.concat(Bytes.of((byte) 7));
  private static final int MEMBERS = 7;
  private static final int TCB_MEMBERS = 18;
  private static final int CONFIGURATION_MEMBERS = 3;
  private static final int MAX_PCE_SVN = 0xFFFF;
  private static final Bytes FALSE = Bytes.of((byte) 0);
  private static final Bytes TRUE = Bytes.of((byte) 0xFF);

  /** ITU-T X.690, section 8.4: an ENUMERATED is encoded as an INTEGER is. */
  private static final int ENUMERATED = 0x0A;

  /** Reads the content of the extension. */
  public static SgxExtensions parse(Bytes der) throws MalformedException {
    SgxMembers all = SgxMembers.read("SGX Extensions", der, ARC, MEMBERS);
    SgxMembers tcb = SgxMembers.read("TCB", all.require(2), TCB_ARC, TCB_MEMBERS);
    byte[] components = new byte[TcbLevel.COMPONENTS];
    for (int i = 0; i < components.length; i++) {
      components[i] = (byte) number("component SVN", tcb.require(i + 1), 0xFF);
    }
    Optional<Bytes> id = all.find(6);
    Optional<Bytes> configuration = all.find(7);
    return new SgxExtensions(
        octets("PPID", all.require(1), 16),
        Bytes.of(components),
        number("PCESVN", tcb.require(17), MAX_PCE_SVN),
        octets("CPUSVN", tcb.require(18), 16),
        octets("PCE-ID", all.require(3), 2),
        octets("FMSPC", all.require(4), 6),
        sgxType(all.require(5)),
        id.isPresent() ? Optional.of(octets("Platform Instance ID", id.get(), 16)) : id,
        configuration.isPresent()
            ? Optional.of(configuration(configuration.get()))
            : Optional.empty());
  }

  private static Configuration configuration(Bytes der) throws MalformedException {
    SgxMembers members =
        SgxMembers.read("Configuration", der, CONFIGURATION_ARC, CONFIGURATION_MEMBERS);
    return new Configuration(
        flag("Dynamic Platform", members.require(1)),
        flag("Cached Keys", members.require(2)),
        flag("SMT Enabled", members.require(3)));
  }

  private static Bytes octets(String name, Bytes der, int size) throws MalformedException {
    Bytes content = only(name, der, DerReader.OCTET_STRING);
    if (content.size() != size) {
      throw SgxMembers.malformed(name, size + " bytes", content.size() + " bytes");
    }
    return content;
  }

  /** An INTEGER in its shortest form: from 128 on a zero octet stands in front. */
  private static int number(String name, Bytes der, int max) throws MalformedException {
    DerReader in = new DerReader(name, der);
    Bytes content = in.integerContent();
    in.end();
    int value = content.get(0) < 0x80 ? 0 : -1; // the sign
    for (int i = 0; i < content.size() && value >= 0 && value <= max; i++) {
      value = value << 8 | content.get(i);
    }
    if (value < 0 || value > max) {
      throw SgxMembers.malformed(name, "an INTEGER from 0 to " + max, "another");
    }
    return value;
  }

  private static SgxType sgxType(Bytes der) throws MalformedException {
    Bytes content = only("SGX Type", der, ENUMERATED);
    return switch (content.size() == 1 ? content.get(0) : -1) {
      case 0 -> SgxType.STANDARD;
      case 1 -> SgxType.SCALABLE;
      case 2 -> SgxType.SCALABLE_WITH_INTEGRITY;
      default -> throw SgxMembers.malformed("SGX Type", "0, 1 or 2", "another");
    };
  }

  /** X.690, section 11.1: DER writes TRUE as FFh. */
  private static boolean flag(String name, Bytes der) throws MalformedException {
    Bytes content = only(name, der, DerReader.BOOLEAN);
    if (!content.equals(TRUE) && !content.equals(FALSE)) {
      throw SgxMembers.malformed(name, "a BOOLEAN", "something else");
    }
    return content.equals(TRUE);
  }

  private static Bytes only(String name, Bytes der, int tag) throws MalformedException {
    DerReader in = new DerReader(name, der);
    Bytes content = in.content(tag);
    in.end();
    return content;
  }
}
