package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.azure.AzureCvmAttester;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.HclReport;
import io.github.cvmattestation.azure.HclReport.ReportType;
import io.github.cvmattestation.vtpm.EphemeralKey;
import io.github.cvmattestation.vtpm.ObjectAttribute;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmException;
import io.github.cvmattestation.vtpm.TpmObject;
import io.github.cvmattestation.vtpm.TpmSigned;
import io.github.cvmattestation.vtpm.TpmtPublic;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The steps from a vTPM and the host's services to evidence, and to a certified key. */
public final class EvidenceCollector {
  private static final Set<Integer> ALL_PCRS =
      IntStream.range(0, PcrBank.REGISTERS).boxed().collect(Collectors.toUnmodifiableSet());

  /** What a running Linux does not extend, so that a key made now works later. */
  private static final Set<Integer> LINUX_PCRS = Set.of(0, 1, 2, 3, 4, 5, 6, 7);

  private static final Set<Integer> WINDOWS_PCRS = Set.of(0, 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14);

  private final Tpm tpm;
  private final HostServices host;
  private final ReportExchange exchange;
  private final OsInfo os;
  private final Supplier<Optional<Bytes>> bootLog;
  private final Path lockFile;
  private final Consumer<Duration> pause;

  /**
   * @param bootLog the log of this boot, if there is one
   * @param lockFile for {@link GuestLock}
   * @param pause waits
   */
  public EvidenceCollector(
      Tpm tpm,
      HostServices host,
      OsInfo os,
      Supplier<Optional<Bytes>> bootLog,
      Path lockFile,
      Consumer<Duration> pause) {
    this.tpm = tpm;
    this.host = host;
    this.exchange = new ReportExchange(tpm, pause);
    this.os = os;
    this.bootLog = bootLog;
    this.lockFile = lockFile;
    this.pause = pause;
  }

  /** What the vTPM holds, if it is that of a confidential VM. */
  public Optional<ReportType> detect() {
    return exchange.present().map(reported -> reported.parsed().reportType());
  }

  /**
   * Whether Azure's attestation key is in the TPM.
   *
   * @throws AttestationException.Device if the TPM does not say
   */
  public boolean hasAttestationKey() {
    try {
      tpm.keys().readPublic(AzureNv.AK);
      return true;
    } catch (TpmException e) {
      if (e.code().isUndefinedHandle()) {
        return false;
      }
      throw e;
    }
  }

  /** Evidence whose quote carries {@code nonce} and whose hardware report carries {@code bound}. */
  public AzureCvmEvidence evidence(Nonce nonce, ReportData bound) {
    ReportExchange.Reported reported = request(bound);
    try (TpmObject ak = attestationKey(reported)) {
      GuestQuote quote = GuestQuote.take(tpm, ak, nonce, ALL_PCRS);
      return evidence(reported, quote, hardware(reported).toEvidence());
    }
  }

  /** What vouches for the hardware of {@code evidence}. */
  public Endorsements endorsements(AzureCvmEvidence evidence) {
    if (evidence.hardware() instanceof AzureCvmEvidence.TdQuote quote) {
      return host.tdxCollateral(quote.quote());
    }
    Bytes report = snpReport(evidence.hclReport());
    Endorsements lists = host.snpRevocation(report);
    return lists.withCertificates(host.vcek(report).chain());
  }

  /** The log of this boot, if one is kept. */
  public Optional<Bytes> bootLog() {
    return bootLog.get();
  }

  /** Asks anew for what vouches for hardware, from now on. */
  public void forgetEndorsements() {
    host.forget();
  }

  /** A key, certified, with evidence that is bound to it. */
  public GuestKey newKey(Nonce nonce) {
    Set<Integer> pcrs = os.type() == OsInfo.Type.WINDOWS ? WINDOWS_PCRS : LINUX_PCRS;
    EphemeralKey key =
        EphemeralKey.create(
            tpm,
            EphemeralKey.Hierarchy.NULL,
            PcrSelection.of(HashAlgorithm.SHA256, new TreeSet<>(pcrs)));
    try {
      PublicKeyInfo.Rsa publicKey = publicKey(key.publicArea());
      ReportExchange.Reported reported = request(ReportData.binding(nonce, publicKey.der()));
      try (TpmObject ak = attestationKey(reported)) {
        Hardware hardware = hardware(reported);
        AzureCvmEvidence evidence =
            evidence(reported, GuestQuote.take(tpm, ak, nonce, ALL_PCRS), hardware.toEvidence());
        // Azure's service wants no qualifying data here: nonce and key are in the report.
        TpmSigned certified = key.certify(ak, Bytes.empty());
        Bytes statement =
            StatementWriter.write(
                new StatementWriter.Parts(
                    os,
                    nonce,
                    bootLog.get().orElse(Bytes.empty()),
                    AkCertificate.read(tpm, ak.publicArea()),
                    ak.publicArea(),
                    GuestQuote.take(tpm, ak, nonce, pcrs),
                    key.publicArea(),
                    certified.attest(),
                    GuestQuote.bare(certified),
                    reported.parsed(),
                    hardware.proof()));
        return new AzureGuestKey(
            key,
            publicKey,
            evidence.toEvidence(),
            new Evidence(AzureCvmAttester.STATEMENT_MEDIA_TYPE, statement));
      }
    } catch (RuntimeException e) {
      key.close();
      throw e;
    }
  }

  private ReportExchange.Reported request(ReportData bound) {
    return GuestLock.holding(lockFile, pause, () -> exchange.request(bound));
  }

  private static AzureCvmEvidence evidence(
      ReportExchange.Reported reported, GuestQuote quote, AzureCvmEvidence.Hardware hardware) {
    return new AzureCvmEvidence(
        AzureCvmEvidence.Form.V2,
        false,
        reported.report(),
        new AzureCvmEvidence.Quote(
            quote.attest(), quote.signature(), List.copyOf(quote.values().values().values())),
        hardware);
  }

  /**
   * The attestation key, looked at before it is used: root can put another key under its handle
   * (CVE-2025-49707). What is found here is no proof, only a better message than the verifier's.
   */
  private TpmObject attestationKey(ReportExchange.Reported reported) {
    TpmObject ak = tpm.keys().persistent(AzureNv.AK);
    TpmtPublic area = ak.publicArea();
    boolean genuine =
        area.has(
                ObjectAttribute.RESTRICTED,
                ObjectAttribute.SIGN,
                ObjectAttribute.FIXED_TPM,
                ObjectAttribute.FIXED_PARENT,
                ObjectAttribute.SENSITIVE_DATA_ORIGIN)
            && area.parameters() instanceof TpmtPublic.Rsa rsa
            && new BigInteger(1, rsa.modulus().toArray())
                .equals(reported.claims().attestationKey().modulus());
    if (!genuine) {
      ak.close();
      throw new AttestationException.Device(
          "the key at 0x81000003 is not the one that the paravisor made",
          "somebody replaced it: restart the VM, which makes it anew, and find out who did");
    }
    return ak;
  }

  private static PublicKeyInfo.Rsa publicKey(TpmtPublic area) {
    try {
      if (area.parameters() instanceof TpmtPublic.Rsa rsa) {
        return PublicKeyInfo.rsa(new BigInteger(1, rsa.modulus().toArray()));
      }
    } catch (MalformedException e) {
      // Said below.
    }
    throw new AttestationException.Device(
        "the vTPM made a key that is no RSA key of 2048 bits", "this is no vTPM of Azure's");
  }

  /**
   * What vouches for the hardware report.
   *
   * @param proof as Azure's service wants it: the whole chain, PEM, or the quote
   */
  private record Hardware(AzureCvmEvidence.Hardware toEvidence, Bytes proof) {}

  private Hardware hardware(ReportExchange.Reported reported) {
    Bytes report = reported.parsed().hardwareReport();
    if (reported.parsed().reportType() == ReportType.TDX) {
      Bytes quote = host.tdQuote(report);
      return new Hardware(new AzureCvmEvidence.TdQuote(quote), quote);
    }
    HostServices.VcekChain chain = host.vcek(report);
    try {
      Bytes der = CertificateBundle.split(chain.vcek()).get(0);
      return new Hardware(new AzureCvmEvidence.Vcek(der), chain.vcek().concat(chain.chain()));
    } catch (MalformedException e) {
      throw new AttestationException.Device(
          "the host's VCEK is no certificate", "try again; the host's cache may be updating");
    }
  }

  private static Bytes snpReport(Bytes index) {
    try {
      return HclReport.parse(index).hardwareReport();
    } catch (MalformedException e) {
      throw new AttestationException.Configuration(
          "the evidence holds no HCL report: " + e.problem(), "pass what attest returned");
    }
  }
}
