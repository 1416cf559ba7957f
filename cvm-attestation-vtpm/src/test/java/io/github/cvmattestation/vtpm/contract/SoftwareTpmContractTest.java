package io.github.cvmattestation.vtpm.contract;

/** The contract on the testkit's TPM. */
class SoftwareTpmContractTest extends TpmContract {
  @Override
  Subject open() {
    return Subject.software("contract");
  }
}
