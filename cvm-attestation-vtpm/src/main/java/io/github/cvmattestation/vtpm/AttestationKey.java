package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A TPM's attestation key (AK), and the one scheme that it signs with.
 *
 * <p>The scheme is a property of the key, never of the signature: an attacker who may choose it
 * chooses the weakest. Whoever makes an attestation key answers for its being the TPM's; having one
 * proves nothing. RSA keys have at least 2048 bits and the exponent 65537; curves are P-256 with
 * SHA-256 and P-384 with SHA-384.
 *
 * <p>RSAPSS is verified with a salt as long as the hash, the longest that FIPS 186-5, section 5.4,
 * allows and what current TPMs use, or else with the longest that fits (TPM 2.0 Part 1, annex B.7),
 * which old ones use; no other salt is accepted. RSASSA, which the attestation keys of confidential
 * VMs use, has no salt.
 */
public final class AttestationKey {
  private final VerificationKey key;
  private final SignatureScheme scheme;

  private AttestationKey(VerificationKey key, SignatureScheme scheme) {
    this.key = key;
    this.scheme = scheme;
  }

  /**
   * A key that was prepared, perhaps long ago.
   *
   * @throws UnfitKeyException {@code TPM_SCHEME} if such a key cannot sign so
   */
  public static AttestationKey of(VerificationKey key, SignatureScheme scheme)
      throws UnfitKeyException {
    boolean fits =
        key.info() instanceof PublicKeyInfo.Ec point
            ? scheme == schemeOf(point.curve())
            : scheme.kind() != SignatureScheme.Kind.ECDSA;
    if (!fits) {
      throw unfit(TpmFinding.TPM_SCHEME, "a scheme for this kind of key", scheme.name());
    }
    return new AttestationKey(key, scheme);
  }

  /**
   * An RSA key from the two numbers that a JWK holds, for instance.
   *
   * @param modulus big-endian
   * @param exponent big-endian
   * @throws UnfitKeyException {@code TPM_WEAK} if the modulus is zero, even or not of 2048 to 8192
   *     bits, or the exponent is not 65537; {@code TPM_SCHEME} if the scheme is not for RSA
   */
  public static AttestationKey ofRsa(
      Bytes modulus, Bytes exponent, SignatureScheme scheme, SignatureBackend backend)
      throws UnfitKeyException {
    if (modulus.size() > AlgorithmIds.MAX_RSA_BYTES
        || exponent.size() > AlgorithmIds.MAX_RSA_BYTES) {
      throw unfit(TpmFinding.TPM_WEAK, "numbers of at most 8192 bits", "a longer one");
    }
    BigInteger e = new BigInteger(1, exponent.toArray());
    if (!e.equals(PublicKeyInfo.F4)) {
      throw unfit(TpmFinding.TPM_WEAK, "the exponent 65537", "another");
    }
    try {
      PublicKeyInfo.Rsa info = PublicKeyInfo.rsa(new BigInteger(1, modulus.toArray()));
      return of(backend.prepare(info), scheme);
    } catch (MalformedException refused) {
      throw new UnfitKeyException(refused.toFinding(TpmFinding.TPM_WEAK));
    }
  }

  /**
   * The key of a TPM object, with the scheme that the object is bound to.
   *
   * @throws UnfitKeyException {@code TPM_KEY} unless the object is a restricted signing key that
   *     the TPM made and that cannot leave it; {@code TPM_WEAK} or {@code TPM_SCHEME} if the key or
   *     its scheme is not one of those above
   */
  public static AttestationKey of(TpmtPublic area, SignatureBackend backend)
      throws UnfitKeyException {
    requireAttributes(area);
    if (area.parameters() instanceof TpmtPublic.Rsa rsa) {
      SignatureScheme scheme = rsaScheme(rsa.scheme());
      Bytes exponent = Bytes.of(BigInteger.valueOf(rsa.effectiveExponent()).toByteArray());
      return ofRsa(rsa.modulus(), exponent, scheme, backend);
    }
    if (area.parameters() instanceof TpmtPublic.Ecc ecc) {
      return ofEcc(ecc, backend);
    }
    throw unfit(TpmFinding.TPM_KEY, "an RSA or ECC key", "another object");
  }

  /** The public key. */
  public PublicKeyInfo info() {
    return key.info();
  }

  /** The scheme that every signature by this key has. */
  public SignatureScheme scheme() {
    return scheme;
  }

  /**
   * Whether this key signed {@code message}.
   *
   * @param signature r‖s for ECDSA; as long as the modulus for RSA
   */
  public boolean signed(Bytes message, Bytes signature) {
    return key.verifies(scheme, message, signature)
        || (scheme.kind() == SignatureScheme.Kind.RSAPSS
            && key.verifiesLongestSalt(scheme, message, signature));
  }

  /**
   * A key that is not restricted signs anything, TPM_GENERATED_VALUE first or not; one that was
   * imported, or can be exported, may sign outside the TPM (TPM 2.0 Part 2, section 8.3).
   */
  private static void requireAttributes(TpmtPublic area) throws UnfitKeyException {
    if (!area.has(
            ObjectAttribute.RESTRICTED,
            ObjectAttribute.SIGN,
            ObjectAttribute.FIXED_TPM,
            ObjectAttribute.FIXED_PARENT,
            ObjectAttribute.SENSITIVE_DATA_ORIGIN)
        || area.has(ObjectAttribute.DECRYPT)) {
      throw unfit(
          TpmFinding.TPM_KEY,
          "fixedTPM, fixedParent, sensitiveDataOrigin, restricted and sign, not decrypt",
          area.objectAttributes().stream().sorted().toList().toString());
    }
  }

  private static AttestationKey ofEcc(TpmtPublic.Ecc ecc, SignatureBackend backend)
      throws UnfitKeyException {
    Curve curve =
        switch (ecc.curve()) {
          case P256 -> Curve.P256;
          case P384 -> Curve.P384;
          case P521 -> throw unfit(TpmFinding.TPM_SCHEME, "P-256 or P-384", "P-521");
        };
    HashAlgorithm hash = requireHash(ecc.scheme(), AlgorithmIds.ECDSA);
    if (!schemeOf(curve).digest().equals(hash.jcaName())) {
      throw unfit(TpmFinding.TPM_SCHEME, schemeOf(curve).name(), "ECDSA with " + hash.jcaName());
    }
    try {
      PublicKeyInfo.Ec info =
          PublicKeyInfo.ec(curve, padded(ecc.x(), curve), padded(ecc.y(), curve));
      return of(backend.prepare(info), schemeOf(curve));
    } catch (MalformedException refused) {
      throw new UnfitKeyException(refused.toFinding(TpmFinding.TPM_WEAK));
    }
  }

  private static SignatureScheme rsaScheme(Optional<TpmtPublic.Scheme> scheme)
      throws UnfitKeyException {
    boolean pss = scheme.isPresent() && scheme.orElseThrow().algorithm() == AlgorithmIds.RSAPSS;
    HashAlgorithm hash = requireHash(scheme, pss ? AlgorithmIds.RSAPSS : AlgorithmIds.RSASSA);
    return switch (hash) {
      case SHA256 -> pss ? SignatureScheme.RSAPSS_SHA256 : SignatureScheme.RSASSA_SHA256;
      case SHA384 -> pss ? SignatureScheme.RSAPSS_SHA384 : SignatureScheme.RSASSA_SHA384;
      case SHA512 -> pss ? SignatureScheme.RSAPSS_SHA512 : SignatureScheme.RSASSA_SHA512;
      case SHA1 -> throw unfit(TpmFinding.TPM_WEAK, "SHA-256 or stronger", "SHA-1");
    };
  }

  private static HashAlgorithm requireHash(Optional<TpmtPublic.Scheme> scheme, int algorithm)
      throws UnfitKeyException {
    HashAlgorithm hash =
        scheme
            .filter(found -> found.algorithm() == algorithm)
            .flatMap(TpmtPublic.Scheme::hash)
            .orElseThrow(
                () -> unfit(TpmFinding.TPM_SCHEME, "a signature scheme of its own", "none"));
    if (hash.isWeak()) {
      throw unfit(TpmFinding.TPM_WEAK, "SHA-256 or stronger", hash.jcaName());
    }
    return hash;
  }

  private static SignatureScheme schemeOf(Curve curve) {
    return switch (curve) {
      case P256 -> SignatureScheme.ECDSA_P256_SHA256;
      case P384 -> SignatureScheme.ECDSA_P384_SHA384;
    };
  }

  /**
   * Leading zeros that the TPM left out; a coordinate that is too long stays so, and is refused.
   */
  private static Bytes padded(Bytes coordinate, Curve curve) {
    return Bytes.zeros(Math.max(0, curve.fieldBytes() - coordinate.size())).concat(coordinate);
  }

  private static UnfitKeyException unfit(TpmFinding code, String expected, String actual) {
    return new UnfitKeyException(Finding.of(code, expected, actual));
  }
}
