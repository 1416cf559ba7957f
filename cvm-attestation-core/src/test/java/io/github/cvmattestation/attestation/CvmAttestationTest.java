package io.github.cvmattestation.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.release.KeyCache;
import io.github.cvmattestation.attestation.release.KeyLifetime;
import io.github.cvmattestation.attestation.release.KeyReleaser;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.attestation.release.SoftGuestKey;
import io.github.cvmattestation.attestation.release.WrapAlgorithm;
import io.github.cvmattestation.attestation.release.WrappedKey;
import io.github.cvmattestation.attestation.spi.EvidenceVerifier;
import io.github.cvmattestation.attestation.spi.Guest;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.attestation.token.TokenIssuer;
import io.github.cvmattestation.attestation.token.TokenVerifier;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The way through the rooms: in order, bound, and never past a no. Every room here is a stub. */
@Timeout(60)
class CvmAttestationTest {
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  private static final Finding NO = Finding.of(CoreFinding.CLAIMS_ABSENT, "yes", "no");
  private static final byte[] AES = "0123456789abcdef0123456789ABCDEF".getBytes();
  private static final byte[] DISK_KEY = "disk key of precisely 32 octets!".getBytes();

  private static SoftGuestKey softKey;

  private final List<Room> entered = Collections.synchronizedList(new ArrayList<>());
  private final List<Nonce> nonces = Collections.synchronizedList(new ArrayList<>());
  private int closedKeys;
  private boolean closedGuest;
  private int forgotten;

  @BeforeAll
  static void key() throws GeneralSecurityException {
    softKey = new SoftGuestKey();
  }

  private CvmAttestation.Builder rooms(Room denying) {
    return CvmAttestation.builder()
        .clock(() -> AT)
        .guest(new StubGuest())
        .verifier(new StubVerifier(denying))
        .policy(AppraisalPolicy.of(new StubRule(denying)))
        .issuer(new StubIssuer(denying))
        .releaser((name, token) -> release(denying));
  }

  @Test
  void allRoomsInOrderLeadToTheKey() {
    try (CvmAttestation cvm = rooms(Room.GATE).build();
        ReleasedKey key = cvm.attest().release("disk-key")) {
      assertThat(key.asAes().getEncoded()).isEqualTo(DISK_KEY);
    }
    assertThat(entered)
        .containsExactly(
            Room.GATE,
            Room.VERIFY,
            Room.APPRAISE,
            Room.TOKEN,
            Room.TOKEN,
            Room.RELEASE,
            Room.UNWRAP);
    assertThat(nonces).hasSize(4).allMatch(nonces.get(0)::equals);
    assertThat(closedKeys).isEqualTo(1);
    assertThat(closedGuest).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFY", "APPRAISE", "TOKEN", "RELEASE", "UNWRAP"})
  void aNoEndsTheWayInItsRoom(Room denying) {
    try (CvmAttestation cvm = rooms(denying).build()) {
      Attempt<Attested> attempt = cvm.tryAttest();
      if (denying.compareTo(Room.TOKEN) <= 0) {
        Attempt.Denied<Attested> denied = (Attempt.Denied<Attested>) attempt;
        assertThat(denied.room()).isEqualTo(denying);
        assertThat(denied.findings()).contains(NO);
        assertThatThrownBy(cvm::attest)
            .isInstanceOf(AttestationException.Denied.class)
            .satisfies(
                e ->
                    assertThat(((AttestationException.Denied) e).findings())
                        .isEqualTo(denied.findings()));
      } else {
        Attempt<ReleasedKey> release = attempt.orThrow().tryRelease("disk-key");
        assertThat(((Attempt.Denied<ReleasedKey>) release).room()).isEqualTo(denying);
      }
    }
    assertThat(entered).allMatch(room -> room.compareTo(denying) <= 0);
  }

  @Test
  void aTokenThatContradictsWhatWasProvenHereIsRefused() {
    try (CvmAttestation cvm = rooms(Room.GATE).agreement((own, token) -> List.of(NO)).build()) {
      Attempt.Denied<Attested> denied = (Attempt.Denied<Attested>) cvm.tryAttest();
      assertThat(denied.room()).isEqualTo(Room.TOKEN);
      assertThat(denied.findings()).containsExactly(NO);
    }
  }

  @Test
  void everyAttestationHasANonceAndAKeyOfItsOwn() {
    try (CvmAttestation cvm = rooms(Room.GATE).build()) {
      cvm.attest();
      cvm.attest();
      assertThat(Set.copyOf(nonces)).hasSize(2);
      assertThat(closedKeys).isEqualTo(1);
    }
    assertThat(closedKeys).isEqualTo(2);
  }

  @Test
  void whatAnotherAttestationFollowedAsksNobodyForAKey() {
    Attested last;
    try (CvmAttestation cvm = rooms(Room.GATE).build()) {
      Attested first = cvm.attest();
      last = cvm.attest();
      assertEnded(first);
      last.release("disk-key").close();
      last.release("disk-key").close();
    }
    entered.clear();
    assertEnded(last);
    assertThat(entered).isEmpty();
  }

  private static void assertEnded(Attested attested) {
    assertThatThrownBy(() -> attested.tryRelease("disk-key"))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("has ended")
        .hasMessageContaining("attest again");
  }

  @Test
  void anAttestationThatBeginsDuringAReleaseWaitsForItsEnd() throws InterruptedException {
    AtomicReference<Thread> other = new AtomicReference<>();
    AtomicReference<CvmAttestation> door = new AtomicReference<>();
    KeyReleaser interrupted =
        (name, token) -> {
          Thread thread = new Thread(() -> door.get().attest());
          other.set(thread);
          thread.start();
          while (thread.isAlive() && thread.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
          }
          return release(Room.GATE);
        };
    try (CvmAttestation cvm = rooms(Room.GATE).releaser(interrupted).build()) {
      door.set(cvm);
      try (ReleasedKey key = cvm.release("disk-key")) {
        assertThat(key.asAes().getEncoded()).isEqualTo(DISK_KEY);
      }
      other.get().join();
    }
    assertThat(nonces).as("both attested").hasSize(8);
  }

  /** Each name is loaded by a thread of its own, as keys of one age are when they are due. */
  @Test
  void aCacheOfSeveralNamesGetsThemAll() throws Exception {
    List<String> names = List.of("a", "b", "c", "d", "e", "f", "g", "h");
    try (CvmAttestation cvm = rooms(Room.GATE).build();
        KeyCache cache = new KeyCache(cvm::tryRelease, KeyLifetime.of(Duration.ofHours(1)))) {
      ExecutorService threads = Executors.newFixedThreadPool(names.size());
      try {
        List<Callable<byte[]>> asking = new ArrayList<>();
        for (String name : names) {
          asking.add(
              () -> {
                try (KeyCache.Lease lease = cache.lease(name).orThrow()) {
                  return lease.key().asAes().getEncoded();
                }
              });
        }
        for (Future<byte[]> key : threads.invokeAll(asking)) {
          assertThat(key.get()).isEqualTo(DISK_KEY);
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void aNoOfAnyRoomIsTheNoOfARelease() {
    for (Room denying :
        List.of(Room.VERIFY, Room.APPRAISE, Room.TOKEN, Room.RELEASE, Room.UNWRAP)) {
      try (CvmAttestation cvm = rooms(denying).build()) {
        Attempt<ReleasedKey> attempt = cvm.tryRelease("disk-key");
        assertThat(((Attempt.Denied<ReleasedKey>) attempt).room()).isEqualTo(denying);
        assertThatThrownBy(() -> cvm.release("disk-key"))
            .isInstanceOf(AttestationException.Denied.class);
      }
    }
  }

  /** They may be what was wrong, and are kept. */
  @Test
  void endorsementsAreForgottenWhenEvidenceIsRefutedAndOnlyThen() {
    for (Room denying : List.of(Room.GATE, Room.APPRAISE, Room.TOKEN)) {
      try (CvmAttestation cvm = rooms(denying).build()) {
        cvm.tryAttest();
      }
    }
    assertThat(forgotten).isZero();
    try (CvmAttestation cvm = rooms(Room.VERIFY).build()) {
      cvm.tryAttest();
    }
    assertThat(forgotten).isEqualTo(1);
  }

  @Test
  void withoutAPolicyOrAnIssuerForItsReleaserThereIsNoFrontDoor() {
    assertThatThrownBy(() -> CvmAttestation.builder().guest(new StubGuest()).build())
        .isInstanceOf(AttestationException.Configuration.class);
    assertThatThrownBy(
            () ->
                CvmAttestation.builder()
                    .guest(new StubGuest())
                    .policy(AppraisalPolicy.of(new StubRule(Room.GATE)))
                    .releaser((name, token) -> release(Room.GATE))
                    .build())
        .isInstanceOf(AttestationException.Configuration.class);
  }

  @Test
  void withoutAnIssuerThereIsAVerdictAndNoKey() {
    try (CvmAttestation cvm =
        CvmAttestation.builder()
            .clock(() -> AT)
            .guest(new StubGuest())
            .verifier(new StubVerifier(Room.GATE))
            .policy(AppraisalPolicy.of(new StubRule(Room.GATE)))
            .build()) {
      Attested attested = cvm.attest();
      assertThat(attested.token()).isEmpty();
      assertThatThrownBy(() -> attested.release("disk-key"))
          .isInstanceOf(AttestationException.Configuration.class);
    }
  }

  private KeyReleaser.Release release(Room denying) {
    entered.add(Room.RELEASE);
    if (denying == Room.RELEASE) {
      return new KeyReleaser.Release.Refused(List.of(NO));
    }
    try {
      Bytes wrapped = softKey.wrap(RsaPadding.OAEP_SHA256, AES, DISK_KEY);
      Bytes sent = denying == Room.UNWRAP ? wrapped.slice(0, wrapped.size() - 1) : wrapped;
      return new KeyReleaser.Release.Released(
          new WrappedKey(
              "disk-key/1",
              WrappedKey.Kind.OCT,
              Optional.empty(),
              WrapAlgorithm.RSA_AES_KEY_WRAP_256,
              sent));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private final class StubGuest implements Guest {
    @Override
    public Evidence attest(Nonce nonce) {
      throw new AssertionError("evidence without a key is not asked for");
    }

    @Override
    public Endorsements endorsementsFor(Evidence evidence) {
      return Endorsements.none();
    }

    @Override
    public void forget() {
      forgotten++;
    }

    @Override
    public GuestKey newKey(Nonce nonce) {
      entered.add(Room.GATE);
      nonces.add(nonce);
      return new StubKey();
    }

    @Override
    public void close() {
      closedGuest = true;
    }
  }

  private final class StubKey implements GuestKey {
    private volatile boolean closed;

    @Override
    public PublicKeyInfo.Rsa publicKey() {
      return softKey.publicKey();
    }

    @Override
    public Evidence evidence() {
      return softKey.evidence();
    }

    @Override
    public Evidence statement() {
      return softKey.evidence();
    }

    @Override
    public Decryption decrypt(Bytes ciphertext, RsaPadding padding) {
      entered.add(Room.UNWRAP);
      if (closed) {
        throw new IllegalStateException("the object is closed");
      }
      return softKey.decrypt(ciphertext, padding);
    }

    @Override
    public void close() {
      closed = true;
      closedKeys++;
    }
  }

  /** Believes what is bound to this nonce and this key. */
  private final class StubVerifier implements EvidenceVerifier {
    private final Room denying;

    StubVerifier(Room denying) {
      this.denying = denying;
    }

    @Override
    public Verification verify(
        Evidence evidence, Endorsements endorsements, Nonce nonce, Instant at) {
      throw new AssertionError("evidence is bound to the key, too");
    }

    @Override
    public Verification verify(
        Evidence evidence, Endorsements endorsements, Nonce nonce, ReportData bound, Instant at) {
      entered.add(Room.VERIFY);
      nonces.add(nonce);
      assertThat(bound).isEqualTo(ReportData.binding(nonce, softKey.publicKey().der()));
      assertThat(at).isEqualTo(AT);
      return denying == Room.VERIFY ? new Ledger().refuted(NO) : verified(new StubClaims());
    }
  }

  private static Verification verified(Claims claims) {
    Ledger ledger = new Ledger();
    ledger.passed(
        new Check() {
          @Override
          public String id() {
            return "stub";
          }

          @Override
          public String statement() {
            return "a stub says so";
          }
        });
    return ledger.verified(ClaimSet.of(claims));
  }

  private record StubClaims() implements Claims {
    @Override
    public String id() {
      return "stub";
    }

    @Override
    public ClaimValue.Group toGroup() {
      return ClaimValue.Group.builder().build();
    }
  }

  private final class StubRule implements AppraisalPolicy.Rule {
    private final Room denying;

    StubRule(Room denying) {
      this.denying = denying;
    }

    @Override
    public Set<String> subjects() {
      return Set.of("stub");
    }

    @Override
    public void appraise(ClaimSet claims, AppraisalPolicy.Report report) {
      entered.add(Room.APPRAISE);
      if (denying == Room.APPRAISE) {
        report.reject(NO);
      }
    }
  }

  private final class StubIssuer implements TokenIssuer {
    private final Room denying;

    StubIssuer(Room denying) {
      this.denying = denying;
    }

    @Override
    public AttestationToken issue(GuestKey key, Nonce nonce) {
      entered.add(Room.TOKEN);
      nonces.add(nonce);
      try {
        return AttestationToken.parse("a.b.c");
      } catch (MalformedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public TokenVerifier verifier() {
      return (token, nonce, guestKey, at) -> {
        entered.add(Room.TOKEN);
        nonces.add(nonce);
        assertThat(guestKey).isEqualTo(softKey.publicKey());
        return denying == Room.TOKEN ? new Ledger().refuted(NO) : verified(new StubToken(token));
      };
    }
  }

  private record StubToken(AttestationToken token) implements VerifiedToken {
    @Override
    public String issuer() {
      return "https://issuer.example";
    }

    @Override
    public Instant issuedAt() {
      return AT;
    }

    @Override
    public Instant expiresAt() {
      return AT.plusSeconds(60);
    }

    @Override
    public ClaimValue.Group toGroup() {
      return ClaimValue.Group.builder().build();
    }
  }
}
