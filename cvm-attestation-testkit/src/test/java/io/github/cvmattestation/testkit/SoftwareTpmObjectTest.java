package io.github.cvmattestation.testkit;

import static io.github.cvmattestation.testkit.TpmUser.concat;
import static io.github.cvmattestation.testkit.TpmUser.handles;
import static io.github.cvmattestation.testkit.TpmUser.passwords;
import static io.github.cvmattestation.testkit.TpmUser.sized;
import static io.github.cvmattestation.testkit.TpmUser.w;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Protected storage, sessions, policies and NV of the SoftwareTpm, attacked. */
class SoftwareTpmObjectTest {
  private static final byte[] NONE = new byte[0];
  private static final byte[] SECRET = "the secret".getBytes(US_ASCII);
  private static final int INDEX = 0x01500001;

  private final TpmUser user = new TpmUser(SoftwareTpm.create("SoftwareTpmObjectTest"));
  private final int parent = user.primary(TpmUser.OWNER, TpmUser.ecc(TpmUser.STORAGE, 0x10));

  @Test
  void flippingAnyByteOfAPrivateAreaIsRefused() {
    byte[][] areas = user.create(parent, "pin", SECRET, TpmUser.sealed(0x452, NONE));
    assertThat(indexOf(areas[0], SECRET)).isNegative();
    for (int i = 0; i < areas[0].length; i++) {
      byte[] changed = areas[0].clone();
      changed[i] ^= 1;
      byte[] parameters = w().sized(changed).sized(areas[1]).array();
      int code = user.refused(0x157, handles(parent), passwords(""), parameters);
      // The first two bytes are the size of the HMAC: a larger one is SIZE or INSUFFICIENT.
      assertThat(code).isIn(i < 2 ? new Integer[] {0x1DF, 0x1D5, 0x1DA} : new Integer[] {0x1DF});
    }
  }

  @Test
  void privateAreaOpensUnderNoOtherPublicAreaParentOrTpm() {
    byte[][] areas = user.create(parent, "", SECRET, TpmUser.sealed(0x452, NONE));
    byte[] loosened = areas[1].clone();
    loosened[5] ^= 0x04; // noDA
    assertThat(load(user, parent, areas[0], loosened)).isEqualTo(0x1DF);

    TpmUser stranger = new TpmUser(SoftwareTpm.create("stranger"));
    int strange = stranger.primary(TpmUser.OWNER, TpmUser.ecc(TpmUser.STORAGE, 0x10));
    assertThat(load(stranger, strange, areas[0], areas[1])).isEqualTo(0x1DF);
    assertThat(load(user, parent, areas[0], areas[1])).isZero();
  }

  private static int load(TpmUser user, int parent, byte[] hidden, byte[] area) {
    byte[] parameters = w().sized(hidden).sized(area).array();
    return user.refused(0x157, handles(parent), passwords(""), parameters);
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int i = 0; i + part.length <= all.length; i++) {
      if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void wrongPasswordIsBadAuthAndLocksOutOnlyWhatIsProtected() {
    int exempt = user.load(parent, user.create(parent, "pin", SECRET, TpmUser.sealed(0x452, NONE)));
    int guarded =
        user.load(parent, user.create(parent, "pin", SECRET, TpmUser.sealed(0x052, NONE)));

    assertThat(user.refused(0x15E, handles(exempt), passwords("nip"), NONE)).isEqualTo(0x9A2);
    for (int i = 0; i < 3; i++) {
      assertThat(user.refused(0x15E, handles(guarded), passwords("nip"), NONE)).isEqualTo(0x98E);
    }
    assertThat(user.refused(0x15E, handles(guarded), passwords("pin"), NONE)).isEqualTo(0x921);
    assertThat(user.refused(0x15E, handles(exempt), passwords("pin"), NONE)).isZero();
    user.done(0x139, handles(0x4000000A), passwords(""), NONE);
    assertThat(user.refused(0x15E, handles(guarded), passwords("pin"), NONE)).isZero();
  }

  @Test
  void sealedDataOpensWhileTheRegisterIsAsItWas() {
    byte[] selection = TpmUser.pcr(5);
    byte[] policy =
        TpmUser.sha256(new byte[32], handles(0x17F), selection, TpmUser.sha256(new byte[32]));
    int item = user.load(parent, user.create(parent, "", SECRET, TpmUser.sealed(0x412, policy)));
    assertThat(user.refused(0x15E, handles(item), passwords(""), NONE)).isEqualTo(0x12F);

    TpmUser.Session session = user.session(1, TpmUser.NULL, NONE);
    byte[] use = w().u32(session.handle).u16(0).u8(1).u16(0).array();
    assertThat(user.refused(0x15E, handles(item), use, NONE)).isEqualTo(0x99D);
    policyPcr(session, selection);
    java.nio.ByteBuffer out = user.done(0x15E, handles(item), use, NONE);
    out.getInt();
    assertThat(sized(out)).isEqualTo(SECRET);

    // The policy is spent; after a change of the register it does not come true again.
    assertThat(user.refused(0x15E, handles(item), use, NONE)).isEqualTo(0x99D);
    policyPcr(session, selection);
    user.extend(7);
    assertThat(user.refused(0x15E, handles(item), use, NONE)).isEqualTo(0x128);
    user.done(0x180, handles(session.handle), NONE, NONE);
    user.extend(5);
    policyPcr(session, selection);
    assertThat(user.refused(0x15E, handles(item), use, NONE)).isEqualTo(0x99D);
  }

  private void policyPcr(TpmUser.Session session, byte[] selection) {
    user.done(0x17F, handles(session.handle), NONE, w().u16(0).raw(selection).array());
  }

  @Test
  void trialSessionAuthorisesNothing() {
    TpmUser.Session trial = user.session(3, TpmUser.NULL, NONE);
    byte[] use = w().u32(trial.handle).u16(0).u8(1).u16(0).array();

    assertThat(user.refused(0x13D, handles(16), use, NONE)).isEqualTo(0x982);
  }

  @Test
  void hmacSessionOpensEncryptedAndRefusesReplayAndForgery() {
    byte[] auth = "pin".getBytes(US_ASCII);
    int item = user.load(parent, user.create(parent, "pin", SECRET, TpmUser.sealed(0x452, NONE)));
    TpmUser.Session session = user.session(0, parent, NONE);
    byte[] use = session.authorize(0x15E, user.name(item), NONE, auth, 0x41);

    byte[] response = user.send(0x15E, handles(item), use, NONE);
    byte[] hidden = session.accept(0x15E, response, auth);
    byte[] data = Arrays.copyOfRange(hidden, 2, hidden.length);
    assertThat(data).isNotEqualTo(SECRET);
    assertThat(
            session.cipher(Cipher.DECRYPT_MODE, auth, session.nonceTpm, session.nonceCaller, data))
        .isEqualTo(SECRET);

    assertThat(user.refused(0x15E, handles(item), use, NONE)).isEqualTo(0x9A2);
    byte[] forged = session.authorize(0x15E, user.name(item), NONE, "nip".getBytes(US_ASCII), 1);
    assertThat(user.refused(0x15E, handles(item), forged, NONE)).isEqualTo(0x9A2);
    byte[] other = session.authorize(0x14E, user.name(item), NONE, auth, 1);
    assertThat(user.refused(0x15E, handles(item), other, NONE)).isEqualTo(0x9A2);
    byte[] right = session.authorize(0x15E, user.name(item), NONE, auth, 0);
    session.accept(0x15E, user.send(0x15E, handles(item), right, NONE), auth);
    assertThat(user.refused(0x165, NONE, NONE, handles(session.handle))).isEqualTo(0x1CB);
  }

  @Test
  void encryptedParameterArrivesInTheClearAndItsChangeIsNoticed() {
    user.define(TpmUser.OWNER, INDEX, 0x2060006, 32);
    byte[] auth = "nv".getBytes(US_ASCII);
    TpmUser.Session session = user.session(0, TpmUser.OWNER, NONE);
    byte[] hidden =
        session.cipher(Cipher.ENCRYPT_MODE, auth, session.nonceCaller, session.nonceTpm, SECRET);
    byte[] parameters = w().sized(hidden).u16(0).array();
    byte[] name = nvName();
    byte[] use = session.authorize(0x137, concat(name, name), parameters, auth, 0x21);

    byte[] changed = parameters.clone();
    changed[3] ^= 1;
    assertThat(user.refused(0x137, handles(INDEX, INDEX), use, changed)).isEqualTo(0x9A2);
    session.accept(0x137, user.send(0x137, handles(INDEX, INDEX), use, parameters), auth);
    assertThat(readNv(INDEX, "nv", SECRET.length, 0)).isEqualTo(SECRET);
  }

  private byte[] nvName() {
    java.nio.ByteBuffer out = user.done(0x169, handles(INDEX), NONE, NONE);
    sized(out);
    return sized(out);
  }

  private byte[] readNv(int authority, String password, int size, int offset) {
    byte[] range = w().u16(size).u16(offset).array();
    java.nio.ByteBuffer out =
        user.done(0x14E, handles(authority, INDEX), passwords(password), range);
    out.getInt();
    return sized(out);
  }

  @Test
  void fourthSessionFindsNoPlace() {
    for (int i = 0; i < 3; i++) {
      user.session(i % 2, TpmUser.NULL, NONE);
    }
    byte[] parameters = w().sized(new byte[32]).u16(0).u8(0).u16(0x10).u16(0x0B).array();

    assertThat(user.refused(0x176, handles(TpmUser.NULL, TpmUser.NULL), NONE, parameters))
        .isEqualTo(0x903);
  }

  /** OWNERWRITE 2, AUTHWRITE 4, OWNERREAD 0x20000, AUTHREAD 0x40000, WRITTEN, PLATFORMCREATE. */
  @ParameterizedTest(name = "{0}, attributes {1}, {2} bytes: {3}")
  @CsvSource({
    "0x40000001, 0x00060006, 2900, 0x000",
    "0x40000001, 0x00060006, 4096, 0x000",
    "0x40000001, 0x00060006, 4097, 0x2D5",
    "0x40000001, 0x20060006, 32, 0x2C2",
    "0x40000001, 0x40060006, 32, 0x182",
    "0x4000000C, 0x40060006, 32, 0x000",
    "0x4000000C, 0x00060006, 32, 0x182",
    "0x40000001, 0x00060000, 32, 0x2C2",
    "0x40000001, 0x00000006, 32, 0x2C2",
    "0x40000001, 0x00060016, 8, 0x2C2",
    "0x40000001, 0x08060006, 8, 0x000",
    "0x40000001, 0x08062006, 8, 0x2C2",
    "0x40000001, 0x00060106, 32, 0x2E1",
  })
  void nvIndexIsDefinedAsItsAttributesAllow(
      String hierarchy, String attributes, int size, String code) {
    assertThat(user.define(Integer.decode(hierarchy), INDEX, Integer.decode(attributes), size))
        .isEqualTo(Integer.decode(code));
  }

  @Test
  void nvIndexAdmitsWhomItsAttributesName() {
    user.define(TpmUser.OWNER, INDEX, 0x2040002, 16);
    assertThat(user.define(TpmUser.OWNER, INDEX, 0x2040002, 16)).isEqualTo(0x14C);
    byte[] range = w().u16(4).u16(0).array();
    byte[] data = w().sized(new byte[4]).u16(4).array();

    assertThat(user.refused(0x14E, handles(INDEX, INDEX), passwords("nv"), range)).isEqualTo(0x14A);
    assertThat(user.refused(0x14E, handles(TpmUser.OWNER, INDEX), passwords(""), range))
        .isEqualTo(0x149);
    assertThat(user.refused(0x137, handles(INDEX, INDEX), passwords("nv"), data)).isEqualTo(0x12F);
    assertThat(user.refused(0x137, handles(TpmUser.OWNER, INDEX), passwords(""), data)).isZero();
    assertThat(readNv(INDEX, "nv", 16, 0)).startsWith(-1, -1, -1, -1, 0, 0, 0, 0, -1);
    assertThat(user.refused(0x14E, handles(INDEX, INDEX), passwords("vn"), range)).isEqualTo(0x9A2);
    byte[] beyond = w().u16(4).u16(13).array();
    assertThat(user.refused(0x14E, handles(INDEX, INDEX), passwords("nv"), beyond))
        .isEqualTo(0x146);
  }

  @Test
  void platformsIndexOutlivesClearAndTheOwnerCannotDeleteIt() {
    user.define(TpmUser.PLATFORM, INDEX, 0x42060004, 2600);
    user.done(0x126, handles(TpmUser.PLATFORM), passwords(""), NONE);

    assertThat(user.refused(0x122, handles(TpmUser.OWNER, INDEX), passwords(""), NONE))
        .isEqualTo(0x149);
    assertThat(user.refused(0x122, handles(TpmUser.PLATFORM, INDEX), passwords(""), NONE)).isZero();
  }

  @Test
  void clearEndsTheOwnersKeysAndBlobs() {
    byte[] template = TpmUser.ecc(TpmUser.STORAGE, 0x10);
    byte[] name = user.name(parent);
    byte[][] areas = user.create(parent, "", SECRET, TpmUser.sealed(0x452, NONE));
    user.done(0x126, handles(0x4000000A), passwords(""), NONE);

    int reborn = user.primary(TpmUser.OWNER, template);
    assertThat(user.name(reborn)).isNotEqualTo(name);
    assertThat(load(user, reborn, areas[0], areas[1])).isEqualTo(0x1DF);
  }

  @Test
  void persistentKeySurvivesAndNullKeysDoNotPersist() {
    byte[] persistent = handles(0x81000001);
    user.done(0x120, handles(TpmUser.OWNER, parent), passwords(""), persistent);
    int lost = user.primary(TpmUser.NULL, TpmUser.ecc(TpmUser.SIGNER, 0x18));
    byte[] other = handles(0x81000002);
    assertThat(user.refused(0x120, handles(TpmUser.OWNER, lost), passwords(""), other))
        .isEqualTo(0x282);
    byte[] platforms = handles(0x81800000);
    assertThat(user.refused(0x120, handles(TpmUser.OWNER, parent), passwords(""), platforms))
        .isEqualTo(0x1CD);
    byte[] name = user.name(parent);

    user.tpm.powerCycle();
    user.done(0x144, NONE, NONE, w().u16(0).array());

    assertThat(user.name(0x81000001)).isEqualTo(name);
  }

  @Test
  void creationTicketIsForItsObjectAlone() {
    int key = user.primary(TpmUser.ENDORSEMENT, TpmUser.ecc(TpmUser.SIGNER, 0x18));
    java.nio.ByteBuffer out =
        user.done(
            0x153,
            handles(parent),
            passwords(""),
            TpmUser.creation("", SECRET, TpmUser.sealed(0x452, NONE)));
    out.getInt();
    byte[][] areas = {sized(out), sized(out)};
    sized(out);
    byte[] hash = sized(out);
    byte[] ticket = new byte[2 + 4 + 2 + 64];
    out.get(ticket);
    int item = user.load(parent, areas);
    byte[] parameters = w().u16(0).sized(hash).u16(0x10).raw(ticket).array();

    assertThat(user.refused(0x14A, handles(key, item), passwords(""), parameters)).isZero();
    assertThat(user.refused(0x14A, handles(key, parent), passwords(""), parameters))
        .isEqualTo(0x4E0);
    ticket[20] ^= 1;
    byte[] forged = w().u16(0).sized(hash).u16(0x10).raw(ticket).array();
    assertThat(user.refused(0x14A, handles(key, item), passwords(""), forged)).isEqualTo(0x4E0);
  }
}
