package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.Digests;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;

/** Signatures through provider instances that the caller named. */
final class JcaBackend implements SignatureBackend {
  /** Takes a digest, so that the JDK's fast SHA-2 makes it whatever the provider. */
  static final String RAW_ECDSA = "NONEwithECDSA";

  private final String name;
  private final Provider ec;
  private final Provider rsa;
  private final boolean exactPkcs1;

  /**
   * @param exactPkcs1 whether {@code rsa} compares a PKCS #1 v1.5 encoding byte for byte
   */
  JcaBackend(String name, Provider ec, Provider rsa, boolean exactPkcs1) {
    this.name = name;
    this.ec = ec;
    this.rsa = rsa;
    this.exactPkcs1 = exactPkcs1;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public VerificationKey prepare(PublicKeyInfo info) {
    boolean isEc = info instanceof PublicKeyInfo.Ec;
    try {
      KeyFactory factory =
          isEc ? KeyFactory.getInstance("EC", ec) : KeyFactory.getInstance("RSA", rsa);
      PublicKey key = factory.generatePublic(new X509EncodedKeySpec(info.der().toArray()));
      return new Key(info, key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(name + " refuses a well-formed public key", e);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  private final class Key implements VerificationKey {
    private final PublicKeyInfo info;
    private final PublicKey key;

    Key(PublicKeyInfo info, PublicKey key) {
      this.info = info;
      this.key = key;
    }

    @Override
    public PublicKeyInfo info() {
      return info;
    }

    @Override
    public boolean verifies(SignatureScheme scheme, Bytes message, Bytes signature) {
      try {
        if (info instanceof PublicKeyInfo.Ec point) {
          return SchemeFit.fits(scheme, point.curve())
              && Ecdsa.wellFormed(point.curve(), signature)
              && verifyEcdsa(scheme, message, signature);
        }
        return info instanceof PublicKeyInfo.Rsa modulus
            && SchemeFit.fits(scheme, modulus, signature)
            && verifyRsa(modulus, scheme, message, signature);
      } catch (SignatureException e) {
        return false; // the provider's word for "not even shaped like a signature"
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(name + " lacks " + scheme, e);
      }
    }

    private boolean verifyEcdsa(SignatureScheme scheme, Bytes message, Bytes signature)
        throws GeneralSecurityException {
      Signature verifier = Signature.getInstance(RAW_ECDSA, ec);
      verifier.initVerify(key);
      verifier.update(Digests.digest(scheme.digest(), message).toArray());
      return verifier.verify(Ecdsa.toDer(((PublicKeyInfo.Ec) info).curve(), signature));
    }

    @Override
    public boolean verifiesLongestSalt(SignatureScheme scheme, Bytes message, Bytes signature) {
      try {
        return info instanceof PublicKeyInfo.Rsa modulus
            && SchemeFit.fitsPss(scheme, modulus, signature)
            && verifyPss(scheme, SchemeFit.longestSalt(scheme, modulus), message, signature);
      } catch (SignatureException e) {
        return false;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(name + " lacks " + scheme, e);
      }
    }

    private boolean verifyRsa(
        PublicKeyInfo.Rsa modulus, SignatureScheme scheme, Bytes message, Bytes signature)
        throws GeneralSecurityException {
      if (scheme.kind() == SignatureScheme.Kind.RSAPSS) {
        return verifyPss(scheme, scheme.saltBytes(), message, signature);
      }
      if (!exactPkcs1) {
        return Pkcs1.verifies(modulus, scheme, message, signature);
      }
      Signature verifier = Signature.getInstance(scheme.digest().replace("-", "") + "withRSA", rsa);
      verifier.initVerify(key);
      verifier.update(message.toArray());
      return verifier.verify(signature.toArray());
    }

    private boolean verifyPss(SignatureScheme scheme, int saltBytes, Bytes message, Bytes signature)
        throws GeneralSecurityException {
      Signature verifier = Signature.getInstance("RSASSA-PSS", rsa);
      // The key first: until it has one, Corretto refuses the longest salts of large keys.
      verifier.initVerify(key);
      verifier.setParameter(
          new PSSParameterSpec(
              scheme.digest(),
              "MGF1",
              new MGF1ParameterSpec(scheme.digest()),
              saltBytes,
              PSSParameterSpec.TRAILER_FIELD_BC));
      verifier.update(message.toArray());
      return verifier.verify(signature.toArray());
    }
  }
}
