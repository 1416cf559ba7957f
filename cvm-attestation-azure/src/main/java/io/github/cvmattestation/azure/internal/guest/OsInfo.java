package io.github.cvmattestation.azure.internal.guest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What operating system this is. The guest's own word: Azure's service puts it into its token as
 * such, and nobody should decide by it.
 *
 * @param type Linux or Windows
 * @param distribution NAME of os-release, or Microsoft
 * @param major of the version, at least 1
 * @param minor of the version
 */
public record OsInfo(Type type, String distribution, int major, int minor) {
  /** The families that Azure's service knows. */
  public enum Type {
    /** Any distribution. */
    LINUX("Linux", "NotApplication"),
    /** Any version. */
    WINDOWS("Windows", "NotApplicable");

    private final String label;
    private final String build;

    Type(String label, String build) {
      this.label = label;
      this.build = build;
    }

    /** As the service spells it. */
    public String label() {
      return label;
    }

    /** The build, which no client tells; the two spellings are those of Microsoft's own client. */
    public String build() {
      return build;
    }
  }

  private static final Path OS_RELEASE = Path.of("/etc/os-release");
  private static final int MAX_SIZE = 16 << 10;
  private static final int MAX_NAME = 64;
  private static final Pattern NAME = Pattern.compile("(?m)^NAME=\"?([^\"\n]*)\"?$");
  private static final Pattern VERSION =
      Pattern.compile("(?m)^VERSION_ID=\"?(\\d{1,6})(?:\\.(\\d{1,6}))?[^\\n]*$");

  /** The one that this program runs on. */
  public static OsInfo local() {
    if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
      return new OsInfo(Type.WINDOWS, "Microsoft", 10, 0);
    }
    return linux(OS_RELEASE);
  }

  /** What an os-release file says (os-release(5)); of one that is missing or odd, nothing. */
  static OsInfo linux(Path file) {
    String text = "";
    try (InputStream in = Files.newInputStream(file)) {
      text = new String(in.readNBytes(MAX_SIZE), StandardCharsets.UTF_8);
    } catch (IOException e) {
      // A minimal image has none.
    }
    Matcher name = NAME.matcher(text);
    Matcher version = VERSION.matcher(text);
    boolean versioned = version.find();
    int major = versioned ? Integer.parseInt(version.group(1)) : 1;
    int minor = versioned && version.group(2) != null ? Integer.parseInt(version.group(2)) : 0;
    String distribution = name.find() ? name.group(1) : "Linux";
    return new OsInfo(
        Type.LINUX,
        distribution.substring(0, Math.min(distribution.length(), MAX_NAME)),
        Math.max(major, 1), // Microsoft's client refuses 0
        minor);
  }
}
