package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.Digests;
import java.math.BigInteger;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.engines.RSAEngine;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.PSSSigner;

/**
 * Bouncy Castle's lightweight API. Curves are its hand-optimised ones, and a prepared EC key keeps
 * the table of multiples that Bouncy Castle attaches to a point at its first use.
 */
final class BouncyCastleBackend implements SignatureBackend {
  private final ECDomainParameters p256 = domain(Curve.P256);
  private final ECDomainParameters p384 = domain(Curve.P384);

  @Override
  public String name() {
    return "bouncycastle";
  }

  @Override
  public VerificationKey prepare(PublicKeyInfo info) {
    if (info instanceof PublicKeyInfo.Ec point) {
      ECDomainParameters domain = point.curve() == Curve.P256 ? p256 : p384;
      return new EcKey(
          point,
          new ECPublicKeyParameters(domain.getCurve().createPoint(point.x(), point.y()), domain));
    }
    PublicKeyInfo.Rsa rsa = (PublicKeyInfo.Rsa) info;
    // "Internal": without the search for factors, which takes milliseconds, draws random numbers,
    // throws, and would refuse keys that the other backends take.
    return new RsaKey(rsa, new RSAKeyParameters(false, rsa.modulus(), PublicKeyInfo.F4, true));
  }

  @Override
  public String toString() {
    return name();
  }

  private static ECDomainParameters domain(Curve curve) {
    X9ECParameters parameters = CustomNamedCurves.getByName(curve.standardName());
    return new ECDomainParameters(parameters);
  }

  private record EcKey(PublicKeyInfo.Ec info, ECPublicKeyParameters key)
      implements VerificationKey {
    @Override
    public boolean verifies(SignatureScheme scheme, Bytes message, Bytes signature) {
      if (!SchemeFit.fits(scheme, info.curve()) || !Ecdsa.wellFormed(info.curve(), signature)) {
        return false;
      }
      int half = info.curve().fieldBytes();
      BigInteger r = new BigInteger(1, signature.slice(0, half).toArray());
      BigInteger s = new BigInteger(1, signature.slice(half, 2 * half).toArray());
      ECDSASigner verifier = new ECDSASigner();
      verifier.init(false, key);
      return verifier.verifySignature(Digests.digest(scheme.digest(), message).toArray(), r, s);
    }
  }

  private record RsaKey(PublicKeyInfo.Rsa info, RSAKeyParameters key) implements VerificationKey {
    @Override
    public boolean verifies(SignatureScheme scheme, Bytes message, Bytes signature) {
      if (!SchemeFit.fits(scheme, info, signature)) {
        return false;
      }
      if (scheme.kind() == SignatureScheme.Kind.RSASSA) {
        return Pkcs1.verifies(info, scheme, message, signature);
      }
      return verifiesPss(scheme, scheme.saltBytes(), message, signature);
    }

    @Override
    public boolean verifiesLongestSalt(SignatureScheme scheme, Bytes message, Bytes signature) {
      return SchemeFit.fitsPss(scheme, info, signature)
          && verifiesPss(scheme, SchemeFit.longestSalt(scheme, info), message, signature);
    }

    private boolean verifiesPss(
        SignatureScheme scheme, int saltBytes, Bytes message, Bytes signature) {
      Digest digest = new JdkDigest(scheme.digest());
      PSSSigner verifier = new PSSSigner(new RSAEngine(), digest, saltBytes);
      verifier.init(false, key);
      byte[] octets = message.toArray();
      verifier.update(octets, 0, octets.length);
      return verifier.verifySignature(signature.toArray());
    }
  }
}
