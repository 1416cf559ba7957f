package io.github.cvmattestation.service;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.CvmAttestation;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.azure.AmdKds;
import io.github.cvmattestation.azure.AzureCvmAttester;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import io.github.cvmattestation.azure.AzureImds;
import io.github.cvmattestation.azure.AzurePolicy;
import io.github.cvmattestation.azure.GuestBranch;
import io.github.cvmattestation.azure.IntelPcs;
import io.github.cvmattestation.azure.KeyVaultReleaser;
import io.github.cvmattestation.azure.MaaAgreement;
import io.github.cvmattestation.azure.MaaTokenIssuer;
import io.github.cvmattestation.azure.ReleasePolicy;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpPolicy;
import io.github.cvmattestation.testkit.FakeImds;
import io.github.cvmattestation.testkit.FakeKds;
import io.github.cvmattestation.testkit.FakeKeyVault;
import io.github.cvmattestation.testkit.FakeMaa;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The key of a simulated VM, with its services on loopback ports: what a real machine does, but
 * with keys that were made up a moment ago. It proves nothing to anybody.
 */
final class SimulatedKeySource implements KeySource {
  private static final String KEY_NAME = "signing-key";

  private final SimulatedCvm machine = SimulatedCvm.create();
  private final Instant start = Instant.now();
  private final FakeImds imds = FakeImds.of(machine);
  private final FakeKds kds = FakeKds.of(machine);
  private final FakeMaa maa = FakeMaa.start(start, machine);
  private final FakeKeyVault vault = FakeKeyVault.start("simulated.vault.azure.net", start);
  private final Path lock = lockFile();
  private final FrontDoor door;

  SimulatedKeySource() {
    ReleasePolicy policy = ReleasePolicy.anyOf(GuestBranch.forSnp(maa.url()).build());
    vault.policyCheck(SimulatedVault::permits).addEc(KEY_NAME, "P-256", policy.canonicalJson());
    machine.advance(Duration.ofSeconds(3)); // a report of the moment before is not made anew
    door =
        new FrontDoor(
            CvmAttestation.builder()
                .guest(guest())
                .verifier(AzureCvmVerifier.builder().trustAnchors(machine.trustAnchors()).build())
                .policy(AppraisalPolicy.of(snpPolicy(), azurePolicy()))
                .issuer(
                    MaaTokenIssuer.builder(maa.url())
                        .httpClient(
                            new JdkHttpClientBuilder(
                                    java.net.http.HttpClient.newBuilder()
                                        .sslContext(maa.clientContext()))
                                .build())
                        .build())
                .agreement(new MaaAgreement())
                .releaser(
                    KeyVaultReleaser.builder(vault.vaultUrl(), SimulatedVault.credential())
                        .httpClient(new SimulatedVault(vault))
                        .trustedRoots(List.of(vault.root()))
                        .build())
                .build(),
            KEY_NAME);
  }

  private AzureCvmAttester guest() {
    return AzureCvmAttester.builder()
        .tpm(machine.vtpm()::transmit)
        .imds(AzureImds.at(imds.url()))
        .endorsements(AmdKds.builder().endpoint(kds.url()).build(), IntelPcs.azure())
        .bootLog(() -> Optional.of(machine.eventLog()))
        .lockFile(lock)
        .pause(machine::advance)
        .build();
  }

  @Override
  public Attempt<ReleasedKey> key() {
    return door.key();
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

  private static Path lockFile() {
    try {
      return Files.createTempFile("key-release-service", ".lock");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary file", e);
    }
  }

  @Override
  public void close() {
    door.close();
    vault.close();
    maa.close();
    kds.close();
    imds.close();
    lock.toFile().delete();
  }
}
