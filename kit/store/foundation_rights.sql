CREATE TABLE erased_person (
    person_id UUID NOT NULL,
    request_id UUID NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_erased_person PRIMARY KEY (person_id)
);
COMMENT ON TABLE erased_person IS 'Ids that lead to nobody any more: no event brings them back';
