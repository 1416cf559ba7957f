package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Claims;
import java.util.List;

/** The group {@code boot}: {@link BootState} in neutral form. */
public final class BootClaims implements Claims {
  /** The name of the group. */
  public static final String ID = "boot";

  private final BootState state;

  BootClaims(BootState state) {
    this.state = state;
  }

  /** What booted, typed. */
  public BootState state() {
    return state;
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public ClaimValue.Group toGroup() {
    SecureBoot secureBoot = state.secureBoot();
    ClaimValue.Builder group = ClaimValue.Group.builder();
    group.put(
        "secureBoot",
        switch (secureBoot.state()) {
          case ON -> new ClaimValue.Flag(true);
          case OFF -> new ClaimValue.Flag(false);
          case UNKNOWN -> new ClaimValue.Unknown();
        });
    if (secureBoot.state() != SecureBoot.State.UNKNOWN) {
      group.put("dmaProtectionDisabled", secureBoot.dmaProtectionDisabled());
      group.put("driverAuthorities", authorities(secureBoot.driverAuthorities()));
      group.put("bootAuthorities", authorities(secureBoot.bootAuthorities()));
    }
    state.sbatLevel().ifPresent(level -> group.put("sbatLevel", generations(level)));
    state.drivers().ifPresent(all -> group.put("drivers", digests(all)));
    state.applications().ifPresent(all -> group.put("applications", digests(all)));
    state.loader().ifPresent(all -> group.put("relabelableTexts", texts(all)));
    state.files().ifPresent(all -> group.put("files", digests(all)));
    state.windows().ifPresent(windows -> group.put("windows", WindowsClaims.of(windows)));
    state.uki().ifPresent(uki -> group.put("uki", uki(uki)));
    state.kernelConfiguration().ifPresent(all -> group.put("kernelConfiguration", texts(all)));
    state.extensions().ifPresent(all -> group.put("extensions", digests(all)));
    state.shimLists().ifPresent(all -> group.put("shimLists", digests(all)));
    return group.build();
  }

  private static ClaimValue authorities(List<BootAuthority> authorities) {
    return new ClaimValue.Many(
        authorities.stream().<ClaimValue>map(BootClaims::authority).toList());
  }

  private static ClaimValue authority(BootAuthority authority) {
    ClaimValue.Builder group = ClaimValue.Group.builder();
    authority
        .variable()
        .ifPresent(
            variable ->
                group.put("vendor", variable.vendor().toString()).put("name", variable.name()));
    authority
        .certificate()
        .ifPresent(certificate -> group.put("subject", certificate.subjectCommonName()));
    return group.put("sha256", authority.fingerprint()).build();
  }

  private static ClaimValue generations(SbatLevel level) {
    ClaimValue.Builder group = ClaimValue.Group.builder();
    level.components().forEach(one -> group.put(one.name(), one.generation()));
    return group.build();
  }

  private static ClaimValue uki(UkiBoot uki) {
    ClaimValue.Builder sections = ClaimValue.Group.builder();
    uki.sections().forEach(section -> sections.put(section.name(), section.digest()));
    return ClaimValue.Group.builder()
        .put("sections", sections.build())
        .put(
            "phases",
            new ClaimValue.Many(
                uki.phases().stream().<ClaimValue>map(ClaimValue.Text::new).toList()))
        .build();
  }

  /** The text where there is one, else the digest. */
  private static ClaimValue texts(List<BootMeasurement> all) {
    return new ClaimValue.Many(
        all.stream()
            .map(
                one ->
                    one.relabelableText()
                        .<ClaimValue>map(ClaimValue.Text::new)
                        .orElseGet(() -> new ClaimValue.Binary(one.digest())))
            .toList());
  }

  private static ClaimValue digests(List<Bytes> all) {
    return new ClaimValue.Many(all.stream().<ClaimValue>map(ClaimValue.Binary::new).toList());
  }
}
