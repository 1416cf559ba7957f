package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.TpmtPublic;
import io.github.cvmattestation.vtpm.VerifiedKey;
import java.util.Map;

/** The exit of {@link KeyVerification}; made nowhere else. */
public record ProvenKey(
    TpmtPublic publicArea, PublicKeyInfo.Rsa publicKey, Bytes nonce, PcrBank policyPcrs)
    implements VerifiedKey {

  @Override
  public ClaimValue.Group toGroup() {
    ClaimValue.Builder values = ClaimValue.Group.builder();
    for (Map.Entry<Integer, Bytes> register : policyPcrs.values().entrySet()) {
      values.put(register.getKey().toString(), register.getValue());
    }
    return ClaimValue.Group.builder()
        .put("name", publicArea.name())
        .put("publicKey", publicKey.der())
        .put("nonce", nonce)
        .put(
            "policyPcrs",
            ClaimValue.Group.builder()
                .put(policyPcrs.algorithm().bankName(), values.build())
                .build())
        .build();
  }
}
