package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.internal.EvidenceReader;
import io.github.cvmattestation.azure.internal.EvidenceWriter;
import java.util.List;

/**
 * What an Azure confidential VM hands over, in the JSON forms of Confidential Containers' agents
 * (az-snp-vtpm, az-tdx-vtpm): the HCL report, a quote of the vTPM with the PCRs it covers, and what
 * vouches for the hardware. Parsed, not proven: {@link AzureCvmVerifier} proves it.
 *
 * @param form which JSON form
 * @param wrapped whether it stands in {@code {"platform": …, "evidence": …}}
 * @param hclReport the whole content of NV index 0x01400001, for {@link HclReport}
 * @param quote what the vTPM signed
 * @param hardware what vouches for the hardware report
 */
public record AzureCvmEvidence(
    Form form, boolean wrapped, Bytes hclReport, Quote quote, Hardware hardware) {
  /** The media type of such evidence in an {@link Evidence}. */
  public static final String MEDIA_TYPE = "application/vnd.cvm-attestation.azure+json";

  /** The most bytes of JSON that are looked at: 1 MiB. */
  public static final int MAX_SIZE = 1 << 20;

  /** How many PCRs a quote comes with. */
  public static final int PCRS = 24;

  /** The size of a PCR in the SHA-256 bank, in bytes. */
  public static final int PCR_SIZE = 32;

  /** The JSON forms. */
  public enum Form {
    /** {@code {quote: {signature, message, pcrs}, report, vcek}}: arrays of numbers, and PEM. */
    V0,
    /** {@code {version: 1, hcl_report, tpm_quote, vcek | td_quote}}: base64url and hexadecimal. */
    V1,
    /** As V1 with {@code version: 2}; the HCL report's user data carries the caller's bytes. */
    V2
  }

  /**
   * A quote of the vTPM.
   *
   * @param message TPMS_ATTEST, as the TPM signed it (TPM 2.0 Part 2, section 10.12.12)
   * @param signature the bare RSASSA-SHA256 signature, as long as the key's modulus
   * @param pcrs the values that the sender claims for PCR 0 to 23, SHA-256 bank, 32 bytes each
   */
  public record Quote(Bytes message, Bytes signature, List<Bytes> pcrs) {
    public Quote {
      pcrs = List.copyOf(pcrs);
      if (pcrs.size() != PCRS || pcrs.stream().anyMatch(pcr -> pcr.size() != PCR_SIZE)) {
        throw new IllegalArgumentException("24 PCRs of 32 bytes each");
      }
    }
  }

  /** What vouches for the hardware report. */
  public sealed interface Hardware permits Vcek, TdQuote {}

  /**
   * The certificate of the key that signed ATTESTATION_REPORT.
   *
   * @param certificate PEM (ASCII) in {@link Form#V0}, DER otherwise
   */
  public record Vcek(Bytes certificate) implements Hardware {}

  /**
   * A TD quote made from the TDREPORT in the HCL report.
   *
   * @param quote as the quoting service returned it
   */
  public record TdQuote(Bytes quote) implements Hardware {}

  public AzureCvmEvidence {
    if (form == Form.V0 && !(hardware instanceof Vcek)) {
      throw new IllegalArgumentException("the form V0 knows no TD quote");
    }
  }

  /**
   * Reads any of the forms, with or without the wrapper.
   *
   * @throws MalformedException for anything else, including members that a form does not have
   */
  public static AzureCvmEvidence parse(Bytes json) throws MalformedException {
    return EvidenceReader.read(json);
  }

  /** The same in JSON. Reading it again gives equal evidence. */
  public Bytes toJson() {
    return EvidenceWriter.write(this);
  }

  /** The same as a verifier takes it. */
  public Evidence toEvidence() {
    return new Evidence(MEDIA_TYPE, toJson());
  }
}
