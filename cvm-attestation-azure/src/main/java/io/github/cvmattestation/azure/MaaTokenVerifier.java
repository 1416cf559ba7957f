package io.github.cvmattestation.azure;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.attestation.token.TokenVerifier;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.maa.HttpJwksSource;
import io.github.cvmattestation.azure.internal.maa.Issuers;
import io.github.cvmattestation.azure.internal.maa.JwksSource;
import io.github.cvmattestation.azure.internal.maa.MaaKeys;
import io.github.cvmattestation.azure.internal.maa.TokenVerification;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies tokens of Microsoft Azure Attestation: algorithm, issuer, signature, dates, kind of
 * evidence, nonce, the guest's key and, where pinned, the issuer's policy. Keys come from {@code
 * /certs} of the trusted issuer that the token names, and from nowhere else: whatever the token's
 * header says of keys and addresses is not read.
 *
 * <p>The nonce in a token is the text that was sent: the nonce's octets in lower-case hexadecimal.
 * An {@code azurevm} token has it, in base64, as x-ms-runtime.client-payload.nonce; the other kinds
 * have it, as it is, as {@code nonce}.
 *
 * <p>The guest's key is compared with the first of x-ms-runtime.keys that may encrypt, for that is
 * the one that Key Vault wraps released keys for.
 *
 * <p>Whether such a VM is wanted is not asked here: see {@link MaaToken#isCompliantCvm}, {@link
 * MaaToken#debugFlags} and the policies of issuer and vault. Safe for many threads, and worth
 * keeping: an instance remembers the issuers' keys.
 */
public final class MaaTokenVerifier implements TokenVerifier {
  /** The most that clocks may differ. */
  public static final Duration MAX_SKEW = Duration.ofSeconds(60);

  private static final Duration FRESH_KEYS = Duration.ofHours(1);
  private static final Duration MAX_AGE_OF_KEYS = Duration.ofDays(7);
  private static final Duration MIN_AGE_OF_KEYS = Duration.ofMinutes(1);
  private static final int POLICY_HASH_SIZE = 32;

  private final TokenVerification steps;

  private MaaTokenVerifier(Builder builder) {
    Issuers issuers = new Issuers(builder.issuers);
    SignatureBackend backend =
        builder.signatures == null ? SignatureBackends.fastest() : builder.signatures;
    JwksSource source =
        builder.keySource == null
            ? HttpJwksSource.over(builder.httpClient, builder.time)
            : builder.keySource;
    MaaKeys keys =
        new MaaKeys(
            issuers.all(),
            source,
            backend,
            builder.clock,
            new MaaKeys.Ages(builder.freshKeys, builder.staleKeysOnError));
    steps =
        new TokenVerification(
            issuers,
            keys,
            new TokenVerification.Demands(
                Set.copyOf(builder.types), Set.copyOf(builder.policyHashes), builder.skew));
  }

  /** A verifier of {@code azurevm} tokens of one issuer, such as its attestation endpoint. */
  public static MaaTokenVerifier of(String issuer) {
    return builder(issuer).build();
  }

  /**
   * A verifier to be configured.
   *
   * @param issuers each an https URL of a host alone. A token's iss must equal one of them but for
   *     one slash at the end: neither a common suffix nor a common prefix is trusted
   */
  public static Builder builder(String... issuers) {
    return new Builder(issuers);
  }

  @Override
  public Verification verify(
      AttestationToken token, Nonce nonce, PublicKeyInfo.Rsa guestKey, Instant at) {
    Ledger ledger = new Ledger();
    try {
      return ledger.verified(
          ClaimSet.of(new MaaToken(token, steps.run(token, nonce, guestKey, at, ledger))));
    } catch (RefutedException e) {
      return ledger.refuted(e.finding());
    }
  }

  /**
   * As {@link #verify(AttestationToken, Nonce, PublicKeyInfo.Rsa, Instant)}, for a text that may be
   * no token at all: that refutes it as well.
   */
  public Verification verify(String token, Nonce nonce, PublicKeyInfo.Rsa guestKey, Instant at) {
    AttestationToken parsed;
    try {
      parsed = AttestationToken.parse(token);
    } catch (MalformedException e) {
      return new Ledger().refuted(e.toFinding(MaaFinding.JWT_FORM));
    }
    return verify(parsed, nonce, guestKey, at);
  }

  /** Configures a {@link MaaTokenVerifier}. The defaults are the strict ones. */
  public static final class Builder {
    private final Set<String> issuers;
    private final Set<Bytes> policyHashes = new HashSet<>();
    private Set<MaaAttestationType> types = EnumSet.of(MaaAttestationType.AZURE_VM);
    private Duration skew = MAX_SKEW;
    private Duration freshKeys = FRESH_KEYS;
    private Duration staleKeysOnError = Duration.ZERO;
    private InstantSource clock = InstantSource.system();
    private @Nullable SignatureBackend signatures;
    private @Nullable HttpClient httpClient;
    private @Nullable JwksSource keySource;
    private HttpTime time = HttpTime.system();

    private Builder(String... issuers) {
      this.issuers = new LinkedHashSet<>(Arrays.asList(issuers));
    }

    /** Accepts these kinds of evidence instead of {@link MaaAttestationType#AZURE_VM} alone. */
    public Builder accept(MaaAttestationType first, MaaAttestationType... more) {
      types = EnumSet.of(first, more);
      return this;
    }

    /**
     * Accepts tokens only if the issuer appraised under one of these policies; more calls add more.
     * Without any the issuer is trusted with whatever policy it has, and the verdict notes that.
     *
     * @param hashes x-ms-policy-hash, 32 octets each
     */
    public Builder requirePolicyHash(Bytes... hashes) {
      for (Bytes hash : hashes) {
        if (hash.size() != POLICY_HASH_SIZE) {
          throw wrong("a policy hash of " + hash.size() + " bytes", "give the 32 bytes of SHA-256");
        }
        policyHashes.add(hash);
      }
      return this;
    }

    /** Lets clocks differ by this much instead of {@link #MAX_SKEW}: 0 to 60 seconds. */
    public Builder skew(Duration most) {
      if (most.isNegative() || most.compareTo(MAX_SKEW) > 0) {
        throw wrong("a skew of " + most, "allow 0 to 60 seconds");
      }
      skew = most;
      return this;
    }

    /** Checks signatures with this backend instead of the fastest. */
    public Builder signatures(SignatureBackend chosen) {
      signatures = chosen;
      return this;
    }

    /**
     * Asks issuers for their keys through this client instead of one of the JDK without proxy. It
     * must not follow redirects.
     */
    public Builder httpClient(HttpClient chosen) {
      httpClient = chosen;
      return this;
    }

    /** Tells how old keys are by this clock. When a token holds is told by the caller. */
    public Builder clock(InstantSource chosen) {
      clock = chosen;
      return this;
    }

    /** Asks for keys again once they are this old, instead of an hour: a minute to seven days. */
    public Builder freshKeys(Duration most) {
      requireAge(most, MIN_AGE_OF_KEYS);
      freshKeys = most;
      return this;
    }

    /**
     * If an issuer cannot be asked again, uses its last keys for this much longer: up to seven
     * days. A key that it has withdrawn meanwhile is then believed for as long.
     */
    public Builder allowStaleKeysOnError(Duration most) {
      requireAge(most, Duration.ZERO);
      staleKeysOnError = most;
      return this;
    }

    /** For tests, in which waiting for an issuer takes no time. */
    Builder time(HttpTime chosen) {
      time = chosen;
      return this;
    }

    /** For tests: keys from elsewhere than the network. */
    Builder keySource(JwksSource chosen) {
      keySource = chosen;
      return this;
    }

    /**
     * The verifier.
     *
     * @throws AttestationException.Configuration if there is no issuer, or one is no https URL of a
     *     host
     */
    public MaaTokenVerifier build() {
      return new MaaTokenVerifier(this);
    }

    private static void requireAge(Duration age, Duration least) {
      if (age.compareTo(least) < 0 || age.compareTo(MAX_AGE_OF_KEYS) > 0) {
        throw wrong("keys of the age " + age, "allow " + least + " to " + MAX_AGE_OF_KEYS);
      }
    }

    private static AttestationException.Configuration wrong(String problem, String remedy) {
      return new AttestationException.Configuration(problem, remedy);
    }
  }
}
