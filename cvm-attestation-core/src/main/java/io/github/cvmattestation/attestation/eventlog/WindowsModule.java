package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An image that Windows' boot programs loaded, SIPAEVENT_LOADEDMODULE_AGGREGATION (Windows SDK,
 * wbcl.h). What the log does not say, says twice, or says in a way that is not known is absent.
 *
 * @param register the PCR that the event was extended into
 * @param path where it was loaded from, as Windows writes it
 * @param algorithm what {@code authenticodeDigest} was made with
 * @param authenticodeDigest the image's Authenticode digest; only together with its algorithm
 * @param issuer the issuer's name in the certificate of the signer
 * @param publisher the signer's name
 * @param serial the serial number of the signer's certificate
 * @param thumbprint the SHA-1 digest of the signer's certificate, 20 bytes
 * @param validated whether the loader says that it checked the signature
 * @param securityVersion SIPAEVENT_MODULE_SVN, unsigned 32 bits
 */
public record WindowsModule(
    int register,
    Optional<String> path,
    Optional<HashAlgorithm> algorithm,
    Optional<Bytes> authenticodeDigest,
    Optional<String> issuer,
    Optional<String> publisher,
    Optional<Bytes> serial,
    Optional<Bytes> thumbprint,
    WindowsSetting.State validated,
    Optional<Long> securityVersion) {
  private static final int MAX_SERIAL = 128;

  static WindowsModule of(int register, SipaItem module) throws MalformedException {
    Optional<HashAlgorithm> algorithm =
        module
            .only(SipaItem.HASH_ALGORITHM)
            .flatMap(item -> item.number(Integer.BYTES))
            .flatMap(WindowsModule::algorithm);
    Optional<Bytes> digest = module.only(SipaItem.AUTHENTICODE_HASH).map(SipaItem::data);
    // A digest of an unknown kind could be of anything.
    boolean readable =
        algorithm.isPresent()
            && digest.isPresent()
            && digest.get().size() == algorithm.get().digestSize();
    return new WindowsModule(
        register,
        text(module, SipaItem.FILE_PATH),
        readable ? algorithm : Optional.empty(),
        readable ? digest : Optional.empty(),
        text(module, SipaItem.AUTHORITY_ISSUER),
        text(module, SipaItem.AUTHORITY_PUBLISHER),
        module
            .only(SipaItem.AUTHORITY_SERIAL)
            .map(SipaItem::data)
            .filter(serial -> !serial.isEmpty() && serial.size() <= MAX_SERIAL),
        module
            .only(SipaItem.AUTHORITY_THUMBPRINT)
            .map(SipaItem::data)
            .filter(thumbprint -> thumbprint.size() == HashAlgorithm.SHA1.digestSize()),
        module
            .only(SipaItem.IMAGE_VALIDATED)
            .map(item -> WindowsSetting.State.of(item, 1))
            .orElse(WindowsSetting.State.UNKNOWN),
        module.only(SipaItem.MODULE_SVN).flatMap(item -> item.number(Integer.BYTES)));
  }

  /** UTF-16LE with or without zeros at its end, and none inside. */
  static Optional<String> text(SipaItem aggregation, long type) throws MalformedException {
    Optional<SipaItem> item = aggregation.only(type);
    if (item.isEmpty()) {
      return Optional.empty();
    }
    String text;
    try {
      text =
          StandardCharsets.UTF_16LE
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(item.get().data().toArray()))
              .toString();
    } catch (CharacterCodingException e) {
      throw notText(type);
    }
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == 0) {
      end--;
    }
    if (text.indexOf(0) >= 0 && text.indexOf(0) < end) {
      throw notText(type);
    }
    return Optional.of(text.substring(0, end));
  }

  /** ALG_ID of a hash (Windows SDK, wincrypt.h); MD4 and MD5 prove nothing and are not known. */
  private static Optional<HashAlgorithm> algorithm(long algId) {
    if (algId == 0x8004L) {
      return Optional.of(HashAlgorithm.SHA1);
    }
    if (algId == 0x800CL) {
      return Optional.of(HashAlgorithm.SHA256);
    }
    if (algId == 0x800DL) {
      return Optional.of(HashAlgorithm.SHA384);
    }
    return algId == 0x800EL ? Optional.of(HashAlgorithm.SHA512) : Optional.empty();
  }

  private static MalformedException notText(long type) {
    return new MalformedException(
        "SIPA event 0x%08x".formatted(type), "UTF-16LE text", "something else");
  }
}
