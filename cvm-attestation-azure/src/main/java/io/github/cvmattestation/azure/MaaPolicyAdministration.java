package io.github.cvmattestation.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.util.Configuration;
import com.azure.security.attestation.AttestationAdministrationClient;
import com.azure.security.attestation.AttestationAdministrationClientBuilder;
import com.azure.security.attestation.models.AttestationTokenValidationOptions;
import com.azure.security.attestation.models.AttestationType;
import com.azure.security.attestation.models.PolicyModification;
import com.azure.security.attestation.models.PolicyResult;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.azure.internal.http.BoundedClient;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpLimits;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.RetryRule;
import io.github.cvmattestation.azure.internal.maa.Issuers;
import io.github.cvmattestation.azure.internal.maa.PolicyRefusals;
import io.github.cvmattestation.azure.internal.maa.PublishedSignature;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads and changes the policies of a provider of one's own, through the Azure SDK: needs the
 * artifact {@code com.azure:azure-security-attestation}, and of Azure the role Attestation
 * Contributor. A shared provider's policies cannot be changed.
 *
 * <p>Answers count only if they are signed by a key that the provider publishes, which is verified
 * here; beyond that the SDK's validation and the connection's TLS are relied on. Nothing here
 * proves tokens about machines: {@link MaaTokenVerifier} does.
 */
public final class MaaPolicyAdministration {
  private static final String SERVICE = PolicyRefusals.SERVICE;

  /** A policy has 100 KiB at most; it comes in base64 three times. */
  private static final int MAX_BODY = 1 << 19;

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration READ = Duration.ofSeconds(20);
  private static final HttpLimits LIMITS =
      new HttpLimits(MAX_BODY, CONNECT, READ, Duration.ofSeconds(60));
  private static final RetryRule RETRIES =
      new RetryRule(Set.of(408, 429, 500, 502, 503, 504), 4, Duration.ofSeconds(1));

  private final AttestationAdministrationClient client;

  private MaaPolicyAdministration(String url, TokenCredential credential, HttpClient http) {
    BoundedHttp bounded = new BoundedHttp(SERVICE, http, LIMITS, RETRIES, HttpTime.system());
    client =
        new AttestationAdministrationClientBuilder()
            .endpoint(url)
            .credential(credential)
            .httpClient(new BoundedClient(bounded))
            .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1))))
            .configuration(Configuration.NONE)
            .addPolicy(new PolicyRefusals())
            .tokenValidationOptions(strict(url, http))
            .buildClient();
  }

  /**
   * The policies of a provider.
   *
   * @param url its attestation endpoint, an https URL of a host alone
   * @param credential who asks; of azure-identity, for one
   * @throws AttestationException.Configuration if the URL is something else
   */
  public static MaaPolicyAdministration at(String url, TokenCredential credential) {
    return at(url, credential, BoundedHttp.direct(CONNECT, READ));
  }

  /**
   * The same.
   *
   * @param http who speaks HTTP, instead of the JDK's client without a proxy; it must not follow
   *     redirects
   */
  public static MaaPolicyAdministration at(
      String url, TokenCredential credential, HttpClient http) {
    String origin = new Issuers(Set.of(url)).all().iterator().next();
    return new MaaPolicyAdministration(origin, credential, http);
  }

  /**
   * The SDK takes an unsigned token for a valid one, and one of a key that only its own header
   * names where the provider publishes none. So the signature is verified here.
   */
  private static AttestationTokenValidationOptions strict(String url, HttpClient http) {
    PublishedSignature signature = new PublishedSignature(url, http);
    return new AttestationTokenValidationOptions()
        .setExpectedIssuer(url)
        .setValidationCallback(
            (token, signer) -> {
              if (!signature.holds(token.serialize())) {
                throw malformed();
              }
            });
  }

  /**
   * The text of the policy by which a kind of evidence is appraised. Its hash is {@link
   * MaaPolicy#policyHash}.
   *
   * @throws AttestationException.Service if the provider could not be asked, or refuses
   */
  public String policy(MaaAttestationType kind) {
    return asked(() -> Optional.ofNullable(client.getAttestationPolicy(type(kind))))
        .orElseThrow(MaaPolicyAdministration::malformed);
  }

  /**
   * Replaces the policy by which a kind of evidence is appraised, unsigned: a provider in isolated
   * mode refuses that.
   *
   * @throws AttestationException.Service if the provider could not be asked, refuses, or stored
   *     something else
   */
  public void replace(MaaAttestationType kind, MaaPolicy policy) {
    boolean stored =
        asked(
            () -> {
              PolicyResult result = client.setAttestationPolicy(type(kind), policy.text());
              return PolicyModification.UPDATED.equals(result.getPolicyResolution())
                  && Arrays.equals(
                      client.calculatePolicyTokenHash(policy.text(), null).toBytes(),
                      result.getPolicyTokenHash().toBytes());
            });
    if (!stored) {
      throw malformed();
    }
  }

  /**
   * Goes back to the policy that a new provider has.
   *
   * @throws AttestationException.Service if the provider could not be asked, or refuses
   */
  public void reset(MaaAttestationType kind) {
    boolean removed =
        asked(
            () ->
                PolicyModification.REMOVED.equals(
                    client.resetAttestationPolicy(type(kind)).getPolicyResolution()));
    if (!removed) {
      throw malformed();
    }
  }

  /** The last part of the path; the SDK has names for other kinds alone. */
  private static AttestationType type(MaaAttestationType kind) {
    return AttestationType.fromString(
        switch (kind) {
          case AZURE_VM -> "AzureGuest";
          case SEV_SNP_VM -> "SevSnpVm";
          case TDX_VM -> "TdxVm";
        });
  }

  /** The SDK's exceptions quote what was answered, so that none of them goes further. */
  private static <T> T asked(Supplier<T> call) {
    try {
      return call.get();
    } catch (AttestationException.Service e) {
      // A copy: the SDK's threads have hung their own on it.
      throw new AttestationException.Service(
          SERVICE, e.failure(), e.status(), e.requestId(), e.serviceCode(), e.remedy());
    } catch (RuntimeException e) {
      throw malformed();
    }
  }

  private static AttestationException.Service malformed() {
    return new AttestationException.Service(
        SERVICE, Failure.ANSWER_MALFORMED, 0, "", "", "check that the address is the provider's");
  }
}
