/**
 * Measured boot: the log that firmware and boot loaders keep of what they extended into registers,
 * replayed and compared with the registers themselves.
 *
 * <p>A log is hostile: whoever hands over evidence may have written it. Only its digests are worth
 * something, and only once they replay to register values that a signature covers. There is one
 * door, {@link io.github.cvmattestation.attestation.eventlog.EventLog}; what comes out of it is a
 * {@link io.github.cvmattestation.attestation.eventlog.Replay}, and events are found in {@link
 * io.github.cvmattestation.attestation.eventlog.Replay.Equal} alone.
 *
 * <p>Read are logs in the crypto-agile format (TCG PC Client Platform Firmware Profile, section
 * 10), both as Intel TDX keeps them in its CCEL table (UEFI 2.10, section 38) and as a TPM's
 * platform does; and, of a TPM's platform alone, logs in the older format that has SHA-1 digests
 * and no others. "TCG PFP" below is that profile, version 1.05.
 *
 * <p>What operating systems measure has its own readers: {@link
 * io.github.cvmattestation.attestation.eventlog.WindowsBoot} reads Windows' reports out of a
 * replayed log, and {@link io.github.cvmattestation.attestation.eventlog.ImaLog} is the door to the
 * log of Linux' IMA, which is another one and compared with PCR 10.
 */
@NullMarked
package io.github.cvmattestation.attestation.eventlog;

import org.jspecify.annotations.NullMarked;
