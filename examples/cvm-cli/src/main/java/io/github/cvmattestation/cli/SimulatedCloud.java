package io.github.cvmattestation.cli;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Configuration;
import com.azure.core.util.Context;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.token.TokenIssuer;
import io.github.cvmattestation.azure.AmdKds;
import io.github.cvmattestation.azure.AzureCvmAttester;
import io.github.cvmattestation.azure.AzureImds;
import io.github.cvmattestation.azure.IntelPcs;
import io.github.cvmattestation.azure.KeyVaultReleaser;
import io.github.cvmattestation.azure.MaaTokenIssuer;
import io.github.cvmattestation.azure.ReleasePolicy;
import io.github.cvmattestation.testkit.FakeImds;
import io.github.cvmattestation.testkit.FakeKds;
import io.github.cvmattestation.testkit.FakeKeyVault;
import io.github.cvmattestation.testkit.FakeMaa;
import io.github.cvmattestation.testkit.FakePcs;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.Tee;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import reactor.core.publisher.Mono;

/**
 * A simulated machine and all the services around it, on loopback ports: with keys of their own,
 * which nobody else trusts.
 */
final class SimulatedCloud implements World, AutoCloseable {
  private static final String VAULT_HOST = "contoso.vault.azure.net";

  private final SimulatedCvm machine;
  private final Path lock;
  private final FakeImds imds;
  private final AutoCloseable hardwareService;
  private final AmdKds kds;
  private final IntelPcs pcs;
  private final FakeMaa maa;
  private final FakeKeyVault vault;

  SimulatedCloud(SimulatedCvm machine, Instant at) {
    this.machine = machine;
    lock = lockFile();
    imds = FakeImds.of(machine);
    if (machine.tee() == Tee.SNP) {
      FakeKds amd = FakeKds.of(machine);
      hardwareService = amd;
      kds = AmdKds.builder().endpoint(amd.url()).build();
      pcs = IntelPcs.azure();
    } else {
      FakePcs intel = FakePcs.of(machine);
      hardwareService = intel;
      kds = AmdKds.published();
      pcs = IntelPcs.builder(intel.url()).build();
    }
    maa = FakeMaa.start(at, machine);
    vault = FakeKeyVault.start(VAULT_HOST, at).policyCheck(SimulatedCloud::permits);
  }

  FakeImds imds() {
    return imds;
  }

  FakeMaa maa() {
    return maa;
  }

  FakeKeyVault vault() {
    return vault;
  }

  @Override
  public Optional<TrustAnchors> anchors() {
    return Optional.of(machine.trustAnchors());
  }

  @Override
  public Web web() {
    return new DirectWeb();
  }

  @Override
  public AzureCvmAttester attester(TpmTransport tpm, String imdsUrl) {
    return attester(machine, tpm, imdsUrl);
  }

  /** Another machine on the same hardware. */
  AzureCvmAttester attester(SimulatedCvm vm) {
    return attester(vm, vm.vtpm()::transmit, imds.url());
  }

  private AzureCvmAttester attester(SimulatedCvm vm, TpmTransport tpm, String imdsUrl) {
    // A report of the moment before would not be made anew.
    vm.advance(Duration.ofSeconds(3));
    return AzureCvmAttester.builder()
        .tpm(tpm)
        .imds(AzureImds.at(imdsUrl))
        .endorsements(kds, pcs)
        .bootLog(() -> Optional.of(vm.eventLog()))
        .lockFile(lock)
        .pause(vm::advance)
        .build();
  }

  @Override
  public TokenIssuer issuer(String url) {
    return MaaTokenIssuer.builder(url).httpClient(client(maa.clientContext())).build();
  }

  @Override
  public KeyVaultReleaser.Builder releaser(String url, TokenCredential credential) {
    return KeyVaultReleaser.builder(url, credential)
        .trustedRoots(List.of(vault.root()))
        .httpClient(new Rerouted(client(vault.clientContext()), vault));
  }

  @Override
  public void close() {
    vault.close();
    maa.close();
    imds.close();
    try {
      hardwareService.close();
      Files.deleteIfExists(lock);
    } catch (Exception e) {
      throw new IllegalStateException("the simulated services do not end", e);
    }
  }

  private static Path lockFile() {
    try {
      return Files.createTempFile("cvm", ".lock");
    } catch (IOException e) {
      throw new IllegalStateException("no temporary file can be made", e);
    }
  }

  private static HttpClient client(SSLContext tls) {
    return new JdkHttpClientBuilder(
            java.net.http.HttpClient.newBuilder()
                .sslContext(tls)
                .proxy(java.net.http.HttpClient.Builder.NO_PROXY)
                .followRedirects(java.net.http.HttpClient.Redirect.NEVER))
        .configuration(Configuration.NONE)
        .build();
  }

  /** As a vault decides: by what the token claims, whose signature it would look at first. */
  private static boolean permits(Bytes policy, String token) {
    try {
      Bytes claims = Bytes.of(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]));
      return ReleasePolicy.parse(policy).evaluate(claims).isReleased();
    } catch (MalformedException e) {
      return false;
    }
  }

  /** Finds the vault at its loopback port, as a DNS entry would. */
  private record Rerouted(HttpClient client, FakeKeyVault vault) implements HttpClient {
    @Override
    public Mono<HttpResponse> send(HttpRequest request) {
      return client.send(local(request));
    }

    @Override
    public Mono<HttpResponse> send(HttpRequest request, Context context) {
      return client.send(local(request), context);
    }

    @Override
    public HttpResponse sendSync(HttpRequest request, Context context) {
      return client.sendSync(local(request), context);
    }

    private HttpRequest local(HttpRequest request) {
      String url = request.getUrl().toString();
      return request.copy().setUrl(url.replace(vault.vaultUrl(), vault.server().url()));
    }
  }
}
