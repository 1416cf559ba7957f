package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.internal.Digests;
import java.util.Optional;

/**
 * What let an image run, as measured (EV_EFI_VARIABLE_AUTHORITY, TCG PFP §3.3.4.8): the entry of
 * db, of shim's lists, or a setting that shim decided by, such as {@code SbatLevel}.
 *
 * @param variable where the entry is from; absent if the event is in no known form
 * @param content the certificate or hash, without its owner; else the variable's contents as they
 *     stand, or the whole event
 */
public record BootAuthority(Optional<EfiVariable> variable, Bytes content) {
  private static final int OWNER_SIZE = 16;
  private static final int DER_SEQUENCE = 0x30;
  private static final int LONG_FORM = 0x82;

  static BootAuthority of(Bytes data) {
    try {
      EfiVariable variable = EfiVariable.parse(data);
      return new BootAuthority(Optional.of(variable), withoutOwner(variable));
    } catch (MalformedException e) {
      // The first shims count wrongly (see Coverage.AUTHORITY). Measured all the same.
      return new BootAuthority(Optional.empty(), data);
    }
  }

  /** EFI_SIGNATURE_DATA without its GUID. shim's own certificate had none in old versions. */
  private static Bytes withoutOwner(EfiVariable variable) {
    Bytes contents = variable.contents();
    boolean db = variable.is(EfiGuid.SECURITY_DATABASE, "db");
    return !isDer(contents)
            && contents.size() > OWNER_SIZE
            && (db || isDer(contents.slice(OWNER_SIZE, contents.size())))
        ? contents.slice(OWNER_SIZE, contents.size())
        : contents;
  }

  /** A SEQUENCE with two bytes of length that ends where {@code octets} do. */
  private static boolean isDer(Bytes octets) {
    return octets.size() > 4
        && octets.get(0) == DER_SEQUENCE
        && octets.get(1) == LONG_FORM
        && (octets.get(2) << Byte.SIZE | octets.get(3)) == octets.size() - 4;
  }

  /** SHA-256 of {@link #content}. */
  public Bytes fingerprint() {
    return Digests.sha256(content);
  }

  /** The certificate, where {@link #content} is one that can be parsed. Nobody has verified it. */
  public Optional<DerCertificate> certificate() {
    return certificate(content);
  }

  static Optional<DerCertificate> certificate(Bytes der) {
    try {
      return isDer(der) ? Optional.of(DerCertificate.parse(der)) : Optional.empty();
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }
}
