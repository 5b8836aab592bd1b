/**
 * What has happened to the services: kept so that it can be read later, by whoever runs after this supervisor too, and told to
 * those who follow as it happens.
 */
@NullMarked
package dev.handover.supervisor.chronicle;

import org.jspecify.annotations.NullMarked;
