package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which generations of boot components shim let run: its variable {@code SbatLevel}, as measured in
 * PCR 7 (shim, SBAT.md). What is older than its component's generation here was refused.
 *
 * <p>It is shim's word, and shims from before SBAT have none. What such a shim lets in can extend
 * PCR 7 with a level of its own making: also refuse old shims ({@link BootPolicy#refuseRevoked}).
 *
 * @param components in their order, each once; {@code sbat} first, the format itself
 */
public record SbatLevel(List<Component> components) {
  private static final String VARIABLE = "SbatLevel";
  private static final int MAX_SIZE = 4096;

  /** A component and its generation; {@code sbat} has a date behind it. */
  private static final Pattern LINE =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9._+-]{0,63}),([1-9][0-9]{0,8})(?:,[0-9]{1,10})?");

  /** shim's own settings, which it measures before it looks at what it starts. */
  private static final Set<String> SETTINGS = Set.of("MokSBState", "MokDBState");

  /**
   * What there is a least generation of.
   *
   * @param name such as {@code shim} or {@code grub.debian}
   * @param generation 1 to 999,999,999: the oldest that was let run
   */
  public record Component(String name, long generation) {}

  public SbatLevel {
    components = List.copyOf(components);
  }

  /** The oldest generation of {@code component} that was let run, if it is in the list. */
  public OptionalLong generation(String component) {
    return components.stream()
        .filter(one -> one.name().equals(component))
        .mapToLong(Component::generation)
        .findFirst();
  }

  /**
   * The one level among the loaders' authorities. A second one, or one behind something that shim
   * had already let run, may be anybody's, and then there is none.
   */
  static Optional<SbatLevel> of(List<BootAuthority> loaders) {
    List<EfiVariable> levels = new ArrayList<>();
    boolean running = false;
    boolean late = false;
    for (BootAuthority authority : loaders) {
      Optional<EfiVariable> variable = authority.variable();
      if (variable.filter(one -> one.is(EfiGuid.SHIM_LOCK, VARIABLE)).isPresent()) {
        levels.add(variable.get());
        late |= running;
      } else {
        running |= variable.filter(SbatLevel::isBeforeShim).isEmpty();
      }
    }
    return levels.size() == 1 && !late ? parse(levels.get(0).contents()) : Optional.empty();
  }

  /** What the firmware let shim itself run by, or shim's settings. */
  private static boolean isBeforeShim(EfiVariable variable) {
    return variable.is(EfiGuid.SECURITY_DATABASE, "db")
        || (variable.vendor().equals(EfiGuid.SHIM_LOCK) && SETTINGS.contains(variable.name()));
  }

  /** Lines of a component, a generation and perhaps a date, divided by commas. */
  static Optional<SbatLevel> parse(Bytes text) {
    if (text.size() > MAX_SIZE) {
      return Optional.empty();
    }
    List<Component> components = new ArrayList<>();
    Set<String> names = new HashSet<>();
    String lines = new String(text.toArray(), StandardCharsets.ISO_8859_1);
    if (!lines.endsWith("\n")) {
      return Optional.empty();
    }
    for (String line : lines.substring(0, lines.length() - 1).split("\n", -1)) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches() || !names.add(parts.group(1))) {
        return Optional.empty();
      }
      components.add(new Component(parts.group(1), Long.parseLong(parts.group(2))));
    }
    return components.isEmpty() || !components.get(0).name().equals("sbat")
        ? Optional.empty()
        : Optional.of(new SbatLevel(components));
  }
}
