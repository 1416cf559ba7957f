package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.internal.sealing.Pin;
import io.github.cvmattestation.vtpm.internal.sealing.Templates;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A secret that one TPM keeps, and releases only while its policy holds.
 *
 * <pre>{@code
 * SealingPolicy policy = SealingPolicy.currentPcrs(tpm, PcrSelection.of(SHA256, List.of(7)));
 * Bytes file = SealedSecret.seal(tpm, policy, key).encoded();
 * …
 * try (Opening opening = SealedSecret.parse(file).opener().open(tpm)) {
 *   if (opening instanceof Opening.Opened opened) {
 *     use(opened.secret().octets());
 *   }
 * }
 * }</pre>
 *
 * <p>At most {@value #MAX_SECRET} bytes: seal the key that encrypts your data, not the data. And
 * keep another way to it. The secret is lost when the TPM is cleared or the virtual machine gets
 * another identity, and stays shut when a register changes for good.
 *
 * <p>All sessions are salted with the storage key and encrypt what is secret, so that nobody
 * between here and the TPM that holds this key learns it, whatever the transport.
 *
 * @param parent the storage key that it is sealed under
 * @param parentName that key's Name, by which another TPM is noticed
 * @param policy when it opens. Of registers it records what they held, or were to hold
 * @param hasPin whether it takes a PIN as well
 * @param privateArea the content of TPM2B_PRIVATE: encrypted and authenticated by the TPM, or to it
 * @param inSymSeed for a secret that was sealed from afar the content of TPM2B_ENCRYPTED_SECRET,
 *     without which {@code privateArea} is no duplicate
 * @param publicArea the content of TPM2B_PUBLIC
 */
public record SealedSecret(
    StorageParent parent,
    Bytes parentName,
    SealingPolicy policy,
    boolean hasPin,
    Bytes privateArea,
    Optional<Bytes> inSymSeed,
    TpmtPublic publicArea) {
  /** The most bytes that TPMs seal (MAX_SYM_DATA; TPM 2.0 Part 2, section 11.1.9). */
  public static final int MAX_SECRET = 128;

  /** The most bytes that {@link #encoded} has. */
  public static final int MAX_SIZE = 8192;

  /**
   * @throws IllegalArgumentException if the sealed object is not under this policy: no file can
   *     claim that registers were other than they were
   */
  public SealedSecret {
    if (parent instanceof StorageParent.LegacyEccPrimary
        || parent instanceof StorageParent.LegacyRsaPrimary) {
      throw new IllegalArgumentException("older parents of systemd are for its tokens alone");
    }
    if (!fits(publicArea, policy, hasPin, inSymSeed.isPresent())) {
      throw new IllegalArgumentException("the object is not sealed under this policy");
    }
  }

  /** Whether {@code area} is of sealed data that {@code policy}, and nothing else, releases. */
  static boolean fits(TpmtPublic area, SealingPolicy policy, boolean hasPin, boolean fromAfar) {
    Set<ObjectAttribute> attributes = EnumSet.noneOf(ObjectAttribute.class);
    if (!fromAfar) {
      attributes.add(ObjectAttribute.FIXED_TPM);
      attributes.add(ObjectAttribute.FIXED_PARENT);
    }
    if (!hasPin) {
      attributes.add(ObjectAttribute.NO_DA);
    }
    return area.parameters() instanceof TpmtPublic.KeyedHash
        && area.nameAlg() == HashAlgorithm.SHA256
        && area.objectAttributes().equals(attributes)
        && area.authPolicy().equals(policy.digest(hasPin).value());
  }

  /**
   * Seals under the owner's primary key.
   *
   * @param secret 1 to {@value #MAX_SECRET} bytes; not changed, and not kept
   */
  public static SealedSecret seal(Tpm tpm, SealingPolicy policy, byte[] secret) {
    return seal(tpm, new StorageParent.EccPrimary(), policy, Optional.empty(), secret);
  }

  /**
   * Seals.
   *
   * @param pin what must be known as well, 1 to 1024 bytes; wrong guesses count for the TPM's
   *     lockout. Not changed, and not kept
   * @param secret 1 to {@value #MAX_SECRET} bytes; not changed, and not kept
   * @throws AttestationException.Device if the TPM cannot be asked or refuses
   */
  public static SealedSecret seal(
      Tpm tpm, StorageParent parent, SealingPolicy policy, Optional<byte[]> pin, byte[] secret) {
    if (secret.length == 0 || secret.length > MAX_SECRET) {
      throw new AttestationException.Configuration(
          "a TPM seals 1 to " + MAX_SECRET + " bytes", "seal a key, and encrypt the rest with it");
    }
    byte[] authValue = pin.map(Pin::authValue).orElse(new byte[0]);
    TpmTemplate template =
        Templates.sealed(policy.digest(pin.isPresent()).value(), pin.isPresent());
    try (TpmObject key = Templates.parent(tpm, parent);
        TpmSession session = tpm.session().salted(key).encrypting().hmac()) {
      TpmCreated object =
          tpm.keys().create(key, TpmAuth.session(session), template, authValue, secret);
      if (!fits(object.outPublic(), policy, pin.isPresent(), false)) {
        throw new AttestationException.Device(
            "the TPM sealed something else than it was told", "do not use this TPM");
      }
      return new SealedSecret(
          parent,
          key.name(),
          policy,
          pin.isPresent(),
          object.outPrivate(),
          Optional.empty(),
          object.outPublic());
    } finally {
      Arrays.fill(authValue, (byte) 0);
    }
  }

  /**
   * Seals from afar, without a TPM: to the public half of a storage key in one. It is opened there
   * like any other, but nothing says who sealed it; the public half does for everybody.
   *
   * <p>Take the public area from somebody whom you believe: a secret that is sealed to another's
   * key is another's.
   *
   * @param parent how the TPM gets at the key
   * @param parentArea the key's public area: restricted, decrypts, fixed to its TPM
   * @param secret 1 to {@value #MAX_SECRET} bytes; not changed, and not kept
   * @throws AttestationException.Configuration if the key cannot protect it
   */
  public static SealedSecret sealFromAfar(
      StorageParent parent, TpmtPublic parentArea, SealingPolicy policy, byte[] secret) {
    if (!parentArea.has(
        ObjectAttribute.FIXED_TPM, ObjectAttribute.RESTRICTED, ObjectAttribute.DECRYPT)) {
      throw new AttestationException.Configuration(
          "the key is no storage key that stays in its TPM", "take one that is, such as the SRK");
    }
    TpmDuplicate made = TpmDuplicate.seal(parentArea, secret, policy.digest(false));
    return new SealedSecret(
        parent,
        parentArea.name(),
        policy,
        false,
        made.duplicate(),
        Optional.of(made.inSymSeed()),
        made.publicArea());
  }

  /** What it takes to open this. */
  public SecretOpener opener() {
    return new SecretOpener(this);
  }

  /** This as a file; see {@link #parse}. Not secret: the TPM has encrypted what is. */
  public Bytes encoded() {
    return SealedSecretFormat.write(this);
  }

  /**
   * Reads a file that {@link #encoded} made, to its last byte.
   *
   * <p>Big-endian: {@code "CVMSEAL"} and the version, {@code 0x01}; what the policy is made of, a
   * byte (bit 0 registers, bit 1 approval, bit 2 PIN, bit 3 sealed from afar); the parent, a byte
   * (1 P-256 primary, 2 RSA-2048 primary, 3 persistent) and, for 3 alone, its handle u32; its Name
   * behind a u16 size; for registers their bank as TPM_ALG_ID, a bitmap of 3 bytes and the values,
   * ascending; for approval the key as SubjectPublicKeyInfo behind a u16 size, 16 bytes of the
   * purpose's hash and the epoch u64; TPM2B_PUBLIC, TPM2B_PRIVATE and, where it was sealed from
   * afar, TPM2B_ENCRYPTED_SECRET.
   *
   * <p>Registers, key, purpose, epoch and PIN are not taken on trust: the object's policy digest
   * covers them, and the TPM's own protection covers that.
   *
   * @throws MalformedException if it is anything else
   */
  public static SealedSecret parse(Bytes encoded) throws MalformedException {
    return SealedSecretFormat.read(encoded);
  }
}
