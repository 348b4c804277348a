-- The journal's first shape. Times are UTC milliseconds, amounts are sen, days are those of
-- Western Indonesian Time as a number that sorts (20261122).
--
-- Every kept row carries `seq`, the number of the event that describes the row as it stands;
-- triggers demand that it be the event that comes next. (A deferred reference would look
-- through every table at each event: a parent's insertion searches for waiting children.)
-- Rows are never deleted. Personal columns may only ever become empty, with their salt.
--
-- This file is history: once released it never changes. A new shape is a new file.

CREATE TABLE event (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind <> ''),
    payment_id INTEGER REFERENCES payment (id),
    body TEXT NOT NULL CHECK (json_valid(body)),
    prev TEXT NOT NULL CHECK (length(prev) = 64),
    hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;

CREATE INDEX event_at ON event (at);
CREATE INDEX event_of_payment ON event (payment_id) WHERE payment_id IS NOT NULL;

CREATE TABLE journal (
    id TEXT PRIMARY KEY CHECK (length(id) = 32),
    seq INTEGER NOT NULL,
    environment TEXT NOT NULL CHECK (environment IN ('practice', 'sandbox', 'production')),
    bill_key_print TEXT,
    born_at INTEGER NOT NULL,
    only_one INTEGER NOT NULL DEFAULT 1 UNIQUE CHECK (only_one = 1)
) STRICT;

CREATE TABLE session (
    token TEXT PRIMARY KEY CHECK (length(token) = 32),
    seq INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    version TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

CREATE TABLE operator (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    role TEXT NOT NULL CHECK (role IN ('seller', 'supervisor')),
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    pin TEXT,
    salt BLOB,
    CHECK ((pin IS NULL) = (salt IS NULL))
) STRICT;

CREATE TABLE shift (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    operator_id INTEGER NOT NULL REFERENCES operator (id),
    opened_at INTEGER NOT NULL,
    float_sen INTEGER NOT NULL CHECK (float_sen >= 0),
    closed_at INTEGER,
    counted_sen INTEGER CHECK (counted_sen >= 0),
    CHECK ((closed_at IS NULL) = (counted_sen IS NULL))
) STRICT;

CREATE TABLE cash_move (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    shift_id INTEGER NOT NULL REFERENCES shift (id),
    operator_id INTEGER NOT NULL REFERENCES operator (id),
    at INTEGER NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    sen INTEGER NOT NULL CHECK (sen > 0),
    reason TEXT NOT NULL
) STRICT;

CREATE INDEX cash_move_of_shift ON cash_move (shift_id);

CREATE TABLE quote (
    id TEXT PRIMARY KEY CHECK (
        length(id) = 8 AND id NOT GLOB '*[^0-9abcdefghjkmnpqrstvwxyz]*'
    ),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    category TEXT NOT NULL,
    product TEXT NOT NULL,
    product_name TEXT NOT NULL,
    bill_key TEXT NOT NULL CHECK (bill_key <> ''),
    is_card INTEGER NOT NULL CHECK (is_card IN (0, 1)),
    amount_text TEXT NOT NULL CHECK (
        length(amount_text) BETWEEN 1 AND 17 AND amount_text NOT GLOB '*[^0-9]*'
    ),
    bill_sen INTEGER NOT NULL CHECK (bill_sen >= 0),
    admin_fee_sen INTEGER NOT NULL CHECK (admin_fee_sen >= 0),
    service_fee_sen INTEGER NOT NULL CHECK (service_fee_sen >= 0),
    operator_id INTEGER NOT NULL REFERENCES operator (id),
    shift_id INTEGER REFERENCES shift (id),
    -- personal
    number TEXT,
    name TEXT,
    data_text TEXT,
    facts TEXT CHECK (facts IS NULL OR json_valid(facts)),
    salt BLOB,
    erased_at INTEGER,
    -- what follows
    espay_sen INTEGER NOT NULL GENERATED ALWAYS AS (bill_sen + admin_fee_sen) VIRTUAL,
    total_sen INTEGER NOT NULL
        GENERATED ALWAYS AS (bill_sen + admin_fee_sen + service_fee_sen) VIRTUAL,
    CHECK (bill_sen + admin_fee_sen > 0),
    CHECK (CAST(amount_text AS INTEGER) = bill_sen + admin_fee_sen),
    CHECK (erased_at IS NOT NULL OR (
        number IS NOT NULL AND facts IS NOT NULL AND salt IS NOT NULL
    )),
    CHECK (erased_at IS NULL OR (
        number IS NULL AND name IS NULL AND data_text IS NULL
        AND facts IS NULL AND salt IS NULL
    ))
) STRICT;

CREATE INDEX quote_to_erase ON quote (at) WHERE erased_at IS NULL;

CREATE TABLE transition (
    name TEXT NOT NULL,
    state_before TEXT NOT NULL,
    state_after TEXT NOT NULL,
    evidence TEXT
) STRICT;

CREATE UNIQUE INDEX transition_once
    ON transition (state_before, state_after, ifnull(evidence, ''));

INSERT INTO transition (name, state_before, state_after, evidence) VALUES
    ('T2', 'prepared', 'sent', NULL),
    ('T3', 'prepared', 'unpaid', 'not_sent'),
    ('T3b', 'sent', 'unpaid', 'not_sent'),
    ('T5', 'sent', 'paid', 'reply'),
    ('T6', 'sent', 'processing', NULL),
    ('T7', 'sent', 'incomplete', NULL),
    ('T8', 'sent', 'unpaid', 'refused'),
    ('T9', 'sent', 'in_doubt', NULL),
    ('T11', 'processing', 'paid', 'status'),
    ('T11', 'in_doubt', 'paid', 'status'),
    ('T11', 'incomplete', 'paid', 'status'),
    ('T12', 'processing', 'unpaid', 'status'),
    ('T12', 'in_doubt', 'unpaid', 'status'),
    ('T13', 'processing', 'escalated', NULL),
    ('T13', 'in_doubt', 'escalated', NULL),
    ('T13', 'incomplete', 'escalated', NULL),
    ('T14', 'escalated', 'paid', 'status'),
    ('T14', 'escalated', 'paid', 'document'),
    ('T14', 'escalated', 'unpaid', 'status'),
    ('T14', 'escalated', 'unpaid', 'document'),
    ('T15', 'paid', 'refunded', 'document'),
    ('T15', 'paid', 'refunded', 'status'),
    ('T15', 'processing', 'refunded', 'document'),
    ('T15', 'processing', 'refunded', 'status'),
    ('T16', 'in_doubt', 'paid', 'reply'),
    ('T16', 'escalated', 'paid', 'reply');

CREATE TABLE payment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    quote_id TEXT NOT NULL UNIQUE REFERENCES quote (id),
    bill_key TEXT NOT NULL,
    total_sen INTEGER NOT NULL CHECK (total_sen > 0),
    tendered_sen INTEGER NOT NULL,
    rq_uuid TEXT NOT NULL UNIQUE CHECK (rq_uuid <> ''),
    number INTEGER NOT NULL CHECK (number > 0),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    session_token TEXT NOT NULL REFERENCES session (token),
    operator_id INTEGER NOT NULL REFERENCES operator (id),
    shift_id INTEGER REFERENCES shift (id),
    state TEXT NOT NULL CHECK (state IN (
        'prepared', 'sent', 'processing', 'in_doubt', 'incomplete', 'escalated',
        'paid', 'unpaid', 'refunded'
    )),
    evidence TEXT CHECK (evidence IN ('not_sent', 'refused', 'reply', 'status', 'document')),
    reason TEXT,
    detail TEXT NOT NULL DEFAULT '',
    ref_id TEXT,
    ref_hint INTEGER NOT NULL DEFAULT 0 CHECK (ref_hint IN (0, 1)),
    token TEXT,
    prepared_at INTEGER NOT NULL,
    sent_at INTEGER,
    paid_at INTEGER,
    final_at INTEGER,
    -- who decided on which document
    document TEXT CHECK (document <> ''),
    resolved_by INTEGER REFERENCES operator (id),
    approved_by INTEGER REFERENCES operator (id),
    -- who handed the cash back
    returned_at INTEGER,
    returned_by INTEGER REFERENCES operator (id),
    returned_shift_id INTEGER REFERENCES shift (id),
    -- status questions: how many, what the last was answered, when the next is due
    asked INTEGER NOT NULL DEFAULT 0 CHECK (asked >= 0),
    asked_at INTEGER,
    asked_reason TEXT,
    asked_detail TEXT NOT NULL DEFAULT '',
    ask_at INTEGER,
    failed_at INTEGER,
    -- what follows
    day INTEGER NOT NULL GENERATED ALWAYS AS (
        CAST(strftime('%Y%m%d', prepared_at / 1000 + 25200, 'unixepoch') AS INTEGER)
    ) VIRTUAL,
    change_sen INTEGER NOT NULL GENERATED ALWAYS AS (tendered_sen - total_sen) VIRTUAL,
    cash TEXT NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN state = 'paid' THEN 'earned'
            WHEN state NOT IN ('unpaid', 'refunded') THEN 'held'
            WHEN returned_at IS NULL THEN 'owed_back'
            ELSE 'returned'
        END
    ) VIRTUAL,
    CHECK (tendered_sen >= total_sen),
    CHECK ((state IN ('paid', 'unpaid', 'refunded')) = (evidence IS NOT NULL)),
    CHECK ((evidence IS NULL) = (final_at IS NULL)),
    CHECK (state <> 'prepared' OR sent_at IS NULL),
    CHECK (sent_at IS NOT NULL OR state = 'prepared' OR evidence IS 'not_sent'),
    CHECK (ref_id IS NOT NULL OR evidence IS NULL OR evidence NOT IN ('reply', 'status')),
    CHECK (ref_id IS NOT NULL OR state NOT IN ('processing', 'incomplete')),
    CHECK (ref_id IS NOT NULL OR ref_hint = 0),
    CHECK (ref_hint = 0 OR (evidence IS NOT 'reply' AND state NOT IN ('processing', 'incomplete'))),
    CHECK (state <> 'paid' OR paid_at IS NOT NULL),
    CHECK (paid_at IS NULL OR state IN ('paid', 'refunded')),
    CHECK ((evidence IS 'document') = (document IS NOT NULL)),
    CHECK ((document IS NULL) = (resolved_by IS NULL)),
    CHECK ((document IS NULL) = (approved_by IS NULL)),
    CHECK (resolved_by <> approved_by),
    CHECK (returned_at IS NULL OR state IN ('unpaid', 'refunded')),
    CHECK ((returned_at IS NULL) = (returned_by IS NULL)),
    CHECK (returned_at IS NOT NULL OR returned_shift_id IS NULL),
    CHECK ((asked = 0) = (asked_at IS NULL)),
    CHECK ((asked = 0) = (asked_reason IS NULL)),
    CHECK (ask_at IS NULL OR evidence IS NULL)
) STRICT;

CREATE UNIQUE INDEX payment_open
    ON payment (bill_key) WHERE state NOT IN ('paid', 'unpaid', 'refunded');
CREATE INDEX payment_of_bill ON payment (bill_key);
CREATE UNIQUE INDEX payment_of_day ON payment (day, number);
CREATE INDEX payment_owed_back
    ON payment (final_at) WHERE state IN ('unpaid', 'refunded') AND returned_at IS NULL;

CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    payment_id INTEGER REFERENCES payment (id),
    quote_id TEXT REFERENCES quote (id),
    service TEXT NOT NULL CHECK (service <> ''),
    rq_uuid TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    http_status INTEGER,
    whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
    -- personal
    request TEXT CHECK (request IS NULL OR json_valid(request)),
    reply BLOB CHECK (reply IS NULL OR length(reply) <= 1114112),
    salt BLOB,
    erased_at INTEGER,
    CHECK (erased_at IS NOT NULL OR (
        request IS NOT NULL AND reply IS NOT NULL AND salt IS NOT NULL
    )),
    CHECK (erased_at IS NULL OR (request IS NULL AND reply IS NULL AND salt IS NULL))
) STRICT;

CREATE INDEX message_of_payment ON message (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX message_of_quote ON message (quote_id) WHERE quote_id IS NOT NULL;
CREATE INDEX message_to_erase ON message (ended_at) WHERE erased_at IS NULL;

CREATE TABLE customer (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    category TEXT NOT NULL,
    product TEXT NOT NULL,
    times INTEGER NOT NULL CHECK (times > 0),
    last_at INTEGER NOT NULL,
    -- personal
    number TEXT,
    name TEXT,
    salt BLOB,
    erased_at INTEGER,
    CHECK (erased_at IS NOT NULL OR (number IS NOT NULL AND salt IS NOT NULL)),
    CHECK (erased_at IS NULL OR (number IS NULL AND name IS NULL AND salt IS NULL))
) STRICT;

CREATE UNIQUE INDEX customer_by_number ON customer (number, product) WHERE number IS NOT NULL;
CREATE INDEX customer_by_name ON customer (name COLLATE NOCASE) WHERE name IS NOT NULL;
CREATE INDEX customer_to_erase ON customer (last_at) WHERE erased_at IS NULL;

-- One row for every slip that was to be printed, whatever became of it. `copy` is the n of
-- CETAK ULANG ke-n, 0 on what is no reprint; a print that failed is tried again under the same
-- kind and number. `printer` is the kind of printer, `code` the struk code on the slip. `result`
-- is empty while the slip waits; 'unknown' (a printer that went silent half-way) may still
-- become one of the others. A recap is of several payments: those of `recap_payment`.
CREATE TABLE print (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    payment_id INTEGER REFERENCES payment (id),
    operator_id INTEGER NOT NULL REFERENCES operator (id),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('first', 'copy', 'pending', 'refusal', 'recap')),
    copy INTEGER NOT NULL DEFAULT 0 CHECK (copy >= 0),
    printer TEXT NOT NULL CHECK (printer <> ''),
    code TEXT CHECK (code <> ''),
    result TEXT CHECK (result IN ('printed', 'failed', 'unknown')),
    result_at INTEGER,
    CHECK ((payment_id IS NULL) = (kind = 'recap')),
    CHECK (copy = 0 OR kind <> 'first'),
    CHECK (copy > 0 OR kind <> 'copy'),
    CHECK ((result IS NULL) = (result_at IS NULL))
) STRICT;

CREATE INDEX print_of_payment ON print (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX print_of_code ON print (code) WHERE code IS NOT NULL;

CREATE TABLE recap_payment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER NOT NULL,
    print_id INTEGER NOT NULL REFERENCES print (id),
    payment_id INTEGER NOT NULL REFERENCES payment (id),
    UNIQUE (print_id, payment_id)
) STRICT;

CREATE INDEX recap_of_payment ON recap_payment (payment_id);

CREATE VIEW sale AS
SELECT
    payment.*,
    payer.name AS operator,
    returner.name AS returned_by_name,
    resolver.name AS resolved_by_name,
    approver.name AS approved_by_name,
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
LEFT JOIN operator AS approver ON approver.id = payment.approved_by;

-- Events: only ever one more, linked to the last.

CREATE TRIGGER event_in_order BEFORE INSERT ON event
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
    OR NEW.prev <> ifnull(
        (SELECT hash FROM event ORDER BY seq DESC LIMIT 1), printf('%064d', 0)
    )
BEGIN SELECT RAISE(ABORT, 'event: a link must follow the last one'); END;

CREATE TRIGGER event_unchanged BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'event: never changes'); END;

CREATE TRIGGER event_undeleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'event: never deleted'); END;

-- The law of a payment.

CREATE TRIGGER transition_kept_i BEFORE INSERT ON transition
BEGIN SELECT RAISE(ABORT, 'transition: only a migration changes the law'); END;
CREATE TRIGGER transition_kept_u BEFORE UPDATE ON transition
BEGIN SELECT RAISE(ABORT, 'transition: only a migration changes the law'); END;
CREATE TRIGGER transition_kept_d BEFORE DELETE ON transition
BEGIN SELECT RAISE(ABORT, 'transition: only a migration changes the law'); END;

CREATE TRIGGER payment_begins BEFORE INSERT ON payment
WHEN NEW.state <> 'prepared' OR NEW.ref_id IS NOT NULL OR NEW.token IS NOT NULL
    OR NEW.asked <> 0 OR NEW.failed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'payment: begins prepared'); END;

CREATE TRIGGER payment_of_its_quote BEFORE INSERT ON payment
WHEN NOT EXISTS (
    SELECT 1 FROM quote
    WHERE id = NEW.quote_id AND bill_key = NEW.bill_key AND total_sen = NEW.total_sen
)
BEGIN SELECT RAISE(ABORT, 'payment: bill key and total are those of the quote'); END;

CREATE TRIGGER payment_transition BEFORE UPDATE OF
    state, evidence, reason, detail, paid_at, final_at, document, resolved_by, approved_by
ON payment
WHEN NOT EXISTS (
    SELECT 1 FROM transition
    WHERE state_before = OLD.state AND state_after = NEW.state AND evidence IS NEW.evidence
)
BEGIN SELECT RAISE(ABORT, 'payment: no such transition'); END;

CREATE TRIGGER payment_fixed BEFORE UPDATE ON payment
WHEN NEW.id IS NOT OLD.id
    OR NEW.quote_id IS NOT OLD.quote_id
    OR NEW.bill_key IS NOT OLD.bill_key
    OR NEW.total_sen IS NOT OLD.total_sen
    OR NEW.tendered_sen IS NOT OLD.tendered_sen
    OR NEW.rq_uuid IS NOT OLD.rq_uuid
    OR NEW.number IS NOT OLD.number
    OR NEW.sequence IS NOT OLD.sequence
    OR NEW.session_token IS NOT OLD.session_token
    OR NEW.operator_id IS NOT OLD.operator_id
    OR NEW.shift_id IS NOT OLD.shift_id
    OR NEW.prepared_at IS NOT OLD.prepared_at
BEGIN SELECT RAISE(ABORT, 'payment: what was agreed never changes'); END;

CREATE TRIGGER payment_once_known BEFORE UPDATE ON payment
WHEN (OLD.sent_at IS NOT NULL AND NEW.sent_at IS NOT OLD.sent_at)
    OR (OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL
        AND NOT (OLD.state = 'prepared' AND NEW.state = 'sent'))
    OR (OLD.paid_at IS NOT NULL AND NEW.paid_at IS NOT OLD.paid_at)
    OR (OLD.paid_at IS NULL AND NEW.paid_at IS NOT NULL AND NEW.state <> 'paid')
    OR (OLD.returned_at IS NOT NULL AND (
        NEW.returned_at IS NOT OLD.returned_at
        OR NEW.returned_by IS NOT OLD.returned_by
        OR NEW.returned_shift_id IS NOT OLD.returned_shift_id
    ))
    OR (OLD.ref_id IS NOT NULL AND (NEW.ref_id IS NULL OR NEW.ref_hint > OLD.ref_hint))
    OR (OLD.token IS NOT NULL AND NEW.token IS NULL)
    OR (OLD.evidence IS NOT NULL
        AND (NEW.ref_id IS NOT OLD.ref_id OR NEW.ref_hint IS NOT OLD.ref_hint
            OR NEW.token IS NOT OLD.token))
    OR NEW.asked < OLD.asked
    OR (OLD.asked_at IS NOT NULL AND NEW.asked_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'payment: what is known is never forgotten'); END;

-- Quotes, messages and customers: what a person may be known by can only be erased.

CREATE TRIGGER quote_fixed BEFORE UPDATE ON quote
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
    OR NEW.id IS NOT OLD.id
    OR NEW.at IS NOT OLD.at
    OR NEW.category IS NOT OLD.category
    OR NEW.product IS NOT OLD.product
    OR NEW.product_name IS NOT OLD.product_name
    OR NEW.bill_key IS NOT OLD.bill_key
    OR NEW.is_card IS NOT OLD.is_card
    OR NEW.amount_text IS NOT OLD.amount_text
    OR NEW.bill_sen IS NOT OLD.bill_sen
    OR NEW.admin_fee_sen IS NOT OLD.admin_fee_sen
    OR NEW.service_fee_sen IS NOT OLD.service_fee_sen
    OR NEW.operator_id IS NOT OLD.operator_id
    OR NEW.shift_id IS NOT OLD.shift_id
BEGIN SELECT RAISE(ABORT, 'quote: can only be erased'); END;

CREATE TRIGGER message_fixed BEFORE UPDATE ON message
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
    OR NEW.id IS NOT OLD.id
    OR NEW.payment_id IS NOT OLD.payment_id
    OR NEW.quote_id IS NOT OLD.quote_id
    OR NEW.service IS NOT OLD.service
    OR NEW.rq_uuid IS NOT OLD.rq_uuid
    OR NEW.started_at IS NOT OLD.started_at
    OR NEW.ended_at IS NOT OLD.ended_at
    OR NEW.http_status IS NOT OLD.http_status
    OR NEW.whole IS NOT OLD.whole
BEGIN SELECT RAISE(ABORT, 'message: can only be erased'); END;

CREATE TRIGGER customer_fixed BEFORE UPDATE ON customer
WHEN OLD.erased_at IS NOT NULL
    OR NEW.id IS NOT OLD.id
    OR NEW.product IS NOT OLD.product
    OR (NEW.number IS NOT OLD.number AND NEW.number IS NOT NULL)
    OR NEW.times < OLD.times
BEGIN SELECT RAISE(ABORT, 'customer: is counted up or erased'); END;

CREATE TRIGGER journal_fixed BEFORE UPDATE ON journal
WHEN NEW.id IS NOT OLD.id
    OR NEW.environment IS NOT OLD.environment
    OR NEW.born_at IS NOT OLD.born_at
    OR (OLD.bill_key_print IS NOT NULL AND NEW.bill_key_print IS NOT OLD.bill_key_print)
BEGIN SELECT RAISE(ABORT, 'journal: its own facts never change'); END;

CREATE TRIGGER session_fixed BEFORE UPDATE ON session
WHEN NEW.token IS NOT OLD.token OR NEW.started_at IS NOT OLD.started_at
    OR OLD.ended_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'session: can only end, once'); END;

CREATE TRIGGER cash_move_fixed BEFORE UPDATE ON cash_move
BEGIN SELECT RAISE(ABORT, 'cash_move: never changes'); END;

CREATE TRIGGER print_fixed BEFORE UPDATE ON print
WHEN OLD.result IN ('printed', 'failed') OR NEW.result IS NULL
    OR NEW.id IS NOT OLD.id
    OR NEW.payment_id IS NOT OLD.payment_id
    OR NEW.operator_id IS NOT OLD.operator_id
    OR NEW.at IS NOT OLD.at
    OR NEW.kind IS NOT OLD.kind
    OR NEW.copy IS NOT OLD.copy
    OR NEW.printer IS NOT OLD.printer
    OR NEW.code IS NOT OLD.code
BEGIN SELECT RAISE(ABORT, 'print: only its result becomes known'); END;

CREATE TRIGGER recap_payment_of_a_recap BEFORE INSERT ON recap_payment
WHEN NOT EXISTS (SELECT 1 FROM print WHERE id = NEW.print_id AND kind = 'recap')
BEGIN SELECT RAISE(ABORT, 'recap_payment: only of a recap'); END;

CREATE TRIGGER recap_payment_fixed BEFORE UPDATE ON recap_payment
BEGIN SELECT RAISE(ABORT, 'recap_payment: never changes'); END;

-- A new or changed row names the event that comes next.

CREATE TRIGGER journal_told_i BEFORE INSERT ON journal
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'journal: not told by the next event'); END;
CREATE TRIGGER journal_told_u BEFORE UPDATE ON journal
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'journal: not told by the next event'); END;
CREATE TRIGGER session_told_i BEFORE INSERT ON session
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'session: not told by the next event'); END;
CREATE TRIGGER session_told_u BEFORE UPDATE ON session
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'session: not told by the next event'); END;
CREATE TRIGGER operator_told_i BEFORE INSERT ON operator
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'operator: not told by the next event'); END;
CREATE TRIGGER operator_told_u BEFORE UPDATE ON operator
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'operator: not told by the next event'); END;
CREATE TRIGGER shift_told_i BEFORE INSERT ON shift
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'shift: not told by the next event'); END;
CREATE TRIGGER shift_told_u BEFORE UPDATE ON shift
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'shift: not told by the next event'); END;
CREATE TRIGGER cash_move_told_i BEFORE INSERT ON cash_move
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'cash_move: not told by the next event'); END;
CREATE TRIGGER quote_told_i BEFORE INSERT ON quote
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'quote: not told by the next event'); END;
CREATE TRIGGER quote_told_u BEFORE UPDATE ON quote
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'quote: not told by the next event'); END;
CREATE TRIGGER payment_told_i BEFORE INSERT ON payment
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'payment: not told by the next event'); END;
CREATE TRIGGER payment_told_u BEFORE UPDATE ON payment
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'payment: not told by the next event'); END;
CREATE TRIGGER message_told_i BEFORE INSERT ON message
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'message: not told by the next event'); END;
CREATE TRIGGER message_told_u BEFORE UPDATE ON message
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'message: not told by the next event'); END;
CREATE TRIGGER customer_told_i BEFORE INSERT ON customer
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'customer: not told by the next event'); END;
CREATE TRIGGER customer_told_u BEFORE UPDATE ON customer
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'customer: not told by the next event'); END;
CREATE TRIGGER print_told_i BEFORE INSERT ON print
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'print: not told by the next event'); END;
CREATE TRIGGER print_told_u BEFORE UPDATE ON print
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'print: not told by the next event'); END;
CREATE TRIGGER recap_payment_told_i BEFORE INSERT ON recap_payment
WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) FROM event) + 1
BEGIN SELECT RAISE(ABORT, 'recap_payment: not told by the next event'); END;

-- Nothing kept is deleted, not even by REPLACE, which skips the delete triggers of a shell.

CREATE TRIGGER payment_undeleted BEFORE DELETE ON payment
BEGIN SELECT RAISE(ABORT, 'payment: never deleted'); END;
CREATE TRIGGER payment_unreplaced BEFORE INSERT ON payment
WHEN EXISTS (
    SELECT 1 FROM payment
    WHERE id = NEW.id OR rq_uuid = NEW.rq_uuid OR quote_id = NEW.quote_id
)
BEGIN SELECT RAISE(ABORT, 'payment: never replaced'); END;
CREATE TRIGGER quote_undeleted BEFORE DELETE ON quote
BEGIN SELECT RAISE(ABORT, 'quote: never deleted'); END;
CREATE TRIGGER quote_unreplaced BEFORE INSERT ON quote
WHEN EXISTS (SELECT 1 FROM quote WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'quote: never replaced'); END;
CREATE TRIGGER message_undeleted BEFORE DELETE ON message
BEGIN SELECT RAISE(ABORT, 'message: never deleted'); END;
CREATE TRIGGER message_unreplaced BEFORE INSERT ON message
WHEN EXISTS (SELECT 1 FROM message WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'message: never replaced'); END;
CREATE TRIGGER customer_undeleted BEFORE DELETE ON customer
BEGIN SELECT RAISE(ABORT, 'customer: never deleted'); END;
CREATE TRIGGER journal_undeleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'journal: never deleted'); END;
CREATE TRIGGER session_undeleted BEFORE DELETE ON session
BEGIN SELECT RAISE(ABORT, 'session: never deleted'); END;
CREATE TRIGGER operator_undeleted BEFORE DELETE ON operator
BEGIN SELECT RAISE(ABORT, 'operator: never deleted'); END;
CREATE TRIGGER shift_undeleted BEFORE DELETE ON shift
BEGIN SELECT RAISE(ABORT, 'shift: never deleted'); END;
CREATE TRIGGER cash_move_undeleted BEFORE DELETE ON cash_move
BEGIN SELECT RAISE(ABORT, 'cash_move: never deleted'); END;
CREATE TRIGGER print_undeleted BEFORE DELETE ON print
BEGIN SELECT RAISE(ABORT, 'print: never deleted'); END;
CREATE TRIGGER recap_payment_undeleted BEFORE DELETE ON recap_payment
BEGIN SELECT RAISE(ABORT, 'recap_payment: never deleted'); END;
