package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Data on which a boot turns, and which is known by its digest whatever a log calls it. */
enum KnownData {
  /** The usual way to close a register (TCG PFP §10.4.1, EV_SEPARATOR). */
  CLOSED(EventType.EV_SEPARATOR, Bytes.ofHex("00000000")),
  /** The other way. */
  CLOSED_TOO(EventType.EV_SEPARATOR, Bytes.ofHex("ffffffff")),
  /** What is measured instead if the firmware failed; the event's data then describes the error. */
  FAILED(null, Bytes.ofHex("01000000")),
  /** See {@link ActionTexts#CALLING}. */
  CALLING(EventType.EV_EFI_ACTION, ActionTexts.CALLING),
  /** See {@link ActionTexts#EXIT_INVOKED}. */
  EXIT_INVOKED(EventType.EV_EFI_ACTION, ActionTexts.EXIT_INVOKED),
  /** See {@link ActionTexts#EXIT_SUCCEEDED}. */
  EXIT_SUCCEEDED(EventType.EV_EFI_ACTION, ActionTexts.EXIT_SUCCEEDED),
  /** See {@link ActionTexts#EXIT_FAILED}. */
  EXIT_FAILED(EventType.EV_EFI_ACTION, ActionTexts.EXIT_FAILED);

  private final @Nullable EventType type;
  private final Bytes data;

  KnownData(@Nullable EventType type, Bytes data) {
    this.type = type;
    this.data = data;
  }

  /** The one type that an event with this data may have; null where there is more than one. */
  @Nullable EventType type() {
    return type;
  }

  /** What is hashed. */
  Bytes data() {
    return data;
  }

  /** The digests of all in one algorithm. They are constants: no log changes them. */
  static final class Digested {
    private static final List<KnownData> ALL = List.of(KnownData.values());
    private static final Map<HashAlgorithm, Digested> DIGESTED = digested();

    private final byte[][] digests;
    private final long[] heads;

    private Digested(HashAlgorithm algorithm) {
      this.digests =
          ALL.stream()
              .map(known -> Digests.digest(algorithm.jcaName(), known.data).toArray())
              .toArray(byte[][]::new);
      this.heads = Arrays.stream(digests).mapToLong(Digested::head).toArray();
    }

    static Digested in(HashAlgorithm algorithm) {
      Digested digested = DIGESTED.get(algorithm);
      if (digested == null) {
        throw new IllegalStateException("every algorithm has its digests");
      }
      return digested;
    }

    /** What has this digest; null if none has. */
    @Nullable KnownData find(byte[] digest) {
      // Hardly any event has: eight bytes tell nearly all apart.
      long head = head(digest);
      for (int i = 0; i < heads.length; i++) {
        if (heads[i] == head && Arrays.equals(digests[i], digest)) {
          return ALL.get(i);
        }
      }
      return null;
    }

    private static long head(byte[] digest) {
      return ByteBuffer.wrap(digest).getLong();
    }

    private static Map<HashAlgorithm, Digested> digested() {
      Map<HashAlgorithm, Digested> all = new EnumMap<>(HashAlgorithm.class);
      for (HashAlgorithm algorithm : HashAlgorithm.values()) {
        all.put(algorithm, new Digested(algorithm));
      }
      return all;
    }
  }
}
