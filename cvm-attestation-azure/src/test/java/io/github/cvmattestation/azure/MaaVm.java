package io.github.cvmattestation.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Configuration;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.azure.internal.guest.OsInfo;
import io.github.cvmattestation.testkit.FakeMaa;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What the tests of issuing share: a VM, its statements with and without lies, a client. */
final class MaaVm {
  static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  static final Nonce NONCE = new Nonce(Bytes.ofHex("5eed".repeat(16)));

  private MaaVm() {}

  static AzureCvmAttester attester(SimulatedCvm cvm, Path folder) {
    return attester(cvm, cvm.vtpm()::transmit, folder);
  }

  /** Through a TPM that may do something else than the machine's own. */
  static AzureCvmAttester attester(SimulatedCvm cvm, TpmTransport tpm, Path folder) {
    cvm.advance(Duration.ofSeconds(3));
    return AzureCvmAttester.builder()
        .tpm(tpm)
        .host(new SimulatedHost(cvm))
        .os(new OsInfo(OsInfo.Type.LINUX, "Ubuntu", 24, 4))
        .bootLog(() -> Optional.of(cvm.eventLog()))
        .lockFile(folder.resolve("lock"))
        .pause(cvm::advance)
        .build();
  }

  /** As the product's own, but for whom TLS believes. */
  static HttpClient client(FakeMaa maa, Duration read) {
    return new JdkHttpClientBuilder(
            java.net.http.HttpClient.newBuilder()
                .sslContext(maa.clientContext())
                .proxy(java.net.http.HttpClient.Builder.NO_PROXY)
                .followRedirects(java.net.http.HttpClient.Redirect.NEVER))
        .configuration(Configuration.NONE)
        .connectionTimeout(Duration.ofSeconds(30))
        .writeTimeout(read)
        .responseTimeout(read)
        .readTimeout(read)
        .build();
  }

  /** The text at a place in a statement. */
  static String text(GuestKey key, String... path) {
    try {
      Json found = StrictJson.parse("statement", key.statement().content(), 1 << 22);
      for (String name : path) {
        found = found.asObject().require(name);
      }
      return found.asString();
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  /** The same key with a statement in which some texts are others: pairs of old and new. */
  static GuestKey lying(GuestKey key, String... oldAndNew) {
    String statement = new String(key.statement().content().toArray(), StandardCharsets.UTF_8);
    for (int i = 0; i < oldAndNew.length; i += 2) {
      if (!statement.contains(oldAndNew[i])) {
        throw new AssertionError("nothing to lie about");
      }
      statement = statement.replace(oldAndNew[i], oldAndNew[i + 1]);
    }
    Bytes content = Bytes.of(statement.getBytes(StandardCharsets.UTF_8));
    return new Stating(key, new Evidence(AzureCvmAttester.STATEMENT_MEDIA_TYPE, content));
  }

  /** A key with any statement. */
  record Stating(GuestKey key, Evidence statement) implements GuestKey {
    @Override
    public PublicKeyInfo.Rsa publicKey() {
      return key.publicKey();
    }

    @Override
    public Evidence evidence() {
      return key.evidence();
    }

    @Override
    public Decryption decrypt(Bytes ciphertext, RsaPadding padding) {
      return key.decrypt(ciphertext, padding);
    }

    @Override
    public void close() {
      key.close();
    }
  }
}
