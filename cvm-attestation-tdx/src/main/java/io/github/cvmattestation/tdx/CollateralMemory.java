package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the newest collateral had that was ever believed. Older collateral stays valid until its
 * nextUpdate, so whoever delivers it could hold back the news of a weakness; a verifier with a
 * memory refuses to go back.
 *
 * <p>For a fleet, implement this over a store that its members share. Implementations are called by
 * many threads; they may throw {@link io.github.cvmattestation.attestation.AttestationException}
 * where the store cannot be asked.
 */
public interface CollateralMemory {
  /**
   * What one memory is about: numbers of different families, and of the lists of different
   * authorities, do not compare.
   *
   * @param fmspc 6 bytes
   * @param pckAuthority common name of the authority whose revocation list is meant
   */
  record Scope(Bytes fmspc, String pckAuthority) {}

  /**
   * How new collateral is, by each of its parts.
   *
   * @param tcbInfoNumber {@code tcbEvaluationDataNumber} of the TCB Info
   * @param tcbInfoIssued {@code issueDate} of the TCB Info
   * @param qeIdentityNumber {@code tcbEvaluationDataNumber} of the QE Identity
   * @param qeIdentityIssued {@code issueDate} of the QE Identity
   * @param pckCrlNumber cRLNumber of the PCK authority's list
   * @param rootCrlNumber cRLNumber of the root's list
   */
  record Age(
      int tcbInfoNumber,
      Instant tcbInfoIssued,
      int qeIdentityNumber,
      Instant qeIdentityIssued,
      BigInteger pckCrlNumber,
      BigInteger rootCrlNumber) {

    /** Of each part, the newer. */
    public Age newest(Age other) {
      return new Age(
          Math.max(tcbInfoNumber, other.tcbInfoNumber),
          later(tcbInfoIssued, other.tcbInfoIssued),
          Math.max(qeIdentityNumber, other.qeIdentityNumber),
          later(qeIdentityIssued, other.qeIdentityIssued),
          pckCrlNumber.max(other.pckCrlNumber),
          rootCrlNumber.max(other.rootCrlNumber));
    }

    private static Instant later(Instant one, Instant other) {
      return one.isAfter(other) ? one : other;
    }
  }

  /** The newest that was believed in this scope. */
  Optional<Age> newest(Scope scope);

  /** Remembers that collateral of this age was believed; never forgets what was newer. */
  void remember(Scope scope, Age age);

  /** A memory that lasts as long as this object. */
  static CollateralMemory inProcess() {
    Map<Scope, Age> newest = new ConcurrentHashMap<>();
    return new CollateralMemory() {
      @Override
      public Optional<Age> newest(Scope scope) {
        return Optional.ofNullable(newest.get(scope));
      }

      @Override
      public void remember(Scope scope, Age age) {
        newest.merge(scope, age, Age::newest);
      }
    };
  }
}
