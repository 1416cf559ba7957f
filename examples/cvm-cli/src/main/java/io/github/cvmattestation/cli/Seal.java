package io.github.cvmattestation.cli;

import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.PolicyKey;
import io.github.cvmattestation.vtpm.SealedSecret;
import io.github.cvmattestation.vtpm.SealingPolicy;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.Tpm;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm seal}: standard input, sealed in the TPM, to standard output. */
final class Seal implements Command {
  private static final String PARENT = "--parent";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "seal",
                this,
                "Seals a secret of at most 128 bytes, from standard input, in the TPM. What comes out",
                "opens on this machine alone, and only while registers hold what the policy says.")
            .addOption(
                Options.value(
                        SealingOptions.PCRS,
                        "BANK:LIST",
                        "Registers that must hold what they hold now, such as sha256:0,2,7.")
                    .build());
    SealingOptions.addValues(
        spec, false, "Instead: what registers must hold, after the next boot say. JSON:");
    SealingOptions.addAuthority(spec, false);
    spec.addOption(
        Options.value(
                PARENT,
                "KEY",
                "The storage key: ecc (the default), rsa, or a persistent one, such as 0x81000001.")
            .build());
    PinOption.addTo(spec);
    TpmOption.addTo(spec);
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm seal --pcrs sha256:7 < key > key.sealed",
            "  head -c 32 /dev/urandom | cvm seal --pcrs sha256:0,2,7 --pin > key.sealed",
            "  cvm seal --public-key owner.pem --purpose db --epoch 1 < key > key.sealed");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    Optional<PcrSelection> selection = SealingOptions.selection(arguments);
    Optional<PcrBank> values = SealingOptions.values(arguments);
    Optional<PolicyKey> key = SealingOptions.publicKey(arguments);
    if (selection.isPresent() && values.isPresent()) {
      throw Options.wrong(
          arguments,
          SealingOptions.PCRS + " and " + SealingOptions.PCR_VALUES + " exclude each other");
    }
    if (selection.isEmpty() && values.isEmpty() && key.isEmpty()) {
      throw Options.wrong(
          arguments,
          "say when it opens: "
              + SealingOptions.PCRS
              + ", "
              + SealingOptions.PCR_VALUES
              + " or "
              + SealingOptions.PUBLIC_KEY);
    }
    Optional<SealingPolicy.Authority> authority =
        key.map(k -> new SealingPolicy.Authority(k, SealingOptions.scope(arguments)));
    StorageParent parent = parent(arguments);
    Optional<byte[]> pin = PinOption.newPin(arguments, console);
    byte[] secret = SealingOptions.standardInput(console, SealedSecret.MAX_SECRET);
    try {
      if (secret.length == 0 || secret.length > SealedSecret.MAX_SECRET) {
        throw Options.wrong(
            arguments,
            "standard input has 1 to "
                + SealedSecret.MAX_SECRET
                + " bytes: seal a key, and encrypt the rest with it");
      }
      return TpmOption.use(
          arguments,
          tpm -> {
            Optional<PcrBank> pcrs = selection.map(now -> now(tpm, now)).or(() -> values);
            SealingPolicy policy = new SealingPolicy(authority, pcrs);
            SealedSecret sealed = SealedSecret.seal(tpm, parent, policy, pin, secret);
            console.raw(sealed.encoded().toArray());
            return Cvm.OK;
          });
    } finally {
      Arrays.fill(secret, (byte) 0);
      pin.ifPresent(octets -> Arrays.fill(octets, (byte) 0));
    }
  }

  private static PcrBank now(Tpm tpm, PcrSelection selection) {
    return SealingPolicy.currentPcrs(tpm, selection).pcrs().orElseThrow();
  }

  private static StorageParent parent(ParseResult arguments) {
    String text = Options.text(arguments, PARENT).orElse("ecc");
    return switch (text) {
      case "ecc" -> new StorageParent.EccPrimary();
      case "rsa" -> new StorageParent.RsaPrimary();
      default -> {
        if (!text.matches("0x81[0-7][0-9A-Fa-f]{5}")) {
          throw Options.wrong(arguments, PARENT + " is ecc, rsa, or 0x81000000 to 0x817fffff");
        }
        yield new StorageParent.Persistent(Integer.parseUnsignedInt(text.substring(2), 16));
      }
    };
  }
}
