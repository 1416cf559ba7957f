package io.github.cvmattestation.attestation;

import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.release.KeyReleaser;
import io.github.cvmattestation.attestation.release.KeyUnwrapper;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.attestation.spi.EvidenceVerifier;
import io.github.cvmattestation.attestation.spi.Guest;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.spi.TeeModule;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.attestation.token.TokenAgreement;
import io.github.cvmattestation.attestation.token.TokenIssuer;
import io.github.cvmattestation.attestation.token.TokenVerifier;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The front door, for a program inside a confidential VM: all seven {@link Room rooms}, in their
 * order, bound together once.
 *
 * <p>{@link #attest()} draws a nonce, has a key made in the guest, collects evidence that is bound
 * to both, verifies it here, holds it against the policy, and has a token issued and verified. What
 * it returns can ask for keys. Nothing goes further than the first room that says no.
 *
 * <p>Safe for use by several threads; attestations and releases run one after the other, for the
 * machine has one vTPM. A guest key lives until the next attestation or {@link #close()}. Threads
 * that each want a key of their own ask with {@link #tryRelease}, which lets no other attestation
 * come between.
 */
public final class CvmAttestation implements AutoCloseable {
  private final Guest guest;
  private final EvidenceVerifier verifier;
  private final AppraisalPolicy policy;
  private final Optional<TokenIssuer> issuer;
  private final Optional<TokenVerifier> tokenVerifier;
  private final TokenAgreement agreement;
  private final Optional<KeyReleaser> releaser;
  private final KeyUnwrapper unwrapper;
  private final InstantSource clock;
  private @Nullable GuestKey current;
  private @Nullable Attested latest;

  private CvmAttestation(Builder builder) {
    if (builder.policy == null) {
      throw new AttestationException.Configuration(
          "a machine cannot be what is wanted if nobody says what that is", "name a policy");
    }
    if (builder.releaser != null && builder.issuer == null) {
      throw new AttestationException.Configuration(
          "a key is released to a token, and nobody issues one", "name an issuer, too");
    }
    guest = builder.guest != null ? builder.guest : TeeModule.localGuest();
    verifier = builder.verifier != null ? builder.verifier : new PublishedAnchors();
    policy = builder.policy;
    issuer = Optional.ofNullable(builder.issuer);
    tokenVerifier =
        Optional.ofNullable(builder.tokenVerifier).or(() -> issuer.map(TokenIssuer::verifier));
    agreement = builder.agreement;
    releaser = Optional.ofNullable(builder.releaser);
    unwrapper = new KeyUnwrapper(SignatureBackends.fastest());
    clock = builder.clock;
  }

  /** One to be configured. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Attests this machine.
   *
   * @throws AttestationException.Denied if a room says no
   * @throws AttestationException if the machine or a service could not be asked
   */
  public Attested attest() {
    return tryAttest().orThrow();
  }

  /**
   * As {@link #attest()}, with the no as a value.
   *
   * @throws AttestationException if the machine or a service could not be asked
   */
  public synchronized Attempt<Attested> tryAttest() {
    forget();
    Nonce nonce = Nonce.random();
    GuestKey key = guest.newKey(nonce);
    current = key;
    Evidence evidence = key.evidence();
    Instant now = clock.instant();
    Verification verification =
        verifier.verify(
            evidence,
            guest.endorsementsFor(evidence),
            nonce,
            ReportData.binding(nonce, key.publicKey().der()),
            now);
    if (!(verification instanceof Verification.Verified verified)) {
      // What somebody handed out once must not refute this machine as long as it is kept.
      guest.forget();
      return new Attempt.Denied<>(Room.VERIFY, verification.findings());
    }
    AttestationResult result = policy.appraise(verified);
    if (!(result instanceof AttestationResult.Affirmed affirmed)) {
      return new Attempt.Denied<>(Room.APPRAISE, result.findings());
    }
    if (issuer.isEmpty() || tokenVerifier.isEmpty()) {
      return granted(key, affirmed, Optional.empty());
    }
    AttestationToken token = issuer.get().issue(key, nonce);
    Verification proof = tokenVerifier.get().verify(token, nonce, key.publicKey(), clock.instant());
    Optional<VerifiedToken> proven =
        proof instanceof Verification.Verified holds
            ? holds.claims().get(VerifiedToken.class)
            : Optional.empty();
    if (proven.isEmpty()) {
      return new Attempt.Denied<>(Room.TOKEN, proof.findings());
    }
    List<Finding> contradictions = agreement.contradictions(affirmed.claims(), proven.get());
    return contradictions.isEmpty()
        ? granted(key, affirmed, proven)
        : new Attempt.Denied<>(Room.TOKEN, contradictions);
  }

  /**
   * Attests this machine and has a key released to it, with nothing in between. Whoever receives
   * the key closes it.
   *
   * @param name the key's name at the key service
   * @throws AttestationException.Denied if a room says no
   * @throws AttestationException if the machine or a service could not be asked
   */
  public ReleasedKey release(String name) {
    return tryRelease(name).orThrow();
  }

  /**
   * As {@link #release}, with the no as a value: what a {@link
   * io.github.cvmattestation.attestation.release.KeyCache} asks.
   *
   * @throws AttestationException if the machine or a service could not be asked
   */
  public synchronized Attempt<ReleasedKey> tryRelease(String name) {
    Attempt<Attested> attempt = tryAttest();
    return attempt instanceof Attempt.Denied<Attested> denied
        ? new Attempt.Denied<>(denied.room(), denied.findings())
        : attempt.orThrow().tryRelease(name);
  }

  private Attempt<Attested> granted(
      GuestKey key, AttestationResult.Affirmed affirmed, Optional<VerifiedToken> token) {
    latest = new Attested(this, key, affirmed, token, releaser, unwrapper);
    return new Attempt.Granted<>(latest);
  }

  private void forget() {
    if (latest != null) {
      latest.end();
      latest = null;
    }
    if (current != null) {
      current.close();
      current = null;
    }
  }

  /** Forgets the guest's key and lets go of the machine. What was attested can ask for no more. */
  @Override
  public synchronized void close() {
    try {
      forget();
    } finally {
      guest.close();
    }
  }

  /** The vendors' published keys, by the module that knows the evidence at hand. */
  private static final class PublishedAnchors implements EvidenceVerifier {
    @Override
    public Verification verify(
        Evidence evidence, Endorsements endorsements, Nonce nonce, Instant at) {
      return of(evidence).verify(evidence, endorsements, nonce, at);
    }

    @Override
    public Verification verify(
        Evidence evidence, Endorsements endorsements, Nonce nonce, ReportData bound, Instant at) {
      return of(evidence).verify(evidence, endorsements, nonce, bound, at);
    }

    private static EvidenceVerifier of(Evidence evidence) {
      TeeModule module = TeeModule.forMediaType(evidence.mediaType());
      return module.verifier(module.trustAnchors(), SignatureBackends.fastest());
    }
  }

  /** Configures a {@link CvmAttestation}. Only the policy has no default. */
  public static final class Builder {
    private @Nullable Guest guest;
    private @Nullable EvidenceVerifier verifier;
    private @Nullable AppraisalPolicy policy;
    private @Nullable TokenIssuer issuer;
    private @Nullable TokenVerifier tokenVerifier;
    private @Nullable KeyReleaser releaser;
    private TokenAgreement agreement = TokenAgreement.NOT_ASKED;
    private InstantSource clock = InstantSource.system();

    private Builder() {}

    /** What this machine must be. */
    public Builder policy(AppraisalPolicy chosen) {
      policy = chosen;
      return this;
    }

    /** Who turns evidence into tokens; without one there are no keys, only a verdict. */
    public Builder issuer(TokenIssuer chosen) {
      issuer = chosen;
      return this;
    }

    /** Who keeps the keys. */
    public Builder releaser(KeyReleaser chosen) {
      releaser = chosen;
      return this;
    }

    /** The machine, instead of the one that a module on the class path recognises. */
    public Builder guest(Guest chosen) {
      guest = chosen;
      return this;
    }

    /** Verifies evidence with this instead of the module's own with the vendors' published keys. */
    public Builder verifier(EvidenceVerifier chosen) {
      verifier = chosen;
      return this;
    }

    /** Verifies tokens with this instead of {@link TokenIssuer#verifier()}. */
    public Builder tokenVerifier(TokenVerifier chosen) {
      tokenVerifier = chosen;
      return this;
    }

    /** Demands that the token says what was proven here. */
    public Builder agreement(TokenAgreement chosen) {
      agreement = chosen;
      return this;
    }

    /** Takes the time from here. */
    public Builder clock(InstantSource chosen) {
      clock = chosen;
      return this;
    }

    /**
     * The front door.
     *
     * @throws AttestationException.Configuration if something is missing
     * @throws AttestationException.Device if this is no confidential VM, or its TPM may not be used
     */
    public CvmAttestation build() {
      return new CvmAttestation(this);
    }
  }
}
