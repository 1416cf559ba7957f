package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.List;
import java.util.Optional;

/** The attestation commands (TPM 2.0 Part 3, section 18), with the scheme of the signing key. */
public final class TpmAttestation {
  private final Tpm tpm;

  TpmAttestation(Tpm tpm) {
    this.tpm = tpm;
  }

  /**
   * TPM2_Quote (Part 3, section 18.4).
   *
   * @param qualifyingData the nonce; up to 64 bytes
   */
  public TpmSigned quote(TpmObject key, TpmAuth auth, Bytes qualifyingData, TpmlPcrSelection pcrs) {
    TpmWriter out = new TpmWriter().sized(qualifyingData);
    Wire.write(out, Optional.empty());
    Wire.write(out, pcrs);
    return tpm.run(
        CommandCode.QUOTE,
        List.of(key.handle()),
        List.of(auth),
        out,
        (none, in) -> read(in, AttestType.QUOTE));
  }

  /**
   * TPM2_Certify (Part 3, section 18.2).
   *
   * @param object what is certified
   * @param objectAuth its authorisation, in the ADMIN role: a policy for TPM2_Certify if the object
   *     has adminWithPolicy set
   * @param key the signing key
   */
  public TpmSigned certify(
      TpmObject object, TpmAuth objectAuth, TpmObject key, TpmAuth keyAuth, Bytes qualifyingData) {
    TpmWriter out = new TpmWriter().sized(qualifyingData);
    Wire.write(out, Optional.empty());
    return tpm.run(
        CommandCode.CERTIFY,
        List.of(object.handle(), key.handle()),
        List.of(objectAuth, keyAuth),
        out,
        (none, in) -> read(in, AttestType.CERTIFY));
  }

  /** TPM2_CertifyCreation (Part 3, section 18.3). */
  public TpmSigned certifyCreation(
      TpmObject key,
      TpmAuth keyAuth,
      TpmObject object,
      Bytes qualifyingData,
      Bytes creationHash,
      TpmtTicket creationTicket) {
    TpmWriter out = new TpmWriter().sized(qualifyingData).sized(creationHash);
    Wire.write(out, Optional.empty());
    creationTicket.write(out);
    return tpm.run(
        CommandCode.CERTIFY_CREATION,
        List.of(key.handle(), object.handle()),
        List.of(keyAuth),
        out,
        (none, in) -> read(in, AttestType.CREATION));
  }

  private static TpmSigned read(ByteReader in, AttestType type) throws MalformedException {
    Bytes attest = in.sized16("attest", TpmTransport.MAX_SIZE);
    if (TpmsAttest.parse(attest).type() != type) {
      throw in.malformed("attest.type", type.name(), "another");
    }
    return new TpmSigned(attest, Wire.readSignature(in));
  }
}
