package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.vtpm.TpmtPublic;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
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
 * A secret that only the holder of a key's private part learns, to salt a session with (TPM 2.0
 * Part 1, appendices B.10.2 and C.6.1).
 *
 * @param value the salt; whoever uses it up clears it
 * @param encrypted as TPM2_StartAuthSession takes it, without its size
 */
record Salt(byte[] value, byte[] encrypted) {
  private static final String LABEL = "SECRET";

  /** A fresh salt for {@code key}. */
  static Salt under(TpmtPublic key) throws MalformedException {
    try {
      if (key.parameters() instanceof TpmtPublic.Rsa rsa) {
        return wrapped(rsa, key.nameAlg());
      }
      if (key.parameters() instanceof TpmtPublic.Ecc ecc
          && ecc.curve() == TpmtPublic.EccCurve.P256) {
        return agreed(ecc, key.nameAlg());
      }
    } catch (GeneralSecurityException e) {
      throw new MalformedException("storage key", "a usable public key", "another");
    }
    throw new MalformedException("storage key", "RSA or P-256", "another");
  }

  private static Salt wrapped(TpmtPublic.Rsa rsa, HashAlgorithm hash)
      throws GeneralSecurityException {
    PublicKey key =
        KeyFactory.getInstance("RSA")
            .generatePublic(
                new RSAPublicKeySpec(
                    unsigned(rsa.modulus()), BigInteger.valueOf(rsa.effectiveExponent())));
    byte[] value = Session.nonce();
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    // OAEP labels of TPMs end with their zero (Part 1, appendix B.4).
    PSource label = new PSource.PSpecified((LABEL + "\0").getBytes(StandardCharsets.US_ASCII));
    cipher.init(
        Cipher.ENCRYPT_MODE,
        key,
        new OAEPParameterSpec(
            hash.jcaName(), "MGF1", new MGF1ParameterSpec(hash.jcaName()), label));
    return new Salt(value, cipher.doFinal(value));
  }

  private static Salt agreed(TpmtPublic.Ecc ecc, HashAlgorithm hash)
      throws GeneralSecurityException, MalformedException {
    Curve curve = Curve.P256;
    BigInteger x = unsigned(ecc.x());
    BigInteger y = unsigned(ecc.y());
    if (!curve.contains(x, y)) {
      throw new MalformedException("storage key", "a point on the curve", "another");
    }
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve.standardName()));
    ECParameterSpec domain = parameters.getParameterSpec(ECParameterSpec.class);
    PublicKey key =
        KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(new ECPoint(x, y), domain));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(domain);
    KeyPair ephemeral = generator.generateKeyPair();
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(ephemeral.getPrivate());
    agreement.doPhase(key, true);
    byte[] z = agreement.generateSecret();
    ECPoint point = ((ECPublicKey) ephemeral.getPublic()).getW();
    byte[] ours = fixed(point.getAffineX(), curve.fieldBytes());
    byte[] theirs = fixed(x, curve.fieldBytes());
    byte[] value = kdfe(hash, z, ours, theirs);
    Arrays.fill(z, (byte) 0);
    byte[] encrypted =
        new TpmOutput()
            .sized16(ours)
            .sized16(fixed(point.getAffineY(), curve.fieldBytes()))
            .toArray();
    return new Salt(value, encrypted);
  }

  /** KDFe for as many bits as the hash has: one round (Part 1, section 11.4.10.3). */
  private static byte[] kdfe(HashAlgorithm hash, byte[] z, byte[] partyU, byte[] partyV) {
    MessageDigest digest = Digests.create(hash.jcaName());
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(1).array());
    digest.update(z);
    digest.update((LABEL + "\0").getBytes(StandardCharsets.US_ASCII));
    digest.update(partyU);
    digest.update(partyV);
    return digest.digest();
  }

  private static BigInteger unsigned(Bytes number) {
    return new BigInteger(1, number.toArray());
  }

  private static byte[] fixed(BigInteger number, int size) {
    byte[] octets = number.toByteArray();
    byte[] padded = new byte[size];
    int taken = Math.min(size, octets.length);
    System.arraycopy(octets, octets.length - taken, padded, size - taken, taken);
    return padded;
  }
}
