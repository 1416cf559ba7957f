/**
 * A simulated confidential VM and the certificate authorities behind it, for tests. Never for
 * production: the default trust anchors refuse everything made here.
 *
 * <p>Who tests a service that admits attested machines begins with {@link
 * io.github.cvmattestation.testkit.SimulatedCvm}, or lets JUnit inject one through {@link
 * io.github.cvmattestation.testkit.SimulatedCvmExtension}. It hands out evidence for a nonce, the
 * endorsements that go with it, and the trust anchors without which nobody believes it.
 *
 * <p>Who tests what talks to a TPM takes a {@link io.github.cvmattestation.testkit.SoftwareTpm},
 * which executes commands in process, or an {@link io.github.cvmattestation.testkit.AzureVtpm} with
 * Azure's objects and failures; {@link io.github.cvmattestation.testkit.SoftwareTpmServer} serves
 * one to other programs. {@link io.github.cvmattestation.testkit.BootLogWriter} writes the log of a
 * boot that such a TPM has measured.
 *
 * <p>Who tests a verifier also needs lies that are properly signed, so that they reach the check
 * they aim at. Every format therefore has a writer of its own that sets each field to anything:
 *
 * <ul>
 *   <li>{@link io.github.cvmattestation.testkit.FakeAmdPki} issues AMD's certificates and
 *       revocation lists, as described by {@code CaSpec}, {@code LeafSpec} and {@code CrlSpec};
 *   <li>{@link io.github.cvmattestation.testkit.SnpReportWriter} writes ATTESTATION_REPORT;
 *   <li>{@link io.github.cvmattestation.testkit.FakeIntelPki} issues Intel's, as described by
 *       {@code IntelCertificateSpec} and {@code IntelCrlSpec}, and signs what {@code TcbInfoWriter}
 *       and {@code QeIdentityWriter} write; {@code IntelCollateral} bundles it;
 *   <li>{@link io.github.cvmattestation.testkit.TdReportWriter} and {@link
 *       io.github.cvmattestation.testkit.TdQuoteWriter} write TDREPORT and TD quotes;
 *   <li>{@link io.github.cvmattestation.testkit.CcelWriter} writes the firmware's event log;
 *   <li>{@link io.github.cvmattestation.testkit.HclReportWriter} and {@link
 *       io.github.cvmattestation.testkit.RuntimeClaims} write what Azure's paravisor puts around
 *       it;
 *   <li>{@link io.github.cvmattestation.testkit.TpmQuoteWriter} writes TPMS_ATTEST and signs it;
 *   <li>{@link io.github.cvmattestation.testkit.TokenWriter} and {@link
 *       io.github.cvmattestation.testkit.JwksWriter} write the tokens of an attestation service and
 *       the keys that it publishes;
 *   <li>{@link io.github.cvmattestation.testkit.AmdCertificateTableWriter}, {@link
 *       io.github.cvmattestation.testkit.ThimAnswer} and {@link
 *       io.github.cvmattestation.testkit.CocoEvidence} write the bundles that carry them;
 *   <li>{@link io.github.cvmattestation.testkit.Tampering} changes what is finished.
 * </ul>
 *
 * <p>The writers follow the specifications and share no code with the parsers, so that a misreading
 * on one side shows on the other. Everything follows from a seed and an instant: the same two give
 * the same bytes, and a failing test can be run again.
 */
@NullMarked
package io.github.cvmattestation.testkit;

import org.jspecify.annotations.NullMarked;
