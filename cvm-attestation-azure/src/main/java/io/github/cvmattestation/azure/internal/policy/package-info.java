/** What a release policy says, demands and means; nothing here is API. */
@NullMarked
package io.github.cvmattestation.azure.internal.policy;

import org.jspecify.annotations.NullMarked;
