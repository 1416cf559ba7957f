/** The steps that join hardware report and vTPM; nothing here is API. */
@NullMarked
package io.github.cvmattestation.azure.internal;

import org.jspecify.annotations.NullMarked;
