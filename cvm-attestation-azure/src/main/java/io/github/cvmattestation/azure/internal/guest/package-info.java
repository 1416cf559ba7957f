/** Inside the VM: what is asked of the vTPM, and how it becomes evidence. */
@NullMarked
package io.github.cvmattestation.azure.internal.guest;

import org.jspecify.annotations.NullMarked;
