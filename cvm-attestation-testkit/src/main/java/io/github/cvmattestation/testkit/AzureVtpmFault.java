package io.github.cvmattestation.testkit;

/** What has been seen to go wrong with the vTPM of an Azure confidential VM. */
public enum AzureVtpmFault {
  /** The paravisor no longer refreshes the report, and says nothing of it. */
  STALE_REPORT,
  /** Another process reads the report from its beginning between two chunks: a new one begins. */
  TORN_REPORT,
  /** There is no report: a VM without isolation. */
  MISSING_REPORT,
  /** The report's index is there, and nobody has written it. */
  UNWRITTEN_REPORT,
  /** There is no certificate of the attestation key. */
  MISSING_AK_CERTIFICATE,
  /** The certificate's index is there, and nobody has written it yet. */
  UNWRITTEN_AK_CERTIFICATE,
  /** The certificate is the one that a key has until Azure issues the real one. */
  PROVISIONAL_AK_CERTIFICATE,
  /**
   * The guest's owner defined the certificate's index, as on migrated VMs: anybody may write it.
   */
  OWNER_DEFINED_AK_CERTIFICATE,
  /** The certificate stands in an index of exactly its length, without padding. */
  UNPADDED_AK_CERTIFICATE,
  /** There is no attestation key under its handle. */
  MISSING_AK,
  /** Root put a key of his own under the attestation key's handle. */
  REPLACED_AK
}
