package io.github.cvmattestation.vtpm.contract;

/** What is kept, on the testkit's TPM. */
class SoftwareTpmStorageContractTest extends StorageContract {
  @Override
  Subject open() {
    return Subject.software("storage");
  }
}
