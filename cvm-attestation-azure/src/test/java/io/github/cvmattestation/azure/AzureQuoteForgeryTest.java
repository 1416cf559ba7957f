package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.Forge.AT;
import static io.github.cvmattestation.azure.Forge.NONCE;
import static io.github.cvmattestation.azure.Forge.assertRefuted;
import static io.github.cvmattestation.azure.Forge.machine;
import static io.github.cvmattestation.azure.Forge.verify;
import static io.github.cvmattestation.azure.Forge.withQuote;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.azure.AzureCvmEvidence.Form;
import io.github.cvmattestation.snp.Revocation;
import io.github.cvmattestation.testkit.PcrSelection;
import io.github.cvmattestation.testkit.RsaSigningKey;
import io.github.cvmattestation.testkit.SignedQuote;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.testkit.TpmQuoteWriter;
import io.github.cvmattestation.vtpm.TpmFinding;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Quotes that do not belong to the report: each re-signed, to reach the check that must refuse it.
 */
class AzureQuoteForgeryTest {
  private static final SimulatedCvm CVM = machine().build();

  /** Case 36. */
  @Test
  void aQuoteByAKeyThatTheClaimsDoNotNameIsRefuted() {
    RsaSigningKey other = RsaSigningKey.of(2048, "planted");
    SignedQuote quote =
        TpmQuoteWriter.of(CVM.pcrs()).extraData(NONCE.value()).signRsassa(other, "SHA-256");
    assertRefuted(verify(CVM, withQuote(CVM, quote)), AzureFinding.AK_UNBOUND);
  }

  /** Case 36, as far as real machines go: one's report with the other's quote. */
  @Test
  void theQuoteOfAnotherRealMachineIsRefuted() throws MalformedException {
    AzureCvmEvidence milan = real("snp-milan-v1");
    AzureCvmEvidence genoa = real("snp-genoa-v0");
    AzureCvmEvidence joined =
        new AzureCvmEvidence(Form.V1, false, milan.hclReport(), genoa.quote(), milan.hardware());
    assertRefuted(verifyReal(joined), AzureFinding.AK_UNBOUND);
  }

  /** Case 32. */
  @Test
  void aDamagedSignatureOfTheRightKeyIsCalledThat() throws MalformedException {
    AzureCvmEvidence milan = real("snp-milan-v1");
    AzureCvmEvidence.Quote quote = milan.quote();
    for (AzureCvmEvidence.Quote damaged :
        List.of(
            new AzureCvmEvidence.Quote(
                quote.message(), Tampering.flipBit(quote.signature(), 100), quote.pcrs()),
            new AzureCvmEvidence.Quote(
                Tampering.flipBit(quote.message(), 8 * quote.message().size() - 1),
                quote.signature(),
                quote.pcrs()))) {
      assertRefuted(
          verifyReal(
              new AzureCvmEvidence(Form.V1, false, milan.hclReport(), damaged, milan.hardware())),
          TpmFinding.TPM_SIGNATURE);
    }
  }

  @Test
  void twoAttestationKeysAreRefuted() {
    RsaSigningKey other = RsaSigningKey.of(2048, "planted");
    assertRefuted(
        verify(
            machine().claims(c -> c.key("HCLAkPub", "sign", other)).hcl(h -> h.size(2900)).build()),
        AzureFinding.CLAIM_FORMAT);
  }

  @Test
  void noAttestationKeyIsRefuted() {
    assertRefuted(
        verify(machine().claims(c -> c.withoutKeys()).build()), AzureFinding.CLAIM_MISSING);
  }

  /** Case 41, for the key. */
  @Test
  void aShortAttestationKeyIsRefuted() {
    RsaSigningKey weak = RsaSigningKey.of(1024, "weak");
    assertRefuted(
        verify(machine().claims(c -> c.withoutKeys().key("HCLAkPub", "sign", weak)).build()),
        TpmFinding.TPM_WEAK);
  }

  /** Case 35, and its like. */
  @Test
  void aNonceThatIsNotExactlyTheVerifiersIsRefuted() {
    Bytes nonce = NONCE.value();
    for (Bytes other :
        List.of(
            nonce.concat(Bytes.zeros(1)),
            nonce.slice(0, nonce.size() - 1),
            Bytes.zeros(nonce.size()),
            Bytes.empty())) {
      SignedQuote quote = CVM.quote(other);
      assertRefuted(verify(CVM, withQuote(CVM, quote)), CoreFinding.NONCE_MISMATCH);
    }
  }

  /** Case 40. */
  @Test
  void aQuoteOfTheSha1BankIsRefuted() {
    SimulatedCvm cvm =
        machine().quote(q -> q.selections(PcrSelection.of(PcrSelection.SHA1, all()))).build();
    assertRefuted(verify(cvm), TpmFinding.PCR_BANK);
  }

  /** Case 39. */
  @Test
  void aRegisterOutsideTheQuotedSelectionIsRefuted() {
    SimulatedCvm cvm =
        machine().quote(q -> q.selections(PcrSelection.of(PcrSelection.SHA256, 0, 1, 7))).build();
    assertRefuted(verify(cvm), TpmFinding.PCR_UNQUOTED);
  }

  /** Case 34. */
  @Test
  void aCertifyStructureIsNoQuote() {
    // TPMS_CERTIFY_INFO: two Names, here of nothing that exists.
    Bytes name = Bytes.ofHex("0022000b" + "5a".repeat(32));
    SimulatedCvm cvm =
        machine().quote(q -> q.type(TpmQuoteWriter.CERTIFY).attested(name.concat(name))).build();
    assertRefuted(verify(cvm), TpmFinding.TPM_TYPE);
  }

  /** Case 33. */
  @Test
  void aSignedTextThatTheTpmDidNotComposeIsRefuted() {
    assertRefuted(verify(machine().quote(q -> q.magic(0x12345678)).build()), TpmFinding.TPM_MAGIC);
  }

  private static Integer[] all() {
    return IntStream.range(0, 24).boxed().toArray(Integer[]::new);
  }

  private static AzureCvmEvidence real(String name) throws MalformedException {
    return AzureCvmEvidence.parse(Vectors.read("azure/" + name + "/evidence.json"));
  }

  private static Verification verifyReal(AzureCvmEvidence evidence) {
    Endorsements chain =
        Endorsements.ofCertificates(
            Vectors.read("amd/milan-ask.pem"), Vectors.read("amd/milan-ark.pem"));
    return AzureCvmVerifier.builder()
        .revocation(Revocation.IF_SUPPLIED)
        .build()
        .verify(evidence.toEvidence(), chain, new Nonce(Bytes.of("challenge".getBytes())), AT);
  }
}
