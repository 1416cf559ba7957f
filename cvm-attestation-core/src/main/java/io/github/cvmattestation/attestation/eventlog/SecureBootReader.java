package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads {@link SecureBoot}: an unknown or doubtful event spoils the whole. */
final class SecureBootReader {
  private static final String DEBUG = "UEFI Debug Mode";
  private static final String NO_DMA_PROTECTION = "DMA Protection Disabled";

  private record Key(UUID vendor, String name) {}

  private static final Key SECURE_BOOT = new Key(EfiGuid.GLOBAL, "SecureBoot");
  private static final Key PK = new Key(EfiGuid.GLOBAL, "PK");
  private static final Key KEK = new Key(EfiGuid.GLOBAL, "KEK");
  private static final Key DB = new Key(EfiGuid.SECURITY_DATABASE, "db");
  private static final Key DBX = new Key(EfiGuid.SECURITY_DATABASE, "dbx");
  private static final List<Key> MEASURED = List.of(SECURE_BOOT, PK, KEK, DB, DBX);

  private final boolean td;
  private final boolean emptyIsOff;
  private final Set<Bytes> debug;
  private final Set<Bytes> dmaProtectionDisabled;
  private final Map<Key, Bytes> variables = new HashMap<>();
  private final List<BootAuthority> drivers = new ArrayList<>();
  private final List<BootAuthority> loaders = new ArrayList<>();
  private boolean closed;
  private boolean noDmaProtection;

  /**
   * @param jcaHash the bank's
   * @param td whether the register is RTMR0, which has PCR 1's events as well
   */
  SecureBootReader(String jcaHash, boolean td, boolean emptyIsOff) {
    this.td = td;
    this.emptyIsOff = emptyIsOff;
    this.debug = digests(jcaHash, DEBUG);
    this.dmaProtectionDisabled = digests(jcaHash, NO_DMA_PROTECTION);
  }

  SecureBoot read(List<MeasuredEvent> events) throws RefutedException {
    for (MeasuredEvent event : events) {
      take(event);
    }
    if (!closed) {
      throw refuted("a separator", "none");
    }
    for (Key key : MEASURED) {
      if (!variables.containsKey(key)) {
        throw refuted("a measured " + key.name(), "none");
      }
    }
    SecureBoot.Databases databases =
        new SecureBoot.Databases(database(PK), database(KEK), database(DB), database(DBX));
    return new SecureBoot(
        state(databases), Optional.of(databases), drivers, loaders, noDmaProtection);
  }

  private void take(MeasuredEvent event) throws RefutedException {
    Bytes data = event.data().orElse(Bytes.empty());
    // By digest: a text of the firmware's can be passed off as any type, with any data or none.
    if (debug.contains(event.digest())) {
      throw new RefutedException(
          Finding.of(BootFinding.BOOT_DEBUG, "no debugger in the firmware", DEBUG));
    }
    if (dmaProtectionDisabled.contains(event.digest())) {
      noDmaProtection = true;
      return;
    }
    @Nullable EventType type = EventType.of(event.untrustedType()).orElse(null);
    if (type == EventType.EV_SEPARATOR) {
      closed = true;
    } else if (type == EventType.EV_EFI_VARIABLE_DRIVER_CONFIG) {
      variable(data);
    } else if (type == EventType.EV_EFI_VARIABLE_AUTHORITY) {
      authority(data);
    } else if (!td || !isPlatformConfiguration(event)) {
      throw BootReader.unknown(event);
    }
  }

  private void variable(Bytes data) throws RefutedException {
    EfiVariable variable = parse(data);
    Key key = new Key(variable.vendor(), variable.name());
    boolean known = MEASURED.contains(key);
    if (variable.vendor().equals(EfiGuid.SECURITY_DATABASE)) {
      // A driver's authority passed off as one more database is no signature list.
      database(variable.contents());
    }
    if (closed && (known || !td)) {
      throw refuted("variables before the separator", "one after it");
    }
    if (variables.putIfAbsent(key, variable.contents()) != null) {
      throw refuted("every variable once", "one twice");
    }
  }

  private void authority(Bytes data) throws RefutedException {
    BootAuthority authority = BootAuthority.of(data);
    if (closed) {
      loaders.add(authority);
    } else if (authority.variable().isEmpty()) {
      throw refuted("authorities in their format", "another");
    } else {
      drivers.add(authority);
    }
  }

  /** PCR 1's and PCR 0's events, which have no say in Secure Boot. */
  private static boolean isPlatformConfiguration(MeasuredEvent event) {
    long type = event.untrustedType();
    return BootReader.FIRMWARE_CODE.contains(type) || BootReader.PLATFORM.contains(type);
  }

  private SecureBoot.State state(SecureBoot.Databases databases) throws RefutedException {
    Bytes value = variables.getOrDefault(SECURE_BOOT, Bytes.empty());
    if (value.isEmpty() && emptyIsOff) {
      return SecureBoot.State.OFF;
    }
    if (value.size() != 1 || value.get(0) > 1) {
      throw refuted("SecureBoot of one byte, 0 or 1", value.size() + " bytes, or another value");
    }
    if (value.get(0) == 0) {
      return SecureBoot.State.OFF;
    }
    if (databases.pk().entries().isEmpty()
        || databases.kek().entries().isEmpty()
        || databases.db().entries().isEmpty()) {
      throw refuted("PK, KEK and db with entries", "an empty one");
    }

    if (drivers.isEmpty() && loaders.isEmpty()) {
      throw refuted("an authority that was used", "none");
    }
    return SecureBoot.State.ON;
  }

  private SignatureDatabase database(Key key) throws RefutedException {
    return database(variables.getOrDefault(key, Bytes.empty()));
  }

  private static SignatureDatabase database(Bytes contents) throws RefutedException {
    try {
      return SignatureDatabase.parse(contents);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(BootFinding.BOOT_FORMAT));
    }
  }

  private static EfiVariable parse(Bytes data) throws RefutedException {
    try {
      return EfiVariable.parse(data);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(BootFinding.BOOT_FORMAT));
    }
  }

  /** Firmware measures its texts without a NUL, or with one. */
  private static Set<Bytes> digests(String jcaHash, String text) {
    return Set.of(
        Digests.digest(jcaHash, ascii(text)), Digests.digest(jcaHash, ascii(text + "\0")));
  }

  private static RefutedException refuted(String expected, String actual) {
    return new RefutedException(Finding.of(BootFinding.BOOT_SECURE_BOOT, expected, actual));
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}
