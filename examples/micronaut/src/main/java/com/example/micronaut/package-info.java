@NullMarked
package com.example.micronaut;

import org.jspecify.annotations.NullMarked;
