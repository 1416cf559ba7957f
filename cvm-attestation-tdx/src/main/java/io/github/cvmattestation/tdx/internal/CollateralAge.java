package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.CollateralMemory;
import io.github.cvmattestation.tdx.CollateralMemory.Age;
import io.github.cvmattestation.tdx.CollateralMemory.Scope;
import io.github.cvmattestation.tdx.TdxCheck;
import io.github.cvmattestation.tdx.TdxFinding;
import java.util.Optional;

/**
 * Refuses collateral that is current but not the newest that is known: whoever delivers it could
 * otherwise choose the rules by which the platform is judged.
 *
 * @param floor the least tcbEvaluationDataNumber; 0 for none
 * @param memory what was believed before, if that is kept
 */
public record CollateralAge(int floor, Optional<CollateralMemory> memory) {

  void require(VerifiedCollateral collateral, VerifiedPck pck, Ledger ledger)
      throws RefutedException {
    Age age = age(collateral);
    requireNotBelow("TCB Info's number", floor, age.tcbInfoNumber());
    requireNotBelow("QE Identity's number", floor, age.qeIdentityNumber());
    Optional<Age> newest = memory.flatMap(kept -> kept.newest(scope(collateral, pck)));
    if (newest.isPresent()) {
      requireNotOlder(newest.get(), age);
    }
    if (floor > 0 || memory.isPresent()) {
      ledger.passed(TdxCheck.COLLATERAL_AGE);
    }
  }

  void remember(VerifiedCollateral collateral, VerifiedPck pck) {
    memory.ifPresent(kept -> kept.remember(scope(collateral, pck), age(collateral)));
  }

  private static void requireNotOlder(Age newest, Age age) throws RefutedException {
    requireNotBelow("TCB Info's number", newest.tcbInfoNumber(), age.tcbInfoNumber());
    requireNotBelow("TCB Info's issueDate", newest.tcbInfoIssued(), age.tcbInfoIssued());
    requireNotBelow("QE Identity's number", newest.qeIdentityNumber(), age.qeIdentityNumber());
    requireNotBelow("QE Identity's issueDate", newest.qeIdentityIssued(), age.qeIdentityIssued());
    requireNotBelow("PCK CRL's number", newest.pckCrlNumber(), age.pckCrlNumber());
    requireNotBelow("root CRL's number", newest.rootCrlNumber(), age.rootCrlNumber());
  }

  private static <T extends Comparable<T>> void requireNotBelow(String name, T least, T actual)
      throws RefutedException {
    if (actual.compareTo(least) < 0) {
      throw new RefutedException(
          Finding.of(
              TdxFinding.COLLATERAL_ROLLBACK, name + " at least " + least, actual.toString()));
    }
  }

  private static Scope scope(VerifiedCollateral collateral, VerifiedPck pck) {
    return new Scope(
        collateral.tcbInfo().fmspc(), pck.authority().certificate().subjectCommonName());
  }

  private static Age age(VerifiedCollateral collateral) {
    return new Age(
        collateral.tcbInfo().evaluationDataNumber(),
        collateral.tcbInfo().issueDate(),
        collateral.qeIdentity().evaluationDataNumber(),
        collateral.qeIdentity().issueDate(),
        collateral.pckCrlNumber(),
        collateral.rootCrlNumber());
  }
}
