package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.Ecdsa;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;

/**
 * A signed statement that secrets of a scope may be opened while registers hold these values. Made
 * where the key is, which is not the machine: before a kernel update, say, for the registers that
 * the new kernel will leave behind.
 *
 * <p>What is signed is {@code approvedPolicy ‖ policyRef}, under SHA-256 (TPM 2.0 Part 3, section
 * 23.16): RSASSA-PKCS1-v1_5, or ECDSA.
 *
 * @param values the registers and what they must hold
 * @param policyRef {@link ApprovalScope#policyRef}; empty in systemd's
 * @param signature a TPMT_SIGNATURE
 */
public record PolicyApproval(PcrBank values, Bytes policyRef, Bytes signature) {
  /** The most bytes that an encoded approval has. */
  public static final int MAX_SIZE = 4096;

  private static final Bytes MAGIC = Bytes.of("CVMAPPR1".getBytes(StandardCharsets.US_ASCII));
  private static final String NAME = "approval";
  private static final int MAX_REF = 64;

  /** The digest of the policy that is approved: TPM2_PolicyPCR with these values. */
  public Bytes approvedPolicy() {
    return PolicyDigest.empty(HashAlgorithm.SHA256).pcr(values).value();
  }

  /**
   * What the owner of the key signs, with SHA-256: for a signer that is no {@link PrivateKey}, such
   * as a key vault or a smart card.
   */
  public static Bytes toBeSigned(PcrBank values, ApprovalScope scope) {
    return PolicyDigest.empty(HashAlgorithm.SHA256).pcr(values).value().concat(scope.policyRef());
  }

  /**
   * An approval from a signature that somebody made over {@link #toBeSigned}.
   *
   * @param signature PKCS#1 v1.5 of an RSA key; DER of ECDSA, as the JCA and OpenSSL make it
   * @throws MalformedException if it is no signature of {@code key}'s over that
   */
  public static PolicyApproval of(
      PcrBank values, ApprovalScope scope, PolicyKey key, Bytes signature)
      throws MalformedException {
    TpmWriter out = new TpmWriter();
    if (key.key() instanceof PublicKeyInfo.Rsa rsa) {
      if (signature.size() != rsa.modulusBytes()) {
        throw new MalformedException(NAME, rsa.modulusBytes() + " bytes", "another size");
      }
      out.u16(AlgorithmIds.RSASSA).u16(HashAlgorithm.SHA256.id()).sized(signature);
    } else if (key.key() instanceof PublicKeyInfo.Ec ec) {
      Bytes halves =
          Ecdsa.fromDer(ec.curve(), signature)
              .orElseThrow(() -> new MalformedException(NAME, "DER of r and s", "something else"));
      int half = ec.curve().fieldBytes();
      out.u16(AlgorithmIds.ECDSA).u16(HashAlgorithm.SHA256.id());
      out.sized(halves.slice(0, half)).sized(halves.slice(half, 2 * half));
    }
    if (!isSigned(toBeSigned(values, scope), key, signature)) {
      throw new MalformedException(NAME, "a signature of the key's over this", "another");
    }
    return new PolicyApproval(values, scope.policyRef(), Bytes.of(out.toArray()));
  }

  /**
   * Approves with a key at hand.
   *
   * @param signer RSA, or on P-256 or P-384; the private half of {@code key}
   * @throws IllegalArgumentException if it is not, or cannot sign this
   */
  public static PolicyApproval sign(
      PcrBank values, ApprovalScope scope, PolicyKey key, PrivateKey signer) {
    try {
      Signature algorithm = algorithm(key);
      algorithm.initSign(signer);
      algorithm.update(toBeSigned(values, scope).toArray());
      return of(values, scope, key, Bytes.of(algorithm.sign()));
    } catch (SignatureException | MalformedException e) {
      throw new IllegalArgumentException("the signer is not the key's private half", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no RSA key, and none on P-256 or P-384", e);
    }
  }

  /** The TPM would say the same, when it is too late to sign another. */
  private static boolean isSigned(Bytes message, PolicyKey key, Bytes signature) {
    String family = key.key() instanceof PublicKeyInfo.Rsa ? "RSA" : "EC";
    try {
      Signature algorithm = algorithm(key);
      X509EncodedKeySpec spki = new X509EncodedKeySpec(key.key().der().toArray());
      algorithm.initVerify(KeyFactory.getInstance(family).generatePublic(spki));
      algorithm.update(message.toArray());
      return algorithm.verify(signature.toArray());
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has RSA and these two curves", e);
    }
  }

  private static Signature algorithm(PolicyKey key) throws GeneralSecurityException {
    boolean rsa = key.key() instanceof PublicKeyInfo.Rsa;
    return Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
  }

  /**
   * The approval as a file: {@code "CVMAPPR1"}, the bank as TPM_ALG_ID, a bitmap of 3 bytes, the
   * values in ascending order, then {@code policyRef} and the TPMT_SIGNATURE, each behind a u16
   * size. Big-endian. Not secret, and no harm if it is altered: the TPM verifies it.
   */
  public Bytes encoded() {
    TpmWriter out = new TpmWriter().raw(MAGIC);
    PcrValues.write(out, values);
    return Bytes.of(out.sized(policyRef).sized(signature).toArray());
  }

  /** Parses {@link #encoded} to its last byte. Whether anybody signed it, the TPM will say. */
  public static PolicyApproval parse(Bytes encoded) throws MalformedException {
    if (encoded.size() > MAX_SIZE) {
      throw new MalformedException(NAME, "at most " + MAX_SIZE + " bytes", "more");
    }
    ByteReader in = ByteReader.bigEndian(NAME, encoded);
    if (!in.bytes("magic", MAGIC.size()).equals(MAGIC)) {
      throw in.malformed("magic", "CVMAPPR1", "another");
    }
    PcrBank values = PcrValues.read(in);
    Bytes policyRef = in.sized16("policyRef", MAX_REF);
    Bytes signature = in.sized16("signature", 2 * AlgorithmIds.MAX_RSA_BYTES);
    in.end();
    TpmtSignature.parse(signature);
    return new PolicyApproval(values, policyRef, signature);
  }
}
