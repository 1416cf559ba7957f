package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;

/** A session: its key and nonces, and what a policy has asked of it so far (Part 1, section 19). */
final class Session {
  private final int handle;
  private final boolean trial;
  private final HashAlgorithm hash;
  private final SymDef symmetric;
  private final byte[] key;
  private final byte[] boundName;
  private final byte[] boundAuth;
  private byte[] nonceTpm;
  private byte[] policyDigest;
  private boolean authValueNeeded;
  private boolean passwordNeeded;
  private int commandCode;
  private long pcrCounter;
  private boolean pcrsSeen;
  private byte[] cpHash = new byte[0];
  private long deadline;
  private byte[] auditDigest = new byte[0];
  private boolean attackable;
  private boolean boundToLockout;

  Session(
      int handle,
      boolean trial,
      HashAlgorithm hash,
      SymDef symmetric,
      byte[] key,
      byte[] nonceTpm,
      byte[] boundName,
      byte[] boundAuth) {
    this.handle = handle;
    this.trial = trial;
    this.hash = hash;
    this.symmetric = symmetric;
    this.key = key.clone();
    this.nonceTpm = nonceTpm.clone();
    this.boundName = boundName.clone();
    this.boundAuth = boundAuth.clone();
    this.policyDigest = new byte[hash.digestSize()];
  }

  /** What a policy has asked is forgotten: after use, and on TPM2_PolicyRestart. */
  void resetPolicy() {
    policyDigest = new byte[hash.digestSize()];
    authValueNeeded = false;
    passwordNeeded = false;
    commandCode = 0;
    pcrsSeen = false;
    cpHash = new byte[0];
    deadline = 0;
  }

  /** policyDigest becomes H(policyDigest || parts) (Part 1, section 19.7.3). */
  void extendPolicy(byte[]... parts) {
    policyDigest = Crypto.hash(hash, policyDigest, Crypto.concat(parts));
  }

  /** PolicyUpdate of Part 3, section 23.2.3: with the object's Name, then the reference. */
  void updatePolicy(int commandCode, byte[] name, byte[] reference) {
    extendPolicy(Handles.bytes(commandCode), name);
    extendPolicy(reference);
  }

  void clearPolicyDigest() {
    policyDigest = new byte[hash.digestSize()];
  }

  /** Whether the entity is the one that the session was bound to, its authValue unchanged. */
  boolean isBoundTo(byte[] name, byte[] auth) {
    return boundName.length > 0
        && auditDigest.length == 0
        && Crypto.same(boundName, name)
        && Crypto.same(boundAuth, auth);
  }

  /** The session knows the value of something that counts failures: its own failures count too. */
  void countFailures(boolean ofLockout) {
    attackable = true;
    boundToLockout = ofLockout;
  }

  /** It knows lockoutAuth, whose failures are counted apart (Part 1, section 19.8.6). */
  boolean isBoundToLockout() {
    return boundToLockout;
  }

  boolean countsFailures() {
    return attackable;
  }

  /**
   * Audits a command (Part 1, section 19.6.11). The first one makes it an audit session, which is
   * no longer bound; {@code anew} begins again.
   */
  void audit(boolean anew, byte[] cpHash, byte[] rpHash) {
    byte[] before = auditDigest.length == 0 || anew ? new byte[hash.digestSize()] : auditDigest;
    auditDigest = Crypto.hash(hash, before, cpHash, rpHash);
  }

  boolean isAudit() {
    return auditDigest.length != 0;
  }

  boolean isPolicy() {
    return Handles.type(handle) == Handles.TYPE_POLICY_SESSION;
  }

  void requireAuthValue() {
    authValueNeeded = true;
    passwordNeeded = false;
  }

  void requirePassword() {
    passwordNeeded = true;
    authValueNeeded = false;
  }

  int handle() {
    return handle;
  }

  boolean isTrial() {
    return trial;
  }

  HashAlgorithm hash() {
    return hash;
  }

  SymDef symmetric() {
    return symmetric;
  }

  byte[] key() {
    return key.clone();
  }

  byte[] nonceTpm() {
    return nonceTpm.clone();
  }

  void setNonceTpm(byte[] value) {
    nonceTpm = value.clone();
  }

  byte[] policyDigest() {
    return policyDigest.clone();
  }

  boolean isAuthValueNeeded() {
    return authValueNeeded;
  }

  boolean isPasswordNeeded() {
    return passwordNeeded;
  }

  int commandCode() {
    return commandCode;
  }

  void setCommandCode(int value) {
    commandCode = value;
  }

  /** TPM2_PolicyPCR saw the registers when their update counter was this. */
  void seePcrs(long updateCounter) {
    pcrsSeen = true;
    pcrCounter = updateCounter;
  }

  /** Whether registers changed since TPM2_PolicyPCR. */
  boolean seesChangedPcrs(long updateCounter) {
    return pcrsSeen && pcrCounter != updateCounter;
  }

  byte[] cpHash() {
    return cpHash.clone();
  }

  void setCpHash(byte[] value) {
    cpHash = value.clone();
  }

  /** In milliseconds of the TPM's time; 0 for never. */
  long deadline() {
    return deadline;
  }

  void limit(long until) {
    deadline = deadline == 0 ? until : Math.min(deadline, until);
  }
}
