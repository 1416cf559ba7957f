package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.attestation.token.TokenIssuer;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.maa.AttestCalls;
import io.github.cvmattestation.azure.internal.maa.HardwareRequest;
import io.github.cvmattestation.azure.internal.maa.Issuers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A provider of Microsoft Azure Attestation: it appraises a VM by its policy and says so in a
 * token. Asking needs no credential. What comes back is unproven: {@link #verifier} proves it.
 *
 * <p>Answers of {@code /attest/AzureGuest} are sealed, and opened by the key that was shown, in the
 * VM's vTPM. Whatever is wrong with a sealed answer, the exception is the same. Safe for use by
 * several threads.
 */
public final class MaaTokenIssuer implements TokenIssuer {
  /** The version of the REST API that is spoken unless another is chosen. */
  public static final String API_VERSION = "2025-06-01";

  private static final Pattern VERSION = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?");

  /** The boot log, in base64, and what little there is beside it. */
  private static final int MAX_STATEMENT = 2 * EventLog.MAX_SIZE + (1 << 18);

  private final String url;
  private final @Nullable HttpClient chosen;
  private final AttestCalls calls;

  private MaaTokenIssuer(Builder builder) {
    url = builder.url;
    chosen = builder.httpClient;
    HttpClient client =
        chosen == null ? BoundedHttp.direct(AttestCalls.CONNECT, AttestCalls.READ) : chosen;
    calls = new AttestCalls(url, builder.apiVersion, client, builder.deadline, builder.time);
  }

  /**
   * A provider.
   *
   * @param url its attestation endpoint, an https URL of a host alone, such as {@link
   *     MaaRegions#endpoint} gives
   * @throws AttestationException.Configuration if it is something else
   */
  public static MaaTokenIssuer at(String url) {
    return builder(url).build();
  }

  /** The same with a say in the details. */
  public static Builder builder(String url) {
    return new Builder(new Issuers(Set.of(url)).all().iterator().next());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Asks {@code /attest/AzureGuest}.
   *
   * @param key of {@link AzureCvmAttester#newKey}
   * @param nonce the one that the key was made with: its statement carries it already
   * @throws AttestationException.Configuration if the key is not of an Azure VM, or was made with
   *     another nonce
   * @throws AttestationException.Service if the provider could not be asked; with status 400 if it
   *     refuses the evidence
   */
  @Override
  public AttestationToken issue(GuestKey key, Nonce nonce) {
    if (!key.statement().mediaType().equals(AzureCvmAttester.STATEMENT_MEDIA_TYPE)) {
      throw new AttestationException.Configuration(
          "the key's statement is not one for Azure Attestation",
          "make the key with AzureCvmAttester");
    }
    Bytes statement = key.statement().content();
    if (!carries(statement, nonce)) {
      throw new AttestationException.Configuration(
          "the key was made with another nonce", "make a new key with the token's nonce");
    }
    return calls.guest(statement, key);
  }

  /**
   * Has the hardware's evidence appraised without the vTPM: {@code /attest/SevSnpVm} or {@code
   * /attest/TdxVm}. Such a token names no key that a guest can decrypt with, so that no key is
   * released for it to a VM.
   *
   * @param evidence of {@link AzureCvmAttester#attest}
   * @param endorsements of SEV-SNP the certificates above the VCEK, PEM or DER
   * @param nonce comes back in the token; evidence is not bound to it
   * @throws AttestationException.Configuration if evidence or certificates cannot be read
   * @throws AttestationException.Service if the provider could not be asked; with status 400 if it
   *     refuses the evidence
   */
  public AttestationToken attestHardware(
      AzureCvmEvidence evidence, Endorsements endorsements, Nonce nonce) {
    try {
      HclReport report = HclReport.parse(evidence.hclReport());
      if (evidence.hardware() instanceof AzureCvmEvidence.TdQuote td) {
        return calls.hardware("TdxVm", HardwareRequest.tdx(report, td.quote(), nonce));
      }
      List<Bytes> chain = new ArrayList<>();
      chain.add(((AzureCvmEvidence.Vcek) evidence.hardware()).certificate());
      chain.addAll(endorsements.certificates());
      return calls.hardware("SevSnpVm", HardwareRequest.snp(report, chain, nonce));
    } catch (MalformedException e) {
      throw new AttestationException.Configuration(
          "neither the service nor anybody else can read this: " + e.problem(),
          "pass what AzureCvmAttester returned");
    }
  }

  /**
   * A verifier of this provider's {@code azurevm} tokens, with its strict defaults. Where more is
   * to be said, see {@link MaaTokenVerifier#builder}.
   */
  @Override
  public MaaTokenVerifier verifier() {
    MaaTokenVerifier.Builder verifier = MaaTokenVerifier.builder(url);
    if (chosen != null) {
      verifier.httpClient(chosen);
    }
    return verifier.build();
  }

  private static boolean carries(Bytes statement, Nonce nonce) {
    try {
      String sent =
          StrictJson.parse("statement", statement, MAX_STATEMENT)
              .asObject()
              .require("ClientPayload")
              .asObject()
              .require("nonce")
              .asString();
      Bytes text = Bytes.of(nonce.value().hex().getBytes(US_ASCII));
      return Base64s.decode("nonce", sent).equals(text);
    } catch (MalformedException e) {
      return false;
    }
  }

  /** The details. What is not set has the safe meaning. */
  public static final class Builder {
    private final String url;
    private String apiVersion = API_VERSION;
    private Duration deadline = AttestCalls.DEADLINE;
    private @Nullable HttpClient httpClient;
    private HttpTime time = HttpTime.system();

    private Builder(String url) {
      this.url = url;
    }

    /**
     * Speaks this version of the REST API instead of {@link #API_VERSION}.
     *
     * @param version such as {@code 2020-10-01}
     */
    public Builder apiVersion(String version) {
      if (!VERSION.matcher(version).matches()) {
        throw new AttestationException.Configuration(
            "no version of the REST API", "give a date such as " + API_VERSION);
      }
      apiVersion = version;
      return this;
    }

    /**
     * Who speaks HTTP, to fetch tokens and the keys that prove them, instead of the JDK's client
     * without a proxy. It must not follow redirects; sizes and times are bounded above it.
     */
    public Builder httpClient(HttpClient client) {
      httpClient = client;
      return this;
    }

    /** How long a token may take, all tries and the pauses between them; 150 seconds unless set. */
    public Builder deadline(Duration most) {
      if (most.isNegative() || most.isZero()) {
        throw new AttestationException.Configuration(
            "no time to ask in", "allow at least a few seconds");
      }
      deadline = most;
      return this;
    }

    /** For tests, in which waiting takes no time. */
    Builder time(HttpTime source) {
      time = source;
      return this;
    }

    /** The issuer. It asks nobody yet. */
    public MaaTokenIssuer build() {
      return new MaaTokenIssuer(this);
    }
  }
}
