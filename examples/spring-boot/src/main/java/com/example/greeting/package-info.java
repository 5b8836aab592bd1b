@NullMarked
package com.example.greeting;

import org.jspecify.annotations.NullMarked;
