package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.vtpm.Opening;
import io.github.cvmattestation.vtpm.PolicyApproval;
import io.github.cvmattestation.vtpm.SealedSecret;
import io.github.cvmattestation.vtpm.SecretOpener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm unseal}: what {@code cvm seal} wrote, from standard input to standard output. */
final class Unseal implements Command {
  private static final String APPROVAL = "--approval";
  private static final String MIN_EPOCH = "--min-epoch";
  private static final String ANY_EPOCH = "--allow-any-epoch";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "unseal",
                this,
                "Opens a sealed secret from standard input, and writes it to standard output. If the",
                "TPM refuses, the exit code is 1, and the registers that differ are named.")
            .addOption(
                Options.files(APPROVAL, "Approvals of the key's owner, of which one must fit.")
                    .build())
            .addOption(
                Options.value(MIN_EPOCH, "NUMBER", "The earliest epoch that still counts.").build())
            .addOption(
                Options.flag(ANY_EPOCH, "Open secrets of every epoch, replayed ones among them.")
                    .build());
    PinOption.addTo(spec);
    TpmOption.addTo(spec);
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm unseal --pin < key.sealed > key",
            "  cvm unseal < key.sealed | openssl enc -d -aes-256-ctr -pass stdin -in data",
            "  cvm unseal --approval kernel-6.1.approval --min-epoch 1 < key.sealed > key",
            "  cvm unseal --tpm tcp:127.0.0.1:2321 --pin-file pin < key.sealed > key");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    Optional<Long> minimum = SealingOptions.number(arguments, MIN_EPOCH);
    boolean any = Options.has(arguments, ANY_EPOCH);
    if (any && minimum.isPresent()) {
      throw Options.wrong(arguments, MIN_EPOCH + " and " + ANY_EPOCH + " exclude each other");
    }
    Optional<byte[]> pin = PinOption.pin(arguments, console);
    String looksWrong = "standard input is no whole sealed secret";
    try {
      Bytes input = Bytes.of(SealingOptions.standardInput(console, SealedSecret.MAX_SIZE));
      SealedSecret sealed = SealedSecret.parse(input);
      List<PolicyApproval> approvals = new ArrayList<>();
      for (String file : arguments.matchedOptionValue(APPROVAL, List.<String>of())) {
        looksWrong = file + " is no whole approval";
        approvals.add(PolicyApproval.parse(InputFile.read(file)));
      }
      SecretOpener opener = sealed.opener().approvals(approvals);
      if (any) {
        opener.allowAnyEpoch();
      } else if (minimum.isPresent()) {
        opener.minimumEpoch(minimum.get());
      } else if (sealed.policy().authority().isPresent()) {
        throw Options.wrong(
            arguments,
            "the secret has an epoch: give the earliest that counts (%s), or %s if replays do not matter"
                .formatted(MIN_EPOCH, ANY_EPOCH));
      }
      pin.ifPresent(opener::pin);
      return TpmOption.use(arguments, tpm -> answer(opener.open(tpm), console));
    } catch (MalformedException e) {
      console.say(looksWrong + ": " + e.problem());
      return Cvm.REFUSED;
    } finally {
      pin.ifPresent(octets -> Arrays.fill(octets, (byte) 0));
    }
  }

  /** Writes the secret and nothing else, or says why there is none. */
  static int answer(Opening opening, Console console) {
    try (opening) {
      if (opening instanceof Opening.Opened opened) {
        console.raw(opened.secret().octets());
        return Cvm.OK;
      }
      if (opening instanceof Opening.Refused refused) {
        console.say(refused.message());
      }
      return Cvm.REFUSED;
    }
  }
}
