package io.github.cvmattestation.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.release.KeyReleaser.Release;
import io.github.cvmattestation.attestation.release.KeyUnwrapper;
import io.github.cvmattestation.attestation.release.Unwrapping;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import io.github.cvmattestation.azure.AzurePolicy;
import io.github.cvmattestation.azure.KeyVaultReleaser;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpPolicy;
import io.github.cvmattestation.testkit.FakeKeyVault;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * A key of a vault on a loopback port, released to a simulated VM: what a real machine does, but
 * with keys that were made up a moment ago. It proves nothing to anybody.
 *
 * <p>Evidence, policy, release and unwrapping are the real ones. The guest's key is one in software
 * and the token is nobody's: the vault here takes any.
 */
final class SimulatedKeySource implements KeySource {
  private static final String KEY_NAME = "signing-key";
  private static final Bytes RELEASE_POLICY = Bytes.of("{\"version\":\"1.0.0\"}".getBytes(UTF_8));

  private final SimulatedCvm machine = SimulatedCvm.create();
  private final FakeKeyVault vault = FakeKeyVault.start("simulated.vault.azure.net", Instant.now());
  private final AzureCvmVerifier verifier =
      AzureCvmVerifier.builder().trustAnchors(machine.trustAnchors()).build();
  private final AppraisalPolicy policy = AppraisalPolicy.of(snpPolicy(), azurePolicy());
  private final KeyVaultReleaser releaser =
      KeyVaultReleaser.builder(vault.vaultUrl(), SimulatedVault.credential())
          .httpClient(new SimulatedVault(vault))
          .trustedRoots(List.of(vault.root()))
          .build();
  private final KeyUnwrapper unwrapper = new KeyUnwrapper(SignatureBackends.fastest());

  SimulatedKeySource() {
    vault.addEc(KEY_NAME, "P-256", RELEASE_POLICY);
  }

  @Override
  public Unwrapping key() {
    Nonce nonce = Nonce.random();
    Verification verification =
        verifier.verify(machine.attest(nonce), machine.endorsements(), nonce, Instant.now());
    if (!(verification instanceof Verification.Verified verified)) {
      return new Unwrapping.Refused(verification.findings());
    }
    AttestationResult result = policy.appraise(verified);
    if (!(result instanceof AttestationResult.Affirmed)) {
      return new Unwrapping.Refused(result.findings());
    }
    try (SimulatedGuestKey guestKey = new SimulatedGuestKey(machine.attest(nonce))) {
      Release release = releaser.release(KEY_NAME, guestKey.token());
      return release instanceof Release.Released released
          ? unwrapper.unwrap(guestKey, released.key())
          : new Unwrapping.Refused(((Release.Refused) release).findings());
    }
  }

  private static SnpPolicy snpPolicy() {
    return SnpPolicy.builder()
        .requireProductLines(Set.of(ProductLine.GENOA))
        .ignoreTcb()
        .ignoreMeasurement()
        .ignoreReportData() // binds the runtime claims, which was verified
        .ignoreHostData()
        .ignoreIdBlock()
        .ignoreChip()
        .requireVmpl(Set.of(0))
        .build();
  }

  private static AzurePolicy azurePolicy() {
    return AzurePolicy.builder().ignoreVmUniqueId().ignorePcrs().build();
  }

  @Override
  public void close() {
    vault.close();
  }
}
