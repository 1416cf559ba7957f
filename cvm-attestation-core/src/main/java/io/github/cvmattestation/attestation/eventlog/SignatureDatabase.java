package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * EFI_SIGNATURE_LISTs one after another (UEFI 2.10 §32.4.1): the contents of PK, KEK, db and dbx.
 *
 * @param entries in their order; those of unknown types are kept as they are
 */
public record SignatureDatabase(List<Entry> entries) {
  /** EFI_CERT_SHA256_GUID: an entry is the SHA-256 Authenticode hash of an image. */
  public static final UUID SHA256 = UUID.fromString("c1c41626-504c-4092-aca9-41f936934328");

  /** EFI_CERT_X509_GUID: an entry is a certificate, DER. */
  public static final UUID X509 = UUID.fromString("a5c059a1-94e4-4aa7-87b5-ab155c2bf072");

  /** EFI_CERT_X509_SHA256_GUID: the SHA-256 of a certificate's signed part, and a time. */
  public static final UUID X509_SHA256 = UUID.fromString("3bd2a492-96c0-4079-b420-fcf98ef103ed");

  private static final int LIST_HEADER = 28;
  private static final int OWNER_SIZE = 16;
  private static final int HASH_SIZE = 32;
  private static final int TIME_SIZE = 16;

  public SignatureDatabase {
    entries = List.copyOf(entries);
  }

  /**
   * EFI_SIGNATURE_DATA.
   *
   * @param type what {@code data} is: SignatureType of the entry's list
   * @param owner SignatureOwner: who put it there, by their own word
   * @param data the signature, without its owner
   */
  public record Entry(UUID type, UUID owner, Bytes data) {}

  /**
   * Reads lists to the last byte. No bytes are no lists.
   *
   * @throws MalformedException if a size does not fit, or hashes are not as long as hashes are
   */
  public static SignatureDatabase parse(Bytes lists) throws MalformedException {
    ByteReader in = ByteReader.littleEndian("EFI_SIGNATURE_LIST", lists);
    List<Entry> entries = new ArrayList<>();
    while (in.remaining() > 0) {
      readList(in, entries);
    }
    return new SignatureDatabase(entries);
  }

  private static void readList(ByteReader in, List<Entry> entries) throws MalformedException {
    UUID type = EfiGuid.read(in, "SignatureType");
    long listSize = in.u32("SignatureListSize");
    long headerSize = in.u32("SignatureHeaderSize");
    long entrySize = in.u32("SignatureSize");
    if (listSize < LIST_HEADER || listSize - LIST_HEADER > in.remaining()) {
      throw in.malformed("SignatureListSize", "28 and no more than is left", "" + listSize);
    }
    if (headerSize > listSize - LIST_HEADER) {
      throw in.malformed("SignatureHeaderSize", "no more than the list", "" + headerSize);
    }
    // The header is the type's own business. Read as entries it would let anybody add hashes.
    in.bytes("SignatureHeader", headerSize);
    long payload = listSize - LIST_HEADER - headerSize;
    if (entrySize < OWNER_SIZE || entrySize > payload || payload % entrySize != 0) {
      throw in.malformed(
          "SignatureSize", "a divisor of " + payload + ", 16 or more", "" + entrySize);
    }
    long fixed = fixedSize(type);
    if (fixed != 0 && entrySize != fixed) {
      throw in.malformed("SignatureSize", fixed + " for this type", "" + entrySize);
    }
    for (long left = payload; left > 0; left -= entrySize) {
      UUID owner = EfiGuid.read(in, "SignatureOwner");
      entries.add(new Entry(type, owner, in.bytes("SignatureData", entrySize - OWNER_SIZE)));
    }
  }

  private static long fixedSize(UUID type) {
    if (type.equals(SHA256)) {
      return OWNER_SIZE + HASH_SIZE;
    }
    return type.equals(X509_SHA256) ? OWNER_SIZE + HASH_SIZE + TIME_SIZE : 0;
  }

  /** Hashes of images (EFI_CERT_SHA256_GUID), 32 bytes each, in their order. */
  public Set<Bytes> imageHashes() {
    return ofType(SHA256, HASH_SIZE);
  }

  /** Hashes of certificates' signed parts (EFI_CERT_X509_SHA256_GUID), whatever their time. */
  public Set<Bytes> certificateHashes() {
    return ofType(X509_SHA256, HASH_SIZE);
  }

  /** Certificates (EFI_CERT_X509_GUID), as they stand and not parsed. */
  public Set<Bytes> certificates() {
    return ofType(X509, Integer.MAX_VALUE);
  }

  private Set<Bytes> ofType(UUID type, int size) {
    Set<Bytes> found = new LinkedHashSet<>();
    for (Entry entry : entries) {
      if (entry.type().equals(type)) {
        found.add(entry.data().slice(0, Math.min(size, entry.data().size())));
      }
    }
    return found;
  }
}
