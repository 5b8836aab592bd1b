package dev.handover.supervisor.cli;

/** Shows what happens while a request is carried out. */
interface Steps extends AutoCloseable {
    /** Shows nothing. */
    Steps NONE = new Steps() {
        @Override
        public void event(Json event, String line) {}

        @Override
        public void close() {}
    };

    /** @param line as the supervisor sent it */
    void event(Json event, String line);

    /** Leaves the screen ready for what comes next. */
    @Override
    void close();
}
