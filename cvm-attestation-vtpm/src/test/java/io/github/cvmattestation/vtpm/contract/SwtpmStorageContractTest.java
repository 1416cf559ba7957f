package io.github.cvmattestation.vtpm.contract;

/** What is kept, on swtpm. */
class SwtpmStorageContractTest extends StorageContract {
  @Override
  Subject open() {
    return Subject.swtpm();
  }
}
