package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.vtpm.internal.Kdf;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * A secret that only the owner of a key can read: a session's salt, or the seed that protects a
 * credential or a duplicate (TPM 2.0 Part 1, sections B.10 and C.6). {@code value} is cleared by
 * {@link #wipe}.
 */
// An array on purpose: it is cleared after use, and nobody compares these.
@SuppressWarnings("ArrayRecordComponent")
record SharedSecret(byte[] value, byte[] encrypted) {
  /** What the secret is for; its terminating zero is part of it (Part 1, section B.4). */
  enum Purpose {
    /** The salt of a session. */
    SECRET,
    /** The seed of a credential (Part 1, section 24). */
    IDENTITY,
    /** The seed of a duplicate (Part 1, section 23.3). */
    DUPLICATE
  }

  static SharedSecret none() {
    return new SharedSecret(new byte[0], new byte[0]);
  }

  static SharedSecret to(TpmtPublic key, Purpose purpose) {
    try {
      if (key.parameters() instanceof TpmtPublic.Rsa rsa) {
        return rsa(key.nameAlg(), rsa, purpose);
      }
      if (key.parameters() instanceof TpmtPublic.Ecc ecc) {
        return ecdh(key.nameAlg(), ecc, purpose);
      }
      throw new InvalidKeyException("sealed data is no key");
    } catch (GeneralSecurityException | MalformedException e) {
      AttestationException.Device unfit =
          new AttestationException.Device(
              "TPM2_StartAuthSession: nothing can be encrypted to the TPM's key: " + e.getMessage(),
              "use an RSA key, or one on P-256 or P-384");
      unfit.initCause(e);
      throw unfit;
    }
  }

  /** An invalid point would make a shared secret that others can guess. */
  static void requireOnCurve(TpmtPublic.Ecc ecc) throws MalformedException {
    Curve curve =
        switch (ecc.curve()) {
          case P256 -> Curve.P256;
          case P384 -> Curve.P384;
          case P521 -> throw new MalformedException("curve", "P-256 or P-384", "P-521");
        };
    PublicKeyInfo.ec(curve, padded(ecc.x(), curve), padded(ecc.y(), curve));
  }

  /** A TPM may leave out leading zeros; what is too long stays so, and is refused. */
  private static Bytes padded(Bytes coordinate, Curve curve) {
    return Bytes.zeros(Math.max(0, curve.fieldBytes() - coordinate.size())).concat(coordinate);
  }

  private static SharedSecret rsa(HashAlgorithm hash, TpmtPublic.Rsa rsa, Purpose purpose)
      throws GeneralSecurityException {
    byte[] salt = new byte[hash.digestSize()];
    new SecureRandom().nextBytes(salt);
    BigInteger modulus = new BigInteger(1, rsa.modulus().toArray());
    BigInteger exponent = BigInteger.valueOf(rsa.effectiveExponent());
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent)),
        new OAEPParameterSpec(
            hash.jcaName(),
            "MGF1",
            new MGF1ParameterSpec(hash.jcaName()),
            new PSource.PSpecified((purpose.name() + "\0").getBytes(StandardCharsets.US_ASCII))));
    return new SharedSecret(salt, cipher.doFinal(salt));
  }

  private static SharedSecret ecdh(HashAlgorithm hash, TpmtPublic.Ecc ecc, Purpose purpose)
      throws GeneralSecurityException, MalformedException {
    requireOnCurve(ecc);
    boolean p256 = ecc.curve() == TpmtPublic.EccCurve.P256;
    String curve = p256 ? "secp256r1" : "secp384r1";
    int size = p256 ? 32 : 48;
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve));
    ECPoint point =
        new ECPoint(new BigInteger(1, ecc.x().toArray()), new BigInteger(1, ecc.y().toArray()));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    KeyPair ephemeral = generator.generateKeyPair();
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(ephemeral.getPrivate());
    agreement.doPhase(
        KeyFactory.getInstance("EC")
            .generatePublic(
                new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class))),
        true);
    ECPoint mine = ((ECPublicKey) ephemeral.getPublic()).getW();
    byte[] x = padded(mine.getAffineX(), size);
    byte[] y = padded(mine.getAffineY(), size);
    byte[] shared = agreement.generateSecret();
    try {
      byte[] salt = Kdf.kdfe(hash, shared, purpose.name(), x, padded(point.getAffineX(), size));
      return new SharedSecret(salt, new TpmWriter().sized(x).sized(y).take());
    } finally {
      Arrays.fill(shared, (byte) 0);
    }
  }

  private static byte[] padded(BigInteger value, int size) {
    Bytes wide = Bytes.zeros(size).concat(Bytes.of(value.toByteArray()));
    return wide.slice(wide.size() - size, wide.size()).toArray();
  }

  void wipe() {
    Arrays.fill(value, (byte) 0);
  }
}
