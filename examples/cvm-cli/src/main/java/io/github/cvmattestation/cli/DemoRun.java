package io.github.cvmattestation.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.Attested;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.CvmAttestation;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Room;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.attestation.token.TokenIssuer;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import io.github.cvmattestation.azure.AzureAttestation;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import io.github.cvmattestation.azure.DenialExplainer;
import io.github.cvmattestation.azure.GuestBranch;
import io.github.cvmattestation.azure.MaaAgreement;
import io.github.cvmattestation.azure.ReleasePolicy;
import io.github.cvmattestation.cli.DemoChapter.Outcome;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** One demonstration: a machine, the services around it, and the way through all rooms. */
final class DemoRun implements AutoCloseable {
  private static final String KEY = "disk-key";
  private static final String OTHER_KEY = "key-of-another-vm";
  private static final String OTHER_VM = "0b5c1f0a-77d2-4c3e-8f19-2a6d3e000002";
  private static final String MESSAGE = "only this VM, as it is now, can read this";
  private static final String MISTAKE = "which is a mistake of this program's";
  private static final int KEY_SIZE = 32;
  private static final int IV_SIZE = 12;
  private static final int TAG_BITS = 128;

  private final Instant now = Instant.now();

  /** One chip, drawn anew each time, for all machines. */
  private final String seed = Nonce.random().value().hex();

  private final boolean tdx;
  private final SimulatedCvm machine;
  private final SimulatedCloud cloud;
  private final TokenIssuer issuer;
  private final AzureCvmVerifier verifier;
  private final DemoWitness witness;
  private final byte[] iv = new byte[IV_SIZE];
  private final byte[] ciphertext;

  DemoRun(boolean tdx) {
    this.tdx = tdx;
    machine = builder().build();
    cloud = new SimulatedCloud(machine, now);
    issuer = cloud.issuer(cloud.maa().url());
    verifier =
        AzureCvmVerifier.builder()
            .trustAnchors(machine.trustAnchors())
            .signatures(SignatureBackends.jdk())
            .build();
    witness = new DemoWitness(verifier, issuer.verifier());
    byte[] secret = new byte[KEY_SIZE];
    SecureRandom random = new SecureRandom();
    random.nextBytes(secret);
    random.nextBytes(iv);
    ciphertext =
        aes(Cipher.ENCRYPT_MODE, new SecretKeySpec(secret, "AES"), MESSAGE.getBytes(UTF_8));
    cloud.vault().addOct(KEY, Bytes.of(secret), releasedTo(DemoMachine.VM).canonicalJson());
    cloud.vault().addOct(OTHER_KEY, Bytes.of(secret), releasedTo(OTHER_VM).canonicalJson());
    Arrays.fill(secret, (byte) 0);
  }

  private SimulatedCvmBuilder builder() {
    SimulatedCvmBuilder builder =
        SimulatedCvm.builder().seed(seed).at(now).vmUniqueId(DemoMachine.VM);
    return tdx ? builder.tdx() : builder;
  }

  private ReleasePolicy releasedTo(String vm) {
    String authority = cloud.maa().url();
    GuestBranch branch = tdx ? GuestBranch.forTdx(authority) : GuestBranch.forSnp(authority);
    return ReleasePolicy.anyOf(branch.vmUniqueId(vm).build());
  }

  /**
   * The vault says no and nothing else; who knows the key's policy can tell which clause it was.
   */
  private List<Finding> explain(String keyName, VerifiedToken token) {
    return DenialExplainer.by(releasedTo(keyName.equals(KEY) ? DemoMachine.VM : OTHER_VM))
        .explain(keyName, token);
  }

  /** Tells it, chapter by chapter, each when it has happened. */
  void tell(Consumer<DemoChapter> chapters) {
    try (CvmAttestation attestation = attestation(machine)) {
      Attempt<Attested> attempt = attestation.tryAttest();
      rooms(chapters);
      if (!(attempt instanceof Attempt.Granted<Attested> granted)) {
        chapters.accept(mistake((Attempt.Denied<Attested>) attempt));
        return;
      }
      release(granted.value(), chapters);
      chapters.accept(underProductionDefaults());
      chapters.accept(forged());
      chapters.accept(ofAnotherVm(granted.value()));
    }
    chapters.accept(debugGuest());
  }

  private CvmAttestation attestation(SimulatedCvm vm) {
    return CvmAttestation.builder()
        .guest(cloud.attester(vm))
        .verifier(witness)
        .policy(DemoMachine.policy(machine, tdx))
        .issuer(issuer)
        .tokenVerifier(witness)
        .agreement(new MaaAgreement())
        .releaser(
            cloud
                .releaser(
                    cloud.vault().vaultUrl(), new ManagedIdentity(cloud.web(), cloud.imds().url()))
                .explainer(this::explain)
                .build())
        .clock(() -> now)
        .build();
  }

  private void rooms(Consumer<DemoChapter> chapters) {
    DemoWitness.Seen seen = witness.seen();
    chapters.accept(
        DemoChapter.of(
            "A nonce is drawn, and a key made in the vTPM: evidence that names both is younger",
            seen.nonce().value().hex(),
            "nonce and key together: " + seen.bound().value().abbreviated()));
    chapters.accept(
        DemoChapter.of(
            "The VM hands over its evidence: "
                + seen.evidence().content().size()
                + " bytes of JSON",
            "A simulated VM with keys of its own. Its trust anchors are passed explicitly;",
            "production defaults refuse them (8)."));
    if (!(seen.verification() instanceof Verification.Verified verified)) {
      return;
    }
    chapters.accept(
        DemoChapter.of("The evidence is verified, link by link")
            .with(
                ChainOfTrust.of(verified.checks(), tdx),
                DemoMachine.parts(AzureAttestation.of(verified.claims()).orElseThrow())));
    if (witness.token().isEmpty()) {
      return;
    }
    chapters.accept(
        DemoChapter.of("The claims are appraised: is it the machine we want?")
            .ending(
                new Outcome(
                    true,
                    false,
                    "AFFIRMED",
                    (tdx ? "TCB status, attributes" : "product line, guest policy")
                        + ", Secure Boot, VM id, PCR 4 and PCR 7"),
                List.of()));
    chapters.accept(
        DemoChapter.of("An attestation service appraises as well, and its token is verified")
            .with(witness.token().get().checks())
            .ending(
                new Outcome(true, false, "VERIFIED", "and it contradicts nothing of 3"),
                List.of()));
  }

  private void release(Attested attested, Consumer<DemoChapter> chapters) {
    Attempt<ReleasedKey> attempt = attested.tryRelease(KEY);
    if (attempt instanceof Attempt.Denied<ReleasedKey> denied) {
      chapters.accept(mistake(denied));
      return;
    }
    try (ReleasedKey key = attempt.orThrow()) {
      chapters.accept(
          DemoChapter.of(
                  "A key vault releases a key to that token, wrapped for the key of 1", key.keyId())
              .ending(
                  new Outcome(true, false, "RELEASED", "signed by the vault, for this request"),
                  List.of()));
      String read = new String(aes(Cipher.DECRYPT_MODE, key.asAes(), ciphertext), UTF_8);
      boolean right = read.equals(MESSAGE);
      chapters.accept(
          DemoChapter.of(
                  "The vTPM unwraps it, and the key decrypts a message",
                  Bytes.of(ciphertext).abbreviated() + " → " + read)
              .ending(
                  new Outcome(right, !right, right ? "DECRYPTED" : "WRONG", "AES-256-GCM"),
                  List.of()));
    }
  }

  private static <T> DemoChapter mistake(Attempt.Denied<T> denied) {
    return DemoChapter.of("The way ends in room " + denied.room().name().toLowerCase(Locale.ROOT))
        .ending(new Outcome(false, true, "REFUSED", MISTAKE), denied.findings());
  }

  private DemoChapter underProductionDefaults() {
    AzureCvmVerifier production =
        AzureCvmVerifier.builder().signatures(SignatureBackends.jdk()).build();
    return refuted(
        "The same evidence under production defaults: "
            + (tdx ? "Intel's published root" : "AMD's published keys"),
        production,
        witness.seen().evidence());
  }

  /** One byte of one PCR: another boot loader was measured, and somebody would rather hide it. */
  private DemoChapter forged() {
    AzureCvmEvidence genuine = parsed(witness.seen().evidence());
    List<Bytes> pcrs = new ArrayList<>(genuine.quote().pcrs());
    byte[] forged = pcrs.get(DemoMachine.BOOT_LOADER).toArray();
    String before = Bytes.of(forged[0]).hex();
    forged[0] ^= 0x01;
    pcrs.set(DemoMachine.BOOT_LOADER, Bytes.of(forged));
    AzureCvmEvidence.Quote quote =
        new AzureCvmEvidence.Quote(genuine.quote().message(), genuine.quote().signature(), pcrs);
    AzureCvmEvidence changed =
        new AzureCvmEvidence(
            genuine.form(), genuine.wrapped(), genuine.hclReport(), quote, genuine.hardware());
    return refuted(
        "One byte of the evidence is forged: the first of PCR 4, "
            + before
            + " → "
            + Bytes.of(forged[0]).hex(),
        verifier,
        changed.toEvidence());
  }

  private DemoChapter refuted(String title, AzureCvmVerifier by, Evidence evidence) {
    DemoWitness.Seen seen = witness.seen();
    Verification verification =
        by.verify(evidence, seen.endorsements(), seen.nonce(), seen.bound(), now);
    boolean refuted = verification instanceof Verification.Refuted;
    return DemoChapter.of(title)
        .ending(
            refuted
                ? new Outcome(true, true, "REFUTED", "as it must be")
                : new Outcome(false, false, "VERIFIED", "which must never happen"),
            verification.findings());
  }

  private DemoChapter ofAnotherVm(Attested attested) {
    return kept(
        "The same VM asks for a key whose release policy names another VM",
        attested.tryRelease(OTHER_KEY));
  }

  /** The same hardware, but whoever runs the host may look into the VM. */
  private DemoChapter debugGuest() {
    int before = cloud.vault().releases();
    try (CvmAttestation attestation = attestation(builder().debug().build())) {
      DemoChapter chapter =
          kept("A VM that its host may debug asks for the key", attestation.tryAttest());
      boolean asked = cloud.vault().releases() != before;
      return asked
          ? chapter.ending(new Outcome(false, false, "ASKED", MISTAKE), List.of())
          : chapter;
    }
  }

  private static <T> DemoChapter kept(String title, Attempt<T> attempt) {
    if (attempt instanceof Attempt.Denied<T> denied) {
      return DemoChapter.of(title)
          .ending(
              new Outcome(
                  true,
                  true,
                  "REFUSED",
                  "in room "
                      + (List.of(Room.values()).indexOf(denied.room()) + 1)
                      + ", "
                      + denied.room().name().toLowerCase(Locale.ROOT)
                      + ": the key stays where it is"),
              denied.findings());
    }
    List<Finding> none = List.of();
    return DemoChapter.of(title)
        .ending(new Outcome(false, false, "GRANTED", "which must never happen"), none);
  }

  private static AzureCvmEvidence parsed(Evidence evidence) {
    try {
      return AzureCvmEvidence.parse(evidence.content());
    } catch (MalformedException e) {
      throw new IllegalStateException("the simulated VM's evidence is not well-formed", e);
    }
  }

  private byte[] aes(int mode, SecretKey key, byte[] text) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, iv));
      return cipher.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the message cannot be encrypted or decrypted", e);
    }
  }

  @Override
  public void close() {
    cloud.close();
  }
}
