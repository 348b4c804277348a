-- The law complete: what is known of an open payment, what supervisors decided, and when the
-- asking began. New columns are empty in the rows that were there, so no hash of the past changes.

-- When the state was reached that Espay is asked about: the schedule counts from here.
ALTER TABLE payment ADD COLUMN asking_since INTEGER;
-- When, why and by whom the payment was handed to the supervisor (T13).
ALTER TABLE payment ADD COLUMN escalated_at INTEGER;
ALTER TABLE payment ADD COLUMN escalated_for TEXT
    CHECK (escalated_for IN ('asked_a_day', 'no_reference', 'by_hand'));
ALTER TABLE payment ADD COLUMN escalated_by INTEGER REFERENCES operator (id);

DROP VIEW sale;
CREATE VIEW sale AS
SELECT
    payment.*,
    payer.name AS operator,
    returner.name AS returned_by_name,
    resolver.name AS resolved_by_name,
    approver.name AS approved_by_name,
    escalator.name AS escalated_by_name,
    quote.at AS quote_at,
    quote.category, quote.product, quote.product_name,
    quote.is_card, quote.amount_text,
    quote.bill_sen, quote.admin_fee_sen, quote.service_fee_sen,
    quote.number AS customer_number, quote.name, quote.data_text, quote.facts,
    quoter.name AS quote_operator
FROM payment
JOIN quote ON quote.id = payment.quote_id
JOIN operator AS payer ON payer.id = payment.operator_id
JOIN operator AS quoter ON quoter.id = quote.operator_id
LEFT JOIN operator AS returner ON returner.id = payment.returned_by
LEFT JOIN operator AS resolver ON resolver.id = payment.resolved_by
LEFT JOIN operator AS approver ON approver.id = payment.approved_by
LEFT JOIN operator AS escalator ON escalator.id = payment.escalated_by;

-- Something that speaks for or against a payment and proves nothing. `detail` is a code, or two
-- amounts in sen; never a fact about a person.
CREATE TABLE hint (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    payment_id INTEGER NOT NULL REFERENCES payment (id),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind <> ''),
    detail TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX hint_of_payment ON hint (payment_id);

-- A payment decided to be unpaid of which a document shows that it was paid (F78). It stays as it
-- was decided; the shop's loss is booked here, by two people.
CREATE TABLE correction (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    payment_id INTEGER NOT NULL REFERENCES payment (id),
    at INTEGER NOT NULL,
    found TEXT NOT NULL CHECK (found = 'paid'),
    loss_sen INTEGER NOT NULL CHECK (loss_sen >= 0),
    document TEXT NOT NULL CHECK (document <> ''),
    resolved_by INTEGER NOT NULL REFERENCES operator (id),
    approved_by INTEGER NOT NULL REFERENCES operator (id),
    CHECK (resolved_by <> approved_by)
) STRICT;

CREATE INDEX correction_of_payment ON correction (payment_id);

-- What a person has released: a circuit that had stopped new payments, a clock that was ahead.
CREATE TABLE clearance (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('circuit', 'clock')),
    operator_id INTEGER NOT NULL REFERENCES operator (id),
    reason TEXT NOT NULL CHECK (reason <> ''),
    -- up to which event, message and payment it reaches
    through_event INTEGER NOT NULL,
    through_message INTEGER NOT NULL,
    -- the payments in doubt that had been seen, as a JSON list of ids
    seen TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(seen))
) STRICT;

CREATE INDEX clearance_of_kind ON clearance (kind, id);

CREATE INDEX payment_to_ask ON payment (ask_at) WHERE ask_at IS NOT NULL;
CREATE INDEX payment_in_doubt ON payment (id) WHERE state = 'in_doubt';
CREATE INDEX event_tripped ON event (seq) WHERE kind = 'circuit_tripped';
CREATE INDEX message_unauthorised ON message (id) WHERE http_status = 401;
CREATE INDEX message_of_balance ON message (ended_at) WHERE service = 'balance';
CREATE INDEX payment_sent ON payment (sent_at) WHERE sent_at IS NOT NULL;

CREATE TRIGGER payment_escalates BEFORE UPDATE OF escalated_at, escalated_for, escalated_by
ON payment
WHEN NOT (NEW.state = 'escalated' AND OLD.state <> 'escalated') AND (
    NEW.escalated_at IS NOT OLD.escalated_at
    OR NEW.escalated_for IS NOT OLD.escalated_for
    OR NEW.escalated_by IS NOT OLD.escalated_by
)
BEGIN SELECT RAISE(ABORT, 'payment: why it was escalated never changes'); END;

CREATE TRIGGER payment_asking_since BEFORE UPDATE OF asking_since ON payment
WHEN OLD.asking_since IS NOT NULL AND NEW.asking_since IS NOT OLD.asking_since
BEGIN SELECT RAISE(ABORT, 'payment: the asking began once'); END;

CREATE TRIGGER correction_of_final BEFORE INSERT ON correction
WHEN NOT EXISTS (
    SELECT 1 FROM payment
    WHERE id = NEW.payment_id AND state = 'unpaid'
)
BEGIN SELECT RAISE(ABORT, 'correction: only of what was decided to be unpaid'); END;

CREATE TRIGGER hint_fixed BEFORE UPDATE ON hint
BEGIN SELECT RAISE(ABORT, 'hint: never changes'); END;
CREATE TRIGGER correction_fixed BEFORE UPDATE ON correction
BEGIN SELECT RAISE(ABORT, 'correction: never changes'); END;
CREATE TRIGGER clearance_fixed BEFORE UPDATE ON clearance
BEGIN SELECT RAISE(ABORT, 'clearance: never changes'); END;

CREATE TRIGGER hint_told_i BEFORE INSERT ON hint
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'hint: not told by the next event'); END;
CREATE TRIGGER correction_told_i BEFORE INSERT ON correction
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'correction: not told by the next event'); END;
CREATE TRIGGER clearance_told_i BEFORE INSERT ON clearance
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'clearance: not told by the next event'); END;

CREATE TRIGGER hint_undeleted BEFORE DELETE ON hint
BEGIN SELECT RAISE(ABORT, 'hint: never deleted'); END;
CREATE TRIGGER correction_undeleted BEFORE DELETE ON correction
BEGIN SELECT RAISE(ABORT, 'correction: never deleted'); END;
CREATE TRIGGER clearance_undeleted BEFORE DELETE ON clearance
BEGIN SELECT RAISE(ABORT, 'clearance: never deleted'); END;
