package io.github.cvmattestation.attestation.spi;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;

/** A kind of evidence and all that goes with it. The only type found through ServiceLoader. */
public interface TeeModule {
  /** A short name, such as {@code snp}: also the name of its section in a policy. */
  String id();

  /** The media types of evidence that {@link #verifier} understands. */
  Set<String> mediaTypes();

  /** The vendor's published keys. */
  TrustAnchors trustAnchors();

  /** A verifier with this module's strict defaults. */
  EvidenceVerifier verifier(TrustAnchors anchors, SignatureBackend signatures);

  /**
   * The rule that a section of a policy describes.
   *
   * @param json the section, a JSON object
   * @throws AttestationException.Configuration for an unknown member or a senseless value
   */
  AppraisalPolicy.Rule policyRule(Bytes json);

  /**
   * The machine that this program runs in, if it is of this module's kind.
   *
   * @throws AttestationException if there is one and it could not be asked
   */
  default Optional<Guest> guest() {
    return Optional.empty();
  }

  /**
   * The machine that this program runs in, as the first module sees it that knows it.
   *
   * @throws AttestationException.Device if none does
   */
  static Guest localGuest() {
    return ServiceLoader.load(TeeModule.class).stream()
        .map(ServiceLoader.Provider::get)
        .flatMap(module -> module.guest().stream())
        .findFirst()
        .orElseThrow(
            () ->
                new AttestationException.Device(
                    "this is no confidential VM that a module on the class path knows",
                    "run inside one, as root or in the group tss; on Azure, with cvm-attestation-azure"));
  }

  /**
   * The module with this id.
   *
   * @throws AttestationException.Configuration if it is not on the class path
   */
  static TeeModule byId(String id) {
    return ServiceLoader.load(TeeModule.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(module -> module.id().equals(id))
        .findFirst()
        .orElseThrow(() -> missing("no module named '" + id + "'"));
  }

  /**
   * The module that understands evidence of this media type.
   *
   * @throws AttestationException.Configuration if there is none on the class path
   */
  static TeeModule forMediaType(String mediaType) {
    return ServiceLoader.load(TeeModule.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(module -> module.mediaTypes().contains(mediaType))
        .findFirst()
        .orElseThrow(() -> missing("no module for evidence of type '" + mediaType + "'"));
  }

  private static AttestationException missing(String problem) {
    return new AttestationException.Configuration(
        problem, "add its cvm-attestation artifact to the class path");
  }
}
