package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Optional;

/**
 * What a boot loader measured.
 *
 * @param digest what was extended
 * @param relabelableText the very text that was measured, if the log has it. What the text
 *     <em>was</em>, a kernel command line or the argument of an {@code echo}, is proven by nothing:
 *     compare whole ordered lists, never single texts.
 */
public record BootMeasurement(Bytes digest, Optional<String> relabelableText) {}
