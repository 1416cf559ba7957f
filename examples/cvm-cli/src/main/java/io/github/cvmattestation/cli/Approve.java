package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.vtpm.ApprovalScope;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PolicyApproval;
import io.github.cvmattestation.vtpm.PolicyKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm approve}: signs register values for {@code cvm unseal}, where the key is. */
final class Approve implements Command {
  private static final String PRIVATE_KEY = "--private-key";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "approve",
            this,
            "Approves register values, so that secrets sealed to the key open while registers hold",
            "them. Needs no TPM: do it where the private key is, not on the machine.");
    SealingOptions.addValues(spec, true, "What registers will hold. JSON:");
    spec.addOption(
        Options.value(PRIVATE_KEY, "FILE", "The key's private half: PEM, PKCS #8, not encrypted.")
            .required(true)
            .build());
    SealingOptions.addAuthority(spec, true);
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm approve --pcr-values pcrs.json --private-key owner.key --public-key owner.pem"
                + " --purpose db",
            "      --epoch 1 > kernel-6.1.approval");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    PcrBank values = SealingOptions.values(arguments).orElseThrow();
    PolicyKey key = SealingOptions.publicKey(arguments).orElseThrow();
    ApprovalScope scope = SealingOptions.scope(arguments);
    String file = Options.text(arguments, PRIVATE_KEY).orElseThrow();
    byte[] der = SealingOptions.pem(arguments, PRIVATE_KEY, file, "PRIVATE KEY");
    try {
      boolean rsa = key.key() instanceof PublicKeyInfo.Rsa;
      PrivateKey signer =
          KeyFactory.getInstance(rsa ? "RSA" : "EC").generatePrivate(new PKCS8EncodedKeySpec(der));
      console.raw(PolicyApproval.sign(values, scope, key, signer).encoded().toArray());
      return Cvm.OK;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw Options.wrong(arguments, PRIVATE_KEY + " is not the private half of the public key");
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }
}
