package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.vtpm.Opening;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.luks.Luks2Header;
import io.github.cvmattestation.vtpm.luks.PcrSignatures;
import io.github.cvmattestation.vtpm.luks.RefusedToken;
import io.github.cvmattestation.vtpm.luks.SystemdTpm2Token;
import io.github.cvmattestation.vtpm.luks.Tpm2Token;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm luks key}: the passphrase of a volume that systemd-cryptenroll gave to the TPM. */
final class LuksKey implements Command {
  private static final String TOKEN = "--token";
  private static final String SIGNATURES = "--signatures";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "key",
                this,
                "Opens the systemd-tpm2 token of a LUKS2 volume in the TPM, and writes the passphrase",
                "to standard output, without a line feed. Nothing is written to the volume.")
            .addPositional(
                PositionalParamSpec.builder()
                    .index("0")
                    .type(String.class)
                    .paramLabel("VOLUME")
                    .required(true)
                    .description("A block device, or an image of one.")
                    .build())
            .addOption(
                Options.value(TOKEN, "NUMBER", "That token alone; otherwise each in turn.").build())
            .addOption(
                Options.value(
                        SIGNATURES,
                        "FILE",
                        "What signed policies need: tpm2-pcr-signature.json, as systemd-measure",
                        "writes it.")
                    .build());
    TpmOption.addTo(spec);
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm luks key /dev/sdc1 | cryptsetup open --key-file=- /dev/sdc1 data",
            "  cvm luks key volume.img --token 0 --signatures"
                + " /run/systemd/tpm2-pcr-signature.json");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    String volume = arguments.matchedPositionalValue(0, "");
    Optional<Long> wanted = SealingOptions.number(arguments, TOKEN);
    Optional<String> file = Options.text(arguments, SIGNATURES);
    String looksWrong = volume + " has no whole LUKS2 header";
    try {
      List<Tpm2Token> tokens =
          Luks2Header.parse(InputFile.read(volume, Luks2Header.MAX_SIZE)).tpm2Tokens().stream()
              .filter(token -> wanted.isEmpty() || wanted.get() == token.id())
              .toList();
      PcrSignatures signatures = PcrSignatures.none();
      if (file.isPresent()) {
        looksWrong = file.get() + " holds no signatures of registers";
        signatures = PcrSignatures.parse(InputFile.read(file.get(), PcrSignatures.MAX_SIZE));
      }
      if (tokens.isEmpty()) {
        console.say(
            "the header has %s; see: cryptsetup luksDump %s"
                .formatted(
                    wanted.isPresent()
                        ? "no systemd-tpm2 token " + wanted.get()
                        : "no systemd-tpm2 token, which systemd-cryptenroll would write",
                    volume));
        return Cvm.REFUSED;
      }
      PcrSignatures given = signatures;
      return TpmOption.use(arguments, tpm -> first(tokens, given, tpm, console));
    } catch (MalformedException e) {
      console.say(looksWrong + ": " + e.problem());
      return Cvm.REFUSED;
    }
  }

  private static int first(
      List<Tpm2Token> tokens, PcrSignatures signatures, Tpm tpm, Console console) {
    for (Tpm2Token token : tokens) {
      if (token instanceof RefusedToken refused) {
        console.say(
            "token %d: %s; %s".formatted(refused.id(), refused.problem(), refused.remedy()));
      } else if (token instanceof SystemdTpm2Token usable) {
        Opening opening = usable.passphrase(tpm, signatures);
        if (opening instanceof Opening.Opened) {
          return Unseal.answer(opening, console);
        }
        if (opening instanceof Opening.Refused refused) {
          console.say("token %d: %s".formatted(token.id(), refused.message()));
        }
      }
    }
    return Cvm.REFUSED;
  }
}
