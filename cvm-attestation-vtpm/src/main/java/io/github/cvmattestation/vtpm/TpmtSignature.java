package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.internal.ByteReader;

/** TPMT_SIGNATURE, of the schemes that attestation uses (TPM 2.0 Part 2, section 11.3.4). */
public sealed interface TpmtSignature {
  /** The family of the scheme. */
  SignatureScheme.Kind kind();

  /** The hash of the scheme. */
  HashAlgorithm hash();

  /**
   * TPMS_SIGNATURE_RSA (Part 2, section 11.3.1).
   *
   * @param kind RSASSA or RSAPSS
   * @param sig big-endian, at most 1024 bytes
   */
  record Rsa(SignatureScheme.Kind kind, HashAlgorithm hash, Bytes sig) implements TpmtSignature {}

  /**
   * TPMS_SIGNATURE_ECC (Part 2, section 11.3.2).
   *
   * @param r big-endian; a TPM may leave out leading zeros
   * @param s likewise
   */
  record Ecdsa(HashAlgorithm hash, Bytes r, Bytes s) implements TpmtSignature {
    @Override
    public SignatureScheme.Kind kind() {
      return SignatureScheme.Kind.ECDSA;
    }
  }

  /** Parses {@code input} to its last byte; other schemes are refused. */
  static TpmtSignature parse(Bytes input) throws MalformedException {
    ByteReader in = ByteReader.bigEndian("TPMT_SIGNATURE", input);
    int algorithm = in.u16("sigAlg");
    TpmtSignature signature =
        switch (algorithm) {
          case AlgorithmIds.RSASSA -> readRsa(in, SignatureScheme.Kind.RSASSA);
          case AlgorithmIds.RSAPSS -> readRsa(in, SignatureScheme.Kind.RSAPSS);
          case AlgorithmIds.ECDSA ->
              new Ecdsa(
                  AlgorithmIds.readHash(in, "hash"),
                  in.sized16("signatureR", AlgorithmIds.MAX_ECC_BYTES),
                  in.sized16("signatureS", AlgorithmIds.MAX_ECC_BYTES));
          default ->
              throw in.malformed(
                  "sigAlg", "RSASSA, RSAPSS or ECDSA", "0x%04x".formatted(algorithm));
        };
    in.end();
    return signature;
  }

  private static Rsa readRsa(ByteReader in, SignatureScheme.Kind kind) throws MalformedException {
    return new Rsa(
        kind, AlgorithmIds.readHash(in, "hash"), in.sized16("sig", AlgorithmIds.MAX_RSA_BYTES));
  }
}
