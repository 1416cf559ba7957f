package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.testkit.Swtpm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every command, on a TPM that nobody of this project wrote. */
class TpmOnSwtpmTest {
  private static final byte[] NO_AUTH = {};
  private static final byte[] SECRET = "a volume key".getBytes(StandardCharsets.UTF_8);
  private static final byte[] PIN = {1, 2, 3, 0};
  private static final long INDEX = 0x01500010L;

  private Swtpm swtpm;
  private TpmTransport wire;
  private Tpm tpm;

  @BeforeEach
  void start() {
    swtpm = Swtpm.start();
    wire = TpmTransports.unixSocket(swtpm.socket());
    tpm = Tpm.over(wire);
  }

  @AfterEach
  void stop() {
    if (swtpm != null) {
      if (tpm != null) {
        assertThat(tpm.capabilities().handles(0x80000000L)).as("transient objects").isEmpty();
        assertThat(tpm.capabilities().handles(0x02000000L)).as("sessions").isEmpty();
        tpm.close();
      }
      swtpm.close();
    }
  }

  private static TpmlPcrSelection pcr(int index) {
    return TpmPcrs.select(HashAlgorithm.SHA256, Set.of(index));
  }

  private TpmObject storage() {
    return tpm.keys().createPrimary(TpmHandle.OWNER, TpmAuth.empty(), TpmTemplate.storageRootEcc());
  }

  private Bytes pcrPolicy(int index) {
    try (TpmSession policy = tpm.session().policy()) {
      return policy.policyPcr(pcr(index)).policyGetDigest();
    }
  }

  @Test
  void startingTwiceIsRefusedByName() {
    assertThatThrownBy(() -> tpm.startup())
        .isInstanceOfSatisfying(
            TpmException.class, e -> assertThat(e.code().name()).isEqualTo("TPM_RC_INITIALIZE"));
  }

  @Test
  void randomOfAnySizeComesInPieces() {
    assertThat(tpm.getRandom(1).size()).isEqualTo(1);
    assertThat(tpm.getRandom(300).size()).isEqualTo(300);
    assertThat(tpm.readClock().clockInfo().safe()).isTrue();
  }

  @Test
  void allRegistersAreReadThoughEightComeAtOnce() {
    PcrBank bank = tpm.pcrs().read(HashAlgorithm.SHA256, Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 17, 23));
    assertThat(bank.values()).hasSize(11);
    assertThat(bank.value(17)).contains(Bytes.ofHex("ff".repeat(32)));
    assertThat(bank.value(0)).contains(Bytes.zeros(32));
  }

  @Test
  void extendingReachesEveryActiveBank() {
    Bytes data = Bytes.of((byte) 7);
    tpm.pcrs().extend(16, TpmAuth.empty(), data);
    assertThat(tpm.pcrs().activeBanks()).contains(HashAlgorithm.SHA256);
    for (HashAlgorithm bank : tpm.pcrs().activeBanks()) {
      Bytes digest = Digests.digest(bank.jcaName(), data);
      Bytes expected = Digests.digest(bank.jcaName(), Bytes.zeros(bank.digestSize()), digest);
      assertThat(tpm.pcrs().read(bank, Set.of(16)).value(16)).contains(expected);
    }
    tpm.pcrs().reset(16, TpmAuth.empty());
    assertThat(tpm.pcrs().read(HashAlgorithm.SHA256, Set.of(16)).value(16))
        .contains(Bytes.zeros(32));
  }

  @Test
  void aQuoteIsOverTheNonceAndTheRegisters() throws Exception {
    try (TpmObject ak =
        tpm.keys()
            .createPrimary(TpmHandle.ENDORSEMENT, TpmAuth.empty(), TpmTemplate.attestationKey())) {
      Bytes nonce = Bytes.of((byte) 1, (byte) 2);
      TpmSigned signed = tpm.attestation().quote(ak, TpmAuth.empty(), nonce, pcr(7));
      TpmsAttest attest = TpmsAttest.parse(signed.attest());
      assertThat(attest.extraData()).isEqualTo(nonce);
      assertThat(attest.quote().orElseThrow().pcrDigest())
          .isEqualTo(Digests.sha256(Bytes.zeros(32)));
      Bytes digest = Digests.sha256(signed.attest());
      TpmtTicket ticket = tpm.keys().verifySignature(ak, digest, signed.signature());
      assertThat(ticket.hierarchy()).isEqualTo(TpmHandle.ENDORSEMENT.value());
      TpmCreation creation = ak.creation().orElseThrow();
      tpm.attestation().certify(ak, TpmAuth.empty(), ak, TpmAuth.empty(), nonce);
      tpm.attestation()
          .certifyCreation(
              ak, TpmAuth.empty(), ak, nonce, creation.creationHash(), creation.creationTicket());
    }
  }

  @Test
  void sealedDataOpensOnlyInTheStateItWasSealedTo() {
    Bytes policy = pcrPolicy(16);
    try (TpmObject parent = storage()) {
      TpmCreated created =
          tpm.keys().create(parent, TpmAuth.empty(), TpmTemplate.sealed(policy), NO_AUTH, SECRET);
      try (TpmObject sealed =
              tpm.keys().load(parent, TpmAuth.empty(), created.outPrivate(), created.outPublic());
          TpmSession session = tpm.session().policy()) {
        session.policyPcr(pcr(16));
        assertThat(tpm.keys().unseal(sealed, TpmAuth.session(session))).isEqualTo(SECRET);
        tpm.pcrs().extend(16, TpmAuth.empty(), Bytes.of((byte) 1));
        session.policyPcr(pcr(16));
        assertThatThrownBy(() -> tpm.keys().unseal(sealed, TpmAuth.session(session)))
            .isInstanceOfSatisfying(
                TpmException.class,
                e -> {
                  assertThat(e.code().value()).isEqualTo(0x99D);
                  assertThat(e.command()).isEqualTo("TPM2_Unseal");
                });
      }
    }
  }

  @Test
  void aPinUnderASaltedEncryptedPolicyIsNeverSent() {
    Bytes policy;
    try (TpmSession session = tpm.session().policy()) {
      policy = session.policyAuthValue().policyGetDigest();
    }
    try (TpmObject parent = storage()) {
      TpmCreated created =
          tpm.keys().create(parent, TpmAuth.empty(), TpmTemplate.sealed(policy), PIN, SECRET);
      try (TpmObject sealed =
              tpm.keys().load(parent, TpmAuth.empty(), created.outPrivate(), created.outPublic());
          TpmSession session = tpm.session().salted(parent).encrypting().policy()) {
        session.policyAuthValue();
        assertThat(tpm.keys().unseal(sealed, TpmAuth.session(session, PIN))).isEqualTo(SECRET);
        session.policyAuthValue();
        assertThatThrownBy(
                () -> tpm.keys().unseal(sealed, TpmAuth.session(session, new byte[] {9})))
            .isInstanceOf(TpmException.class);
      }
    }
  }

  @Test
  void anRsaSaltAndAnEccSaltAndABindAllAuthenticate() {
    for (TpmTemplate template :
        List.of(TpmTemplate.storageRootEcc(), TpmTemplate.storageRootRsa())) {
      try (TpmObject parent = tpm.keys().createPrimary(TpmHandle.OWNER, TpmAuth.empty(), template);
          TpmSession session =
              tpm.session().salted(parent).bound(parent.handle(), NO_AUTH).encrypting().hmac()) {
        for (int i = 0; i < 3; i++) {
          TpmCreated created =
              tpm.keys()
                  .create(
                      parent,
                      TpmAuth.session(session),
                      TpmTemplate.sealed(Bytes.zeros(32)),
                      PIN,
                      SECRET);
          assertThat(created.outPublic().authPolicy()).isEqualTo(Bytes.zeros(32));
        }
      }
    }
  }

  @Test
  void aSeparateSessionEncryptsWhatPasswordsAndPoliciesAuthorise() {
    Bytes policy = pcrPolicy(16);
    try (TpmObject parent = storage();
        TpmSession session = tpm.session().salted(parent).encrypting().hmac()) {
      Tpm shielded = tpm.protectedBy(session);
      assertThat(shielded.getRandom(16).size()).isEqualTo(16);
      TpmCreated created =
          shielded
              .keys()
              .create(parent, TpmAuth.empty(), TpmTemplate.sealed(policy), NO_AUTH, SECRET);
      try (TpmObject sealed =
              shielded
                  .keys()
                  .load(parent, TpmAuth.empty(), created.outPrivate(), created.outPublic());
          TpmSession use = tpm.session().policy()) {
        use.policyPcr(pcr(16));
        assertThat(shielded.keys().unseal(sealed, TpmAuth.session(use))).isEqualTo(SECRET);
      }
      try (TpmSession plain = tpm.session().hmac()) {
        shielded
            .keys()
            .create(parent, TpmAuth.session(plain), TpmTemplate.sealed(policy), NO_AUTH, SECRET);
      }
    }
  }

  @Test
  void nvIsWrittenAndReadInPieces() {
    TpmsNvPublic wanted =
        new TpmsNvPublic(
            INDEX,
            HashAlgorithm.SHA256,
            Set.of(
                NvAttribute.OWNERWRITE,
                NvAttribute.OWNERREAD,
                NvAttribute.AUTHREAD,
                NvAttribute.AUTHWRITE),
            Bytes.empty(),
            2000);
    OwnedNvIndex mine = tpm.nv().defineOrAdopt(wanted, TpmAuth.empty(), PIN);
    Bytes data = Bytes.of(new byte[2000]).concat();
    byte[] varied = data.toArray();
    for (int i = 0; i < varied.length; i++) {
      varied[i] = (byte) (i * 31 >> 3);
    }
    mine.write(mine.area().handle(), TpmAuth.password(PIN), 0, Bytes.of(varied));
    assertThat(tpm.nv().read(INDEX)).isEqualTo(Bytes.of(varied));
    OwnedNvIndex again = tpm.nv().defineOrAdopt(wanted, TpmAuth.empty(), PIN);
    try (TpmSession session = tpm.session().bound(again.area().handle(), PIN).encrypting().hmac()) {
      again.write(again.area().handle(), TpmAuth.session(session, PIN), 5, Bytes.of((byte) 42));
    }
    assertThat(tpm.nv().read(again.area(), TpmHandle.OWNER, TpmAuth.empty(), 5, 1))
        .isEqualTo(Bytes.of((byte) 42));
    again.undefine(TpmAuth.empty());
    assertThatThrownBy(() -> tpm.nv().read(INDEX))
        .isInstanceOfSatisfying(
            TpmException.class, e -> assertThat(e.code().value()).isEqualTo(0x18B));
  }

  @Test
  void anIndexOfSomebodyElseIsNeverWritten() {
    Set<NvAttribute> attributes = Set.of(NvAttribute.OWNERWRITE, NvAttribute.OWNERREAD);
    TpmsNvPublic theirs =
        new TpmsNvPublic(INDEX, HashAlgorithm.SHA256, attributes, Bytes.empty(), 64);
    TpmsNvPublic mine =
        new TpmsNvPublic(INDEX, HashAlgorithm.SHA256, attributes, Bytes.empty(), 32);
    tpm.nv().define(theirs, TpmAuth.empty(), NO_AUTH);
    assertThatThrownBy(() -> tpm.nv().defineOrAdopt(mine, TpmAuth.empty(), NO_AUTH))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContaining("0x01500010");
  }

  @Test
  void aPersistentKeyOutlivesItsHandleAndOneEvictControlEvictsIt() {
    long persistent = 0x81000010L;
    try (TpmObject parent = storage()) {
      tpm.keys().evictControl(TpmHandle.OWNER, TpmAuth.empty(), parent, persistent);
    }
    assertThat(tpm.capabilities().handles(0x81000000L)).contains(persistent);
    try (TpmObject kept = tpm.keys().persistent(persistent)) {
      tpm.keys().evictControl(TpmHandle.OWNER, TpmAuth.empty(), kept, persistent);
    }
    assertThat(tpm.capabilities().handles(0x81000000L)).isEmpty();
  }

  @Test
  void anEphemeralKeyDecryptsUnderItsPolicyAlone() throws Exception {
    Bytes policy = pcrPolicy(23);
    try (TpmObject key =
            tpm.keys()
                .createPrimary(TpmHandle.NULL, TpmAuth.empty(), TpmTemplate.ephemeralRsa(policy));
        TpmSession session = tpm.session().policy()) {
      Bytes cipherText = SoftwareOaep.encrypt(key.publicArea(), SECRET);
      Optional<TpmtPublic.Scheme> oaep =
          Optional.of(new TpmtPublic.Scheme(0x17, Optional.of(HashAlgorithm.SHA256)));
      session.policyPcr(pcr(23));
      assertThat(
              tpm.keys().rsaDecrypt(key, TpmAuth.session(session), cipherText, oaep, Bytes.empty()))
          .isEqualTo(SECRET);
      assertThatThrownBy(
              () -> tpm.keys().rsaDecrypt(key, TpmAuth.empty(), cipherText, oaep, Bytes.empty()))
          .isInstanceOf(TpmException.class);
    }
  }

  @Test
  void policySecretOfTheEndorsementHierarchyOpensTheEndorsementKey() {
    try (TpmObject ek =
            tpm.keys()
                .createPrimary(
                    TpmHandle.ENDORSEMENT, TpmAuth.empty(), TpmTemplate.endorsementKey());
        TpmSession session = tpm.session().policy()) {
      session.policySecret(TpmHandle.ENDORSEMENT, TpmAuth.empty(), Bytes.empty());
      assertThat(session.policyGetDigest()).isEqualTo(ek.publicArea().authPolicy());
      Bytes present = session.policyGetDigest();
      session.policyOr(List.of(present, Bytes.zeros(32)));
      assertThat(session.policyGetDigest()).isNotEqualTo(present);
    }
  }

  @Test
  void c8APolicyThatNeedsNoValueSendsAnEmptyHmac() {
    List<Bytes> sent = new ArrayList<>();
    try (TpmObject parent = storage()) {
      TpmCreated created =
          tpm.keys()
              .create(parent, TpmAuth.empty(), TpmTemplate.sealed(pcrPolicy(16)), NO_AUTH, SECRET);
      try (TpmObject sealed =
              tpm.keys().load(parent, TpmAuth.empty(), created.outPrivate(), created.outPublic());
          TpmSession session = tpm.session().policy()) {
        session.policyPcr(pcr(16));
        Tpm watched =
            Tpm.over(
                command -> {
                  sent.add(Bytes.of(command));
                  return wire.transmit(command);
                });
        assertThat(watched.keys().unseal(sealed, TpmAuth.session(session))).isEqualTo(SECRET);
      }
    }
    Bytes unseal = sent.get(0);
    // Header, handle, area size, session, nonce of 32, attributes, and a size of zero.
    assertThat(unseal.size()).isEqualTo(10 + 4 + 4 + 4 + 2 + 32 + 1 + 2);
    assertThat(unseal.slice(unseal.size() - 2, unseal.size()).isZero()).isTrue();
  }

  @Test
  void c9FlippingAnyByteOfAnAuthenticatedResponseIsRefused() {
    try (TpmObject parent = storage()) {
      int size = 1;
      for (int at = 0; at < size; at++) {
        try (TpmSession session = tpm.session().salted(parent).encrypting().hmac()) {
          int flipped = at;
          int[] seen = {0};
          Tpm tampered =
              Tpm.over(
                      command -> {
                        byte[] response = wire.transmit(command);
                        seen[0] = response.length;
                        response[flipped] ^= 1;
                        return response;
                      })
                  .protectedBy(session);
          assertThatThrownBy(() -> tampered.getRandom(8))
              .as("byte %d", at)
              .isInstanceOf(AttestationException.Device.class)
              .hasMessageContaining("TPM2_GetRandom");
          size = seen[0];
        }
      }
      assertThat(size).isEqualTo(10 + 4 + 2 + 8 + 2 + 32 + 1 + 2 + 32);
    }
  }

  @Test
  void c1ExponentZeroAndExponent65537AreTheSameKeyWithTwoNames() throws Exception {
    Bytes modulus;
    try (TpmObject key =
        tpm.keys()
            .createPrimary(TpmHandle.ENDORSEMENT, TpmAuth.empty(), TpmTemplate.attestationKey())) {
      modulus = ((TpmtPublic.Rsa) key.publicArea().parameters()).modulus();
    }
    List<Bytes> names = new ArrayList<>();
    for (long exponent : new long[] {0, 65537}) {
      TpmtPublic area =
          TpmTemplate.rsa(
                  Set.of(ObjectAttribute.SIGN),
                  Bytes.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  exponent,
                  modulus)
              .toPublic();
      // TpmKeys compares the TPM's Name with ours.
      try (TpmObject loaded = tpm.keys().loadExternal(area, TpmHandle.NULL)) {
        names.add(loaded.name());
      }
    }
    assertThat(names.get(0)).isNotEqualTo(names.get(1));
  }
}
