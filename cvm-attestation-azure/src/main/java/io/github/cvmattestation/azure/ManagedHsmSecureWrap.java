package io.github.cvmattestation.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.keyvault.KeyId;
import io.github.cvmattestation.azure.internal.keyvault.SecureWrapAnswer;
import io.github.cvmattestation.azure.internal.keyvault.SecureWrapCall;
import io.github.cvmattestation.azure.internal.keyvault.VaultClients;
import io.github.cvmattestation.azure.internal.keyvault.VaultHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * <b>Preview.</b> Secrets that a Managed HSM draws itself, keeps nowhere, and opens again for
 * guests alone that its key's release policy admits (Key Vault REST 2026-01-01-preview,
 * securewrapkey and secureunwrapkey). Microsoft may change the service without notice, and this
 * type changes with it. It was never run against the real service.
 *
 * <p>The key is an RSA key of the HSM for {@code secureWrapKey} and {@code secureUnwrapKey}, has a
 * release policy, and is not exportable. The HSM enforces that; it is not seen from here.
 *
 * <p><b>What is published, and what is not.</b> The API description (azure-rest-api-specs,
 * keyvault/data-plane/Keys) fixes the requests and the three members of an answer, and that the
 * secret is an AES key of 256 bits. It gives neither a nonce nor a signature, and never says that
 * the secret is encrypted to a key of the token. Its example answer has 32 bytes, but they are
 * those of the older unwrapKey example. Microsoft's SDKs call the value the unwrapped key. So the
 * caller says which form is expected ({@link AnswerForm}); every other answer is refused.
 * Algorithms other than RSA-OAEP-256 are not asked for. Later previews want a further parameter
 * (2026-07-01-preview, applicationTrustedIssuer) and are not spoken.
 *
 * <p><b>What protects you.</b> Nobody signs an answer, unlike {@link KeyVaultReleaser}'s, and no
 * nonce ties it to its request. Key id and algorithm are compared, but whoever can break into the
 * TLS connection can write both, and hand over a secret of their choice. The same goes for storage:
 * the wrapping key is public, so whoever can replace a {@link WrappedSecret} can wrap a secret that
 * they know, and the HSM opens it like any other. What you encrypt with such a secret is theirs to
 * read. So keep wrapped secrets where they cannot be replaced, or bind them: let something that was
 * encrypted or authenticated with the true secret, and that nobody else can make, be opened first.
 * An error from a false secret is then a denial of service and no more.
 *
 * <p>Safe for use by several threads.
 */
public final class ManagedHsmSecureWrap {
  private static final int SECRET_BYTES = 32;

  /** RSA of 2048, 3072 and 4096 bits, in bytes. */
  private static final Set<Integer> WRAPPED_BYTES = Set.of(256, 384, 512);

  private final String host;
  private final SecureWrapCall call;
  private final AnswerForm form;
  private final DenialExplainer explainer;

  private ManagedHsmSecureWrap(Builder builder) {
    host = builder.host;
    call =
        new SecureWrapCall(
            VaultClients.pipeline(host, builder.credential, builder.http, builder.time));
    form = builder.form;
    explainer = builder.explainer;
  }

  /**
   * What the answer to an unwrap is expected to hold. There is no default, since no document
   * decides it.
   */
  public enum AnswerForm {
    /**
     * The secret itself, 32 bytes: what Microsoft's SDKs document (SecureUnwrapResult). TLS alone
     * hides it. The token is then a bearer's: whoever has it, and the credential that Azure gives
     * the machine through its host, gets the secret anywhere. The HTTP client's and the reader's
     * copies of it cannot be cleared.
     */
    SECRET_ITSELF,
    /**
     * RSA-OAEP with SHA-256 of the secret, for the guest key that the token names, as long as that
     * key's modulus. No document says so. It is what would follow if the answer's {@code alg} told
     * how its {@code value} is encrypted, and the only form in which a stolen token is worth
     * nothing.
     */
    RSA_OAEP_256_TO_GUEST_KEY
  }

  /** How a secret is wrapped. */
  public enum Algorithm {
    /** RSAES-OAEP, SHA-256 and MGF1 with SHA-256: {@code RSA-OAEP-256}. */
    RSA_OAEP_256
  }

  /**
   * A secret that only the HSM can open: to be stored, where nobody can replace it.
   *
   * @param keyId the URL of the key that wrapped it, with its version
   * @param algorithm how
   * @param value as long as that key's modulus
   */
  public record WrappedSecret(String keyId, Algorithm algorithm, Bytes value) {
    /** Says nothing of it. */
    @Override
    public String toString() {
      return "WrappedSecret";
    }
  }

  /** What came of wrapping. */
  public sealed interface Wrapping {
    /** A new secret, which nobody outside the HSM has seen if the HSM did answer. */
    record Wrapped(WrappedSecret secret) implements Wrapping {}

    /**
     * The HSM says no, or what it answered does not hold.
     *
     * @param findings why, at least one
     */
    record Refused(List<Finding> findings) implements Wrapping {
      public Refused {
        findings = someOf(findings);
      }
    }
  }

  /** What came of unwrapping. */
  public sealed interface Unwrapping {
    /** The secret, 32 bytes; whoever receives it closes it. */
    record Unwrapped(SecretBytes secret) implements Unwrapping {}

    /**
     * There is no secret.
     *
     * @param findings why, at least one
     */
    record Refused(List<Finding> findings) implements Unwrapping {
      public Refused {
        findings = someOf(findings);
      }
    }
  }

  private static List<Finding> someOf(List<Finding> findings) {
    if (findings.isEmpty()) {
      throw new IllegalArgumentException("a refusal has a reason");
    }
    return List.copyOf(findings);
  }

  /**
   * A Managed HSM, and the details.
   *
   * @param hsmUrl such as {@code https://contoso.managedhsm.azure.net}
   * @param credential who asks; of azure-identity, for one
   * @param form what unwrapping is expected to answer
   * @throws AttestationException.Configuration if the URL is no Managed HSM's, a Key Vault's too
   */
  public static Builder builder(String hsmUrl, TokenCredential credential, AnswerForm form) {
    return new Builder(VaultHost.ofManagedHsm(hsmUrl), credential, form);
  }

  /**
   * Has the HSM draw a secret, and hand it out wrapped. It needs no token: it is not seen here.
   *
   * @param key a name, a slash and a version
   * @throws AttestationException.Configuration if it is anything else
   * @throws AttestationException.Service if the HSM could not be asked, or does not use the key for
   *     this
   */
  public Wrapping wrapNewSecret(String key) {
    KeyId asked =
        KeyId.of(host, key)
            .filter(id -> id.version().isPresent())
            .orElseThrow(
                () ->
                    new AttestationException.Configuration(
                        "not the name of a key's version",
                        "letters, digits and dashes, a slash, and the version"));
    SecureWrapCall.Outcome outcome = call.wrap(asked);
    if (outcome instanceof SecureWrapCall.Denied denied) {
      return new Wrapping.Refused(List.of(denial(denied)));
    }
    try {
      Bytes value = SecureWrapAnswer.read(((SecureWrapCall.Answer) outcome).body(), asked);
      if (!WRAPPED_BYTES.contains(value.size())) {
        throw size("256, 384 or 512 bytes", value);
      }
      String keyId =
          "https://" + host + "/keys/" + asked.name() + "/" + asked.version().orElseThrow();
      return new Wrapping.Wrapped(new WrappedSecret(keyId, Algorithm.RSA_OAEP_256, value));
    } catch (RefutedException e) {
      return new Wrapping.Refused(List.of(e.finding()));
    } catch (MalformedException e) {
      return new Wrapping.Refused(List.of(e.toFinding(ReleaseFinding.SKR_FORM)));
    }
  }

  /**
   * Has the HSM open a secret for this guest.
   *
   * @param wrapped what {@link #wrapNewSecret} gave, by this HSM
   * @param token what the HSM is shown
   * @param guestKey the key that the token names; it is not used where the form is {@link
   *     AnswerForm#SECRET_ITSELF}
   * @throws AttestationException.Configuration if {@code wrapped} is of another HSM, which is then
   *     not shown the token
   * @throws AttestationException.Service if the HSM could not be asked, or cannot open this
   * @throws AttestationException if the guest's hardware could not be asked
   */
  public Unwrapping unwrap(WrappedSecret wrapped, VerifiedToken token, GuestKey guestKey) {
    KeyId key =
        KeyId.parse(wrapped.keyId())
            .filter(id -> id.version().isPresent() && id.host().equalsIgnoreCase(host))
            .orElseThrow(
                () ->
                    new AttestationException.Configuration(
                        "wrapped by a key of another HSM", "ask the HSM that wrapped it"));
    try {
      if (!WRAPPED_BYTES.contains(wrapped.value().size())) {
        throw size("256, 384 or 512 bytes", wrapped.value());
      }
      KeyId asked = new KeyId(host, key.name(), key.version());
      SecureWrapCall.Outcome outcome = call.unwrap(asked, wrapped.value(), token.token());
      if (outcome instanceof SecureWrapCall.Denied denied) {
        List<Finding> findings = new ArrayList<>();
        findings.add(denial(denied));
        findings.addAll(explainer.explain(key.name(), token));
        return new Unwrapping.Refused(findings);
      }
      Bytes value = SecureWrapAnswer.read(((SecureWrapCall.Answer) outcome).body(), asked);
      return new Unwrapping.Unwrapped(secret(value, guestKey));
    } catch (RefutedException e) {
      return new Unwrapping.Refused(List.of(e.finding()));
    } catch (MalformedException e) {
      return new Unwrapping.Refused(List.of(e.toFinding(ReleaseFinding.SKR_FORM)));
    }
  }

  /** The forms differ in size, so that none is taken for the other. */
  private SecretBytes secret(Bytes value, GuestKey guestKey) throws RefutedException {
    int expected =
        form == AnswerForm.SECRET_ITSELF ? SECRET_BYTES : guestKey.publicKey().modulusBytes();
    if (value.size() != expected) {
      throw size(expected + " bytes", value);
    }
    if (form == AnswerForm.SECRET_ITSELF) {
      return new SecretBytes(value.toArray());
    }
    if (guestKey.decrypt(value, RsaPadding.OAEP_SHA256)
        instanceof GuestKey.Decryption.Decrypted decrypted) {
      SecretBytes message = decrypted.message();
      if (message.octets().length == SECRET_BYTES) {
        return message;
      }
      message.close();
    }
    throw new RefutedException(
        Finding.of(CoreFinding.SKR_UNWRAP, "a secret wrapped to this guest", "something else"));
  }

  private static RefutedException size(String expected, Bytes value) {
    return new RefutedException(
        Finding.of(ReleaseFinding.SKR_FORM, expected, value.size() + " bytes"));
  }

  private static Finding denial(SecureWrapCall.Denied denied) {
    String actual = denied.code().isEmpty() ? "HTTP 403" : "HTTP 403, " + denied.code();
    return Finding.of(ReleaseFinding.RELEASE_DENIED, "the HSM uses the key", actual);
  }

  /** The details. */
  public static final class Builder {
    private final String host;
    private final TokenCredential credential;
    private final AnswerForm form;
    private HttpClient http = VaultClients.direct();
    private DenialExplainer explainer = DenialExplainer.none();
    private HttpTime time = HttpTime.system();

    private Builder(String host, TokenCredential credential, AnswerForm form) {
      this.host = host;
      this.credential = credential;
      this.form = form;
    }

    /**
     * Who speaks HTTP, instead of the JDK's client without a proxy. It must not follow redirects;
     * sizes and times are bounded above it. Whom it trusts as the HSM is all the protection that
     * answers have.
     */
    public Builder httpClient(HttpClient client) {
      http = client;
      return this;
    }

    /** Who says why a secret was refused; nobody unless set. */
    public Builder explainer(DenialExplainer who) {
      explainer = who;
      return this;
    }

    /** For tests, in which waiting takes no time. */
    Builder time(HttpTime source) {
      time = source;
      return this;
    }

    /** It asks nobody yet. */
    public ManagedHsmSecureWrap build() {
      return new ManagedHsmSecureWrap(this);
    }
  }
}
