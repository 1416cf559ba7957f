package io.github.cvmattestation.snp;

/**
 * Version of the SEV firmware (AMD 56860, table 23: CURRENT_ and COMMITTED_ MAJOR, MINOR, BUILD).
 */
public record FirmwareVersion(int major, int minor, int build) {
  /** Whether this version is {@code floor} or a later one. */
  public boolean isAtLeast(FirmwareVersion floor) {
    if (major != floor.major) {
      return major > floor.major;
    }
    return minor != floor.minor ? minor > floor.minor : build >= floor.build;
  }

  /** Whether this is the version {@code other}; see {@link TcbVersion#isSameAs}. */
  boolean isSameAs(FirmwareVersion other) {
    return isAtLeast(other) && other.isAtLeast(this);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + build;
  }
}
