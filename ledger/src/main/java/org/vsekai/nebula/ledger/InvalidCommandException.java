package org.vsekai.nebula.ledger;

/** A command, query or limit that breaks the rules of its fields. It was sent nowhere. */
public final class InvalidCommandException extends LedgerException {
    private final String field;

    public InvalidCommandException(String field, String problem) {
        super(field + ": " + problem, null);
        this.field = field;
    }

    @Override
    public String code() {
        return "invalid-command";
    }

    /** The field, as its record component is called. */
    public String field() {
        return field;
    }
}
