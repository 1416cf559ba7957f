package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** An attestation key whose private half the test holds: what reaches a check is signed. */
record TestAk(KeyPair pair, SignatureScheme scheme) {
  static TestAk rsa(SignatureScheme scheme) {
    return rsa(2048, scheme);
  }

  static TestAk rsa(int bits, SignatureScheme scheme) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return new TestAk(generator.generateKeyPair(), scheme);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static TestAk ec(SignatureScheme scheme) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(
          new ECGenParameterSpec(
              scheme == SignatureScheme.ECDSA_P256_SHA256 ? "secp256r1" : "secp384r1"));
      return new TestAk(generator.generateKeyPair(), scheme);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  TestAk as(SignatureScheme other) {
    return new TestAk(pair, other);
  }

  AttestationKey key(SignatureBackend backend) {
    try {
      PublicKeyInfo info = PublicKeyInfo.parse(Bytes.of(pair.getPublic().getEncoded()));
      return AttestationKey.of(backend.prepare(info), scheme);
    } catch (MalformedException | UnfitKeyException e) {
      throw new AssertionError(e);
    }
  }

  int bits() {
    return ((RSAPublicKey) pair.getPublic()).getModulus().bitLength();
  }

  Bytes modulus() {
    return Bytes.of(((RSAPublicKey) pair.getPublic()).getModulus().toByteArray());
  }

  /** r‖s, or an RSA signature. */
  Bytes sign(Bytes message) {
    return sign(message, scheme.saltBytes());
  }

  Bytes sign(Bytes message, int saltBytes) {
    String digest = scheme.digest();
    try {
      Signature signer =
          switch (scheme.kind()) {
            case ECDSA -> Signature.getInstance(digest.replace("-", "") + "withECDSAinP1363Format");
            case RSASSA -> Signature.getInstance(digest.replace("-", "") + "withRSA");
            case RSAPSS -> Signature.getInstance("RSASSA-PSS");
          };
      if (scheme.kind() == SignatureScheme.Kind.RSAPSS) {
        signer.setParameter(
            new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), saltBytes, 1));
      }
      signer.initSign(pair.getPrivate());
      signer.update(message.toArray());
      return Bytes.of(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** TPMT_SIGNATURE around {@link #sign}. */
  Bytes tpmtSignature(Bytes message) {
    return tpmt(sign(message));
  }

  Bytes tpmt(Bytes signature) {
    int hash =
        switch (scheme.digest()) {
          case "SHA-256" -> 0x0B;
          case "SHA-384" -> 0x0C;
          default -> 0x0D;
        };
    return switch (scheme.kind()) {
      case RSASSA -> new Octets().u16(0x14).u16(hash).sized(signature).toBytes();
      case RSAPSS -> new Octets().u16(0x16).u16(hash).sized(signature).toBytes();
      case ECDSA -> {
        int half = signature.size() / 2;
        yield new Octets()
            .u16(0x18)
            .u16(hash)
            .sized(signature.slice(0, half))
            .sized(signature.slice(half, 2 * half))
            .toBytes();
      }
    };
  }

  /** A quote of this key with its TPMT_SIGNATURE. */
  TpmQuote quote(Bytes attest, PcrBank... claimed) {
    return TpmQuote.withTpmtSignature(attest, tpmtSignature(attest), java.util.List.of(claimed));
  }
}
