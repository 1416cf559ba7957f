package io.github.cvmattestation.vtpm.contract;

/** The contract on swtpm. */
class SwtpmContractTest extends TpmContract {
  @Override
  Subject open() {
    return Subject.swtpm();
  }
}
