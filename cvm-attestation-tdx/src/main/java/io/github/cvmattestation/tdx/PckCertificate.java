package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.tdx.internal.SgxExtensions;
import java.util.Optional;

/**
 * What a PCK certificate says of a platform and its TCB (Intel SGX PCK Certificate Specification
 * §1.3.5, SGX Extensions, OID 1.2.840.113741.1.13.1). The role of the certificate, its issuer and
 * its dates are for the verification of its chain.
 *
 * @param certificate the certificate
 * @param key the PCK, a point on P-256
 * @param ppid PPID, 16 bytes: the platform, for its lifetime
 * @param components SGX TCB components 1 to 16: 16 SVNs, one byte each
 * @param pceSvn PCESVN, 16 bits
 * @param cpuSvn CPUSVN, 16 bytes: the TCB as the processor reports it
 * @param pceId PCE-ID, 2 bytes
 * @param fmspc FMSPC, 6 bytes: the family of platforms, which TCB Info is about
 * @param sgxType how the platform's memory is protected
 * @param platformInstanceId Platform Instance ID, 16 bytes; from the Platform CA, and always then
 * @param configuration how the platform is set up; from the Platform CA, and always then
 */
public record PckCertificate(
    DerCertificate certificate,
    PublicKeyInfo.Ec key,
    Bytes ppid,
    Bytes components,
    int pceSvn,
    Bytes cpuSvn,
    Bytes pceId,
    Bytes fmspc,
    SgxType sgxType,
    Optional<Bytes> platformInstanceId,
    Optional<Configuration> configuration) {
  /** SGX Type, an ENUMERATED: how enclave memory is protected. */
  public enum SgxType {
    /** 0: encryption, integrity and replay protection. */
    STANDARD,
    /** 1: encryption alone. */
    SCALABLE,
    /** 2: encryption and integrity. */
    SCALABLE_WITH_INTEGRITY
  }

  /**
   * Configuration.
   *
   * @param dynamicPlatform packages may be added after registration
   * @param cachedKeys Intel keeps the platform's root keys
   * @param smtEnabled simultaneous multithreading is on
   */
  public record Configuration(boolean dynamicPlatform, boolean cachedKeys, boolean smtEnabled) {}

  /**
   * Reads the extension: in any order, but each member once, every one that Intel issues, and no
   * other.
   *
   * @throws MalformedException if the certificate is not such a one, or its key not on P-256
   */
  public static PckCertificate of(DerCertificate certificate) throws MalformedException {
    Bytes der =
        certificate
            .extension(SgxExtensions.OID)
            .orElseThrow(() -> malformed("SGX Extensions", "to be there", "none"));
    SgxExtensions extensions = SgxExtensions.parse(der);
    boolean fromPlatformCa =
        certificate.issuerCommonName().equals(PckAuthority.PLATFORM.commonName());
    if (extensions.platformInstanceId().isPresent() != fromPlatformCa
        || extensions.configuration().isPresent() != fromPlatformCa) {
      throw malformed(
          "Platform Instance ID and Configuration",
          "both from the Platform CA, neither from another",
          "otherwise");
    }
    return new PckCertificate(
        certificate,
        key(certificate),
        extensions.ppid(),
        extensions.components(),
        extensions.pceSvn(),
        extensions.cpuSvn(),
        extensions.pceId(),
        extensions.fmspc(),
        extensions.sgxType(),
        extensions.platformInstanceId(),
        extensions.configuration());
  }

  /** The content as claims. */
  public ClaimValue.Group toGroup() {
    ClaimValue.Builder group =
        ClaimValue.Group.builder()
            .put("fmspc", fmspc)
            .put("pceId", pceId)
            .put("pceSvn", pceSvn)
            .put("components", components)
            .put("cpuSvn", cpuSvn)
            .put("ppid", ppid)
            .put("sgxType", sgxType.name());
    platformInstanceId.ifPresent(id -> group.put("platformInstanceId", id));
    configuration.ifPresent(
        setup ->
            group
                .put("dynamicPlatform", setup.dynamicPlatform())
                .put("cachedKeys", setup.cachedKeys())
                .put("smtEnabled", setup.smtEnabled()));
    return group.build();
  }

  private static PublicKeyInfo.Ec key(DerCertificate certificate) throws MalformedException {
    if (PublicKeyInfo.parse(certificate.subjectPublicKeyInfo()) instanceof PublicKeyInfo.Ec key
        && key.curve() == Curve.P256) {
      return key;
    }
    throw malformed("key", "on P-256", "another");
  }

  private static MalformedException malformed(String where, String expected, String actual) {
    return new MalformedException("PCK certificate, " + where, expected, actual);
  }
}
