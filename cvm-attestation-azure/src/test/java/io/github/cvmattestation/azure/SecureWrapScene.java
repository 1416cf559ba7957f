package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.KeyClient;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.AnswerForm;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.Unwrapping;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.WrappedSecret;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.Wrapping;
import io.github.cvmattestation.azure.internal.keyvault.VaultClients;
import io.github.cvmattestation.testkit.FakeKeyVault;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;

/** What the tests of secure wrap share: a Managed HSM with one key for it, and a guest. */
final class SecureWrapScene implements AutoCloseable {
  static final Bytes POLICY = Bytes.of("{\"version\":\"1.0.0\"}".getBytes(UTF_8));
  static final SoftGuest GUEST = new SoftGuest();
  private static final String HOST = "contoso.managedhsm.azure.net";

  final FakeKeyVault hsm = FakeKeyVault.start(HOST, Instant.now());
  final VaultClient client = new VaultClient(hsm);

  /** A name, a slash and a version. */
  final String key = local(hsm.addSecureWrap("wrapping", POLICY));

  /** Takes back every fault and every lie. */
  void heal() {
    hsm.server().heal();
    hsm.policyCheck((policy, token) -> true)
        .onSecureWrap(answer -> answer)
        .secureUnwrapToGuest(false);
  }

  ManagedHsmSecureWrap.Builder builder(AnswerForm form) {
    return ManagedHsmSecureWrap.builder(hsm.vaultUrl(), VaultClient.credential(), form)
        .httpClient(client)
        .time(new FaultTime(Instant.now()));
  }

  ManagedHsmSecureWrap asking(AnswerForm form) {
    return builder(form).build();
  }

  /** Whoever manages keys there. */
  KeyClient keys() {
    return VaultClients.client(
        HOST, VaultClient.credential(), client, new FaultTime(Instant.now()));
  }

  /** What anybody may have of the key. */
  PublicKey publicKey() {
    return keys().getKey("wrapping").getKey().toRsa().getPublic();
  }

  WrappedSecret wrapped() {
    Wrapping wrapping = asking(AnswerForm.SECRET_ITSELF).wrapNewSecret(key);
    assertThat(wrapping).isInstanceOf(Wrapping.Wrapped.class);
    return ((Wrapping.Wrapped) wrapping).secret();
  }

  Unwrapping unwrap(AnswerForm form, WrappedSecret wrapped) {
    return asking(form).unwrap(wrapped, GUEST.token(), GUEST);
  }

  String keyUrl() {
    return hsm.vaultUrl() + "/keys/" + key;
  }

  @Override
  public void close() {
    hsm.close();
  }

  static SecretBytes opened(Unwrapping unwrapping) {
    assertThat(unwrapping).isInstanceOf(Unwrapping.Unwrapped.class);
    return ((Unwrapping.Unwrapped) unwrapping).secret();
  }

  static List<String> codes(Wrapping wrapping) {
    assertThat(wrapping).isInstanceOf(Wrapping.Refused.class);
    return names(((Wrapping.Refused) wrapping).findings());
  }

  static List<String> codes(Unwrapping unwrapping) {
    assertThat(unwrapping).isInstanceOf(Unwrapping.Refused.class);
    return names(((Unwrapping.Refused) unwrapping).findings());
  }

  private static List<String> names(List<Finding> findings) {
    return findings.stream().map(finding -> finding.code().name()).toList();
  }

  static String local(String url) {
    return url.substring(url.indexOf("/keys/") + "/keys/".length());
  }
}
