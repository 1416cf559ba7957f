package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** RSA-OAEP with SHA-256 and no label, to a key of a TPM. */
final class SoftwareOaep {
  private SoftwareOaep() {}

  static Bytes encrypt(TpmtPublic key, byte[] message) throws GeneralSecurityException {
    TpmtPublic.Rsa rsa = (TpmtPublic.Rsa) key.parameters();
    BigInteger modulus = new BigInteger(1, rsa.modulus().toArray());
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        KeyFactory.getInstance("RSA")
            .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537))),
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    return Bytes.of(cipher.doFinal(message));
  }
}
