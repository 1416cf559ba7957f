package io.github.cvmattestation.testkit;

import static io.github.cvmattestation.testkit.TpmUser.concat;
import static io.github.cvmattestation.testkit.TpmUser.handles;
import static io.github.cvmattestation.testkit.TpmUser.passwords;
import static io.github.cvmattestation.testkit.TpmUser.w;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several sessions at once, and sessions under a dictionary attack (TPM 2.0, Part 1, section 19).
 */
class SoftwareTpmSessionTest {
  private static final byte[] NONE = new byte[0];
  private static final byte[] SECRET = "sixteen bytes...".getBytes(US_ASCII);
  private static final byte[] PIN = "pin".getBytes(US_ASCII);
  private static final int LOCKOUT = 0x4000000A;
  private static final int CREATE = 0x153;
  private static final int UNSEAL = 0x15E;
  private static final int CONTINUE = 0x01;
  private static final int DECRYPT = 0x20;
  private static final int ENCRYPT = 0x40;

  /** fixedTPM, fixedParent, userWithAuth, and with or without noDA. */
  private static final int EXEMPT = 0x452;

  private static final int GUARDED = 0x052;

  private final TpmUser user = new TpmUser(SoftwareTpm.create("SoftwareTpmSessionTest"));
  private int parent;

  @BeforeEach
  void createParent() {
    parent = user.primary(TpmUser.OWNER, TpmUser.ecc(TpmUser.STORAGE, 0x10));
  }

  private int sealed(int attributes, byte[] policy) {
    return user.load(
        parent, user.create(parent, "pin", SECRET, TpmUser.sealed(attributes, policy)));
  }

  private int unseal(int item, byte[] auths) {
    return user.refused(UNSEAL, handles(item), auths, NONE);
  }

  /** Part 1, section 19.6.5: nobody takes away the session that encrypts, or puts in another. */
  @Test
  void encryptingSessionCannotBeTakenAwayFromTheOneThatAuthorises() {
    int item = sealed(EXEMPT, NONE);
    byte[] name = user.name(item);
    TpmUser.Session first = user.session(0, TpmUser.NULL, NONE);
    TpmUser.Session second = user.session(0, parent, NONE);
    byte[] encrypting = second.authorize(UNSEAL, name, NONE, NONE, CONTINUE | ENCRYPT);
    byte[] alone = first.authorize(UNSEAL, name, NONE, PIN, CONTINUE);
    byte[] together = first.authorize(UNSEAL, name, NONE, PIN, CONTINUE, second.nonceTpm);

    assertThat(unseal(item, together)).isEqualTo(0x9A2);
    assertThat(unseal(item, concat(alone, encrypting))).isEqualTo(0x9A2);
    assertThat(unseal(item, concat(together, encrypting))).isZero();
  }

  /** Part 1, section 19.6.5: nonceTPM of the decrypt session, then that of the encrypt session. */
  @Test
  void noncesOfTwoOtherSessionsAreCoveredInTheirOrder() {
    byte[] name = user.name(parent);
    TpmUser.Session first = user.session(0, TpmUser.NULL, NONE);
    TpmUser.Session second = user.session(0, parent, NONE);
    TpmUser.Session third = user.session(0, parent, NONE);
    byte[] sent = hidden(second);
    // The encrypt session stands before the decrypt session: their places do not matter.
    byte[] others =
        concat(
            third.authorize(CREATE, name, sent, NONE, CONTINUE | ENCRYPT),
            second.authorize(CREATE, name, sent, NONE, CONTINUE | DECRYPT));
    byte[] swapped =
        first.authorize(CREATE, name, sent, NONE, CONTINUE, third.nonceTpm, second.nonceTpm);
    byte[] right =
        first.authorize(CREATE, name, sent, NONE, CONTINUE, second.nonceTpm, third.nonceTpm);

    assertThat(user.refused(CREATE, handles(parent), concat(swapped, others), sent))
        .isEqualTo(0x9A2);
    assertThat(user.refused(CREATE, handles(parent), concat(right, others), sent)).isZero();
  }

  @Test
  void nonceOfASessionThatDecryptsAndEncryptsIsCoveredOnce() {
    byte[] name = user.name(parent);
    TpmUser.Session first = user.session(0, TpmUser.NULL, NONE);
    TpmUser.Session second = user.session(0, parent, NONE);
    byte[] sent = hidden(second);
    byte[] other = second.authorize(CREATE, name, sent, NONE, CONTINUE | DECRYPT | ENCRYPT);
    byte[] twice =
        first.authorize(CREATE, name, sent, NONE, CONTINUE, second.nonceTpm, second.nonceTpm);
    byte[] once = first.authorize(CREATE, name, sent, NONE, CONTINUE, second.nonceTpm);

    assertThat(user.refused(CREATE, handles(parent), concat(twice, other), sent)).isEqualTo(0x9A2);
    assertThat(user.refused(CREATE, handles(parent), concat(once, other), sent)).isZero();
  }

  /** Parameters of TPM2_Create, the first of them encrypted. */
  private byte[] hidden(TpmUser.Session session) {
    byte[] plain = TpmUser.creation("pin", SECRET, TpmUser.sealed(EXEMPT, NONE));
    int end = 2 + ByteBuffer.wrap(plain).getShort();
    byte[] first = Arrays.copyOfRange(plain, 2, end);
    byte[] hidden =
        session.cipher(Cipher.ENCRYPT_MODE, NONE, session.nonceCaller, session.nonceTpm, first);
    return w().sized(hidden).raw(Arrays.copyOfRange(plain, end, plain.length)).array();
  }

  /** decrypt is looked at before audit, as the reference code of Part 4 does. */
  @Test
  void policySessionWithoutACipherThatDecryptsAndAuditsLacksTheCipher() {
    byte[] start = w().sized(new byte[32]).u16(0).u8(1).u16(0x10).u16(0x0B).array();
    int handle = user.done(0x176, handles(TpmUser.NULL, TpmUser.NULL), NONE, start).getInt();
    byte[] parameters = TpmUser.creation("", SECRET, TpmUser.sealed(EXEMPT, NONE));

    byte[] both = w().u32(handle).u16(0).u8(0xA1).u16(0).array();
    assertThat(user.refused(CREATE, handles(parent), both, parameters)).isEqualTo(0x996);
    byte[] audit = w().u32(handle).u16(0).u8(0x81).u16(0).array();
    assertThat(user.refused(CREATE, handles(parent), audit, parameters)).isEqualTo(0x982);
  }

  /** Its key comes from the value: who may try the key may try the value. */
  @Test
  void inLockoutASessionBoundToAGuardedValueOpensNothing() {
    int guarded = sealed(GUARDED, NONE);
    TpmUser.Session bound = user.session(0, guarded, PIN);
    TpmUser.Session free = user.session(0, parent, NONE);
    lockOut(guarded);

    byte[] name = user.name(parent);
    byte[] parameters = TpmUser.creation("", SECRET, TpmUser.sealed(EXEMPT, NONE));
    byte[] byBound = bound.authorize(CREATE, name, parameters, NONE, CONTINUE);
    assertThat(user.refused(CREATE, handles(parent), byBound, parameters)).isEqualTo(0x921);
    byte[] wrong = bound.authorize(CREATE, name, parameters, PIN, CONTINUE);
    assertThat(user.refused(CREATE, handles(parent), wrong, parameters)).isEqualTo(0x921);
    byte[] audit = bound.authorize(CREATE, name, parameters, NONE, CONTINUE | 0x80);
    assertThat(user.refused(CREATE, handles(parent), concat(passwords(""), audit), parameters))
        .isEqualTo(0x921);
    byte[] byFree = free.authorize(CREATE, name, parameters, NONE, CONTINUE);
    assertThat(user.refused(CREATE, handles(parent), byFree, parameters)).isZero();
  }

  private void lockOut(int guarded) {
    for (int i = 0; i < 3; i++) {
      assertThat(unseal(guarded, passwords("nip"))).isEqualTo(0x98E);
    }
  }

  /** lockoutAuth has one try, whatever the others have left (Part 1, section 19.8.6). */
  @Test
  void failureOfASessionBoundToLockoutBlocksLockoutAuthAlone() {
    int guarded = sealed(GUARDED, NONE);
    int exempt = sealed(EXEMPT, NONE);
    byte[] name = user.name(exempt);
    TpmUser.Session bound = user.session(0, LOCKOUT, NONE);
    lockOut(guarded);

    byte[] right = bound.authorize(UNSEAL, name, NONE, PIN, CONTINUE);
    bound.accept(UNSEAL, user.send(UNSEAL, handles(exempt), right, NONE), PIN);
    byte[] wrong = bound.authorize(UNSEAL, name, NONE, SECRET, CONTINUE);
    assertThat(unseal(exempt, wrong)).isEqualTo(0x98E);
    byte[] late = bound.authorize(UNSEAL, name, NONE, PIN, CONTINUE);
    assertThat(unseal(exempt, late)).isEqualTo(0x921);
    assertThat(user.refused(0x139, handles(LOCKOUT), passwords(""), NONE)).isEqualTo(0x921);
    assertThat(unseal(exempt, passwords("pin"))).isZero();
  }

  /** A policy that asks for no value cannot be used to guess one: BAD_AUTH, nothing is counted. */
  @Test
  void wrongHmacOfAPolicyWithoutAuthValueIsNotCounted() {
    byte[] policy = TpmUser.sha256(new byte[32], handles(0x16C, UNSEAL));
    int item = sealed(GUARDED & ~0x40, policy);
    TpmUser.Session session = user.session(1, parent, NONE);
    user.done(0x16C, handles(session.handle), NONE, handles(UNSEAL));

    byte[] wrong = session.authorize(UNSEAL, user.name(item), NONE, PIN, CONTINUE);
    assertThat(unseal(item, wrong)).isEqualTo(0x9A2);
    assertThat(failedTries()).isZero();
    byte[] right = session.authorize(UNSEAL, user.name(item), NONE, NONE, CONTINUE);
    assertThat(unseal(item, right)).isZero();
  }

  /** Else a cut of the power right after a wrong guess would make it free (Part 1, 19.8). */
  @Test
  void lossOfPowerAfterUseOfAGuardedValueCountsAsAFailure() {
    int exempt = sealed(EXEMPT, NONE);
    assertThat(unseal(exempt, passwords("pin"))).isZero();
    powerCycle();
    assertThat(failedTries()).isZero();

    useGuarded();
    user.done(0x145, NONE, NONE, w().u16(0).array());
    powerCycle();
    assertThat(failedTries()).isZero();

    useGuarded();
    powerCycle();
    assertThat(failedTries()).isEqualTo(1);
    powerCycle();
    assertThat(failedTries()).isEqualTo(1);
  }

  private void useGuarded() {
    createParent();
    assertThat(unseal(sealed(GUARDED, NONE), passwords("pin"))).isZero();
  }

  private void powerCycle() {
    user.tpm.powerCycle();
    user.done(0x144, NONE, NONE, w().u16(0).array());
  }

  /** TPM_PT_LOCKOUT_COUNTER. */
  private int failedTries() {
    byte[] query = w().u32(6).u32(0x20E).u32(1).array();
    ByteBuffer out = user.done(0x17A, NONE, NONE, query);
    return out.getInt(out.limit() - 4);
  }

  /** A salt is shared by OAEP: a decryption key whose scheme is RSAES opens none: TPM_RC_VALUE. */
  @ParameterizedTest(name = "scheme {0}: {1}")
  @CsvSource({"0x0010, 0x000", "0x0017, 0x000", "0x0015, 0x2C4"})
  void saltIsOpenedByOaepAlone(String scheme, String code) throws GeneralSecurityException {
    byte[] template = TpmUser.rsa(0x00020472, Integer.decode(scheme).shortValue());
    if (scheme.equals("0x0015")) {
      // RSAES has no hash.
      template = TpmUser.w().raw(Arrays.copyOf(template, 14)).u16(2048).u32(0).u16(0).array();
    }
    int key = user.primary(TpmUser.OWNER, template);
    ByteBuffer out = user.done(0x173, handles(key), NONE, NONE);
    byte[] area = TpmUser.sized(out);
    BigInteger modulus =
        new BigInteger(1, Arrays.copyOfRange(area, area.length - 256, area.length));
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        KeyFactory.getInstance("RSA")
            .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537))),
        new OAEPParameterSpec(
            "SHA-256",
            "MGF1",
            MGF1ParameterSpec.SHA256,
            new PSource.PSpecified("SECRET\0".getBytes(US_ASCII))));
    byte[] salt = cipher.doFinal(SECRET);
    byte[] start =
        w().sized(new byte[32]).sized(salt).u8(0).u16(6).u16(128).u16(0x43).u16(0x0B).array();

    assertThat(user.refused(0x176, handles(key, TpmUser.NULL), NONE, start))
        .isEqualTo(Integer.decode(code));
  }

  /** An orderly index lives in RAM; what was not written there reads as zeros on swtpm too. */
  @Test
  void unwrittenPartOfAnOrderlyIndexIsZeros() {
    int index = 0x01000001;
    user.define(TpmUser.OWNER, index, 0x06060006, 8);
    byte[] data = w().sized(new byte[] {7}).u16(0).array();
    user.done(0x137, handles(index, index), passwords("nv"), data);

    byte[] range = w().u16(8).u16(0).array();
    ByteBuffer out = user.done(0x14E, handles(index, index), passwords("nv"), range);
    out.getInt();
    assertThat(TpmUser.sized(out)).containsExactly(7, 0, 0, 0, 0, 0, 0, 0);
  }
}
