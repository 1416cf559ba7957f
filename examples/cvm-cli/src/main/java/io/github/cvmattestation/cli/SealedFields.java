package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PolicyApproval;
import io.github.cvmattestation.vtpm.SealedSecret;
import io.github.cvmattestation.vtpm.SealingPolicy;
import io.github.cvmattestation.vtpm.StorageParent;
import java.util.Map;

/** What sealed secrets and approvals say of when they open. Of the secret they say nothing. */
final class SealedFields {
  private SealedFields() {}

  static ClaimValue.Group of(SealedSecret sealed) {
    SealingPolicy policy = sealed.policy();
    ClaimValue.Builder fields =
        ClaimValue.Group.builder()
            .put("opensWith", opensWith(sealed))
            .put("pin", sealed.hasPin())
            .put("sealedFromAfar", sealed.inSymSeed().isPresent());
    policy.pcrs().ifPresent(values -> fields.put("pcrs", of(values)));
    policy
        .authority()
        .ifPresent(
            authority ->
                fields.put(
                    "approvedBy",
                    ClaimValue.Group.builder()
                        .put("key", CertificateFields.key(authority.key().key()))
                        .put("keyName", authority.key().name())
                        .put("purposeHash", authority.scope().purposeHash())
                        .put("epoch", authority.scope().epoch())
                        .build()));
    return fields
        .put("parent", parent(sealed.parent()))
        .put("parentName", sealed.parentName())
        .put("policyDigest", sealed.publicArea().authPolicy())
        .build();
  }

  static ClaimValue.Group of(PolicyApproval approval) {
    return ClaimValue.Group.builder()
        .put("pcrs", of(approval.values()))
        .put("approvedPolicy", approval.approvedPolicy())
        .put("policyRef", approval.policyRef())
        .put("signature", approval.signature())
        .build();
  }

  private static String opensWith(SealedSecret sealed) {
    SealingPolicy policy = sealed.policy();
    String registers =
        policy.pcrs().isEmpty()
            ? "an approval"
            : policy.authority().isEmpty() ? "registers" : "an approval and registers";
    return registers + (sealed.hasPin() ? " and a PIN" : "");
  }

  private static ClaimValue.Group of(PcrBank bank) {
    ClaimValue.Builder registers = ClaimValue.Group.builder();
    for (Map.Entry<Integer, Bytes> value : bank.values().entrySet()) {
      registers.put(value.getKey().toString(), value.getValue());
    }
    return ClaimValue.Group.builder().put(bank.algorithm().bankName(), registers.build()).build();
  }

  private static String parent(StorageParent parent) {
    if (parent instanceof StorageParent.Persistent persistent) {
      return "0x%08x".formatted(persistent.handle());
    }
    return parent instanceof StorageParent.RsaPrimary ? "rsa" : "ecc";
  }
}
