package io.github.cvmattestation.vtpm.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.NvAttribute;
import io.github.cvmattestation.vtpm.Opening;
import io.github.cvmattestation.vtpm.OwnedNvIndex;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.PolicyDigest;
import io.github.cvmattestation.vtpm.SealedSecret;
import io.github.cvmattestation.vtpm.SealingPolicy;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmAuth;
import io.github.cvmattestation.vtpm.TpmCreated;
import io.github.cvmattestation.vtpm.TpmDuplicate;
import io.github.cvmattestation.vtpm.TpmException;
import io.github.cvmattestation.vtpm.TpmHandle;
import io.github.cvmattestation.vtpm.TpmObject;
import io.github.cvmattestation.vtpm.TpmPcrs;
import io.github.cvmattestation.vtpm.TpmSession;
import io.github.cvmattestation.vtpm.TpmTemplate;
import io.github.cvmattestation.vtpm.TpmlPcrSelection;
import io.github.cvmattestation.vtpm.TpmsNvPublic;
import io.github.cvmattestation.vtpm.TpmtPublic;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every TPM keeps for our client: sealed and imported data, indices, persistent keys. */
abstract class StorageContract extends TpmFixture {
  private static final byte[] PIN = "2580".getBytes(StandardCharsets.US_ASCII);

  @Test
  void aDuplicateIsImportedAndOpens() throws MalformedException {
    byte[] seed = new byte[32];
    byte[] pin = {9};
    Wire sensitive = new Wire().u16(Templates.KEYEDHASH).sized(pin).sized(seed).sized(SECRET);
    Wire area =
        new Wire()
            .u16(Templates.KEYEDHASH)
            .u16(Templates.SHA256)
            .u32(Templates.USER | Templates.NO_DA)
            .sized(new byte[0])
            .u16(Templates.NULL)
            .sized(RawSession.sha256(Wire.concat(seed, SECRET)));
    TpmtPublic inPublic = TpmtPublic.parse(Bytes.of(area.bytes()));
    try (TpmObject srk = storageKey()) {
      Bytes outPrivate =
          tpm.keys()
              .importObject(
                  srk,
                  TpmAuth.empty(),
                  inPublic,
                  Bytes.of(new Wire().sized(sensitive).bytes()),
                  Bytes.empty());
      try (TpmObject loaded = tpm.keys().load(srk, TpmAuth.empty(), outPrivate, inPublic)) {
        assertArrayEquals(SECRET, tpm.keys().unseal(loaded, TpmAuth.password(pin)));
        refused(0x9A2, () -> tpm.keys().unseal(loaded, TpmAuth.password(new byte[] {8})));
      }
      byte[] tampered = outPrivate.toArray();
      tampered[tampered.length - 1] ^= 1;
      // TPM_RC_INTEGRITY of parameter 1
      refused(0x1DF, () -> tpm.keys().load(srk, TpmAuth.empty(), Bytes.of(tampered), inPublic));
    }
  }

  @Test
  void anNvIndexIsDefinedWrittenReadAndUndefined() {
    TpmsNvPublic area = index(1500);
    OwnedNvIndex index = tpm.nv().define(area, TpmAuth.empty(), new byte[0]);
    // TPM_RC_NV_UNINITIALIZED, and once more TPM_RC_NV_DEFINED
    refused(0x14A, () -> tpm.nv().read(area.nvIndex()));
    refused(0x14C, () -> tpm.nv().define(area, TpmAuth.empty(), new byte[0]));
    Bytes data = Bytes.of(new byte[1500]).slice(0, 1484).concat(Bytes.of(SECRET));
    index.write(TpmHandle.OWNER, TpmAuth.empty(), 0, data);
    assertEquals(data, tpm.nv().read(area.nvIndex()));
    assertTrue(tpm.nv().readPublic(area.nvIndex()).has(NvAttribute.WRITTEN));
    tpm.nv().adopt(area).undefine(TpmAuth.empty());
    // TPM_RC_HANDLE of handle 1
    refused(0x18B, () -> tpm.nv().readPublic(area.nvIndex()));
  }

  @Test
  void persistentObjectsOutliveAPowerCycleAndTransientOnesDoNot() {
    Bytes name;
    try (TpmObject srk = storageKey()) {
      name = srk.name();
      tpm.keys().evictControl(TpmHandle.OWNER, TpmAuth.empty(), srk, 0x81000001L);
    }
    tpm.pcrs().extend(16, TpmAuth.empty(), NONCE);
    long before = tpm.readClock().clockInfo().resetCount();
    subject.powerCycle();
    refused(0x100, () -> tpm.getRandom(8));
    tpm.startup();
    assertEquals(before + 1, tpm.readClock().clockInfo().resetCount());
    assertTrue(pcr16(HashAlgorithm.SHA256).isZero());
    try (TpmObject persistent = tpm.keys().persistent(0x81000001L)) {
      assertEquals(name, persistent.name());
      tpm.keys().evictControl(TpmHandle.OWNER, TpmAuth.empty(), persistent, 0x81000001L);
    }
    refused(0x18B, () -> tpm.keys().persistent(0x81000001L));
  }

  @Test
  void aSecretOpensUnderItsRegistersAndNotAfterTheyChange() {
    TpmlPcrSelection pcrs = TpmPcrs.select(HashAlgorithm.SHA256, PCR_16);
    try (TpmObject srk = storageKey();
        TpmObject sealed = seal(srk, policyDigest(s -> s.policyPcr(pcrs)), new byte[0])) {
      try (TpmSession session = tpm.session().policy()) {
        session.policyPcr(pcrs);
        assertArrayEquals(SECRET, tpm.keys().unseal(sealed, TpmAuth.session(session)));
        // A policy session is used up by a command (Part 1, 19.7): its digest begins anew.
        refused(POLICY_FAIL_SESSION_1, () -> tpm.keys().unseal(sealed, TpmAuth.session(session)));
      }
      // S2
      tpm.pcrs().extend(16, TpmAuth.empty(), Bytes.of((byte) 1));
      try (TpmSession session = tpm.session().policy()) {
        session.policyPcr(pcrs);
        refused(POLICY_FAIL_SESSION_1, () -> tpm.keys().unseal(sealed, TpmAuth.session(session)));
      }
    }
  }

  @Test
  void theEmptyPasswordDoesNotOpenWhatAPolicyProtects() {
    TpmlPcrSelection pcrs = TpmPcrs.select(HashAlgorithm.SHA256, PCR_16);
    try (TpmObject srk = storageKey();
        TpmObject sealed = seal(srk, policyDigest(s -> s.policyPcr(pcrs)), new byte[0])) {
      // TPM_RC_AUTH_UNAVAILABLE
      refused(0x12F, () -> tpm.keys().unseal(sealed, TpmAuth.empty()));
    }
  }

  @Test
  void aPinIsAskedForByThePolicyAndHidden() {
    byte[] pin = "1234".getBytes(StandardCharsets.US_ASCII);
    try (TpmObject srk = storageKey();
        TpmObject sealed = seal(srk, policyDigest(TpmSession::policyAuthValue), pin)) {
      try (TpmSession session = tpm.session().salted(srk).encrypting().policy()) {
        session.policyAuthValue();
        assertArrayEquals(SECRET, tpm.keys().unseal(sealed, TpmAuth.session(session, pin)));
      }
      try (TpmSession session = tpm.session().policy()) {
        session.policyAuthValue();
        // noDA: TPM_RC_BAD_AUTH of session 1, not TPM_RC_AUTH_FAIL.
        refused(
            0x9A2,
            () ->
                tpm.keys()
                    .unseal(
                        sealed,
                        TpmAuth.session(session, "1235".getBytes(StandardCharsets.US_ASCII))));
      }
    }
  }

  @Test
  void anIndexIsDefinedOnceAndAdoptedWithWhatIsInIt() {
    TpmsNvPublic area = index(16);
    OwnedNvIndex first = tpm.nv().defineOrAdopt(area, TpmAuth.empty(), PIN);
    assertEquals(area, first.area());
    // Not yet written: the next run finds it as it was defined.
    assertEquals(area, tpm.nv().defineOrAdopt(area, TpmAuth.empty(), PIN).area());
    // The handle of before the first write, twice: its Name is another afterwards.
    TpmHandle before = first.area().handle();
    first.write(before, TpmAuth.password(PIN), 0, Bytes.of(SECRET));
    try (TpmSession session = tpm.session().hmac()) {
      first.write(before, TpmAuth.session(session, PIN), 0, NONCE);
    }
    OwnedNvIndex later = tpm.nv().defineOrAdopt(area, TpmAuth.empty(), new byte[] {1});
    assertTrue(later.area().has(NvAttribute.WRITTEN));
    assertEquals(first.area(), later.area());
    assertEquals(NONCE, tpm.nv().read(area.nvIndex()));
    // It still has the authorisation value that it was defined with. TPM_RC_BAD_AUTH of session 1
    refused(
        0x9A2,
        () -> later.write(later.area().handle(), TpmAuth.password(new byte[] {1}), 0, NONCE));
    later.write(later.area().handle(), TpmAuth.password(PIN), 0, Bytes.of(SECRET));
    later.undefine(TpmAuth.empty());
  }

  @Test
  void anIndexOfSomebodyElseIsNeitherAdoptedNorDefinedAnew() {
    TpmsNvPublic theirs = index(32);
    OwnedNvIndex index = tpm.nv().define(theirs, TpmAuth.empty(), new byte[0]);
    index.write(TpmHandle.OWNER, TpmAuth.empty(), 0, NONCE.concat(NONCE));
    for (TpmsNvPublic mine : List.of(index(16), index(33))) {
      assertThrows(
          AttestationException.Configuration.class,
          () -> tpm.nv().defineOrAdopt(mine, TpmAuth.empty(), new byte[0]));
    }
    assertEquals(NONCE.concat(NONCE), tpm.nv().read(theirs.nvIndex()));
    index.undefine(TpmAuth.empty());
  }

  @Test
  void aProtectingSessionHidesThePinOfAnObjectAndOfAnIndexAndTheSecret() {
    ByteArrayOutputStream traffic = new ByteArrayOutputStream();
    Tpm watched =
        Tpm.over(
            command -> {
              traffic.writeBytes(command);
              byte[] response = subject.transmit(command);
              traffic.writeBytes(response);
              return response;
            });
    Bytes policy = policyDigest(TpmSession::policyAuthValue);
    try (TpmObject srk = storageKey();
        TpmSession session = tpm.session().salted(srk).encrypting().hmac()) {
      for (Tpm client : List.of(watched.protectedBy(session), watched)) {
        traffic.reset();
        TpmCreated made =
            client.keys().create(srk, TpmAuth.empty(), TpmTemplate.sealed(policy), PIN, SECRET);
        try (TpmObject sealed =
                tpm.keys().load(srk, TpmAuth.empty(), made.outPrivate(), made.outPublic());
            TpmSession use = tpm.session().policy()) {
          use.policyAuthValue();
          assertArrayEquals(SECRET, client.keys().unseal(sealed, TpmAuth.session(use, PIN)));
          use.policyAuthValue();
          // TPM_RC_BAD_AUTH of session 1: the object has the PIN, not what crossed in its place.
          refused(0x9A2, () -> client.keys().unseal(sealed, TpmAuth.session(use, new byte[] {1})));
        }
        OwnedNvIndex index = client.nv().define(index(16), TpmAuth.empty(), PIN);
        Bytes crossed = Bytes.of(traffic.toByteArray());
        index.write(index.area().handle(), TpmAuth.password(PIN), 0, NONCE);
        index.undefine(TpmAuth.empty());
        // Without the session both are there to be seen.
        boolean bare = client == watched;
        assertEquals(bare, crossed.hex().contains(Bytes.of(PIN).hex()), "the PIN crosses");
        assertEquals(bare, crossed.hex().contains(Bytes.of(SECRET).hex()), "the secret crosses");
      }
    }
  }

  @Test
  void aSeedThatIsEncryptedToAStorageKeyImportsThereAndNowhereElse() {
    TpmlPcrSelection pcrs = TpmPcrs.select(HashAlgorithm.SHA256, PCR_16);
    for (TpmTemplate template :
        List.of(TpmTemplate.storageRootEcc(), TpmTemplate.storageRootRsa())) {
      try (TpmObject parent = primary(template);
          TpmObject other = primary(TpmTemplate.legacyStorageParent())) {
        PolicyDigest policy =
            PolicyDigest.empty(HashAlgorithm.SHA256)
                .pcr(tpm.pcrs().read(HashAlgorithm.SHA256, PCR_16));
        TpmDuplicate afar = TpmDuplicate.seal(parent.publicArea(), SECRET, policy);
        Bytes inPrivate = imported(parent, afar.duplicate(), afar);
        try (TpmObject sealed =
                tpm.keys().load(parent, TpmAuth.empty(), inPrivate, afar.publicArea());
            TpmSession session = tpm.session().policy()) {
          session.policyPcr(pcrs);
          assertArrayEquals(SECRET, tpm.keys().unseal(sealed, TpmAuth.session(session)));
        }
        byte[] flipped = afar.duplicate().toArray();
        flipped[flipped.length - 1] ^= 1;
        // TPM_RC_INTEGRITY of parameter 3
        refused(0x3DF, () -> imported(parent, Bytes.of(flipped), afar));
        assertThrows(TpmException.class, () -> imported(other, afar.duplicate(), afar));
      }
    }
  }

  @Test
  void aSecretUnderThePersistentStorageRootKeyOpensAfterAPowerCycleAndUnderNoOtherKey() {
    StorageParent persistent = new StorageParent.Persistent(0x81000001);
    persist(TpmTemplate.storageRootEcc());
    SealingPolicy policy =
        SealingPolicy.currentPcrs(tpm, PcrSelection.of(HashAlgorithm.SHA256, PCR_16));
    SealedSecret sealed = SealedSecret.seal(tpm, persistent, policy, Optional.of(PIN), SECRET);
    assertOpens(sealed);
    subject.powerCycle();
    tpm.startup();
    assertOpens(sealed);
    evict();
    persist(TpmTemplate.storageRootRsa());
    try (Opening opening = sealed.opener().pin(PIN).open(tpm)) {
      assertEquals(
          Opening.Reason.ANOTHER_TPM, assertInstanceOf(Opening.Refused.class, opening).reason());
    }
    evict();
  }

  /** What fails its session is not the TPM's word: the handle may be that of another's object. */
  @Test
  void aReplyThatFailsItsSessionFlushesNothing() {
    List<Integer> sent = new ArrayList<>();
    int[] made = {0};
    try (TpmObject bystander = storageKey();
        TpmSession session = tpm.session().salted(bystander).hmac()) {
      Tpm falsified =
          Tpm.over(
              command -> {
                sent.add(ByteBuffer.wrap(command).getInt(6));
                byte[] response = subject.transmit(command);
                made[0] = ByteBuffer.wrap(response).getInt(10);
                ByteBuffer.wrap(response).putInt(10, (int) bystander.handle().value());
                response[response.length - 1] ^= 1;
                return response;
              });
      AttestationException refused =
          assertThrows(
              AttestationException.Device.class,
              () ->
                  falsified
                      .keys()
                      .createPrimary(
                          TpmHandle.OWNER, TpmAuth.session(session), TpmTemplate.storageRootEcc()));
      assertTrue(refused.getMessage().contains("does not authenticate"), refused.getMessage());
      assertEquals(List.of(0x131), sent);
      assertEquals(
          bystander.publicArea(), tpm.keys().readPublic(bystander.handle().value()), "the other");
      // TPM2_FlushContext of what the TPM made: nobody but this test knows it.
      subject.transmit(new Wire().u16(0x8001).u32(14).u32(0x165).u32(made[0]).bytes());
    }
  }

  /** A password authenticates no reply: there an object that stays loaded is the greater harm. */
  @Test
  void aReplyThatCannotBeReadLeavesNothingLoaded() {
    List<Integer> sent = new ArrayList<>();
    Tpm falsified =
        Tpm.over(
            command -> {
              sent.add(ByteBuffer.wrap(command).getInt(6));
              byte[] response = subject.transmit(command);
              if (sent.size() == 1) {
                // The last byte of the Name, before the password's empty entry.
                response[response.length - 6] ^= 1;
              }
              return response;
            });
    assertThrows(
        AttestationException.Device.class,
        () ->
            falsified
                .keys()
                .createPrimary(TpmHandle.OWNER, TpmAuth.empty(), TpmTemplate.storageRootEcc()));
    assertEquals(List.of(0x131, 0x165), sent);
  }

  private TpmObject primary(TpmTemplate template) {
    return tpm.keys().createPrimary(TpmHandle.OWNER, TpmAuth.empty(), template);
  }

  private Bytes imported(TpmObject parent, Bytes duplicate, TpmDuplicate afar) {
    return tpm.keys()
        .importObject(parent, TpmAuth.empty(), afar.publicArea(), duplicate, afar.inSymSeed());
  }

  private void persist(TpmTemplate template) {
    try (TpmObject key = primary(template)) {
      tpm.keys().evictControl(TpmHandle.OWNER, TpmAuth.empty(), key, 0x81000001L);
    }
  }

  private void evict() {
    try (TpmObject key = tpm.keys().persistent(0x81000001L)) {
      tpm.keys().evictControl(TpmHandle.OWNER, TpmAuth.empty(), key, 0x81000001L);
    }
  }

  private void assertOpens(SealedSecret sealed) {
    try (Opening opening = sealed.opener().pin(PIN).open(tpm)) {
      assertArrayEquals(SECRET, assertInstanceOf(Opening.Opened.class, opening).secret().octets());
    }
  }
}
