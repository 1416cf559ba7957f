package io.github.cvmattestation.testkit;

import static io.github.cvmattestation.testkit.BootLogWriter.EFI_BOOT_SERVICES_APPLICATION;
import static io.github.cvmattestation.testkit.BootLogWriter.EFI_PLATFORM_FIRMWARE_BLOB;
import static io.github.cvmattestation.testkit.BootLogWriter.EFI_VARIABLE_AUTHORITY;
import static io.github.cvmattestation.testkit.BootLogWriter.EFI_VARIABLE_DRIVER_CONFIG;
import static io.github.cvmattestation.testkit.BootLogWriter.GLOBAL_VARIABLE;
import static io.github.cvmattestation.testkit.BootLogWriter.IMAGE_SECURITY_DATABASE;
import static io.github.cvmattestation.testkit.BootLogWriter.IPL;
import static io.github.cvmattestation.testkit.BootLogWriter.SHIM_LOCK;
import static io.github.cvmattestation.testkit.BootLogWriter.S_CRTM_VERSION;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16LE;

import io.github.cvmattestation.attestation.Bytes;
import java.time.Instant;

/** How a Linux guest boots on a simulated VM: firmware, shim, GRUB, kernel. */
final class LinuxBoot {
  /** The command line that GRUB hands to the kernel. */
  static final String COMMAND_LINE = "/vmlinuz-6.8 root=/dev/mapper/root ro console=ttyS0";

  private static final Bytes X509 = Bytes.ofHex("a159c0a5e494a74a87b5ab155c2bf072");
  private static final Bytes SHA256 = Bytes.ofHex("2616c4c14c509240aca941f936934328");
  private static final Bytes OWNER = Bytes.ofHex("bd9afa775903324dbd6028f4e78f784b");

  private LinuxBoot() {}

  /** The log of one boot. */
  static BootLogWriter log(boolean secureBoot, Instant at) {
    Bytes authority = certificate("Simulated UEFI CA", at);
    Bytes vendor = certificate("Simulated Linux Secure Boot CA", at);
    BootLogWriter log = BootLogWriter.empty();
    log.event(0, S_CRTM_VERSION, Bytes.of("Simulated UEFI 1.0\0".getBytes(UTF_16LE)));
    log.measured(0, EFI_PLATFORM_FIRMWARE_BLOB, ascii("firmware"), Bytes.zeros(16));
    policy(log, secureBoot, authority, at);
    log.bootVariable(1, "BootOrder", Bytes.ofHex("0000"));
    log.bootVariable(1, "Boot0000", ascii("shim on the first disk"));
    log.action(4, "Calling EFI Application from Boot Option");
    for (int pcr = 0; pcr < 8; pcr++) {
      log.separator(pcr);
    }
    if (secureBoot) {
      authority(log, IMAGE_SECURITY_DATABASE, "db", OWNER.concat(authority));
    }
    image(log, "shim");
    log.measured(14, IPL, ascii("MokList"), ascii("MokList\0"));
    if (secureBoot) {
      authority(log, SHIM_LOCK, "SbatLevel", ascii("sbat,1,2022052400\ngrub,2\n"));
      authority(log, SHIM_LOCK, "Shim", vendor);
    }
    image(log, "grub");
    log.grub(8, "grub_cmd: ", "linux " + COMMAND_LINE);
    log.measured(9, IPL, ascii("the kernel"), ascii("(hd0,gpt2)/vmlinuz-6.8\0"));
    log.grub(8, "kernel_cmdline: ", COMMAND_LINE);
    log.measured(9, IPL, ascii("the initrd"), ascii("(hd0,gpt2)/initrd.img-6.8\0"));
    image(log, "kernel");
    log.action(5, "Exit Boot Services Invocation");
    log.action(5, "Exit Boot Services Returned with Success");
    return log;
  }

  private static void policy(BootLogWriter log, boolean on, Bytes authority, Instant at) {
    Bytes platformKey = list(X509, OWNER.concat(certificate("Simulated PK", at)));
    Bytes exchangeKey = list(X509, OWNER.concat(certificate("Simulated KEK", at)));
    Bytes revoked = list(SHA256, OWNER.concat(Hashes.digest("SHA-256", "a revoked boot loader")));
    config(log, GLOBAL_VARIABLE, "SecureBoot", Bytes.of((byte) (on ? 1 : 0)));
    config(log, GLOBAL_VARIABLE, "PK", platformKey);
    config(log, GLOBAL_VARIABLE, "KEK", exchangeKey);
    config(log, IMAGE_SECURITY_DATABASE, "db", list(X509, OWNER.concat(authority)));
    config(log, IMAGE_SECURITY_DATABASE, "dbx", revoked);
  }

  private static void config(BootLogWriter log, Bytes guid, String name, Bytes value) {
    log.variable(7, EFI_VARIABLE_DRIVER_CONFIG, guid, name, value);
  }

  private static void authority(BootLogWriter log, Bytes guid, String name, Bytes value) {
    log.variable(7, EFI_VARIABLE_AUTHORITY, guid, name, value);
  }

  /** The digest is that of the image; where it lay is a remark. */
  private static void image(BootLogWriter log, String name) {
    log.measured(
        4, EFI_BOOT_SERVICES_APPLICATION, ascii(name + " image"), ascii("path of " + name));
  }

  /** EFI_SIGNATURE_LIST with one entry (UEFI 2.10, section 32.4.1). */
  private static Bytes list(Bytes type, Bytes entry) {
    int header = 16 + 3 * 4;
    return type.concat(
        FieldBuffer.littleEndian(4, header + entry.size()),
        FieldBuffer.littleEndian(4, 0),
        FieldBuffer.littleEndian(4, entry.size()),
        entry);
  }

  private static Bytes certificate(String name, Instant at) {
    EcSigningKey key = EcSigningKey.p256(name);
    return new CertificateWriter()
        .issuer(name)
        .subject(name)
        .validity(at.minusSeconds(86_400), at.plusSeconds(365L * 86_400))
        .publicKey(key.subjectPublicKeyInfo())
        .sign(key);
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(US_ASCII));
  }
}
