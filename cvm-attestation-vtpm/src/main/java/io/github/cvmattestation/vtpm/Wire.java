package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.Optional;

/** Structures that several commands share. */
final class Wire {
  private static final int MAX_TPM2B = TpmTransport.MAX_SIZE;

  private Wire() {}

  /** TPML_PCR_SELECTION (Part 2, section 10.9.7). */
  static void write(TpmWriter out, TpmlPcrSelection pcrs) {
    out.u32(pcrs.pcrSelections().size());
    for (PcrSelection selection : pcrs.pcrSelections()) {
      out.u16(selection.hash().id()).u8(selection.pcrSelect().size()).raw(selection.pcrSelect());
    }
  }

  /** A signing or decryption scheme with its hash, or TPM_ALG_NULL (Part 2, section 11.2). */
  static void write(TpmWriter out, Optional<TpmtPublic.Scheme> scheme) {
    if (scheme.isEmpty()) {
      out.u16(AlgorithmIds.NULL);
      return;
    }
    out.u16(scheme.get().algorithm());
    scheme.get().hash().ifPresent((HashAlgorithm hash) -> out.u16(hash.id()));
  }

  /** TPM2B_PUBLIC (Part 2, section 12.2.5). */
  static TpmtPublic readPublic(ByteReader in, String field) throws MalformedException {
    return TpmtPublic.parse(in.sized16(field, MAX_TPM2B));
  }

  /** TPM2B_NAME (Part 2, section 10.5.3). */
  static Bytes readName(ByteReader in, String field) throws MalformedException {
    return in.sized16(field, 2 + 64);
  }

  /** A TPM2B_NAME that must be the one that {@code area} has. */
  static void expectName(ByteReader in, TpmtPublic area) throws MalformedException {
    if (!readName(in, "name").equals(area.name())) {
      throw in.malformed("name", "the Name of the public area", "another");
    }
  }

  /** The last field of a response, a TPMT_SIGNATURE, as received. */
  static Bytes readSignature(ByteReader in) throws MalformedException {
    Bytes signature = in.bytes("signature", in.remaining());
    TpmtSignature.parse(signature);
    return signature;
  }
}
