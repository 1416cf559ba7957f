package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A second, credulous reckoning of RTMRs, so that a log's own values are known in tests. */
final class ReplayByHand {
  private ReplayByHand() {}

  static RegisterBank rtmrs(Bytes log) throws MalformedException {
    List<byte[]> rtmrs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      rtmrs.add(new byte[48]);
    }
    ByteBuffer in = ByteBuffer.wrap(log.toArray()).order(ByteOrder.LITTLE_ENDIAN);
    in.position(28);
    in.position(32 + in.getInt());
    while (in.hasRemaining()) {
      int index = in.getInt();
      if (index == -1) {
        break;
      }
      boolean extended = in.getInt() != 3;
      in.getInt();
      in.getShort();
      byte[] digest = new byte[48];
      in.get(digest);
      int size = in.getInt();
      in.position(in.position() + size);
      if (extended) {
        rtmrs.set(index - 1, LogWriter.Alg.SHA384.hash(rtmrs.get(index - 1), digest));
      }
    }
    return RegisterBank.rtmrs(rtmrs.stream().map(Bytes::of).toList());
  }
}
