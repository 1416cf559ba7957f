package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;

/**
 * What the TPM says of how it made an object (TPM 2.0 Part 2, section 15).
 *
 * @param creationData the TPMS_CREATION_DATA, as received
 * @param creationHash its digest, with the object's nameAlg
 * @param creationTicket proof for {@link TpmAttestation#certifyCreation}
 */
public record TpmCreation(Bytes creationData, Bytes creationHash, TpmtTicket creationTicket) {
  static TpmCreation read(ByteReader in) throws MalformedException {
    return new TpmCreation(
        in.sized16("creationData", TpmTransport.MAX_SIZE),
        in.sized16("creationHash", 64),
        TpmtTicket.read(in, TpmtTicket.CREATION));
  }
}
