package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** The bits of TPMA_OBJECT (TPM 2.0 Part 2, section 8.3); all others are reserved. */
public enum ObjectAttribute {
  /** The hierarchy of the object cannot change. */
  FIXED_TPM(1),
  /** Contexts of the object do not outlive a restart. */
  ST_CLEAR(2),
  /** The parent of the object cannot change. */
  FIXED_PARENT(4),
  /** The TPM made the private part: nobody ever saw it. */
  SENSITIVE_DATA_ORIGIN(5),
  /** The object's own authorisation value allows its use. */
  USER_WITH_AUTH(6),
  /** Administration needs the policy. */
  ADMIN_WITH_POLICY(7),
  /** No protection against guessing the authorisation value. */
  NO_DA(10),
  /** Duplication only with an outer and an inner wrapper. */
  ENCRYPTED_DUPLICATION(11),
  /** The key works only on structures that the TPM itself composed. */
  RESTRICTED(16),
  /** The private part may decrypt. */
  DECRYPT(17),
  /** The private part may sign. */
  SIGN(18);

  private final int bit;

  ObjectAttribute(int bit) {
    this.bit = bit;
  }

  /** The bit's number, 0 the least significant. */
  public int bit() {
    return bit;
  }

  static Set<ObjectAttribute> read(ByteReader in) throws MalformedException {
    long bits = in.u32("objectAttributes");
    Set<ObjectAttribute> attributes = EnumSet.noneOf(ObjectAttribute.class);
    long known = 0;
    for (ObjectAttribute attribute : values()) {
      known |= 1L << attribute.bit;
      if ((bits >> attribute.bit & 1) == 1) {
        attributes.add(attribute);
      }
    }
    if ((bits & ~known) != 0) {
      throw in.malformed("objectAttributes", "reserved bits zero", "%08x".formatted(bits & ~known));
    }
    return Collections.unmodifiableSet(attributes);
  }
}
