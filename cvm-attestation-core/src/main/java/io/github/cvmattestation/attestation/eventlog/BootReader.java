package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the registers that list what was run. Types only ever decide what is refused. */
final class BootReader {
  /**
   * EV_POST_CODE, EV_EFI_PLATFORM_FIRMWARE_BLOB and -BLOB2, EV_POST_CODE2: code of the firmware.
   */
  static final Set<Long> FIRMWARE_CODE = Set.of(0x1L, 0x80000008L, 0x8000000AL, 0x13L);

  /** What else PCR 0 and 1 hold. */
  static final Set<Long> PLATFORM =
      Set.of(
          EventType.EV_S_CRTM_VERSION.id(),
          EventType.EV_PLATFORM_CONFIG_FLAGS.id(),
          EventType.EV_TABLE_OF_DEVICES.id(),
          EventType.EV_NONHOST_INFO.id(),
          EventType.EV_EFI_VARIABLE_BOOT.id(),
          EventType.EV_EFI_VARIABLE_BOOT2.id(),
          EventType.EV_EFI_HANDOFF_TABLES.id(),
          EventType.EV_EFI_HANDOFF_TABLES2.id());

  private static final Set<Long> IMAGES =
      Set.of(
          EventType.EV_EFI_BOOT_SERVICES_APPLICATION.id(),
          EventType.EV_EFI_BOOT_SERVICES_DRIVER.id(),
          EventType.EV_EFI_RUNTIME_SERVICES_DRIVER.id());

  private static final Set<Long> LOADER =
      Set.of(EventType.EV_IPL.id(), EventType.EV_EVENT_TAG.id());

  /** Texts of actions that PCR 4 and 5 may hold; no other data can be the hash of an image. */
  private static final Set<Bytes> ACTIONS =
      Set.of(
          ActionTexts.CALLING,
          ActionTexts.EXIT_INVOKED,
          ActionTexts.EXIT_SUCCEEDED,
          ActionTexts.EXIT_FAILED,
          ascii("Returning from EFI Application from Boot Option"),
          ascii("BOOT ATTEMPTS OMITTED"));

  private static final Bytes PARTITION_TABLE = ascii("EFI PART");

  private static final List<String> SECTIONS =
      List.of(
          ".linux",
          ".osrel",
          ".cmdline",
          ".initrd",
          ".ucode",
          ".splash",
          ".dtb",
          ".dtbauto",
          ".hwids",
          ".uname",
          ".sbat",
          ".pcrsig",
          ".pcrpkey",
          ".profile",
          ".efifw");

  private static final List<String> PHASES =
      List.of("enter-initrd", "leave-initrd", "sysinit", "ready", "shutdown", "final");

  private BootReader() {}

  /** Digests of images. Everything that cannot be told apart from one refuses the list. */
  static List<Bytes> images(List<MeasuredEvent> events, boolean firmware) throws RefutedException {
    List<Bytes> images = new ArrayList<>();
    for (MeasuredEvent event : events) {
      long type = event.untrustedType();
      if (IMAGES.contains(type) || (firmware && FIRMWARE_CODE.contains(type))) {
        images.add(event.digest());
      } else if (type != EventType.EV_SEPARATOR.id() && !isAction(event) && !isTable(event)) {
        throw unknown(event);
      }
    }
    return images;
  }

  /** By its text: what Authenticode hashes of an image could be written down as an action, too. */
  private static boolean isAction(MeasuredEvent event) {
    long type = event.untrustedType();
    return (type == EventType.EV_EFI_ACTION.id()
            || type == EventType.EV_OMIT_BOOT_DEVICE_EVENTS.id())
        && event.data().filter(ACTIONS::contains).isPresent();
  }

  /** Of RTMR1, which has PCR 5's events. What Authenticode hashes begins with MZ. */
  private static boolean isTable(MeasuredEvent event) {
    return event.untrustedType() == EventType.EV_EFI_GPT_EVENT.id()
        && event.data().filter(data -> data.startsWith(PARTITION_TABLE)).isPresent();
  }

  /** GRUB's commands: every one must be there as a text. */
  static List<BootMeasurement> texts(List<MeasuredEvent> events) throws RefutedException {
    List<BootMeasurement> texts = new ArrayList<>();
    for (MeasuredEvent event : events) {
      Optional<String> text = event.data().flatMap(BootText::utf8);
      if (event.untrustedType() != EventType.EV_IPL.id() || text.isEmpty()) {
        throw unknown(event);
      }
      texts.add(new BootMeasurement(event.digest(), text));
    }
    return texts;
  }

  /** Where commands, files and lists are mixed: texts are those that GRUB's labels are before. */
  static List<BootMeasurement> mixed(List<MeasuredEvent> events) throws RefutedException {
    List<BootMeasurement> all = new ArrayList<>();
    for (MeasuredEvent event : events) {
      requireLoader(event);
      Optional<String> text =
          event.untrustedPrefix().isEmpty()
              ? Optional.empty()
              : event.data().flatMap(BootText::utf8);
      all.add(new BootMeasurement(event.digest(), text));
    }
    return all;
  }

  /** systemd-stub's PCR 12: command lines as texts, all else as digests. */
  static List<BootMeasurement> configuration(List<MeasuredEvent> events) throws RefutedException {
    List<BootMeasurement> all = new ArrayList<>();
    for (MeasuredEvent event : events) {
      requireLoader(event);
      all.add(new BootMeasurement(event.digest(), event.data().flatMap(BootText::utf16)));
    }
    return all;
  }

  /** Digests, of whatever. */
  static List<Bytes> digests(List<MeasuredEvent> events) throws RefutedException {
    List<Bytes> digests = new ArrayList<>();
    for (MeasuredEvent event : events) {
      requireLoader(event);
      digests.add(event.digest());
    }
    return digests;
  }

  /** Names are known by their digests; what the log says of them is not looked at. */
  static UkiBoot uki(List<MeasuredEvent> events, String jcaHash) throws RefutedException {
    Map<Bytes, String> sections = known(SECTIONS, "\0", jcaHash);
    Map<Bytes, String> phases = known(PHASES, "", jcaHash);
    Map<String, UkiBoot.Section> seen = new LinkedHashMap<>();
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      MeasuredEvent event = events.get(i);
      requireLoader(event);
      String phase = phases.get(event.digest());
      String name = sections.get(event.digest());
      if (phase != null) {
        reached.add(phase);
      } else if (name == null || !reached.isEmpty() || i + 1 == events.size()) {
        throw unknown(event);
      } else {
        i++;
        requireLoader(events.get(i));
        Bytes digest = events.get(i).digest();
        if (seen.putIfAbsent(name, new UkiBoot.Section(name, digest)) != null) {
          throw unknown(event);
        }
      }
    }
    return new UkiBoot(List.copyOf(seen.values()), reached);
  }

  private static Map<Bytes, String> known(List<String> texts, String end, String jcaHash) {
    Map<Bytes, String> known = new HashMap<>();
    for (String text : texts) {
      known.put(Digests.digest(jcaHash, ascii(text + end)), text);
    }
    return known;
  }

  private static void requireLoader(MeasuredEvent event) throws RefutedException {
    if (!LOADER.contains(event.untrustedType())) {
      throw unknown(event);
    }
  }

  static RefutedException unknown(MeasuredEvent event) {
    return new RefutedException(
        Finding.of(
            BootFinding.BOOT_EVENT_TYPE,
            "register " + event.register() + ": events that are known there",
            "type 0x%08x, digest %s"
                .formatted(event.untrustedType(), event.digest().abbreviated())));
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}
