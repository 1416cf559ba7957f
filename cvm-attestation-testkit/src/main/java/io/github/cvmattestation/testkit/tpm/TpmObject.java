package io.github.cvmattestation.testkit.tpm;

import org.jspecify.annotations.Nullable;

/** An object that is loaded or persistent. */
final class TpmObject {
  private final PublicArea publicArea;
  private final @Nullable Sensitive sensitive;
  private final byte[] name;
  private final byte[] qualifiedName;
  private final int hierarchy;
  private final boolean external;
  private final boolean stClear;
  private @Nullable RsaKey rsaKey;

  TpmObject(
      PublicArea publicArea,
      @Nullable Sensitive sensitive,
      byte[] qualifiedName,
      int hierarchy,
      boolean external,
      boolean stClear) {
    this.publicArea = publicArea;
    this.sensitive = sensitive;
    this.name = publicArea.name();
    this.qualifiedName = qualifiedName.clone();
    this.hierarchy = hierarchy;
    this.external = external;
    this.stClear = stClear;
  }

  /** An object under a parent whose Qualified Name is given, or under a hierarchy's handle. */
  static TpmObject under(
      byte[] parent,
      int hierarchy,
      boolean stClear,
      PublicArea area,
      @Nullable Sensitive sensitive) {
    byte[] qualifiedName = qualifiedName(area, parent);
    boolean clears = stClear || area.has(Attr.ST_CLEAR);
    return new TpmObject(area, sensitive, qualifiedName, hierarchy, false, clears);
  }

  static TpmObject external(PublicArea area, @Nullable Sensitive sensitive, int hierarchy) {
    byte[] qualifiedName = qualifiedName(area, Handles.bytes(hierarchy));
    return new TpmObject(area, sensitive, qualifiedName, hierarchy, true, area.has(Attr.ST_CLEAR));
  }

  /** nameAlg and the digest of the parent's Qualified Name and the Name (Part 1, section 16). */
  private static byte[] qualifiedName(PublicArea area, byte[] parent) {
    if (area.nameAlg() == null) {
      return new byte[0];
    }
    byte[] digest = Crypto.hash(area.requireNameAlg(), parent, area.name());
    return new TpmWriter().u16(area.requireNameAlg().id()).raw(digest).array();
  }

  PublicArea publicArea() {
    return publicArea;
  }

  /** Null for an object of which only the public area is loaded. */
  @Nullable Sensitive sensitive() {
    return sensitive;
  }

  /** The sensitive area of an object that must have one, else {@code code}. */
  Sensitive requireSensitive(TpmError otherwise) {
    if (sensitive == null) {
      throw otherwise;
    }
    return sensitive;
  }

  byte[] authValue() {
    return sensitive == null ? new byte[0] : sensitive.authValue();
  }

  byte[] name() {
    return name.clone();
  }

  byte[] qualifiedName() {
    return qualifiedName.clone();
  }

  int hierarchy() {
    return hierarchy;
  }

  boolean isExternal() {
    return external;
  }

  boolean isStClear() {
    return stClear;
  }

  boolean isParent() {
    return publicArea.isParent() && sensitive != null && !external;
  }

  /** The private RSA key; taking the primes apart is done once. */
  RsaKey rsaKey() {
    if (rsaKey == null) {
      Sensitive secret = requireSensitive(TpmError.of(Rc.TYPE));
      rsaKey = RsaKey.of(publicArea.unique(), publicArea.exponent(), secret.secret());
    }
    return rsaKey;
  }

  /** The key just made, so that it need not be taken apart again. */
  TpmObject withRsaKey(@Nullable RsaKey key) {
    rsaKey = key;
    return this;
  }
}
