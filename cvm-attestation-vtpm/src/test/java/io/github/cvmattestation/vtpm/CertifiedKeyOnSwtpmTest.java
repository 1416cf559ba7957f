package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.CertifiedKeys.proven;
import static io.github.cvmattestation.vtpm.Fixtures.NONCE;
import static io.github.cvmattestation.vtpm.Fixtures.assertRefuted;
import static io.github.cvmattestation.vtpm.Fixtures.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.testkit.Swtpm;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From an attestation key to a secret that only the attested machine reads, on a real TPM. */
class CertifiedKeyOnSwtpmTest {
  private static final long AK_HANDLE = 0x81000003L;
  private static final Set<Integer> REGISTERS = Set.of(7, 16, 0);
  private static final Set<Integer> QUOTED = Set.of(0, 1, 2, 7, 16, 23);
  private static final byte[] SECRET = "a volume key".getBytes(StandardCharsets.UTF_8);

  private Swtpm swtpm;
  private TpmTransport wire;
  private Tpm tpm;

  @BeforeEach
  void start() {
    swtpm = Swtpm.start();
    wire = TpmTransports.unixSocket(swtpm.socket());
    tpm = Tpm.over(wire);
  }

  @AfterEach
  void stop() {
    if (swtpm != null) {
      if (tpm != null) {
        tpm.close();
      }
      swtpm.close();
    }
  }

  private TpmObject attestationKey(TpmTemplate template) {
    return tpm.keys().createPrimary(TpmHandle.ENDORSEMENT, TpmAuth.empty(), template);
  }

  private static AttestationKey trusted(TpmObject ak, SignatureBackend backend) {
    try {
      return AttestationKey.of(ak.publicArea(), backend);
    } catch (UnfitKeyException e) {
      throw new AssertionError(e);
    }
  }

  private VerifiedPcrs quoted(TpmObject ak, AttestationKey key) {
    TpmlPcrSelection selection = TpmPcrs.select(HashAlgorithm.SHA256, QUOTED);
    TpmSigned quote = tpm.attestation().quote(ak, TpmAuth.empty(), NONCE.value(), selection);
    PcrBank claimed = tpm.pcrs().read(HashAlgorithm.SHA256, QUOTED);
    return Fixtures.proven(
        Fixtures.verify(
            TpmQuote.withTpmtSignature(quote.attest(), quote.signature(), List.of(claimed)), key));
  }

  private static Verification verify(CertifiedKey key, AttestationKey ak, VerifiedPcrs pcrs) {
    return new CertifiedKeyVerifier().verify(key, ak, pcrs, HashAlgorithm.SHA256, REGISTERS, NONCE);
  }

  @Test
  void aKeyIsCertifiedAndVerifiedUntilARegisterChanges() {
    for (TpmTemplate template :
        List.of(TpmTemplate.attestationKey(), StorageKeys.attestationEcc())) {
      PcrBank now = tpm.pcrs().read(HashAlgorithm.SHA256, REGISTERS);
      Bytes policy = PolicyDigest.empty(HashAlgorithm.SHA256).pcr(now).value();
      try (TpmObject ak = attestationKey(template);
          TpmObject key =
              tpm.keys()
                  .createPrimary(
                      TpmHandle.NULL, TpmAuth.empty(), TpmTemplate.ephemeralRsa(policy))) {
        TpmSigned certified =
            tpm.attestation().certify(key, TpmAuth.empty(), ak, TpmAuth.empty(), NONCE.value());
        CertifiedKey evidence =
            CertifiedKey.withTpmtSignature(
                key.publicArea().raw(), certified.attest(), certified.signature());
        List<SignatureBackend> all = backends().toList();
        for (SignatureBackend backend : all) {
          AttestationKey trusted = trusted(ak, backend);
          VerifiedKey verified = proven(verify(evidence, trusted, quoted(ak, trusted)));
          assertThat(verified.policyPcrs()).isEqualTo(now);
          assertThat(verified.publicArea()).isEqualTo(key.publicArea());
        }
        tpm.pcrs().extend(16, TpmAuth.empty(), Bytes.of((byte) 1));
        for (SignatureBackend backend : all) {
          AttestationKey trusted = trusted(ak, backend);
          assertRefuted(verify(evidence, trusted, quoted(ak, trusted)), TpmFinding.KEY_POLICY);
        }
      }
    }
  }

  @Test
  void aSecretSentToAVerifiedKeyIsReadByItsTpmAlone() throws GeneralSecurityException {
    try (TpmObject ak = attestationKey(TpmTemplate.attestationKey())) {
      tpm.keys().evictControl(TpmHandle.OWNER, TpmAuth.empty(), ak, AK_HANDLE);
      AttestationKey trusted = trusted(ak, Fixtures.quick());
      VerifiedPcrs pcrs = quoted(ak, trusted);
      try (EphemeralKey key =
          EphemeralKey.create(
              tpm, EphemeralKey.Hierarchy.NULL, PcrSelection.of(HashAlgorithm.SHA256, REGISTERS))) {
        TpmSigned certificate = key.certify(ak, NONCE.value());
        VerifiedKey verified =
            proven(
                verify(
                    CertifiedKey.withTpmtSignature(
                        key.publicArea().raw(), certificate.attest(), certificate.signature()),
                    trusted,
                    pcrs));
        Bytes sent = SoftwareOaep.encrypt(verified.publicArea(), SECRET);
        assertThat(key.decrypt(sent, RsaPadding.OAEP_SHA256)).isInstanceOf(Opening.Opened.class);
        tpm.pcrs().extend(16, TpmAuth.empty(), Bytes.of((byte) 1));
        assertThat(key.decrypt(sent, RsaPadding.OAEP_SHA256)).isInstanceOf(Opening.Refused.class);
      }
    }
  }

  /** Certified by another key of the same TPM: the quote's qualifiedSigner gives it away. */
  @Test
  void aCertificationByAnotherAttestationKeyThanTheQuotesIsRefuted() {
    PcrBank now = tpm.pcrs().read(HashAlgorithm.SHA256, REGISTERS);
    Bytes policy = PolicyDigest.empty(HashAlgorithm.SHA256).pcr(now).value();
    VerifiedPcrs pcrs;
    try (TpmObject other = attestationKey(StorageKeys.attestationEcc())) {
      pcrs = quoted(other, trusted(other, Fixtures.quick()));
    }
    try (TpmObject ak = attestationKey(TpmTemplate.attestationKey());
        TpmObject key =
            tpm.keys()
                .createPrimary(TpmHandle.NULL, TpmAuth.empty(), TpmTemplate.ephemeralRsa(policy))) {
      TpmSigned certified =
          tpm.attestation().certify(key, TpmAuth.empty(), ak, TpmAuth.empty(), NONCE.value());
      CertifiedKey evidence =
          CertifiedKey.withTpmtSignature(
              key.publicArea().raw(), certified.attest(), certified.signature());
      AttestationKey trusted = trusted(ak, Fixtures.quick());

      proven(verify(evidence, trusted, quoted(ak, trusted)));
      assertRefuted(verify(evidence, trusted, pcrs), TpmFinding.KEY_SIGNER);
    }
  }
}
