/** Azure confidential VMs: joins the hardware report, the paravisor's claims and the vTPM quote. */
@NullMarked
package io.github.cvmattestation.azure;

import org.jspecify.annotations.NullMarked;
