package com.example.greeting;

/** @param pid of the process that says it */
record Greeting(String text, long pid) {}
