@NullMarked
package com.example.helidon;

import org.jspecify.annotations.NullMarked;
