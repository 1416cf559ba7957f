package io.github.cvmattestation.vtpm.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.vtpm.Opening;
import io.github.cvmattestation.vtpm.SealedSecret;
import org.junit.jupiter.api.Test;

/** A sealed secret's file is its storage's, and so an attacker's. */
class TamperedSecretTest {
  @Test
  void noByteOfASealedSecretCanBeChanged() {
    try (Machine machine = Machine.Kind.SOFTWARE_TPM.start("one")) {
      byte[] file = SealedSecretTest.seal(machine, 7).encoded().toArray();
      int refused = 0;
      for (int at = 0; at < file.length; at++) {
        byte[] changed = file.clone();
        changed[at] ^= (byte) (1 << at % 8);
        try {
          Opening opening = SealedSecret.parse(Bytes.of(changed)).opener().open(machine.client());
          assertThat(opening).as("byte %d", at).isInstanceOf(Opening.Refused.class);
          refused++;
        } catch (MalformedException e) {
          assertThat(e.problem()).isNotEmpty();
        }
      }
      // Parent's Name and private area reach the TPM or the check before it.
      assertThat(refused).isGreaterThan(100);
      assertThat(machine.loaded()).isZero();
    }
  }

  @Test
  void aSealedSecretOfAnotherLengthIsMalformed() {
    try (Machine machine = Machine.Kind.SOFTWARE_TPM.start("one")) {
      Bytes file = SealedSecretTest.seal(machine, 7).encoded();
      for (int size = 0; size < file.size(); size++) {
        Bytes cut = file.slice(0, size);
        assertThatThrownBy(() -> SealedSecret.parse(cut)).isInstanceOf(MalformedException.class);
      }
      Bytes longer = file.concat(Bytes.zeros(1));
      assertThatThrownBy(() -> SealedSecret.parse(longer)).isInstanceOf(MalformedException.class);
      Bytes huge = file.concat(Bytes.zeros(SealedSecret.MAX_SIZE));
      assertThatThrownBy(() -> SealedSecret.parse(huge)).isInstanceOf(MalformedException.class);
    }
  }
}
