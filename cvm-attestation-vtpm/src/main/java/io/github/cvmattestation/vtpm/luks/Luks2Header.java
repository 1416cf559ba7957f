package io.github.cvmattestation.vtpm.luks;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The header of a LUKS2 volume, as far as a TPM is concerned (LUKS2 On-Disk Format Specification
 * 1.1.3): its two binary headers are read, checksums and all, and of those that are whole the newer
 * one counts. Nothing is ever written.
 */
public final class Luks2Header {
  /** Header and copy at their largest: no more of a volume is looked at. */
  public static final int MAX_SIZE = 2 * BinaryHeader.MAX_TOTAL;

  static final int MAX_KEYSLOTS = 32;
  private static final int MAX_TOKENS = 32;

  private final String uuid;
  private final SortedSet<Integer> keyslots;
  private final List<Tpm2Token> tpm2Tokens;

  private Luks2Header(String uuid, SortedSet<Integer> keyslots, List<Tpm2Token> tpm2Tokens) {
    this.uuid = uuid;
    this.keyslots = keyslots;
    this.tpm2Tokens = List.copyOf(tpm2Tokens);
  }

  /**
   * Reads the header of a block device or of an image of one.
   *
   * @throws AttestationException.Device if it cannot be read
   * @throws MalformedException if there is no whole LUKS2 header
   */
  public static Luks2Header read(Path volume) throws MalformedException {
    Bytes start;
    try (InputStream in = Files.newInputStream(volume)) {
      start = Bytes.of(in.readNBytes(MAX_SIZE));
    } catch (IOException e) {
      throw new AttestationException.Device(
          "cannot read " + volume,
          "name a block device or an image file, and run as a user who may read it");
    }
    return parse(start);
  }

  /**
   * Reads a header from the first bytes of a volume.
   *
   * @param volume what stands first on it: up to {@link #MAX_SIZE} bytes, both headers at least
   * @throws MalformedException if there is no whole LUKS2 header
   */
  public static Luks2Header parse(Bytes volume) throws MalformedException {
    BinaryHeader newest = newest(volume);
    Json.Obj metadata =
        StrictJson.parse("LUKS2 metadata", newest.json(), BinaryHeader.MAX_TOTAL).asObject();
    SortedSet<Integer> keyslots = new TreeSet<>();
    for (String name : metadata.require("keyslots").asObject().names()) {
      keyslots.add(number(metadata, "keyslots", name, MAX_KEYSLOTS));
    }
    Map<String, Json> tokens = metadata.require("tokens").asObject().members();
    List<Tpm2Token> found = new ArrayList<>();
    for (Map.Entry<String, Json> entry : tokens.entrySet()) {
      int id = number(metadata, "tokens", entry.getKey(), MAX_TOKENS);
      Json.Obj token = entry.getValue().asObject();
      if (token.require("type").asString().equals(SystemdTpm2Token.TYPE)) {
        found.add(TokenReader.read(id, token, keyslots));
      }
    }
    return new Luks2Header(newest.uuid(), keyslots, found);
  }

  /**
   * Of two whole headers the one with the higher sequence number, or the first. The copy is where
   * the first header says; where there is no first one, wherever a copy may stand (section 2.2).
   */
  private static BinaryHeader newest(Bytes volume) throws MalformedException {
    Optional<BinaryHeader> first = Optional.empty();
    MalformedException refusal = null;
    try {
      first = Optional.of(BinaryHeader.read(volume, 0));
    } catch (MalformedException e) {
      refusal = e;
    }
    List<BinaryHeader> whole = new ArrayList<>();
    first.ifPresent(whole::add);
    int from = first.map(BinaryHeader::size).orElse(BinaryHeader.MIN_TOTAL);
    int to = first.map(BinaryHeader::size).orElse(BinaryHeader.MAX_TOTAL);
    for (int offset = from; offset <= to && offset < volume.size(); offset *= 2) {
      copy(volume, offset).ifPresent(whole::add);
    }
    BinaryHeader newest = null;
    for (BinaryHeader header : whole) {
      if (newest == null || Long.compareUnsigned(header.seqId(), newest.seqId()) > 0) {
        newest = header;
      }
    }
    if (newest != null) {
      return newest;
    }
    throw refusal != null ? refusal : new MalformedException("LUKS2 header", "a whole one", "none");
  }

  /** A damaged copy is what the other header is for. */
  private static Optional<BinaryHeader> copy(Bytes volume, int offset) {
    try {
      return Optional.of(BinaryHeader.read(volume, offset));
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  /** The volume's UUID, as cryptsetup prints it. */
  public String uuid() {
    return uuid;
  }

  /** The numbers of the key slots in use. */
  public SortedSet<Integer> keyslots() {
    return new TreeSet<>(keyslots);
  }

  /** All {@code systemd-tpm2} tokens, those that cannot be used among them, by their numbers. */
  public List<Tpm2Token> tpm2Tokens() {
    return tpm2Tokens;
  }

  /** Names of key slots and tokens are decimal numbers without leading zeros (section 3.1). */
  static int number(Json where, String what, String name, int limit) throws MalformedException {
    if (name.matches("0|[1-9][0-9]?") && Integer.parseInt(name) < limit) {
      return Integer.parseInt(name);
    }
    throw new MalformedException(
        where.where() + "." + what, "numbers from 0 to " + (limit - 1), "another name");
  }
}
