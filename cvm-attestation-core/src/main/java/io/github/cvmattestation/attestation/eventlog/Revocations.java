package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Digests;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What must not boot any more, as the caller knows it. Data, not code: nothing is built in.
 *
 * @param imageHashes SHA-256 Authenticode hashes of images
 * @param certificateHashes SHA-256 hashes of certificates' signed parts (TBSCertificate)
 * @param certificates whole certificates, DER
 */
public record Revocations(
    Set<Bytes> imageHashes, Set<Bytes> certificateHashes, Set<Bytes> certificates) {

  private static final int HASH_SIZE = 32;

  /**
   * @throws IllegalArgumentException if a hash is not one of SHA-256: it would match nothing
   */
  public Revocations {
    imageHashes = Set.copyOf(imageHashes);
    certificateHashes = Set.copyOf(certificateHashes);
    certificates = Set.copyOf(certificates);
    for (Set<Bytes> hashes : List.of(imageHashes, certificateHashes)) {
      if (hashes.stream().anyMatch(hash -> hash.size() != HASH_SIZE)) {
        throw new IllegalArgumentException("revoked hashes have 32 bytes, SHA-256");
      }
    }
  }

  /**
   * From the body of a dbx update: signature lists, without the authentication header that an
   * update file has before them. Nobody has verified it.
   *
   * @throws MalformedException if it is malformed, or has an entry of a type that cannot be checked
   */
  public static Revocations parse(Bytes signatureLists) throws MalformedException {
    SignatureDatabase lists = SignatureDatabase.parse(signatureLists);
    Set<Bytes> images = lists.imageHashes();
    Set<Bytes> hashes = lists.certificateHashes();
    Set<Bytes> certificates = lists.certificates();
    for (SignatureDatabase.Entry entry : lists.entries()) {
      if (!Set.of(SignatureDatabase.SHA256, SignatureDatabase.X509, SignatureDatabase.X509_SHA256)
          .contains(entry.type())) {
        throw new MalformedException(
            "revocations", "SHA-256 hashes and certificates", entry.type().toString());
      }
    }
    return new Revocations(images, hashes, certificates);
  }

  /**
   * Checks a boot.
   *
   * @return nothing if it cannot be told: Secure Boot's state or an image is unknown (always of a
   *     TD, whose registers can hide an authority), or hashes of images are revoked and the bank is
   *     not of SHA-256
   */
  public Optional<Check> check(BootState boot) {
    Optional<SecureBoot.Databases> databases = boot.secureBoot().databases();
    boolean comparable =
        imageHashes.isEmpty() || boot.registers().algorithm().digestSize() == HASH_SIZE;
    if (databases.isEmpty()
        || boot.applications().isEmpty()
        || boot.drivers().isEmpty()
        || !comparable) {
      return Optional.empty();
    }
    List<Bytes> images = new ArrayList<>(boot.drivers().orElse(List.of()));
    images.addAll(boot.applications().orElse(List.of()));
    images.retainAll(imageHashes);
    List<BootAuthority> authorities = new ArrayList<>(boot.secureBoot().driverAuthorities());
    authorities.addAll(boot.secureBoot().bootAuthorities());
    authorities.removeIf(authority -> !isRevoked(authority));
    return Optional.of(new Check(images, authorities, lacking(databases.get().dbx())));
  }

  private boolean isRevoked(BootAuthority authority) {
    Bytes content = authority.content();
    return imageHashes.contains(content)
        || certificates.contains(content)
        || authority
            .certificate()
            .filter(certificate -> certificateHashes.contains(Digests.sha256(certificate.tbs())))
            .isPresent();
  }

  private Revocations lacking(SignatureDatabase dbx) {
    return new Revocations(
        without(imageHashes, dbx.imageHashes()),
        without(certificateHashes, dbx.certificateHashes()),
        without(certificates, dbx.certificates()));
  }

  private static Set<Bytes> without(Set<Bytes> all, Set<Bytes> known) {
    Set<Bytes> left = new LinkedHashSet<>(all);
    left.removeAll(known);
    return left;
  }

  /** How many revocations there are. */
  public int size() {
    return imageHashes.size() + certificateHashes.size() + certificates.size();
  }

  /**
   * What a boot has to do with revocations.
   *
   * @param images Authenticode hashes of revoked images that ran
   * @param authorities revoked authorities that were used; one whose certificate cannot be parsed
   *     is found by its whole bytes alone
   * @param lacking revocations that the machine's dbx does not have
   */
  public record Check(List<Bytes> images, List<BootAuthority> authorities, Revocations lacking) {
    public Check {
      images = List.copyOf(images);
      authorities = List.copyOf(authorities);
    }
  }
}
