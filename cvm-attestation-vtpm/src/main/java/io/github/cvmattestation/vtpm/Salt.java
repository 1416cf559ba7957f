package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.internal.Kdf;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
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
 * A session's salt (TPM 2.0 Part 1, sections 19.6.13, B.10.2 and C.6.1). {@code value} is cleared
 * by {@link #wipe}.
 */
// An array on purpose: it is cleared after use, and nobody compares these.
@SuppressWarnings("ArrayRecordComponent")
record Salt(byte[] value, byte[] encrypted) {
  private static final String LABEL = "SECRET";

  static Salt none() {
    return new Salt(new byte[0], new byte[0]);
  }

  static Salt to(TpmtPublic key) {
    try {
      if (key.parameters() instanceof TpmtPublic.Rsa rsa) {
        return rsa(key.nameAlg(), rsa);
      }
      if (key.parameters() instanceof TpmtPublic.Ecc ecc) {
        return ecdh(key.nameAlg(), ecc);
      }
    } catch (GeneralSecurityException e) {
      throw new AttestationException.Device(
          "no salt can be encrypted to the TPM's key: " + e.getMessage(),
          "salt with an RSA key, or one on P-256 or P-384");
    }
    throw new IllegalArgumentException("sealed data is no key to salt with");
  }

  private static Salt rsa(HashAlgorithm hash, TpmtPublic.Rsa rsa) throws GeneralSecurityException {
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
            // The label's terminating zero is part of it (Part 1, section B.4).
            new PSource.PSpecified(new byte[] {'S', 'E', 'C', 'R', 'E', 'T', 0})));
    return new Salt(salt, cipher.doFinal(salt));
  }

  private static Salt ecdh(HashAlgorithm hash, TpmtPublic.Ecc ecc) throws GeneralSecurityException {
    String curve =
        switch (ecc.curve()) {
          case P256 -> "secp256r1";
          case P384 -> "secp384r1";
          case P521 -> "secp521r1";
        };
    int size =
        ecc.curve() == TpmtPublic.EccCurve.P256
            ? 32
            : ecc.curve() == TpmtPublic.EccCurve.P384 ? 48 : 66;
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
    byte[] shared = agreement.generateSecret();
    ECPoint mine = ((ECPublicKey) ephemeral.getPublic()).getW();
    byte[] x = padded(mine.getAffineX(), size);
    byte[] y = padded(mine.getAffineY(), size);
    byte[] salt = Kdf.kdfe(hash, shared, LABEL, x, padded(point.getAffineX(), size));
    Arrays.fill(shared, (byte) 0);
    return new Salt(salt, new TpmWriter().sized(x).sized(y).take());
  }

  private static byte[] padded(BigInteger value, int size) {
    Bytes wide = Bytes.zeros(size).concat(Bytes.of(value.toByteArray()));
    return wide.slice(wide.size() - size, wide.size()).toArray();
  }

  void wipe() {
    Arrays.fill(value, (byte) 0);
  }
}
